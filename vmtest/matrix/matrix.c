// SPDX-License-Identifier: GPL-2.0-only
/* matrix.c - the table, its cells, its sums. */
#include "matrix.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/exit.h"
#include "lib/util.h"

const char *const cell_words[CELL_STATUSES] = {
	[CELL_WAITING] = "waiting", [CELL_RUNNING] = "running", [CELL_PASS] = "pass",
	[CELL_SKIP] = "skip",       [CELL_FAIL] = "fail",       [CELL_TIMEOUT] = "timeout",
	[CELL_SPLAT] = "splat",     [CELL_LOST] = "lost",       [CELL_HUNG] = "hung",
	[CELL_PANIC] = "panic",     [CELL_BROKEN] = "broken",   [CELL_NOT_RUN] = "not-run",
};

/* --- reading ---------------------------------------------------------------------------------- */

/* "03-record" of "03-record.sh". */
static char *test_of(const char *file)
{
	size_t len = strlen(file);

	if (len > 3 && !strcmp(file + len - 3, ".sh"))
		len -= 3;
	return strndup(file, len);
}

static int column_add(struct column *column, const char *file)
{
	struct cell *cells = realloc(column->cells, (column->cell_count + 1) * sizeof(*cells));
	struct cell *cell;

	if (!cells)
		return -ENOMEM;
	column->cells = cells;
	cell = &cells[column->cell_count];
	*cell = (struct cell){.test = test_of(file ?: "boot")};
	cell->file = file ? strdup(file) : NULL;
	if (!cell->test || (file && !cell->file)) {
		free(cell->test);
		return -ENOMEM;
	}
	column->cell_count++;
	return 0;
}

static int read_column(struct column *column, char *line)
{
	char *rest, *name = strtok_r(line, " \n", &rest), *gate = strtok_r(NULL, " \n", &rest);
	char *release = strtok_r(NULL, " \n", &rest);
	int error = column_add(column, NULL);

	if (!name || !gate || !release || (strcmp(gate, "required") && strcmp(gate, "may-fail")))
		return -EINVAL;
	column->name = strdup(name);
	column->release = strdup(release);
	column->may_fail = !strcmp(gate, "may-fail");
	for (char *file; !error && (file = strtok_r(NULL, " \n", &rest));)
		error = column_add(column, file);
	if (!error && (!column->name || !column->release))
		error = -ENOMEM;
	return error ?: column->cell_count > 1 ? 0 : -EINVAL;
}

/* Names go into every output as they are. Unfit ones are said, and their place in the plan. */
static int check_name(const char *name, const char *path, size_t line)
{
	size_t size = strlen(name) + 1;
	char *clean = malloc(size);
	int error = 0;

	if (clean)
		util_clean(clean, size, name, size - 1);
	if (!clean || strcmp(clean, name)) {
		fprintf(stderr,
			"vmtest-matrix: %s:%zu: a name with characters that cannot be shown: %s\n",
			path, line, clean ?: "");
		error = -1;
	}
	free(clean);
	return error;
}

/* A test's name is all that its result has, so each has its own. */
static int check_names(const struct column *column, const char *path, size_t line)
{
	int error = check_name(column->name, path, line);

	for (size_t i = 1; !error && i < column->cell_count; i++) {
		const char *test = column->cells[i].test;

		error = check_name(test, path, line);
		if (error || matrix_cell(column, test) == &column->cells[i])
			continue;
		fprintf(stderr, "vmtest-matrix: %s:%zu: two tests are named %s\n", path, line,
			test);
		error = -1;
	}
	return error;
}

static int add_column(struct matrix *matrix, char *text, const char *path)
{
	size_t line = matrix->column_count + 1;
	struct column *columns = realloc(matrix->columns, line * sizeof(*columns));
	int error = -ENOMEM;

	if (columns) {
		matrix->columns = columns;
		columns[matrix->column_count++] = (struct column){0};
		error = read_column(&columns[line - 1], text);
	}
	if (!error)
		return check_names(&columns[line - 1], path, line);
	fprintf(stderr, "vmtest-matrix: %s:%zu: %s\n", path, line,
		error == -EINVAL ? "not SERIES required|may-fail RELEASE TEST..."
				 : strerror(-error));
	return -1;
}

static int read_columns(struct matrix *matrix, FILE *file, const char *path)
{
	char *line = NULL;
	size_t size = 0;
	int error = 0;

	while (!error && getline(&line, &size, file) >= 0)
		error = add_column(matrix, line, path);
	if (!error && (ferror(file) || !matrix->column_count)) {
		fprintf(stderr, "vmtest-matrix: %s: %s\n", path,
			ferror(file) ? strerror(errno) : "no kernel in it");
		error = -1;
	}
	free(line);
	return error;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The rows: every test of any column, once. */
static int collect_tests(struct matrix *matrix)
{
	size_t most = 0, count = 0;

	for (size_t i = 0; i < matrix->column_count; i++)
		most += matrix->columns[i].cell_count;
	matrix->tests = calloc(most, sizeof(*matrix->tests));
	if (!matrix->tests) {
		fprintf(stderr, "vmtest-matrix: %s\n", strerror(ENOMEM));
		return -1;
	}
	for (size_t i = 0; i < matrix->column_count; i++)
		for (size_t k = 1; k < matrix->columns[i].cell_count; k++)
			matrix->tests[count++] = matrix->columns[i].cells[k].test;
	qsort(matrix->tests, count, sizeof(*matrix->tests), by_name);
	most = count;
	count = 0;
	for (size_t i = 0; i < most; i++)
		if (!count || strcmp(matrix->tests[i], matrix->tests[count - 1]))
			matrix->tests[count++] = matrix->tests[i];
	memmove(matrix->tests + 1, matrix->tests, count * sizeof(*matrix->tests));
	matrix->tests[0] = matrix->columns[0].cells[0].test;
	matrix->test_count = count + 1;
	return 0;
}

int matrix_read(struct matrix *matrix, const char *path)
{
	FILE *file = fopen(path, "re");
	int error;

	*matrix = (struct matrix){.started = time(NULL)};
	if (!file) {
		fprintf(stderr, "vmtest-matrix: %s: %s\n", path, strerror(errno));
		return -1;
	}
	error = read_columns(matrix, file, path);
	fclose(file);
	if (!error)
		error = collect_tests(matrix);
	if (error)
		matrix_free(matrix);
	return error;
}

static void column_free(struct column *column)
{
	for (size_t i = 0; i < column->cell_count; i++) {
		free(column->cells[i].test);
		free(column->cells[i].file);
		free(column->cells[i].reason);
		free(column->cells[i].log);
	}
	for (size_t i = 0; i < column->boot_count; i++) {
		free(column->boots[i].end);
		free(column->boots[i].why);
		free(column->boots[i].console);
	}
	free(column->cells);
	free(column->boots);
	free(column->name);
	free(column->release);
}

void matrix_free(struct matrix *matrix)
{
	for (size_t i = 0; i < matrix->column_count; i++)
		column_free(&matrix->columns[i]);
	free(matrix->columns);
	free(matrix->tests);
	*matrix = (struct matrix){0};
}

/* --- cells ------------------------------------------------------------------------------------ */

struct cell *matrix_cell(const struct column *column, const char *test)
{
	for (size_t i = 0; i < column->cell_count; i++)
		if (!strcmp(column->cells[i].test, test))
			return &column->cells[i];
	return NULL;
}

/* A series has neither of these in its name. */
const char *column_heading(const struct column *column)
{
	bool is_file = strpbrk(column->name, "/:");

	return is_file && column->release ? column->release : column->name;
}

void column_share(struct column *column, unsigned int shares)
{
	for (size_t i = 1; i < column->cell_count; i++)
		column->cells[i].share = (i - 1) % shares;
}

bool cell_failed(const struct cell *cell)
{
	return cell->status != CELL_PASS && cell->status != CELL_SKIP;
}

void cell_set(struct cell *cell, enum cell_status status, const char *format, ...)
{
	char text[1024], clean[1024];
	va_list list;

	if (status <= cell->status)
		return;
	cell->status = status;
	free(cell->reason);
	cell->reason = NULL;
	if (!format)
		return;
	va_start(list, format);
	vsnprintf(text, sizeof(text), format, list);
	va_end(list);
	util_clean(clean, sizeof(clean), text, strlen(text));
	cell->reason = *clean ? strdup(clean) : NULL;
}

/* Fit for a terminal and for files; of what controls one, tabulators stay. */
static void append(struct cell *cell, const char *text)
{
	size_t len = strlen(text);
	char *log = realloc(cell->log, cell->log_len + len + 2), *end;

	if (!log)
		return;
	cell->log = log;
	end = log + cell->log_len;
	for (; *text; text += len) {
		len = strcspn(text, "\t");
		end += util_clean(end, len + 1, text, len);
		if (text[len]) {
			*end++ = '\t';
			len++;
		}
	}
	*end++ = '\n';
	*end = '\0';
	cell->log_len = end - log;
}

void cell_say(struct cell *cell, const char *line)
{
	if (cell->log_len > CELL_LOG_MAX)
		return;
	append(cell, line);
	if (cell->log_len > CELL_LOG_MAX)
		append(cell, "[more was said than is kept here]");
}

/* --- sums ------------------------------------------------------------------------------------- */

struct matrix_totals column_totals(const struct column *column)
{
	struct matrix_totals totals = {0};

	for (size_t i = 0; i < column->cell_count; i++) {
		const struct cell *cell = &column->cells[i];

		if (cell->status == CELL_PASS)
			totals.passed++;
		else if (cell->status == CELL_SKIP)
			totals.skipped++;
		else if (column->may_fail)
			totals.tolerated++;
		else
			totals.failed++;
	}
	return totals;
}

struct matrix_totals matrix_totals(const struct matrix *matrix)
{
	struct matrix_totals all = {0};

	for (size_t i = 0; i < matrix->column_count; i++) {
		struct matrix_totals one = column_totals(&matrix->columns[i]);

		all.passed += one.passed;
		all.failed += one.failed;
		all.skipped += one.skipped;
		all.tolerated += one.tolerated;
	}
	return all;
}

int matrix_status(const struct matrix *matrix)
{
	bool broken = false, tested = false;

	for (size_t i = 0; i < matrix->column_count; i++) {
		const struct column *column = &matrix->columns[i];

		for (size_t k = 0; k < column->cell_count; k++) {
			const struct cell *cell = &column->cells[k];

			tested |= k && cell->status == CELL_PASS;
			if (!cell_failed(cell) || column->may_fail)
				continue;
			if (cell->status != CELL_BROKEN)
				return EXIT_VERDICT;
			broken = true;
		}
	}
	return broken ? EXIT_ENVIRONMENT : tested ? EXIT_DONE : EXIT_VERDICT;
}
