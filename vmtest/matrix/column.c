// SPDX-License-Identifier: GPL-2.0-only
/* column.c - boot, test after test, what the end of the boot means for whom; and again. */
#include "column.h"

#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/util.h"
#include "matrix.h"
#include "opts.h"
#include "outcome.h"
#include "tap.h"

/* The host ends a test that takes too long; if it does not, we end the host so much later. */
#define GRACE_NS (30 * UTIL_NS_PER_S)

/* --- the child -------------------------------------------------------------------------------- */

static double seconds_since(uint64_t then_ns)
{
	return (util_clock_ns(CLOCK_MONOTONIC) - then_ns) / 1e9;
}

static bool is_due(const struct column_run *run, const struct cell *cell)
{
	return cell->share == run->share && cell->status == CELL_WAITING;
}

/* The name may be that of a file, or of some. */
static char *path_of(const struct column_run *run, const char *what)
{
	const char *name = run->column->name;
	size_t len = strlen(name), most = NAME_MAX - 32;
	char *path, *base;

	name += len > most ? len - most : 0;
	if (asprintf(&path, "%s/%s.%u.%s", run->opts->logs, name, run->boot, what) < 0)
		return NULL;
	base = path + strlen(run->opts->logs) + 1;
	while ((base = strchr(base, '/')))
		*base = '_';
	return path;
}

static size_t count_options(char **options)
{
	size_t count = 0;

	while (options[count])
		count++;
	return count;
}

/* `vmtest run` for all that has no status yet. The words belong to others; the list is the caller's. */
static char **build_argv(const struct column_run *run, char *timeout)
{
	const struct matrix_opts *opts = run->opts;
	const char *const head[] = {
		opts->vmtest,      "run",       "--no-build", "-k",
		run->column->name, "--tests",   opts->tests,  "--verbose",
		"--test-timeout",  timeout,     "--log",      run->console,
		"--report",        run->report,
	};
	size_t heads = UTIL_COUNT(head), options = count_options(opts->options), n = heads;
	char **argv = calloc(heads + options + run->column->cell_count + 2, sizeof(*argv));

	if (!argv)
		return NULL;
	memcpy(argv, head, sizeof(head));
	memcpy(argv + n, opts->options, options * sizeof(*argv));
	n += options;
	argv[n++] = "--";
	for (size_t i = 1; i < run->column->cell_count; i++)
		if (is_due(run, &run->column->cells[i]))
			argv[n++] = run->column->cells[i].file;
	return argv;
}

static int add_boot(struct column *column)
{
	struct boot *boots = realloc(column->boots, (column->boot_count + 1) * sizeof(*boots));

	if (!boots)
		return -1;
	column->boots = boots;
	boots[column->boot_count++] = (struct boot){0};
	return 0;
}

static int spawn(struct column_run *run)
{
	char timeout[16], **argv;
	int error;

	if (add_boot(run->column))
		return -1;
	run->boot = run->column->boot_count;
	snprintf(timeout, sizeof(timeout), "%u", run->opts->test_timeout);
	run->report = path_of(run, "report");
	run->console = path_of(run, "console");
	argv = run->report && run->console ? build_argv(run, timeout) : NULL;
	error = argv ? runner_start(&run->runner, argv) : -1;
	free(argv);
	return error;
}

void column_start(struct column_run *run)
{
	run->boot_ns = util_clock_ns(CLOCK_MONOTONIC);
	run->started_ns = run->started_ns ?: run->boot_ns;
	run->phase = COLUMN_BOOTING;
	run->running = run->last = NULL;
	run->said = &run->column->cells[0];
	run->too_long = false;
	if (spawn(run)) {
		outcome_spread(run->column, run->share, CELL_BROKEN,
			       "vmtest run could not be started");
		run->phase = COLUMN_DONE;
	}
}

/* --- what it says ----------------------------------------------------------------------------- */

static void begin(struct column_run *run, const char *name)
{
	struct cell *cell = matrix_cell(run->column, name);

	run->phase = COLUMN_TESTING;
	run->last = NULL;
	if (!cell || !cell->file || cell->status != CELL_WAITING || run->running)
		return; /* whose result will be missing */
	cell->boot = run->boot;
	cell_set(cell, CELL_RUNNING, NULL);
	run->running = run->last = run->said = cell;
	run->test_ns = util_clock_ns(CLOCK_MONOTONIC);
}

/* A result counts when it is that of the test that has begun. */
static struct cell *take_result(struct column_run *run, const struct tap_line *tap)
{
	struct cell *cell = run->running;

	if (!cell || strcmp(cell->test, tap->text))
		return NULL;
	run->running = NULL;
	run->said = &run->column->cells[0];
	cell->seconds = seconds_since(run->test_ns);
	return cell;
}

static void finish(struct column_run *run, const struct tap_line *tap)
{
	struct cell *cell = take_result(run, tap);

	if (!cell)
		return;
	if (tap->kind == TAP_PASS)
		cell_set(cell, CELL_PASS, NULL);
	else if (tap->kind == TAP_SKIP && *tap->reason)
		cell_set(cell, CELL_SKIP, "%s", tap->reason);
	else if (tap->kind == TAP_TIMEOUT)
		cell_set(cell, CELL_TIMEOUT, "%s", tap->reason);
	else if (tap->kind == TAP_SKIP)
		cell_set(cell, CELL_FAIL, "skipped and did not say why");
	else
		cell_set(cell, CELL_FAIL, "%s", tap->reason);
}

static void take_line(struct column_run *run, char *line)
{
	struct tap_line tap = tap_read(line);

	switch (tap.kind) {
	case TAP_KERNEL:
		free(run->column->release);
		run->column->release = strdup(tap.text);
		run->phase = COLUMN_TESTING;
		break;
	case TAP_BEGINS:
		begin(run, tap.text);
		break;
	case TAP_PASS:
	case TAP_SKIP:
	case TAP_FAIL:
	case TAP_TIMEOUT:
		finish(run, &tap);
		break;
	case TAP_LOG:
		if (run->last)
			cell_say(run->last, tap.text);
		break;
	case TAP_TOOK: /* on the host's clock, which an emulator may stop */
		if (run->last && !run->running)
			run->last->seconds = tap.number;
		break;
	case TAP_PLAN:
	case TAP_OTHER:
		break;
	}
}

/* Only what tests say has long lines: a piece of one is nothing of the runner's. */
static void take_out(void *context, char *line, bool more)
{
	struct column_run *run = context;

	if (!more)
		take_line(run, line);
	else if (run->last && *line)
		cell_say(run->last, line);
}

static void take_err(void *context, char *line, bool more)
{
	struct column_run *run = context;

	if (!more || *line)
		cell_say(run->said, line);
}

/* --- its end ---------------------------------------------------------------------------------- */

static bool is_any_due(const struct column_run *run)
{
	for (size_t i = 1; i < run->column->cell_count; i++)
		if (is_due(run, &run->column->cells[i]))
			return true;
	return false;
}

/* Whether any test began in this boot. */
static bool got_anywhere(const struct column_run *run)
{
	for (size_t i = 1; i < run->column->cell_count; i++)
		if (run->column->cells[i].boot == run->boot)
			return true;
	return false;
}

static bool went_wrong(const struct column_run *run, const struct boot *boot)
{
	if (boot->why && *boot->why)
		return true;
	for (size_t i = 0; i < run->column->cell_count; i++)
		if (run->column->cells[i].boot == run->boot && cell_failed(&run->column->cells[i]))
			return true;
	return false;
}

/* What no other needs: the boot's own files, and the log of one that went well. */
static void tidy(struct column_run *run, struct boot *boot)
{
	bool keep = run->opts->keep_logs || went_wrong(run, boot);

	unlink(run->report);
	if (keep && !access(run->console, R_OK))
		boot->console = strdup(run->console);
	else
		unlink(run->console);
	free(run->report);
	free(run->console);
	run->report = run->console = NULL;
}

/*
 * Another boot for the rest, if this one got anywhere: with each at least one test gets its status, so
 * this comes to an end.
 */
static void end_boot(struct column_run *run)
{
	struct column *column = run->column;
	struct boot *boot = &column->boots[run->boot - 1];
	double seconds;

	if (run->running) /* nobody else will say how long it was at it */
		run->running->seconds = seconds_since(run->test_ns);
	outcome_of_boot(column, boot,
			&(struct outcome){.report = run->report,
					  .wait_status = run->runner.wait_status,
					  .running = run->running,
					  .too_long = run->too_long});
	tidy(run, boot);
	seconds = seconds_since(run->started_ns);
	column->seconds = UTIL_MAX(column->seconds, seconds);
	run->phase = COLUMN_DONE;
	if (!is_any_due(run))
		return;
	if (run->stopped)
		outcome_spread(column, run->share, CELL_NOT_RUN, "the run was stopped");
	else if (got_anywhere(run))
		column_start(run);
	else
		outcome_spread(column, run->share, CELL_BROKEN,
			       boot->why ?: "no test began, and nobody said why");
}

static void check_time(struct column_run *run, uint64_t now_ns)
{
	uint64_t most = run->opts->test_timeout * UTIL_NS_PER_S + GRACE_NS;

	if (!run->running || run->too_long || now_ns < run->test_ns + most)
		return;
	run->too_long = true;
	runner_kill(&run->runner, SIGTERM);
}

void column_step(struct column_run *run, const struct pollfd fds[2], uint64_t now_ns)
{
	runner_read(&run->runner, fds, take_out, take_err, run);
	if (runner_is_over(&run->runner))
		end_boot(run);
	else
		check_time(run, now_ns);
}

void column_stop(struct column_run *run)
{
	if (run->phase == COLUMN_WAITING) {
		outcome_spread(run->column, run->share, CELL_NOT_RUN, "the run was stopped");
		run->phase = COLUMN_DONE;
	}
	run->stopped = true;
	runner_kill(&run->runner, SIGTERM);
}
