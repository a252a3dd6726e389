/* SPDX-License-Identifier: GPL-2.0-only */
/* vmtest/matrix: the lines of the runner in the host, the plan, cells and their sums. */
#include "tests/unit/matrices.h"

#include "lib/exit.h"
#include "lib/util.h"
#include "vmtest/matrix/tap.h"

/* --- lines ------------------------------------------------------------------------------------ */

static void assert_line(const char *line, enum tap_kind kind, const char *text, const char *reason)
{
	char copy[256];
	struct tap_line tap;

	snprintf(copy, sizeof(copy), "%s", line);
	tap = tap_read(copy);
	if (tap.kind != kind)
		fail_msg("'%s': kind %d, not %d", line, tap.kind, kind);
	if (text)
		assert_string_equal(tap.text, text);
	if (reason)
		assert_string_equal(tap.reason, reason);
}

static void assert_number(const char *line, enum tap_kind kind, double number)
{
	char copy[256];
	struct tap_line tap;

	snprintf(copy, sizeof(copy), "%s", line);
	tap = tap_read(copy);
	if (tap.kind != kind || (kind != TAP_OTHER && tap.number != number))
		fail_msg("'%s': kind %d, %g", line, tap.kind, tap.number);
}

static void lines_of_the_runner(void **state)
{
	(void)state;
	assert_line("# kernel 6.12.107+deb13-cloud-arm64", TAP_KERNEL, "6.12.107+deb13-cloud-arm64",
		    NULL);
	assert_number("1..27", TAP_PLAN, 27);
	assert_line("# begins 03-record", TAP_BEGINS, "03-record", NULL);
	assert_line("ok 1 - 03-record", TAP_PASS, "03-record", "");
	assert_line("ok 12 - 3", TAP_PASS, "3", "");
	assert_line("ok 2 - 04-claimed # SKIP no HEST", TAP_SKIP, "04-claimed", "no HEST");
	assert_line("ok 2 - 04-claimed # SKIP", TAP_SKIP, "04-claimed", "");
	assert_line("ok 2 - 04-claimed # skip: it is lower", TAP_SKIP, "04-claimed",
		    ": it is lower");
	assert_line("not ok 3 - 05-late # status 1", TAP_FAIL, "05-late", "status 1");
	assert_line("not ok 3 - 05-late", TAP_FAIL, "05-late", "");
	assert_line("not ok 3 - 05-late # TIMEOUT after 900 s", TAP_TIMEOUT, "05-late",
		    "after 900 s");
	assert_line("# | what a test said", TAP_LOG, "what a test said", NULL);
	assert_line("# |   ok 1 - said by a test", TAP_LOG, "  ok 1 - said by a test", NULL);
	assert_line("# | ", TAP_LOG, "", NULL);
	assert_number("# took 1.07 s", TAP_TOOK, 1.07);
	assert_number("# took 0.00 s", TAP_TOOK, 0);
}

/* A word that is not of its result is no directive; the first " # " ends the name. */
static void directives_are_of_their_results(void **state)
{
	(void)state;
	assert_line("not ok 1 - x # SKIP not for one that failed", TAP_FAIL, "x",
		    "SKIP not for one that failed");
	assert_line("ok 1 - x # TIMEOUT", TAP_PASS, "x", "TIMEOUT");
	assert_line("ok 1 - x # SKIP a # b", TAP_SKIP, "x", "a # b");
	assert_line("ok 1 - x#y", TAP_PASS, "x#y", "");
	assert_line("not ok 1 - x # y # TIMEOUT", TAP_FAIL, "x", "y # TIMEOUT");
}

static void broken_lines_are_nobodys(void **state)
{
	static const char *const lines[] = {
		"",
		"ok",
		"okay 1 - x",
		" ok 1 - x",
		"not  ok 1 - x",
		"notok 1 - x",
		"1..",
		"1..x",
		"1..2x",
		"1..-1",
		"1..nan",
		"1..inf",
		"1..1e999",
		"1..+2",
		"1.. 2",
		"#",
		"# ",
		"#begins x",
		"# begin x",
		"# took s",
		"# took 1",
		"# took 1 ms",
		"# took inf s",
		"# took nan s",
		"# took -1 s",
		"# took  1 s",
		"#| x",
		"# |x",
		"\xff\xfe",
		"Bail out!",
	};

	(void)state;
	for (size_t i = 0; i < UTIL_COUNT(lines); i++)
		assert_number(lines[i], TAP_OTHER, 0);
	assert_line("ok ", TAP_PASS, "", ""); /* of no test that there is */
	assert_line("not ok ", TAP_FAIL, "", "");
}

/* --- the plan --------------------------------------------------------------------------------- */

static void plans_are_read(void **state)
{
	const struct column *column;

	(void)state;
	plan("7.3 required 7.3.4 03-record.sh 10-c 01-a.sh\n"
	     "6.1-override  may-fail 6.1.176-override 03-record.sh 02-b.sh");
	assert_int_equal(matrix.column_count, 2);
	column = &matrix.columns[0];
	assert_string_equal(column->name, "7.3");
	assert_string_equal(column->release, "7.3.4");
	assert_false(column->may_fail);
	assert_int_equal(column->cell_count, 4);
	assert_string_equal(column->cells[0].test, "boot");
	assert_null(column->cells[0].file);
	assert_string_equal(column->cells[1].test, "03-record"); /* in the order of the plan */
	assert_string_equal(column->cells[1].file, "03-record.sh");
	assert_string_equal(column->cells[2].file, "10-c");
	assert_true(matrix.columns[1].may_fail);
	assert_int_equal(matrix.columns[1].cell_count, 3);
	assert_int_equal(matrix.test_count, 5);
	assert_string_equal(matrix.tests[0], "boot");
	assert_string_equal(matrix.tests[1], "01-a");
	assert_string_equal(matrix.tests[2], "02-b");
	assert_string_equal(matrix.tests[3], "03-record"); /* once */
	assert_string_equal(matrix.tests[4], "10-c");
	assert_null(matrix_cell(column, "02-b"));
	assert_null(matrix_cell(column, ""));
}

static void refused(const char *text, const char *where, const char *why)
{
	struct capture capture;
	char wanted[PATH_MAX + 128], *said;
	int error;

	capture_start(&capture, STDERR_FILENO);
	error = read_plan(text);
	said = capture_end(&capture);
	snprintf(wanted, sizeof(wanted), "vmtest-matrix: %s%s: %s\n", scratch_path("plan"), where,
		 why);
	assert_string_equal(said, wanted);
	assert_int_equal(error, -1);
	assert_null(matrix.columns);
	free(said);
}

static void bad_plans_are_refused(void **state)
{
	static const char form[] = "not SERIES required|may-fail RELEASE TEST...";

	(void)state;
	refused("", "", "no kernel in it");
	refused("\n", ":1", form);
	refused("6.12\n", ":1", form);
	refused("6.12 required\n", ":1", form);
	refused("6.12 required 6.12.1\n", ":1", form);
	refused("6.12 optional 6.12.1 01-a.sh\n", ":1", form);
	refused("6.12 required 6.12.1 01-a.sh\n7.3 required 7.3.4\n", ":2", form);
	refused("6.12 required 6.12.1 01-a.sh\n\n", ":2", form);
	refused("6.12 required 6.12.1 01-a.sh 02-b.sh 01-a\n", ":1", "two tests are named 01-a");
	refused("6.12 required 6.12.1 boot.sh\n", ":1", "two tests are named boot");
	refused("6.12 required 6.12.1 01-\033[2J.sh\n", ":1",
		"a name with characters that cannot be shown: 01-?[2J");
	refused("6.1\xff required 6.12.1 01-a.sh\n", ":1",
		"a name with characters that cannot be shown: 6.1?");
}

static void plans_that_are_no_files(void **state)
{
	struct capture capture;
	char wanted[PATH_MAX + 128], *said;

	(void)state;
	capture_start(&capture, STDERR_FILENO);
	assert_int_equal(matrix_read(&matrix, scratch_path("none")), -1);
	said = capture_end(&capture);
	snprintf(wanted, sizeof(wanted), "vmtest-matrix: %s: No such file or directory\n",
		 scratch_path("none"));
	assert_string_equal(said, wanted);
	free(said);
	capture_start(&capture, STDERR_FILENO);
	assert_int_equal(matrix_read(&matrix, scratch), -1);
	said = capture_end(&capture);
	snprintf(wanted, sizeof(wanted), "vmtest-matrix: %s: Is a directory\n", scratch);
	assert_string_equal(said, wanted);
	free(said);
}

/* --- cells ------------------------------------------------------------------------------------ */

static void the_heavier_status_is_kept(void **state)
{
	(void)state;
	for (int first = CELL_WAITING; first < CELL_STATUSES; first++) {
		for (int second = CELL_WAITING; second < CELL_STATUSES; second++) {
			struct cell cell = {.status = CELL_WAITING};

			cell_set(&cell, first, "first");
			cell_set(&cell, second, "second");
			assert_int_equal(cell.status, UTIL_MAX(first, second));
			if (second > first)
				assert_string_equal(cell.reason, "second");
			else if (first > CELL_WAITING) /* of two that weigh the same, too */
				assert_string_equal(cell.reason, "first");
			free(cell.reason);
		}
	}
}

static void each_status_has_its_word(void **state)
{
	(void)state;
	for (int i = 0; i < CELL_STATUSES; i++)
		for (int k = 0; k < i; k++)
			assert_string_not_equal(cell_words[i], cell_words[k]);
}

static void reasons_are_one_clean_line(void **state)
{
	struct cell cell = {0};
	char *text = calloc(1, 5000);

	(void)state;
	memset(text, 'x', 4999);
	cell_set(&cell, CELL_SKIP, "%s", "a\nb\033[31m\xff é");
	assert_string_equal(cell.reason, "a?b?[31m? é");
	cell_set(&cell, CELL_FAIL, "%s", "");
	assert_null(cell.reason);
	cell_set(&cell, CELL_LOST, "%s", text);
	assert_true(strlen(cell.reason) < 1024);
	cell_set(&cell, CELL_PANIC, NULL);
	assert_null(cell.reason);
	free(text);
}

static void what_is_said_is_clean(void **state)
{
	struct cell cell = {0};

	(void)state;
	cell_say(&cell, "a\033[31m\r\ttab");
	cell_say(&cell, "");
	cell_say(&cell, "\xff é");
	assert_string_equal(cell.log, "a?[31m?\ttab\n\n? é\n");
	assert_int_equal(cell.log_len, strlen(cell.log));
	free(cell.log);
}

static void what_is_too_much_is_cut_and_said(void **state)
{
	static const char cut[] = "[more was said than is kept here]\n";
	struct cell cell = {0};
	char line[1000];
	size_t len;

	(void)state;
	memset(line, 'x', sizeof(line) - 1);
	line[sizeof(line) - 1] = '\0';
	for (size_t i = 0; i < CELL_LOG_MAX / sizeof(line); i++)
		cell_say(&cell, line);
	assert_null(strstr(cell.log, "more was said")); /* to the last byte of the room */
	cell_say(&cell, line);
	len = cell.log_len;
	assert_true(len < CELL_LOG_MAX + sizeof(line) + sizeof(cut));
	assert_string_equal(cell.log + len - strlen(cut), cut);
	cell_say(&cell, line);
	assert_int_equal(cell.log_len, len); /* once */
	assert_int_equal(strlen(cell.log), len);
	free(cell.log);
}

/* --- sums ------------------------------------------------------------------------------------- */

#define REQUIRED "6.12 required 6.12.1 01-a.sh 02-b.sh\n"
#define MAY_FAIL "7.3 may-fail 7.3.4 01-a.sh 02-b.sh\n"

static void set_all(enum cell_status status)
{
	for (size_t i = 0; i < matrix.column_count; i++)
		for (size_t k = 0; k < matrix.columns[i].cell_count; k++)
			cell_set(&matrix.columns[i].cells[k], status, "why");
}

static void one_status_decides(void **state)
{
	(void)state;
	for (int status = CELL_WAITING; status < CELL_STATUSES; status++) {
		bool fails = status != CELL_PASS && status != CELL_SKIP;
		struct matrix_totals totals;

		plan(REQUIRED MAY_FAIL);
		set_all(status == CELL_WAITING ? CELL_WAITING : CELL_RUNNING);
		cell_set(cell_of("6.12", "boot"), CELL_PASS, NULL);
		cell_set(cell_of("7.3", "boot"), CELL_PASS, NULL);
		cell_set(cell_of("7.3", "01-a"), CELL_PASS, NULL);
		cell_set(cell_of("6.12", "01-a"), CELL_PASS, NULL);
		cell_set(cell_of("6.12", "02-b"), status, "why");
		cell_set(cell_of("7.3", "02-b"), status, "why");
		assert_int_equal(cell_failed(cell_of("6.12", "02-b")), fails);
		totals = matrix_totals(&matrix);
		assert_int_equal(totals.passed, 4 + 2 * (status == CELL_PASS));
		assert_int_equal(totals.skipped, 2 * (status == CELL_SKIP));
		assert_int_equal(totals.failed, fails);
		assert_int_equal(totals.tolerated, fails);
		assert_int_equal(matrix_status(&matrix), !fails                  ? EXIT_DONE
							 : status == CELL_BROKEN ? EXIT_ENVIRONMENT
										 : EXIT_VERDICT);
		matrix_free(&matrix);
	}
}

static void may_fail_may(void **state)
{
	(void)state;
	plan(REQUIRED MAY_FAIL);
	cell_set(cell_of("7.3", "01-a"), CELL_PANIC, "why");
	cell_set(cell_of("7.3", "02-b"), CELL_BROKEN, "why");
	for (int i = 0; i < 3; i++)
		cell_set(&matrix.columns[0].cells[i], CELL_PASS, NULL);
	assert_int_equal(matrix_status(&matrix), EXIT_DONE);
	assert_int_equal(matrix_totals(&matrix).failed, 0);
	assert_int_equal(matrix_totals(&matrix).tolerated, 3); /* the boot waits */
}

static void a_failure_outweighs_a_broken_lab(void **state)
{
	(void)state;
	plan(REQUIRED "7.2 required 7.2.1 01-a.sh\n");
	set_all(CELL_BROKEN);
	assert_int_equal(matrix_status(&matrix), EXIT_ENVIRONMENT);
	matrix_free(&matrix);
	plan(REQUIRED "7.2 required 7.2.1 01-a.sh\n");
	cell_set(cell_of("7.2", "01-a"), CELL_FAIL, "why");
	set_all(CELL_BROKEN);
	assert_int_equal(matrix_status(&matrix), EXIT_ENVIRONMENT); /* it weighs more */
	matrix_free(&matrix);
	plan(REQUIRED "7.2 required 7.2.1 01-a.sh\n");
	for (int i = 0; i < 3; i++)
		cell_set(&matrix.columns[0].cells[i], CELL_BROKEN, "why");
	cell_set(cell_of("7.2", "01-a"), CELL_FAIL, "why");
	assert_int_equal(matrix_status(&matrix), EXIT_VERDICT);
}

static void nothing_tested_is_no_pass(void **state)
{
	(void)state;
	plan(REQUIRED);
	set_all(CELL_SKIP);
	assert_int_equal(matrix_status(&matrix), EXIT_VERDICT);
	matrix_free(&matrix);
	plan(REQUIRED);
	cell_set(cell_of("6.12", "boot"), CELL_PASS, NULL); /* which is no test */
	set_all(CELL_SKIP);
	assert_int_equal(matrix_status(&matrix), EXIT_VERDICT);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, matrix_setup, matrix_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(lines_of_the_runner),
		TEST(directives_are_of_their_results),
		TEST(broken_lines_are_nobodys),
		TEST(plans_are_read),
		TEST(bad_plans_are_refused),
		TEST(plans_that_are_no_files),
		TEST(the_heavier_status_is_kept),
		TEST(each_status_has_its_word),
		TEST(reasons_are_one_clean_line),
		TEST(what_is_said_is_clean),
		TEST(what_is_too_much_is_cut_and_said),
		TEST(one_status_decides),
		TEST(may_fail_may),
		TEST(a_failure_outweighs_a_broken_lab),
		TEST(nothing_tested_is_no_pass),
	};

	return cmocka_run_group_tests_name("matrix", tests, NULL, NULL);
}
