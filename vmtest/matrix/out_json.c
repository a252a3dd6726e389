// SPDX-License-Identifier: GPL-2.0-only
/* out_json.c - for programs. */
#include "out.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "lib/util.h"
#include "matrix.h"

/* null for nothing; of a log with any byte in it, UTF-8. */
static json_t *text(const char *from)
{
	json_t *string;
	size_t len;
	char *clean, *to;

	if (!from)
		return json_null();
	string = json_string(from);
	if (string)
		return string;
	len = strlen(from);
	clean = calloc(1, len + 1);
	if (!clean)
		return json_null();
	for (to = clean; *from; from += len) {
		len = strcspn(from, "\n");
		to += util_clean(to, len + 1, from, len);
		if (from[len]) {
			*to++ = '\n';
			len++;
		}
	}
	string = json_string(clean);
	free(clean);
	return string;
}

static json_t *of_boot(const struct boot *boot)
{
	return json_pack("{s:o, s:o, s:o, s:f, s:f}", "end", text(boot->end), "why",
			 text(boot->why), "console", text(boot->console), "seconds", boot->seconds,
			 "boot_seconds", boot->boot_seconds);
}

static json_t *of_cell(const struct cell *cell)
{
	return json_pack("{s:s, s:s, s:f, s:o, s:i, s:o}", "test", cell->test, "status",
			 cell_words[cell->status], "seconds", cell->seconds, "reason",
			 text(cell->reason), "boot", cell->boot, "log", text(cell->log));
}

static json_t *of_column(const struct column *column)
{
	json_t *boots = json_array(), *tests = json_array();

	for (size_t i = 0; i < column->boot_count; i++)
		json_array_append_new(boots, of_boot(&column->boots[i]));
	for (size_t i = 0; i < column->cell_count; i++)
		json_array_append_new(tests, of_cell(&column->cells[i]));
	return json_pack("{s:s, s:o, s:b, s:f, s:o, s:o}", "series", column->name, "release",
			 text(column->release ?: ""), "may_fail", column->may_fail, "seconds",
			 column->seconds, "boots", boots, "tests", tests);
}

void out_json(FILE *file, const struct matrix *matrix)
{
	struct matrix_totals totals = matrix_totals(matrix);
	json_t *kernels = json_array(), *all;
	char started[36];

	for (size_t i = 0; i < matrix->column_count; i++)
		json_array_append_new(kernels, of_column(&matrix->columns[i]));
	util_rfc3339(started, matrix->started * UTIL_NS_PER_S);
	all = json_pack("{s:s, s:f, s:b, s:i, s:i, s:i, s:i, s:o}", "started", started, "seconds",
			matrix->seconds, "interrupted", matrix->interrupted, "passed",
			totals.passed, "failed", totals.failed, "skipped", totals.skipped,
			"tolerated", totals.tolerated, "kernels", kernels);
	if (all)
		json_dumpf(all, file, JSON_INDENT(1) | JSON_REAL_PRECISION(6));
	fputc('\n', file);
	json_decref(all);
}
