// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the matrix reads: lines of the runner in the host, and plans. A line's parts are what is written
 * there and nothing else; a plan is read whole or refused with one line, and what was read can be
 * written down as the same plan again.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tests/fuzz/fuzz.h"
#include "vmtest/matrix/matrix.h"
#include "vmtest/matrix/tap.h"

/* --- lines ------------------------------------------------------------------------------------ */

static int begins(const char *line, const char *with)
{
	return !strncmp(line, with, strlen(with));
}

/* Each part is a piece of the line as it came. */
static void check_parts(const struct tap_line *tap, const char *line, const char *copy, size_t len)
{
	const char *parts[] = {tap->text, tap->reason};

	for (int i = 0; i < 2; i++) {
		if (!parts[i])
			continue;
		FUZZ_CHECK(parts[i] >= copy && parts[i] <= copy + len || !*parts[i], "%s", line);
		if (*parts[i])
			FUZZ_CHECK(begins(line + (parts[i] - copy), parts[i]), "%s", line);
	}
}

static void check_result(const struct tap_line *tap, const char *line)
{
	FUZZ_CHECK(tap->text && tap->reason, "%s", line);
	FUZZ_CHECK(begins(line, tap->kind == TAP_PASS || tap->kind == TAP_SKIP ? "ok " : "not ok "),
		   "%s", line);
	FUZZ_CHECK(!strstr(tap->text, " # "), "%s", line);
	FUZZ_CHECK(*tap->reason != ' ', "%s", line);
	FUZZ_CHECK(!*tap->reason || strstr(line, " # "), "%s", line);
	FUZZ_CHECK(tap->kind != TAP_SKIP || strcasestr(line, " # SKIP"), "%s", line);
	FUZZ_CHECK(tap->kind != TAP_TIMEOUT || strstr(line, " # TIMEOUT"), "%s", line);
}

static void check_line(const struct tap_line *tap, const char *line)
{
	switch (tap->kind) {
	case TAP_PLAN:
	case TAP_TOOK:
		FUZZ_CHECK(isfinite(tap->number) && tap->number >= 0, "%s", line);
		FUZZ_CHECK(begins(line, tap->kind == TAP_PLAN ? "1.." : "# took "), "%s", line);
		break;
	case TAP_KERNEL:
	case TAP_BEGINS:
	case TAP_LOG:
		FUZZ_CHECK(tap->text && line[0] == '#' && line[1] == ' ', "%s", line);
		FUZZ_CHECK(strlen(tap->text) + strlen("# | ") <= strlen(line), "%s", line);
		break;
	case TAP_OTHER:
		FUZZ_CHECK(!begins(line, "ok ") && !begins(line, "not ok ") &&
				   !begins(line, "# | ") && !begins(line, "# begins "),
			   "%s", line);
		break;
	default:
		check_result(tap, line);
	}
}

static void line(struct fuzz_input *in)
{
	char *text = fuzz_text(in, fuzz_left(in)), *copy = strdup(text);
	size_t len = strlen(text);
	struct tap_line tap;

	FUZZ_CHECK(copy);
	tap = tap_read(copy);
	check_parts(&tap, text, copy, len);
	check_line(&tap, text);
	free(copy);
	free(text);
}

/* --- plans ------------------------------------------------------------------------------------ */

static void check_matrix(const struct matrix *matrix)
{
	size_t rows = 0;

	FUZZ_CHECK(matrix->column_count && matrix->test_count >= 2);
	FUZZ_CHECK(!strcmp(matrix->tests[0], "boot"));
	for (size_t i = 2; i < matrix->test_count; i++)
		FUZZ_CHECK(strcmp(matrix->tests[i - 1], matrix->tests[i]) < 0);
	for (size_t i = 0; i < matrix->column_count; i++) {
		const struct column *column = &matrix->columns[i];

		FUZZ_CHECK(column->cell_count >= 2 && column->cell_count <= matrix->test_count);
		FUZZ_CHECK(fuzz_is_clean(column->name, strlen(column->name), ""));
		for (size_t k = 0; k < column->cell_count; k++)
			FUZZ_CHECK(matrix_cell(column, column->cells[k].test) == &column->cells[k]);
	}
	for (size_t t = 0; t < matrix->test_count; t++) {
		FUZZ_CHECK(fuzz_is_clean(matrix->tests[t], strlen(matrix->tests[t]), ""));
		for (size_t i = 0; i < matrix->column_count; i++)
			rows += !!matrix_cell(&matrix->columns[i], matrix->tests[t]);
	}
	for (size_t i = 0; i < matrix->column_count; i++)
		rows -= matrix->columns[i].cell_count;
	FUZZ_CHECK(!rows);
}

static char *written(const struct matrix *matrix, size_t *len)
{
	char *text = NULL;
	FILE *file = open_memstream(&text, len);

	FUZZ_CHECK(file);
	for (size_t i = 0; i < matrix->column_count; i++) {
		const struct column *column = &matrix->columns[i];

		fprintf(file, "%s %s %s", column->name, column->may_fail ? "may-fail" : "required",
			column->release);
		for (size_t k = 1; k < column->cell_count; k++)
			fprintf(file, " %s", column->cells[k].file);
		fputc('\n', file);
	}
	fclose(file);
	return text;
}

static int read_plan(struct matrix *matrix, const char *text, size_t len)
{
	static struct fuzz_file file;
	struct fuzz_said said;
	int error;

	fuzz_file_set(&file, text, len);
	lseek(file.fd, 0, SEEK_SET);
	fuzz_catch(&said);
	error = matrix_read(matrix, file.path);
	fuzz_caught(&said);
	fuzz_check_error(&said, error);
	fuzz_drop(&said);
	return error;
}

static void plan(struct fuzz_input *in)
{
	struct matrix matrix, again;
	char *first, *second;
	size_t first_len, second_len;

	if (read_plan(&matrix, (const char *)in->at, fuzz_left(in)))
		return;
	check_matrix(&matrix);
	first = written(&matrix, &first_len);
	FUZZ_CHECK(!read_plan(&again, first, first_len), "%s", first);
	second = written(&again, &second_len);
	fuzz_check_same(first, first_len, second, second_len, "plans");
	matrix_free(&matrix);
	matrix_free(&again);
	free(first);
	free(second);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input in = {data, data + size};

	if (fuzz_take(&in, 1) & 1)
		plan(&in);
	else
		line(&in);
	return 0;
}
