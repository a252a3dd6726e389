// SPDX-License-Identifier: GPL-2.0-only
/*
 * An earlier campaign's file that may be anything: it is refused with one line, or what it holds is all
 * gone from an empty campaign, all the same in one made of it, and fit for a terminal and for JSON.
 */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "inject/baseline.h"
#include "lib/exit.h"
#include "lib/util.h"
#include "out/campaign_baseline.h"
#include "tests/fuzz/fuzz.h"

static void check_text(const struct baseline_changes *changes)
{
	struct out out = {.columns = 80, .unicode = true};
	char *text = NULL;
	size_t len;

	out.file = open_memstream(&text, &len);
	campaign_baseline_text(&out, changes, "# ");
	fclose(out.file);
	FUZZ_CHECK(fuzz_is_clean(text, len, "\n"), "%s", text);
	for (const char *line = text; *line; line += strcspn(line, "\n") + 1)
		FUZZ_CHECK(!strncmp(line, "# ", 2) && strchr(line, '\n'), "%s", text);
	free(text);
}

static void check_json(const struct baseline_changes *changes)
{
	struct out out = {.columns = 80};
	char *text = NULL;
	size_t len;
	json_t *line;

	out.file = open_memstream(&text, &len);
	FUZZ_CHECK(!campaign_baseline_json(&out, changes));
	fclose(out.file);
	FUZZ_CHECK(strchr(text, '\n') == text + len - 1 && fuzz_is_clean(text, len, "\n"));
	line = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
	FUZZ_CHECK(json_array_size(json_object_get(line, "changes")) == changes->n, "%s", text);
	json_decref(line);
	free(text);
}

/* One value in it, which is its p50. */
static void time_phase(struct hist *h, uint64_t p50_ns)
{
	if (p50_ns)
		hist_add(h, p50_ns);
}

static void fire_again(struct shot_result *shot, const struct baseline_change *gone)
{
	shot->vm = gone->key.vm;
	shot->method = gone->key.method;
	shot->value = *gone->key.value ? gone->key.value : NULL;
	shot->place = gone->key.place;
	shot->wanted = gone->key.wanted;
	shot->verdict = gone->before.verdict;
	if (gone->before.outcome != BASELINE_NO_OUTCOME)
		shot->outcome = gone->before.outcome;
	time_phase(&shot->phase1, gone->before.p50_ns[0]);
	time_phase(&shot->phase2, gone->before.p50_ns[1]);
}

/* The same campaign once more. */
static void check_same(const struct baseline *b, const struct baseline_changes *gone)
{
	struct shot_result *shots = calloc(gone->n, sizeof(*shots));
	const struct campaign_result result = {.shots = shots, .n_shots = gone->n};
	struct baseline_changes changes;

	for (unsigned i = 0; i < gone->n; i++)
		fire_again(&shots[i], &gone->list[i]);
	FUZZ_CHECK(!baseline_compare(b, &result, 1, &changes));
	FUZZ_CHECK(!changes.n && changes.n_same == gone->n, "%u changed, %u the same", changes.n,
		   changes.n_same);
	baseline_changes_free(&changes);
	free(shots);
}

static void check(const struct baseline *b)
{
	const struct campaign_result nothing = {.n_shots = 0};
	struct baseline_changes gone;

	FUZZ_CHECK(!baseline_compare(b, &nothing, BASELINE_RATIO, &gone));
	FUZZ_CHECK(gone.n && !gone.n_same);
	for (unsigned i = 0; i < gone.n; i++)
		FUZZ_CHECK(gone.list[i].what == BASELINE_GONE);
	check_text(&gone);
	check_json(&gone);
	check_same(b, &gone);
	baseline_changes_free(&gone);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct baseline *b = NULL;
	char *text = malloc(size ? size : 1); /* so that a byte too far is seen */
	struct fuzz_said said;
	int exit_code;

	memcpy(text, data, size);
	fuzz_catch(&said);
	exit_code = baseline_parse(&b, "old", text, size);
	fuzz_caught(&said);
	fuzz_check_error(&said, exit_code);
	FUZZ_CHECK(!exit_code || (exit_code == EXIT_USAGE && !b), "%d", exit_code);
	fuzz_drop(&said);
	free(text);
	if (b)
		check(b);
	baseline_free(b);
	return 0;
}
