/* SPDX-License-Identifier: GPL-2.0-only */
/* vmtest/matrix/outcome: reports of boots that are made up, and what that makes of the tests. */
#include "tests/unit/matrices.h"

#include <signal.h>

#include "vmtest/matrix/outcome.h"

#define PLAN "6.12 required 6.12.1 01-a.sh 02-b.sh 03-c.sh\n"

static struct column *column;
static struct boot *boot;

static int setup(void **state)
{
	matrix_setup(state);
	plan(PLAN);
	column = &matrix.columns[0];
	return 0;
}

/* Another boot, in which these tests have passed; the last one is under way. */
static void boots(const char *passed, const char *running)
{
	column->boots = realloc(column->boots, (column->boot_count + 1) * sizeof(*column->boots));
	assert_non_null(column->boots);
	boot = &column->boots[column->boot_count++];
	*boot = (struct boot){0};
	if (passed) {
		cell_of("6.12", passed)->boot = column->boot_count;
		cell_set(cell_of("6.12", passed), CELL_PASS, NULL);
	}
	if (running) {
		cell_of("6.12", running)->boot = column->boot_count;
		cell_set(cell_of("6.12", running), CELL_RUNNING, NULL);
	}
}

/* Its end: the report's text (NULL: there is none), the status of `vmtest run`, and whom we ended it for. */
static void ends(const char *report, int wait_status, const char *running, bool too_long)
{
	struct outcome outcome = {
		.report = scratch_path("report"),
		.wait_status = wait_status,
		.running = running ? cell_of("6.12", running) : NULL,
		.too_long = too_long,
	};

	unlink(outcome.report);
	if (report)
		tree_write(scratch, report, strlen(report), "report");
	outcome_of_boot(column, boot, &outcome);
}

static void assert_cells(const char *up, const char *a, const char *b, const char *c)
{
	assert_cell("6.12", "boot", up);
	assert_cell("6.12", "01-a", a);
	assert_cell("6.12", "02-b", b);
	assert_cell("6.12", "03-c", c);
}

#define STATUS(code) ((code) << 8)

static void all_is_well(void **state)
{
	(void)state;
	boots("01-a", NULL);
	ends("{\"end\":\"exit\",\"command\":0,\"seconds\":9.5,\"boot_seconds\":4.25,\"test\":\"01-"
	     "a\","
	     "\"why\":\"\",\"splats\":[]}",
	     0, NULL, false);
	assert_cells("pass", "pass", "waiting", "waiting");
	assert_string_equal(boot->end, "exit");
	assert_null(boot->why);
	assert_true(boot->seconds == 9.5 && boot->boot_seconds == 4.25);
	assert_true(column->cells[0].seconds == 4.25);
	assert_int_equal(column->cells[0].boot, 1);
}

/* How it ended, and what that is for the test in whose midst it did; nothing for the others. */
static void each_end_is_told_apart(void **state)
{
	static const struct {
		const char *end, *b;
	} ways[] = {
		{"exit", "lost: what runs the tests in the host ended with status 7"},
		{"panic", "panic: words"},
		{"hung", "hung: words"},
		{"timeout", "timeout: words"},
		{"lost", "lost: words"},
		{"cut", "lost: words"},
		{"signal", "not-run: words"},
		{"error", "broken: words"},
		{"unheard-of", "broken: words"},
	};
	char report[256];

	for (size_t i = 0; i < sizeof(ways) / sizeof(*ways); i++) {
		boots("01-a", "02-b");
		snprintf(report, sizeof(report),
			 "{\"end\":\"%s\",\"command\":7,\"boot_seconds\":4,\"test\":\"02-b\","
			 "\"why\":\"words\",\"splats\":[]}",
			 ways[i].end);
		ends(report, STATUS(126), "02-b", false);
		assert_cells("pass", "pass", ways[i].b, "waiting");
		assert_string_equal(boot->end, ways[i].end);
		assert_string_equal(boot->why, "words");
		matrix_teardown(state);
		setup(state);
	}
}

static void a_host_that_is_not_up_is_the_labs_fault(void **state)
{
	(void)state;
	boots(NULL, NULL);
	ends("{\"end\":\"not-up\",\"boot_seconds\":0,\"why\":\"not up after 60 s\"}", STATUS(125),
	     NULL, false);
	assert_cells("broken: not up after 60 s", "waiting", "waiting", "waiting");
	boots(NULL, NULL); /* and then it panics: which weighs less */
	ends("{\"end\":\"panic\",\"boot_seconds\":0,\"why\":\"no init\"}", STATUS(126), NULL,
	     false);
	assert_cells("broken: not up after 60 s", "waiting", "waiting", "waiting");
}

static void panics_before_any_test(void **state)
{
	(void)state;
	boots(NULL, NULL);
	ends("{\"end\":\"panic\",\"boot_seconds\":0,\"why\":\"at boot\"}", STATUS(126), NULL,
	     false);
	assert_cells("panic: at boot", "waiting", "waiting", "waiting");
}

/* Between two tests it is nobody's: the rest is asked again. */
static void between_two_tests_it_is_nobodys(void **state)
{
	(void)state;
	boots("01-a", NULL);
	ends("{\"end\":\"panic\",\"boot_seconds\":4,\"why\":\"words\",\"test\":\"01-a\"}",
	     STATUS(126), NULL, false);
	assert_cells("pass", "pass", "waiting", "waiting");
}

static void a_test_that_we_ended_was_too_long(void **state)
{
	(void)state;
	boots("01-a", "02-b");
	ends("{\"end\":\"signal\",\"boot_seconds\":4,\"why\":\"\",\"test\":\"02-b\"}", STATUS(143),
	     "02-b", true);
	assert_cells("pass", "pass", "timeout: the host did not end it either", "waiting");
	matrix_teardown(state);
	setup(state);
	boots("01-a", "02-b"); /* also when nothing was left to say so */
	ends(NULL, SIGKILL, "02-b", true);
	assert_cell("6.12", "02-b", "timeout: the host did not end it either");
}

/* --- the kernel's log --------------------------------------------------------------------------- */

static void splats_are_of_their_tests(void **state)
{
	(void)state;
	boots("01-a", NULL);
	cell_of("6.12", "02-b")->boot = 1;
	cell_set(cell_of("6.12", "02-b"), CELL_FAIL, "status 1");
	ends("{\"end\":\"exit\",\"command\":1,\"boot_seconds\":4,\"test\":\"02-b\","
	     "\"why\":\"2 lines\",\"splats\":[{\"test\":\"01-a\",\"line\":\"WARNING: one\"},"
	     "{\"test\":\"02-b\",\"line\":\"BUG: two\"}]}",
	     STATUS(126), NULL, false);
	assert_cells("pass", "splat: WARNING: one", "splat: BUG: two", "waiting");
}

/* Before the first test, or in one that is not in the plan: the boot's, the first of them. */
static void other_splats_are_the_boots(void **state)
{
	(void)state;
	boots("01-a", NULL);
	ends("{\"end\":\"exit\",\"command\":0,\"boot_seconds\":4,\"test\":\"01-a\",\"why\":\"\","
	     "\"splats\":[{\"test\":\"\",\"line\":\"BUG: at boot\"},"
	     "{\"test\":\"99-z\",\"line\":\"BUG: of nobody\"}]}",
	     STATUS(126), NULL, false);
	assert_cells("splat: BUG: at boot", "pass", "waiting", "waiting");
}

/* A cell's boot is the one whose console has what it says. */
static void a_splat_of_a_later_boot_is_of_that_boot(void **state)
{
	(void)state;
	boots("01-a", "02-b");
	ends("{\"end\":\"lost\",\"boot_seconds\":4,\"why\":\"gone\",\"test\":\"02-b\"}",
	     STATUS(126), "02-b", false);
	boots("03-c", NULL);
	ends("{\"end\":\"exit\",\"command\":0,\"boot_seconds\":5,\"test\":\"03-c\",\"why\":\"\","
	     "\"splats\":[{\"test\":\"\",\"line\":\"BUG: at boot\"}]}",
	     STATUS(126), NULL, false);
	assert_cells("splat: BUG: at boot", "pass", "lost: gone", "pass");
	assert_int_equal(cell_of("6.12", "boot")->boot, 2);
	assert_int_equal(cell_of("6.12", "01-a")->boot, 1);
	assert_true(column->cells[0].seconds == 4); /* of the first */
}

/* What the runner said of 02-b and of 03-c's beginning was lost with the host. */
static void the_log_is_ahead_of_the_lines(void **state)
{
	(void)state;
	boots("01-a", "02-b");
	ends("{\"end\":\"panic\",\"boot_seconds\":4,\"why\":\"words\",\"test\":\"03-c\",\"splats\":"
	     "[]}",
	     STATUS(126), "02-b", false);
	assert_cells("pass", "pass", "waiting", "panic: words");
	assert_int_equal(cell_of("6.12", "03-c")->boot, 1);
}

static void the_log_knows_who_was_running_when_no_line_does(void **state)
{
	(void)state;
	boots("01-a", NULL);
	ends("{\"end\":\"hung\",\"boot_seconds\":4,\"why\":\"words\",\"test\":\"02-b\"}",
	     STATUS(126), NULL, false);
	assert_cells("pass", "pass", "hung: words", "waiting");
}

/* A panic mostly comes with a splat, which must not hide whose it is. */
static void a_panic_with_a_splat_is_its_tests(void **state)
{
	(void)state;
	boots("01-a", "02-b");
	ends("{\"end\":\"panic\",\"boot_seconds\":4,\"why\":\"words\",\"test\":\"03-c\","
	     "\"splats\":[{\"test\":\"03-c\",\"line\":\"BUG: before it\"}]}",
	     STATUS(126), "02-b", false);
	assert_cells("pass", "pass", "waiting", "panic: words");
}

/* It is not asked again: the next time it may behave. */
static void a_splat_is_not_forgotten_with_a_lost_result(void **state)
{
	(void)state;
	boots("01-a", "02-b");
	ends("{\"end\":\"panic\",\"boot_seconds\":4,\"why\":\"words\",\"test\":\"03-c\","
	     "\"splats\":[{\"test\":\"02-b\",\"line\":\"WARNING: in b\"}]}",
	     STATUS(126), "02-b", false);
	assert_cells("pass", "pass", "splat: WARNING: in b", "panic: words");
}

static void the_log_cannot_blame_who_is_done(void **state)
{
	(void)state;
	boots("01-a", "02-b");
	ends("{\"end\":\"lost\",\"boot_seconds\":4,\"why\":\"words\",\"test\":\"01-a\"}",
	     STATUS(126), "02-b", false);
	assert_cells("pass", "pass", "lost: words", "waiting");
	boots(NULL, "03-c");
	ends("{\"end\":\"lost\",\"boot_seconds\":4,\"why\":\"words\",\"test\":\"boot\"}",
	     STATUS(126), "03-c", false);
	assert_cells("pass", "pass", "lost: words", "lost: words");
}

/* --- no report --------------------------------------------------------------------------------- */

static void without_a_report_the_last_line_is_the_reason(void **state)
{
	(void)state;
	boots(NULL, NULL);
	cell_say(&column->cells[0], "vmtest: make ARCH=arm64");
	cell_say(&column->cells[0], "vmtest: no UEFI firmware");
	ends(NULL, STATUS(125), NULL, false);
	assert_cells("broken: vmtest: no UEFI firmware", "waiting", "waiting", "waiting");
	assert_string_equal(boot->end, "lab");
	assert_string_equal(boot->why, "vmtest: no UEFI firmware");
	matrix_teardown(state);
	setup(state);
	boots(NULL, NULL);
	cell_say(&column->cells[0], "the only one");
	ends(NULL, STATUS(125), NULL, false);
	assert_cell("6.12", "boot", "broken: the only one");
	matrix_teardown(state);
	setup(state);
	boots("01-a", "02-b");
	ends(NULL, STATUS(125), "02-b", false);
	assert_cells("broken: vmtest run said nothing", "pass", "broken: vmtest run said nothing",
		     "waiting");
}

/* Stopped before it came to a boot: nobody's fault. */
static void stopped_without_a_report(void **state)
{
	const int statuses[] = {SIGTERM, SIGINT, STATUS(143), STATUS(130)};

	for (size_t i = 0; i < sizeof(statuses) / sizeof(*statuses); i++) {
		boots(NULL, NULL);
		cell_say(&column->cells[0], "vmtest: another vmtest is busy with make");
		ends(NULL, statuses[i], NULL, false);
		assert_cells("not-run: the run was stopped", "waiting", "waiting", "waiting");
		assert_string_equal(boot->end, "signal");
		matrix_teardown(state);
		setup(state);
	}
}

static void reports_that_are_none(void **state)
{
	static const char *const reports[] = {
		"",
		"{",
		"[]",
		"null",
		"{}",
		"{\"end\":7,\"splats\":7}",
		"{\"end\":\"exit\",\"splats\":[7,{},{\"test\":7,\"line\":[]}]}",
		"{\"end\":\"exit\",\"boot_seconds\":\"4\",\"test\":{}}",
	};

	for (size_t i = 0; i < sizeof(reports) / sizeof(*reports); i++) {
		boots(NULL, "02-b");
		ends(reports[i], STATUS(125), "02-b", false);
		assert_true(cell_failed(&column->cells[0]));
		assert_true(cell_of("6.12", "02-b")->status > CELL_SKIP);
		assert_int_equal(cell_of("6.12", "01-a")->status, CELL_WAITING);
		assert_non_null(boot->end);
		matrix_teardown(state);
		setup(state);
	}
}

static void what_waits_gets_the_rest(void **state)
{
	(void)state;
	boots("01-a", "02-b");
	outcome_spread(column, 0, CELL_NOT_RUN, "the run was stopped");
	assert_cells("not-run: the run was stopped", "pass", "running",
		     "not-run: the run was stopped");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, matrix_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(all_is_well),
		TEST(each_end_is_told_apart),
		TEST(a_host_that_is_not_up_is_the_labs_fault),
		TEST(panics_before_any_test),
		TEST(between_two_tests_it_is_nobodys),
		TEST(a_test_that_we_ended_was_too_long),
		TEST(splats_are_of_their_tests),
		TEST(other_splats_are_the_boots),
		TEST(a_splat_of_a_later_boot_is_of_that_boot),
		TEST(the_log_is_ahead_of_the_lines),
		TEST(the_log_knows_who_was_running_when_no_line_does),
		TEST(a_panic_with_a_splat_is_its_tests),
		TEST(a_splat_is_not_forgotten_with_a_lost_result),
		TEST(the_log_cannot_blame_who_is_done),
		TEST(without_a_report_the_last_line_is_the_reason),
		TEST(stopped_without_a_report),
		TEST(reports_that_are_none),
		TEST(what_waits_gets_the_rest),
	};

	return cmocka_run_group_tests_name("matrix outcome", tests, NULL, NULL);
}
