// SPDX-License-Identifier: GPL-2.0-only
/* out_table.c - for people. */
#include "out.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/util.h"
#include "matrix.h"

/* The words of matrix.h; what failed cries. */
static const char *const words[CELL_STATUSES] = {
	[CELL_WAITING] = "WAITING", [CELL_RUNNING] = "RUNNING", [CELL_PASS] = "pass",
	[CELL_SKIP] = "skip",       [CELL_FAIL] = "FAIL",       [CELL_TIMEOUT] = "TIMEOUT",
	[CELL_SPLAT] = "SPLAT",     [CELL_LOST] = "LOST",       [CELL_HUNG] = "HUNG",
	[CELL_PANIC] = "PANIC",     [CELL_BROKEN] = "BROKEN",   [CELL_NOT_RUN] = "NOT-RUN",
};

static const char *colour_of(const struct cell *cell)
{
	if (cell->status == CELL_PASS)
		return "\033[32m";
	return cell->status == CELL_SKIP ? "\033[33m" : "\033[1;31m";
}

/* --- the table -------------------------------------------------------------------------------- */

/* "6.12-override" in two lines: "6.12", "override". */
static const char *second_line(const struct column *column)
{
	const char *dash = strchr(column_heading(column), '-');

	return dash ? dash + 1 : "";
}

static int first_line(const struct column *column)
{
	return strcspn(column_heading(column), "-");
}

static int width_of(const struct column *column)
{
	size_t width = UTIL_MAX((size_t)first_line(column), strlen(second_line(column)));

	for (size_t i = 0; i < column->cell_count; i++)
		width = UTIL_MAX(width, strlen(words[column->cells[i].status]));
	return width;
}

static int width_of_tests(const struct matrix *matrix)
{
	size_t width = strlen("seconds");

	for (size_t i = 0; i < matrix->test_count; i++)
		width = UTIL_MAX(width, strlen(matrix->tests[i]));
	return width;
}

static void put_head(FILE *file, const struct matrix *matrix, int width)
{
	bool second = false;

	fprintf(file, "%*s", width, "");
	for (size_t i = 0; i < matrix->column_count; i++) {
		const struct column *column = &matrix->columns[i];

		second |= *second_line(column);
		fprintf(file, "  %*.*s", width_of(column), first_line(column),
			column_heading(column));
	}
	fprintf(file, "\n%*s", second ? width : 0, "");
	for (size_t i = 0; second && i < matrix->column_count; i++)
		fprintf(file, "  %*s", width_of(&matrix->columns[i]),
			second_line(&matrix->columns[i]));
	fputs(second ? "\n" : "", file);
}

static void put_cell(FILE *file, const struct cell *cell, int width, bool colour)
{
	const char *word = cell ? words[cell->status] : ".";

	fprintf(file, "  %s%*s%s", colour && cell ? colour_of(cell) : "", width, word,
		colour && cell ? "\033[0m" : "");
}

static void put_rows(FILE *file, const struct matrix *matrix, int width)
{
	bool colour = isatty(fileno(file)) && !getenv("NO_COLOR");

	for (size_t i = 0; i < matrix->test_count; i++) {
		fprintf(file, "%-*s", width, matrix->tests[i]);
		for (size_t k = 0; k < matrix->column_count; k++)
			put_cell(file, matrix_cell(&matrix->columns[k], matrix->tests[i]),
				 width_of(&matrix->columns[k]), colour);
		fputc('\n', file);
	}
	fprintf(file, "%-*s", width, "seconds");
	for (size_t k = 0; k < matrix->column_count; k++)
		fprintf(file, "  %*.0f", width_of(&matrix->columns[k]), matrix->columns[k].seconds);
	fputc('\n', file);
}

/* --- what is behind it ------------------------------------------------------------------------ */

static void put_failure(FILE *file, const struct column *column, const struct cell *cell)
{
	const struct boot *boot = cell->boot ? &column->boots[cell->boot - 1] : NULL;

	fprintf(file, "\n%s %s: %s%s%s%s\n", column->name, cell->test, cell_words[cell->status],
		cell->reason ? ": " : "", cell->reason ?: "",
		column->may_fail ? " (which this kernel may)" : "");
	for (const char *line = cell->log ?: ""; *line;) {
		int len = strcspn(line, "\n");

		fprintf(file, "  | %.*s\n", len, line);
		line += len + !!line[len];
	}
	if (boot && boot->console)
		fprintf(file, "  console: %s\n", boot->console);
}

static void put_failures(FILE *file, const struct matrix *matrix)
{
	for (size_t i = 0; i < matrix->column_count; i++) {
		const struct column *column = &matrix->columns[i];
		bool broken = column->cells[0].status == CELL_BROKEN;

		/* of a kernel that never came up the first cell says it for all */
		for (size_t k = 0; k < column->cell_count; k++)
			if (cell_failed(&column->cells[k]) &&
			    column->cells[k].status != CELL_NOT_RUN &&
			    (!k || !broken || column->cells[k].status != CELL_BROKEN))
				put_failure(file, column, &column->cells[k]);
	}
}

static bool skips_likewise(const struct column *column, const struct cell *cell)
{
	const struct cell *other = matrix_cell(column, cell->test);

	return other && other->status == CELL_SKIP &&
	       !strcmp(other->reason ?: "", cell->reason ?: "");
}

/* The first of those that skip this test for this reason says it for all. */
static bool is_first_skip(const struct matrix *matrix, size_t i, const struct cell *cell)
{
	while (i--)
		if (skips_likewise(&matrix->columns[i], cell))
			return false;
	return true;
}

static void put_skip(FILE *file, const struct matrix *matrix, size_t i, const struct cell *cell)
{
	fprintf(file, "skipped: %s (%s):", cell->test, cell->reason ?: "");
	for (; i < matrix->column_count; i++)
		if (skips_likewise(&matrix->columns[i], cell))
			fprintf(file, " %s", matrix->columns[i].name);
	fputc('\n', file);
}

static void put_skips(FILE *file, const struct matrix *matrix)
{
	bool any = false;

	for (size_t t = 0; t < matrix->test_count; t++) {
		for (size_t i = 0; i < matrix->column_count; i++) {
			const struct cell *cell =
				matrix_cell(&matrix->columns[i], matrix->tests[t]);

			if (!cell || cell->status != CELL_SKIP || !is_first_skip(matrix, i, cell))
				continue;
			fputs(any ? "" : "\n", file);
			any = true;
			put_skip(file, matrix, i, cell);
		}
	}
}

void out_table(FILE *file, const struct matrix *matrix)
{
	struct matrix_totals totals = matrix_totals(matrix);
	int width = width_of_tests(matrix);

	put_head(file, matrix, width);
	put_rows(file, matrix, width);
	put_skips(file, matrix);
	put_failures(file, matrix);
	fprintf(file, "\n%s%zu kernel%s in %.0f s", matrix->interrupted ? "stopped: " : "",
		matrix->column_count, matrix->column_count > 1 ? "s" : "", matrix->seconds);
	if (totals.tolerated)
		fprintf(file, "; %u more failed where they may", totals.tolerated);
	fprintf(file, "\n%u passed, %u failed, %u skipped\n", totals.passed, totals.failed,
		totals.skipped);
}
