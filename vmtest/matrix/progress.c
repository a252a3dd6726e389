// SPDX-License-Identifier: GPL-2.0-only
/* progress.c - differences since the last look. */
#include "progress.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "column.h"
#include "lib/util.h"
#include "matrix.h"

struct progress {
	const struct matrix *matrix;
	const struct column_run *runs;
	size_t run_count;
	enum column_phase *phases; /* as they were told */
	bool **told;               /* of each column: the cells whose failure was told */
	uint64_t began_ns;
	uint64_t drawn_ns;
	unsigned int lines; /* on the terminal that are ours */
	bool terminal;
};

struct progress *progress_new(const struct matrix *matrix, const struct column_run *runs,
			      size_t run_count)
{
	struct progress *progress = calloc(1, sizeof(*progress));

	if (!progress)
		return NULL;
	progress->matrix = matrix;
	progress->runs = runs;
	progress->run_count = run_count;
	progress->began_ns = util_clock_ns(CLOCK_MONOTONIC);
	progress->terminal = isatty(STDERR_FILENO);
	progress->phases = calloc(matrix->column_count, sizeof(*progress->phases));
	progress->told = calloc(matrix->column_count, sizeof(*progress->told));
	for (size_t i = 0; progress->told && i < matrix->column_count; i++)
		progress->told[i] = calloc(matrix->columns[i].cell_count, sizeof(bool));
	return progress;
}

void progress_free(struct progress *progress)
{
	if (!progress)
		return;
	for (size_t i = 0; progress->told && i < progress->matrix->column_count; i++)
		free(progress->told[i]);
	free(progress->told);
	free(progress->phases);
	free(progress);
}

void progress_clear(struct progress *progress)
{
	if (!progress || !progress->lines)
		return;
	fprintf(stderr, "\r\033[%uA\033[J", progress->lines);
	progress->lines = 0;
}

/* --- lines that stay -------------------------------------------------------------------------- */

/* When nothing could be booted, or the user wants no more, it is enough to say it once. */
static bool is_news(const struct cell *cell, size_t row)
{
	if (cell->status <= CELL_RUNNING || !cell_failed(cell))
		return false;
	return cell->status < CELL_BROKEN || !row;
}

static void tell_failures(struct progress *progress, size_t i)
{
	const struct column *column = &progress->matrix->columns[i];

	for (size_t k = 0; k < column->cell_count; k++) {
		const struct cell *cell = &column->cells[k];

		if (!is_news(cell, k) || progress->told[i][k])
			continue;
		progress->told[i][k] = true;
		progress_clear(progress);
		fprintf(stderr, "vmtest: %s: %s: %s%s%s\n", column->name, cell->test,
			cell_words[cell->status], cell->reason ? ": " : "", cell->reason ?: "");
	}
}

/* Of all shares: waiting until the first has begun, done when the last one is. */
static enum column_phase phase_of(const struct progress *progress, const struct column *column)
{
	bool waiting = true, done = true;

	for (size_t i = 0; i < progress->run_count; i++) {
		const struct column_run *run = &progress->runs[i];

		if (run->column == column) {
			waiting &= run->phase == COLUMN_WAITING;
			done &= run->phase == COLUMN_DONE;
		}
	}
	return done ? COLUMN_DONE : waiting ? COLUMN_WAITING : COLUMN_TESTING;
}

static void tell_phase(struct progress *progress, size_t i)
{
	const struct column *column = &progress->matrix->columns[i];
	enum column_phase phase = phase_of(progress, column), was = progress->phases[i];
	struct matrix_totals totals = column_totals(column);

	progress->phases[i] = phase;
	if (phase == was)
		return;
	progress_clear(progress);
	if (phase != COLUMN_DONE)
		fprintf(stderr, "vmtest: %s: %zu test%s\n", column->name, column->cell_count - 1,
			column->cell_count > 2 ? "s" : "");
	else
		fprintf(stderr, "vmtest: %s: done in %.0f s: %u passed, %u failed, %u skipped\n",
			column->name, column->seconds, totals.passed,
			totals.failed + totals.tolerated, totals.skipped);
}

/* --- lines that change ------------------------------------------------------------------------ */

static unsigned int width(void)
{
	struct winsize size;

	return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) || size.ws_col < 20 ? 80 : size.ws_col;
}

static void draw(struct progress *progress, const char *text)
{
	fprintf(stderr, "%.*s\n", (int)width() - 1, text);
	progress->lines++;
}

static unsigned int seconds_since(uint64_t then_ns, uint64_t now_ns)
{
	return (now_ns - then_ns) / UTIL_NS_PER_S;
}

static unsigned int nth_of(const struct column *column)
{
	unsigned int nth = 0;

	for (size_t i = 1; i < column->cell_count; i++)
		nth += column->cells[i].status > CELL_WAITING;
	return nth;
}

static void draw_run(struct progress *progress, const struct column_run *run, uint64_t now_ns)
{
	const struct column *column = run->column;
	char text[256];

	if (run->phase == COLUMN_BOOTING)
		snprintf(text, sizeof(text), "  %-14s boots, %u s", column->name,
			 seconds_since(run->boot_ns, now_ns));
	else if (run->phase == COLUMN_TESTING)
		snprintf(text, sizeof(text), "  %-14s %2u of %2zu  %s%s%u s", column->name,
			 nth_of(column), column->cell_count - 1,
			 run->running ? run->running->test : "", run->running ? ", " : "",
			 seconds_since(run->running ? run->test_ns : run->boot_ns, now_ns));
	else
		return;
	draw(progress, text);
}

static void draw_all(struct progress *progress, uint64_t now_ns)
{
	struct matrix_totals totals = {0};
	unsigned int done = 0, seconds = seconds_since(progress->began_ns, now_ns);
	char text[160];

	for (size_t i = 0; i < progress->matrix->column_count; i++) {
		const struct column *column = &progress->matrix->columns[i];

		done += progress->phases[i] == COLUMN_DONE;
		for (size_t k = 0; k < column->cell_count; k++) {
			enum cell_status status = column->cells[k].status;

			totals.passed += status == CELL_PASS;
			totals.skipped += status == CELL_SKIP;
			totals.failed += status > CELL_SKIP;
		}
	}
	snprintf(text, sizeof(text), "%u of %zu kernels, %u passed, %u failed, %u skipped, %u:%02u",
		 done, progress->matrix->column_count, totals.passed, totals.failed, totals.skipped,
		 seconds / 60, seconds % 60);
	draw(progress, text);
}

void progress_show(struct progress *progress, uint64_t now_ns)
{
	if (!progress || !progress->phases || !progress->told)
		return;
	for (size_t i = 0; i < progress->matrix->column_count; i++) {
		tell_failures(progress, i);
		tell_phase(progress, i);
	}
	if (!progress->terminal || (progress->lines && now_ns < progress->drawn_ns + UTIL_NS_PER_S))
		return;
	progress->drawn_ns = now_ns;
	progress_clear(progress);
	for (size_t i = 0; i < progress->run_count; i++)
		draw_run(progress, &progress->runs[i], now_ns);
	draw_all(progress, now_ns);
}
