// SPDX-License-Identifier: GPL-2.0-only
/* out_tap.c - for harnesses that read TAP. */
#include "out.h"

#include <string.h>

#include "matrix.h"

static void put_log(FILE *file, const char *log)
{
	while (*log) {
		int len = strcspn(log, "\n");

		fprintf(file, "# %.*s\n", len, log);
		log += len + !!log[len];
	}
}

/* A failure that is tolerated is TAP's "todo": not ok, and no failure. */
static void put_cell(FILE *file, const struct column *column, const struct cell *cell, unsigned n)
{
	bool failed = cell_failed(cell);

	fprintf(file, "%sok %u - %s: %s", failed ? "not " : "", n, column->name, cell->test);
	if (cell->status == CELL_SKIP)
		fprintf(file, " # SKIP %s", cell->reason ?: "");
	else if (failed)
		fprintf(file, " # %s%s%s%s", column->may_fail ? "TODO may fail: " : "",
			cell_words[cell->status], cell->reason ? ": " : "", cell->reason ?: "");
	fputc('\n', file);
	if (failed && cell->log)
		put_log(file, cell->log);
}

void out_tap(FILE *file, const struct matrix *matrix)
{
	unsigned int n = 0;

	for (size_t i = 0; i < matrix->column_count; i++) {
		const struct column *column = &matrix->columns[i];

		for (size_t k = 0; k < column->cell_count; k++)
			put_cell(file, column, &column->cells[k], ++n);
		fprintf(file, "# %s: %.0f s, boots: %zu\n", column->name, column->seconds,
			column->boot_count);
	}
	fprintf(file, "1..%u\n", n);
}
