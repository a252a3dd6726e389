/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A matrix out of a plan that is text, and what is written into a FILE, as text. For tests only.
 */
#ifndef TESTS_UNIT_MATRICES_H
#define TESTS_UNIT_MATRICES_H

#include "tests/unit/tree.h"

#include "vmtest/matrix/matrix.h"

static char scratch[32]; /* a folder, while a test runs */
static struct matrix matrix;

TREE_UNUSED static int matrix_setup(void **state)
{
	(void)state;
	matrix = (struct matrix){0};
	tree_make(scratch);
	return 0;
}

TREE_UNUSED static int matrix_teardown(void **state)
{
	(void)state;
	matrix_free(&matrix);
	tree_remove(scratch);
	return 0;
}

/* The path of something in the folder, until the next call. */
TREE_UNUSED static const char *scratch_path(const char *name)
{
	static char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/%s", scratch, name);
	return path;
}

TREE_UNUSED static int read_plan(const char *text)
{
	tree_write(scratch, text, strlen(text), "plan");
	return matrix_read(&matrix, scratch_path("plan"));
}

TREE_UNUSED static void plan(const char *text)
{
	assert_int_equal(read_plan(text), 0);
}

/* The cell of "6.12", "03-record", which is there. */
TREE_UNUSED static struct cell *cell_of(const char *series, const char *test)
{
	for (size_t i = 0; i < matrix.column_count; i++)
		if (!strcmp(matrix.columns[i].name, series)) {
			struct cell *cell = matrix_cell(&matrix.columns[i], test);

			assert_non_null(cell);
			return cell;
		}
	fail_msg("no column %s", series);
	return NULL;
}

/* What a cell says: its word, and its reason behind a colon. */
TREE_UNUSED static void assert_cell(const char *series, const char *test, const char *wanted)
{
	const struct cell *cell = cell_of(series, test);
	char text[2048];

	snprintf(text, sizeof(text), "%s%s%s", cell_words[cell->status], cell->reason ? ": " : "",
		 cell->reason ?: "");
	if (strcmp(text, wanted))
		fail_msg("%s %s: %s, not %s", series, test, text, wanted);
}

#endif
