// SPDX-License-Identifier: GPL-2.0-only
/* out_junit.c - for CI servers: what the schemas of Jenkins and of Ant both allow. */
#include "out.h"

#include "lib/util.h"
#include "lib/xml.h"
#include "matrix.h"

/* The test was run and said no; whatever else is wrong is an error. */
static bool is_failure(const struct cell *cell)
{
	return cell->status == CELL_FAIL || cell->status == CELL_TIMEOUT;
}

static void count(const struct column *column, unsigned int n[3])
{
	for (size_t i = 0; i < column->cell_count; i++) {
		const struct cell *cell = &column->cells[i];

		if (cell->status == CELL_SKIP || (cell_failed(cell) && column->may_fail))
			n[2]++;
		else if (cell_failed(cell))
			n[!is_failure(cell)]++;
	}
}

static void put_skipped(FILE *file, const struct cell *cell)
{
	fputs("      <skipped message=\"", file);
	if (cell->status != CELL_SKIP)
		fprintf(file, "may fail: %s%s", cell_words[cell->status], cell->reason ? ": " : "");
	xml_text(file, cell->reason ?: "");
	fputs("\"/>\n", file);
}

static void put_result(FILE *file, const struct column *column, const struct cell *cell)
{
	const char *element = is_failure(cell) ? "failure" : "error";

	if (cell->status == CELL_SKIP || column->may_fail) {
		put_skipped(file, cell);
		return;
	}
	fprintf(file, "      <%s type=\"%s\"", element, cell_words[cell->status]);
	xml_attribute(file, "message", cell->reason ?: cell_words[cell->status]);
	fputc('>', file);
	xml_lines(file, cell->log ?: "");
	fprintf(file, "</%s>\n", element);
}

static void put_cell(FILE *file, const struct column *column, const struct cell *cell)
{
	fputs("    <testcase", file);
	xml_attribute(file, "classname", column->name);
	xml_attribute(file, "name", cell->test);
	fprintf(file, " time=\"%.3f\">\n", cell->seconds);
	if (cell->status != CELL_PASS)
		put_result(file, column, cell);
	fputs("    </testcase>\n", file);
}

static void put_column(FILE *file, const struct column *column)
{
	unsigned int n[3] = {0};

	count(column, n);
	fputs("  <testsuite", file);
	xml_attribute(file, "name", column->name);
	fprintf(file,
		" tests=\"%zu\" failures=\"%u\" errors=\"%u\" skipped=\"%u\" time=\"%.3f\">\n",
		column->cell_count, n[0], n[1], n[2], column->seconds);
	fputs("    <properties>\n      <property name=\"release\"", file);
	xml_attribute(file, "value", column->release ?: "");
	fputs("/>\n    </properties>\n", file);
	for (size_t i = 0; i < column->cell_count; i++)
		put_cell(file, column, &column->cells[i]);
	fputs("  </testsuite>\n", file);
}

void out_junit(FILE *file, const struct matrix *matrix)
{
	unsigned int n[3] = {0};
	size_t tests = 0;

	for (size_t i = 0; i < matrix->column_count; i++) {
		count(&matrix->columns[i], n);
		tests += matrix->columns[i].cell_count;
	}
	fprintf(file,
		"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"vmtest matrix\" "
		"tests=\"%zu\" failures=\"%u\" errors=\"%u\" skipped=\"%u\" time=\"%.3f\">\n",
		tests, n[0], n[1], n[2], matrix->seconds);
	for (size_t i = 0; i < matrix->column_count; i++)
		put_column(file, &matrix->columns[i]);
	fputs("</testsuites>\n", file);
}
