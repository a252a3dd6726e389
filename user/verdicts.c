// SPDX-License-Identifier: GPL-2.0-only
/*
 * Each result to each place, in its format; the first error of stdout is remembered.
 * Must not: format, judge.
 */
#include "verdicts.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "inject/baseline.h"
#include "lib/exit.h"
#include "lib/log.h"
#include "lib/util.h"
#include "out/campaign_baseline.h"
#include "out/campaign_json.h"
#include "out/campaign_junit.h"
#include "out/campaign_table.h"
#include "out/campaign_tap.h"
#include "out/json.h"

struct verdicts {
	struct verdicts_config config;
	unsigned shots;
	bool is_terminal; /* text, and somebody watches */
	bool under_way;   /* the last line says so */
	struct out to;    /* stdout */
	int error;        /* -errno of the first write there that failed */
	struct out lines; /* JSON Lines for --output: in memory until the end; no file: none */
	char *text;
	size_t len;
	struct baseline *baseline;
};

/* --- life ------------------------------------------------------------------------------------- */

static int no_memory(void)
{
	log_error("no memory for the results");
	return EXIT_ENVIRONMENT;
}

static void open_stdout(struct verdicts *v)
{
	bool text = !v->config.json && !v->config.tap;

	v->is_terminal = text && isatty(STDOUT_FILENO);
	v->to = out_on(stdout);
	v->to.color &= text;
	v->to.clock_offset_ns = v->config.clock_offset_ns;
	if (v->config.tap)
		campaign_tap_plan(&v->to, v->shots);
}

static int open_lines(struct verdicts *v)
{
	if (!v->config.output)
		return 0;
	v->lines = v->to;
	v->lines.file = open_memstream(&v->text, &v->len);
	return v->lines.file ? 0 : no_memory();
}

int verdicts_open(struct verdicts **out, const struct verdicts_config *config, unsigned shots)
{
	struct verdicts *v = calloc(1, sizeof(*v));
	int exit_code = 0;

	if (!v)
		return no_memory();
	v->config = *config;
	v->shots = shots;
	if (!v->config.ratio)
		v->config.ratio = BASELINE_RATIO;
	if (config->baseline)
		exit_code = baseline_read(&v->baseline, config->baseline);
	if (!exit_code) {
		open_stdout(v);
		exit_code = open_lines(v);
	}
	if (exit_code)
		verdicts_free(v);
	else
		*out = v;
	return exit_code;
}

void verdicts_free(struct verdicts *v)
{
	if (!v)
		return;
	if (v->lines.file)
		fclose(v->lines.file);
	free(v->text);
	baseline_free(v->baseline);
	free(v);
}

/* --- stdout ----------------------------------------------------------------------------------- */

static void wrote(struct verdicts *v, int err)
{
	if (!err && (fflush(v->to.file) || ferror(v->to.file)))
		err = errno ? -errno : -EIO;
	if (err && !v->error)
		v->error = err;
}

int verdicts_error(const struct verdicts *v)
{
	return v->error;
}

void verdicts_under_way(struct verdicts *v, const struct shot_result *shot, const char *doing)
{
	if (!v->is_terminal)
		return;
	campaign_table_under_way(&v->to, shot, v->shots, doing);
	v->under_way = true;
	wrote(v, 0);
}

static void clear(struct verdicts *v)
{
	if (v->under_way)
		campaign_table_clear(&v->to);
	v->under_way = false;
}

void verdicts_shot(struct verdicts *v, const struct shot_result *shot)
{
	int err = 0;

	clear(v);
	if (v->config.json)
		err = campaign_json_shot(&v->to, shot);
	else if (v->config.tap)
		campaign_tap_shot(&v->to, shot);
	else
		campaign_table_shot(&v->to, shot, v->shots, v->config.why_passed);
	wrote(v, err);
	/* without memory the stream is in error, which its end tells */
	if (v->lines.file)
		campaign_json_shot(&v->lines, shot);
}

void verdicts_mark(struct verdicts *v, const struct sea_hdr *mark)
{
	if (v->config.json)
		wrote(v, json_mark(&v->to, mark));
}

/* changes: NULL without a baseline. */
static int put_end(struct verdicts *v, const struct campaign_result *result,
		   const struct baseline_changes *changes)
{
	int err = 0;

	if (v->config.json)
		err = campaign_json(&v->to, result);
	else if (v->config.tap)
		campaign_tap_end(&v->to, result);
	else
		err = campaign_table(&v->to, result);
	if (err || !changes)
		return err;
	if (v->config.json)
		return campaign_baseline_json(&v->to, changes);
	campaign_baseline_text(&v->to, changes, v->config.tap ? "# " : "");
	return 0;
}

/* Who does not want to read any more is no error. */
static int end_stdout(struct verdicts *v, const struct campaign_result *result,
		      const struct baseline_changes *changes)
{
	clear(v);
	wrote(v, v->error ? 0 : put_end(v, result, changes));
	if (!v->error || v->error == -EPIPE)
		return 0;
	log_error("write the output: %s", strerror(-v->error));
	return EXIT_ENVIRONMENT;
}

/* --- files ------------------------------------------------------------------------------------ */

static int write_file(const char *option, const char *path, const char *text, size_t len, int err)
{
	if (!err)
		err = util_write_atomic(path, text, len);
	if (!err)
		return 0;
	log_error("%s: write %s: %s (%s)", option, path, util_errno(err), strerror(-err));
	return EXIT_ENVIRONMENT;
}

static int write_lines(struct verdicts *v, const struct campaign_result *result,
		       const struct baseline_changes *changes)
{
	int err;

	if (!v->lines.file)
		return 0;
	err = campaign_json(&v->lines, result);
	if (!err && changes)
		err = campaign_baseline_json(&v->lines, changes);
	if (!err && ferror(v->lines.file))
		err = -ENOMEM;
	return write_file("--output", v->config.output, v->text, v->len, err);
}

static int write_junit(struct verdicts *v, const struct campaign_result *result)
{
	struct out out = v->to;
	char *text = NULL;
	size_t len = 0;
	int exit_code, err = 0;

	if (!v->config.junit)
		return 0;
	out.file = open_memstream(&text, &len);
	if (!out.file)
		return no_memory();
	campaign_junit(&out, result);
	if (ferror(out.file))
		err = -ENOMEM;
	if (fclose(out.file))
		err = -ENOMEM;
	exit_code = write_file("--junit", v->config.junit, text, len, err);
	free(text);
	return exit_code;
}

/* --- the end ---------------------------------------------------------------------------------- */

static int exit_code_of(const struct campaign_result *result)
{
	if (result->verdicts[VERDICT_FAIL])
		return EXIT_VERDICT;
	if (result->n_shots && result->verdicts[VERDICT_UNAVAILABLE] == result->n_shots)
		return EXIT_UNSUPPORTED;
	return 0;
}

int verdicts_end(struct verdicts *v, const struct campaign_result *result)
{
	struct campaign_result counted = *result;
	struct baseline_changes changes = {.list = NULL};
	const struct baseline_changes *told = NULL;
	int exit_code;

	result_count(&counted);
	if (v->baseline) {
		if (baseline_compare(v->baseline, &counted, v->config.ratio, &changes))
			return no_memory();
		told = &changes;
	}
	/* each of them, whatever became of the others */
	exit_code = end_stdout(v, &counted, told);
	exit_code |= write_lines(v, &counted, told);
	exit_code |= write_junit(v, &counted);
	baseline_changes_free(&changes);
	return exit_code ? exit_code : exit_code_of(&counted);
}
