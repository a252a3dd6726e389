/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * vmtest/matrix/column with a `vmtest` that is made up: a script that notes what it was asked, and does in
 * its first, second, ... start what the test says. Real children, real pipes, no host.
 */
#include "tests/unit/matrices.h"

#include <poll.h>
#include <signal.h>

#include "lib/util.h"
#include "vmtest/matrix/column.h"
#include "vmtest/matrix/opts.h"

#define PLAN "6.12 required 6.12.1 01-a.sh 02-b.sh 03-c.sh\n"

/* `boots` starts, `options` for each; the rest of the arguments is checked by the test. */
#define HEAD                                                                                     \
	"#!/bin/sh\n"                                                                            \
	"cd \"$(dirname \"$0\")\" || exit 9\n"                                                   \
	"echo \"$*\" >>asked\n"                                                                  \
	"boot=$(wc -l <asked)\n"                                                                 \
	"while [ \"$1\" != -- ]; do\n"                                                           \
	"	[ \"$1\" != --report ] || report=$2\n"                                                 \
	"	[ \"$1\" != --log ] || console=$2\n"                                                   \
	"	shift\n"                                                                               \
	"done\n"                                                                                 \
	"report() { echo \"{\\\"end\\\":\\\"$1\\\",\\\"command\\\":${2:-0},\\\"seconds\\\":2,"   \
	"\\\"boot_seconds\\\":${3:-1.5},\\\"test\\\":\\\"${4:-}\\\",\\\"why\\\":\\\"${5:-}\\\"," \
	"\\\"splats\\\":[]}\" >\"$report\"; }\n"                                                 \
	"begins() { echo \"# begins $1\"; }\n"                                                   \
	"passes() { begins \"$1\"; echo \"ok 1 - $1\"; echo \"# took 0.25 s\"; }\n"              \
	"echo from the console >\"$console\"\n"                                                  \
	"echo '# kernel 6.12.99'\n"

/* In the midst of 02-b, until it is told to end. What it waits for holds no pipe: it may be told too late. */
#define STAYS                                                \
	"trap 'report signal; exit 143' TERM; begins 02-b; " \
	"sleep 60 >sleeps 2>&1 & wait"

static struct matrix_opts opts;
static struct column_run run;
static struct column *column;
static char vmtest[PATH_MAX], *option[] = {"--mem", "512", NULL};

static int setup(void **state)
{
	matrix_setup(state);
	alarm(60); /* nothing here takes a second; a test that hangs is to end */
	plan(PLAN);
	column = &matrix.columns[0];
	snprintf(vmtest, sizeof(vmtest), "%s", scratch_path("vmtest"));
	opts = (struct matrix_opts){.vmtest = vmtest,
				    .tests = "/the/tests",
				    .logs = scratch,
				    .test_timeout = 60,
				    .options = option};
	run = (struct column_run){
		.opts = &opts, .column = column, .runner = {.out.fd = -1, .err.fd = -1}};
	return 0;
}

static void does(const char *script)
{
	tree_write(scratch, HEAD, strlen(HEAD), "vmtest");
	assert_return_code(truncate(vmtest, strlen(HEAD)), errno);
	FILE *file = fopen(vmtest, "a");

	assert_non_null(file);
	fputs(script, file);
	assert_int_equal(fclose(file), 0);
	assert_return_code(chmod(vmtest, 0755), errno);
}

/* One turn of the loop, `ahead_ns` later than it is. */
static void turn(uint64_t ahead_ns)
{
	struct pollfd fds[2];

	runner_poll(&run.runner, fds);
	assert_return_code(poll(fds, 2, 20),
			   errno); /* nobody tells us here that a child has ended */
	column_step(&run, fds, util_clock_ns(CLOCK_MONOTONIC) + ahead_ns);
}

static void run_all(const char *script)
{
	does(script);
	column_start(&run);
	while (run.phase != COLUMN_DONE)
		turn(0);
}

static void until_running(const char *test)
{
	while (run.phase != COLUMN_DONE && (!run.running || strcmp(run.running->test, test)))
		turn(0);
	assert_int_equal(run.phase, COLUMN_TESTING);
}

static void assert_cells(const char *up, const char *a, const char *b, const char *c)
{
	assert_cell("6.12", "boot", up);
	assert_cell("6.12", "01-a", a);
	assert_cell("6.12", "02-b", b);
	assert_cell("6.12", "03-c", c);
}

/* What the script was asked in its nth start: the tests behind the "--". */
static void asked(unsigned int n, const char *wanted)
{
	char *text, *line, *rest;

	assert_int_equal(util_read_file(scratch_path("asked"), &text, NULL), 0);
	line = strtok_r(text, "\n", &rest);
	while (--n && line)
		line = strtok_r(NULL, "\n", &rest);
	if (!wanted)
		assert_null(line);
	else
		assert_string_equal(line ? strstr(line, " -- ") + 4 : "nothing", wanted);
	free(text);
}

static bool is_there(const char *name)
{
	return !access(scratch_path(name), F_OK);
}

/* --- what is asked, and what comes -------------------------------------------------------------- */

/* Two hosts side by side: each is asked for its own tests, also again, and answers for those alone. */
static void a_share_is_asked_alone(void **state)
{
	(void)state;
	column_share(column, 2);
	run.share = 1;
	run_all("passes 02-b\nreport exit 0\n");
	asked(1, "02-b.sh");
	asked(2, NULL);
	assert_cells("pass", "waiting", "pass", "waiting");
	run = (struct column_run){
		.opts = &opts, .column = column, .runner = {.out.fd = -1, .err.fd = -1}};
	run_all("begins 01-a\nreport panic 126\nexit 126\n");
	asked(2, "01-a.sh 03-c.sh");
	asked(3, "03-c.sh");
}

static void one_boot_for_all(void **state)
{
	char *text, wanted[PATH_MAX + 512];

	(void)state;
	run_all("passes 01-a\nbegins 02-b\necho 'not ok 2 - 02-b # status 1'\n"
		"echo '# | FAIL: words'\necho '# took 1.50 s'\n"
		"begins 03-c\necho 'ok 3 - 03-c # SKIP not here'\nreport exit 1\nexit 1\n");
	assert_cells("pass", "pass", "fail: status 1", "skip: not here");
	assert_string_equal(column->release, "6.12.99");
	assert_int_equal(column->boot_count, 1);
	assert_true(cell_of("6.12", "01-a")->seconds == 0.25);
	assert_true(cell_of("6.12", "02-b")->seconds == 1.5);
	assert_string_equal(cell_of("6.12", "02-b")->log, "FAIL: words\n");
	assert_int_equal(util_read_file(scratch_path("asked"), &text, NULL), 0);
	snprintf(wanted, sizeof(wanted),
		 "run --no-build -k 6.12 --tests /the/tests --verbose --test-timeout 60 "
		 "--log %s/6.12.1.console --report %s/6.12.1.report --mem 512 -- 01-a.sh 02-b.sh "
		 "03-c.sh\n",
		 scratch, scratch);
	assert_string_equal(text, wanted);
	free(text);
}

/* Of a boot that went well nothing stays; of one that did not, the console; with --keep-logs of all. */
static void logs_of_what_went_wrong_stay(void **state)
{
	(void)state;
	run_all("for t in 01-a 02-b 03-c; do passes $t; done\nreport exit\n");
	assert_cells("pass", "pass", "pass", "pass");
	assert_null(column->boots[0].console);
	assert_false(is_there("6.12.1.console") || is_there("6.12.1.report"));
	matrix_teardown(state);
	setup(state);
	opts.keep_logs = true;
	run_all("for t in 01-a 02-b 03-c; do passes $t; done\nreport exit\n");
	assert_string_equal(column->boots[0].console, scratch_path("6.12.1.console"));
	assert_true(is_there("6.12.1.console"));
	assert_false(is_there("6.12.1.report"));
	matrix_teardown(state);
	setup(state);
	run_all("for t in 01-a 02-b; do passes $t; done\nbegins 03-c\necho 'not ok 3 - 03-c'\n"
		"report exit 1\nexit 1\n");
	assert_cells("pass", "pass", "pass", "fail");
	assert_true(is_there("6.12.1.console"));
}

static void skips_say_why(void **state)
{
	(void)state;
	run_all("begins 01-a\necho 'ok 1 - 01-a # SKIP'\n"
		"begins 02-b\necho 'ok 2 - 02-b # SKIP  '\n"
		"begins 03-c\necho 'not ok 3 - 03-c # TIMEOUT after 60 s'\nreport exit 1\nexit "
		"1\n");
	assert_cells("pass", "fail: skipped and did not say why",
		     "fail: skipped and did not say why", "timeout: after 60 s");
}

/* A kernel that is a file has slashes in its name, and its logs none. */
static void a_kernel_that_is_a_file(void **state)
{
	(void)state;
	matrix_free(&matrix);
	plan("/home/me/linux/arch/arm64/boot/Image required file 01-a.sh\n");
	run.column = column = &matrix.columns[0];
	opts.keep_logs = true;
	run_all("passes 01-a\nreport exit\n");
	assert_cell("/home/me/linux/arch/arm64/boot/Image", "01-a", "pass");
	assert_non_null(column->boots[0].console);
	assert_int_equal(strncmp(column->boots[0].console, scratch, strlen(scratch)), 0);
	assert_null(strchr(column->boots[0].console + strlen(scratch) + 1, '/'));
}

/* --- what does not come ------------------------------------------------------------------------- */

/* It ends as if all were well: what has no result is asked again, and it is over when nothing begins. */
static void too_few_results(void **state)
{
	(void)state;
	run_all("[ $boot -gt 1 ] || passes 01-a\n[ $boot -ne 2 ] || passes 02-b\nreport exit\n");
	assert_cells("pass", "pass", "pass", "broken: no test began, and nobody said why");
	assert_int_equal(column->boot_count, 3);
	asked(1, "01-a.sh 02-b.sh 03-c.sh");
	asked(2, "02-b.sh 03-c.sh");
	asked(3, "03-c.sh");
	asked(4, NULL);
}

static void a_test_that_began_and_has_no_result(void **state)
{
	(void)state;
	run_all("if [ $boot = 1 ]; then passes 01-a; begins 02-b; else passes 03-c; fi\nreport "
		"exit\n");
	assert_cells("pass", "pass", "lost: what runs the tests in the host ended with status 0",
		     "pass");
	asked(2, "03-c.sh");
}

/* A result is that of the test that began, or of nobody. */
static void results_of_others(void **state)
{
	(void)state;
	run_all("if [ $boot = 1 ]; then\n"
		"	echo 'ok 1 - 03-c'\n" /* which has not begun */
		"	begins 01-a\n	echo 'ok 1 - 02-b'\n	echo 'ok 1 - nobody'\n"
		"	echo 'not ok 1 - 01-a'\n"
		"	echo 'ok 1 - 01-a'\n" /* twice */
		"else passes 02-b; passes 03-c; fi\nreport exit\n");
	assert_cells("pass", "fail", "pass", "pass");
	assert_int_equal(column->boot_count, 2);
	asked(2, "02-b.sh 03-c.sh");
}

/* Two at a time: whose results are whose is not known. */
static void a_test_begins_in_anothers_midst(void **state)
{
	(void)state;
	run_all("if [ $boot = 1 ]; then begins 01-a; passes 02-b; else passes 02-b; passes 03-c; "
		"fi\n"
		"report exit\n");
	assert_cells("pass", "lost: what runs the tests in the host ended with status 0", "pass",
		     "pass");
	asked(2, "02-b.sh 03-c.sh");
}

static void tests_that_nobody_asked_for(void **state)
{
	(void)state;
	run_all("if [ $boot = 1 ]; then passes 01-a; passes 99-z; passes boot\n"
		"else passes 01-a; passes 02-b; passes 03-c; fi\nreport exit\n");
	assert_cells("pass", "pass", "pass", "pass");
	assert_int_equal(column->boot_count, 2);
	asked(2, "02-b.sh 03-c.sh");
}

/* --- hosts that die ----------------------------------------------------------------------------- */

static void the_rest_gets_another_boot(void **state)
{
	(void)state;
	run_all("case $boot in\n"
		"1) passes 01-a; begins 02-b; report panic 0 1 02-b 'Kernel panic'; exit 126 ;;\n"
		"*) passes 03-c; report exit ;;\nesac\n");
	assert_cells("pass", "pass", "panic: Kernel panic", "pass");
	assert_int_equal(column->boot_count, 2);
	asked(2, "03-c.sh");
	assert_int_equal(cell_of("6.12", "02-b")->boot, 1);
	assert_int_equal(cell_of("6.12", "03-c")->boot, 2);
	assert_true(is_there("6.12.1.console"));
	assert_false(is_there("6.12.2.console"));
}

/* The log is ahead: 03-c panicked, and 02-b, whose result was lost, is asked again. */
static void the_victim_of_the_log(void **state)
{
	(void)state;
	run_all("case $boot in\n"
		"1) passes 01-a; begins 02-b; report panic 0 1 03-c 'Kernel panic'; exit 126 ;;\n"
		"*) passes 02-b; report exit ;;\nesac\n");
	assert_cells("pass", "pass", "pass", "panic: Kernel panic");
	asked(2, "02-b.sh");
	asked(3, NULL);
}

static void every_test_kills_its_host(void **state)
{
	(void)state;
	run_all("shift; begins ${1%.sh}; report lost 0 1 '' gone; exit 126\n");
	assert_cells("pass", "lost: gone", "lost: gone", "lost: gone");
	assert_int_equal(column->boot_count, 3);
}

static void no_boot_is_tried_once(void **state)
{
	(void)state;
	run_all("echo 'vmtest: no room' >&2\nexit 125\n");
	assert_cells("broken: vmtest: no room", "broken: vmtest: no room",
		     "broken: vmtest: no room", "broken: vmtest: no room");
	assert_int_equal(column->boot_count, 1);
	assert_string_equal(column->cells[0].log, "vmtest: no room\n");
}

static void what_cannot_be_started(void **state)
{
	(void)state;
	does("");
	unlink(vmtest);
	column_start(&run);
	while (run.phase != COLUMN_DONE)
		turn(0);
	assert_int_equal(cell_of("6.12", "boot")->status, CELL_BROKEN);
	assert_non_null(strstr(cell_of("6.12", "boot")->reason, "No such file or directory"));
	assert_int_equal(cell_of("6.12", "03-c")->status, CELL_BROKEN);
}

/* --- streams ------------------------------------------------------------------------------------ */

/* Lets the script, which reads "go", say something, and waits for it. */
static void says(const struct cell *cell, const char *line)
{
	FILE *go = fopen(scratch_path("go"), "w");

	assert_non_null(go);
	assert_int_equal(fclose(go), 0);
	while (run.phase != COLUMN_DONE && !(cell->log && strstr(cell->log, line)))
		turn(0);
	assert_int_equal(run.phase, COLUMN_TESTING);
}

static void what_is_said_goes_where_it_belongs(void **state)
{
	(void)state;
	assert_return_code(mkfifo(scratch_path("go"), 0600), errno);
	does("go() { read -r _ <go; echo \"$1\" >&2; }\n"
	     "go before; read -r _ <go; begins 01-a; go within\n"
	     "read -r _ <go; echo 'ok 1 - 01-a'; echo '# | of 01-a'; go between\n"
	     "passes 02-b; echo '# | of 02-b'; passes 03-c; printf '# | without an end'\n"
	     "report exit\n");
	column_start(&run);
	says(&column->cells[0], "before");
	assert_int_equal(fclose(fopen(scratch_path("go"), "w")), 0);
	until_running("01-a");
	says(cell_of("6.12", "01-a"), "within");
	assert_int_equal(fclose(fopen(scratch_path("go"), "w")), 0);
	while (run.running)
		turn(0);
	says(&column->cells[0], "between");
	while (run.phase != COLUMN_DONE)
		turn(0);
	assert_string_equal(column->cells[0].log, "before\nbetween\n");
	assert_string_equal(cell_of("6.12", "01-a")->log, "within\nof 01-a\n");
	assert_string_equal(cell_of("6.12", "02-b")->log, "of 02-b\n");
	assert_string_equal(cell_of("6.12", "03-c")->log, "without an end\n");
}

/* What a test prints is not the runner's, wherever a long line of it is cut. */
static void pieces_of_a_long_line_are_no_lines(void **state)
{
	(void)state;
	run_all("passes 01-a\n"
		"long=$(head -c $((8191 - 4)) /dev/zero | tr '\\0' x)\n"
		"echo \"# | $long# begins 02-b\"\n"
		"echo \"# | $long# kernel made-up\"\n"
		"echo \"# | $long# took 77 s\"\n"
		"[ $boot = 1 ] || { passes 02-b; passes 03-c; }\nreport exit\n");
	assert_cells("pass", "pass", "pass", "pass");
	assert_string_equal(column->release, "6.12.99");
	assert_true(cell_of("6.12", "01-a")->seconds == 0.25);
	assert_non_null(strstr(cell_of("6.12", "01-a")->log, "# begins 02-b\n"));
	assert_non_null(strstr(cell_of("6.12", "01-a")->log, "# took 77 s\n"));
	assert_int_equal(column->boot_count, 2);
}

/* --- time, and the user ------------------------------------------------------------------------- */

static void a_test_that_the_host_does_not_end(void **state)
{
	(void)state;
	does("if [ $boot = 1 ]; then passes 01-a; " STAYS "\n"
	     "else passes 03-c; report exit; fi\n");
	column_start(&run);
	until_running("02-b");
	turn(60 * UTIL_NS_PER_S); /* which the host may use up, and some more */
	assert_false(run.too_long);
	turn(91 * UTIL_NS_PER_S);
	assert_true(run.too_long);
	while (run.phase != COLUMN_DONE)
		turn(0);
	assert_cells("pass", "pass", "timeout: the host did not end it either", "pass");
	asked(2, "03-c.sh");
}

static void stopped_in_the_midst(void **state)
{
	(void)state;
	does("passes 01-a; " STAYS "\n");
	column_start(&run);
	until_running("02-b");
	column_stop(&run);
	while (run.phase != COLUMN_DONE)
		turn(0);
	assert_cells("pass", "pass", "not-run: the run was stopped",
		     "not-run: the run was stopped");
	assert_int_equal(column->boot_count, 1);
}

static void stopped_before_it_began(void **state)
{
	(void)state;
	column_stop(&run);
	assert_int_equal(run.phase, COLUMN_DONE);
	assert_cells("not-run: the run was stopped", "not-run: the run was stopped",
		     "not-run: the run was stopped", "not-run: the run was stopped");
	assert_int_equal(column->boot_count, 0);
}

static void stopped_while_it_boots(void **state)
{
	(void)state;
	does("echo waiting >&2; exec sleep 60\n");
	column_start(&run);
	while (!column->cells[0].log)
		turn(0);
	column_stop(&run);
	while (run.phase != COLUMN_DONE)
		turn(0);
	assert_cells("not-run: the run was stopped", "not-run: the run was stopped",
		     "not-run: the run was stopped", "not-run: the run was stopped");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, matrix_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_share_is_asked_alone),
		TEST(one_boot_for_all),
		TEST(logs_of_what_went_wrong_stay),
		TEST(skips_say_why),
		TEST(a_kernel_that_is_a_file),
		TEST(too_few_results),
		TEST(a_test_that_began_and_has_no_result),
		TEST(results_of_others),
		TEST(a_test_begins_in_anothers_midst),
		TEST(tests_that_nobody_asked_for),
		TEST(the_rest_gets_another_boot),
		TEST(the_victim_of_the_log),
		TEST(every_test_kills_its_host),
		TEST(no_boot_is_tried_once),
		TEST(what_cannot_be_started),
		TEST(what_is_said_goes_where_it_belongs),
		TEST(pieces_of_a_long_line_are_no_lines),
		TEST(a_test_that_the_host_does_not_end),
		TEST(stopped_in_the_midst),
		TEST(stopped_before_it_began),
		TEST(stopped_while_it_boots),
	};

	return cmocka_run_group_tests_name("matrix column", tests, NULL, NULL);
}
