/* SPDX-License-Identifier: GPL-2.0-only */
/* verdicts: each output gets all of it, whatever becomes of the others; exit codes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "lib/exit.h"
#include "lib/log.h"
#include "tests/unit/campaigns.h"
#include "tests/unit/marks.h"
#include "verdicts.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define CLOCK_OFFSET (1795437296ULL * UTIL_NS_PER_S)

static char dir[32], output[64], junit[64], baseline[64], said_path[64], written_path[64];
static char *text; /* what was written to stdout, after run() */
static char *said; /* and on stderr */
static bool marks; /* a shot's mark before its result */

/* --- a run ------------------------------------------------------------------------------------ */

static int run_with(const struct verdicts_config *config)
{
	struct verdicts *v;
	int exit_code = verdicts_open(&v, config, SHOTS);

	if (exit_code)
		return exit_code;
	for (unsigned i = 0; i < result.n_shots; i++) {
		verdicts_under_way(v, &shots[i], "firing");
		if (marks)
			verdicts_mark(v, MARK(shot, 1000 + i, (struct who){.cpu = 1},
					      .rule = shots[i].number, .match = 7));
		verdicts_shot(v, &shots[i]);
	}
	exit_code = verdicts_end(v, &result);
	verdicts_free(v);
	return exit_code;
}

static int redirect(int fd, const char *path)
{
	int before = dup(fd),
	    to = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOCTTY, 0600);

	assert_true(to >= 0);
	assert_true(dup2(to, fd) == fd);
	close(to);
	return before;
}

static void restore(int fd, int before)
{
	dup2(before, fd);
	close(before);
}

/* With stdout and stderr there; what is written remains to be read. */
static int run_to(const char *path, const struct verdicts_config *config)
{
	int out, err, exit_code;

	fflush(stdout);
	err = redirect(STDERR_FILENO, said_path);
	out = redirect(STDOUT_FILENO, path);
	exit_code = run_with(config);
	fflush(stdout);
	clearerr(stdout);
	restore(STDOUT_FILENO, out);
	restore(STDERR_FILENO, err);
	free(said);
	assert_int_equal(util_read_file(said_path, &said, NULL), 0);
	return exit_code;
}

/* A macro, so that an initializer with commas is one argument. */
#define RUN(...)             \
	run_to(written_path, \
	       &(struct verdicts_config){.clock_offset_ns = CLOCK_OFFSET, ##__VA_ARGS__})

static void read_stdout(void)
{
	free(text);
	assert_int_equal(util_read_file(written_path, &text, NULL), 0);
}

static bool has(const char *path, const char *what)
{
	char *data;
	bool is;

	assert_int_equal(util_read_file(path, &data, NULL), 0);
	is = strstr(data, what) != NULL;
	free(data);
	return is;
}

static unsigned files(void)
{
	struct dirent *entry;
	DIR *d = opendir(dir);
	unsigned n = 0;

	while ((entry = readdir(d)))
		n += *entry->d_name != '.';
	closedir(d);
	return n;
}

static int setup(void **state)
{
	(void)state;
	strcpy(dir, "/tmp/verdicts.XXXXXX");
	assert_non_null(mkdtemp(dir));
	snprintf(output, sizeof(output), "%s/out.json", dir);
	snprintf(junit, sizeof(junit), "%s/junit.xml", dir);
	snprintf(baseline, sizeof(baseline), "%s/old.json", dir);
	snprintf(said_path, sizeof(said_path), "%s/stderr", dir);
	snprintf(written_path, sizeof(written_path), "%s/stdout", dir);
	fill_campaign();
	return 0;
}

static int teardown(void **state)
{
	const char *const paths[] = {output, junit, baseline, said_path, written_path};

	(void)state;
	for (size_t i = 0; i < UTIL_COUNT(paths); i++)
		unlink(paths[i]);
	free(text);
	free(said);
	text = said = NULL;
	marks = false;
	return rmdir(dir);
}

/* --- stdout ----------------------------------------------------------------------------------- */

static void as_text(void **state)
{
	(void)state;
	assert_int_equal(RUN(), EXIT_VERDICT);
	read_stdout();
	assert_string_equal(said, "");
	assert_memory_equal(text, "1/7 pass        vm-a pfn-hwpoison any x5: guest-notified\n2/7 ",
			    60);
	assert_non_null(strstr(text, "\nMETHOD          SHOTS   FIRED PASS"));
	assert_non_null(strstr(text, ", lost marks: 0\n"));
	assert_null(strstr(text, "\033"));
	assert_null(strstr(text, "firing"));
}

static void why_it_passed(void **state)
{
	(void)state;
	assert_int_equal(RUN(.why_passed = true), EXIT_VERDICT);
	read_stdout();
	assert_non_null(strstr(text, "guest-notified\n                5 SIGBUS AR delivered,"));
}

static void as_json(void **state)
{
	unsigned lines = 0;

	(void)state;
	assert_int_equal(RUN(.json = true), EXIT_VERDICT);
	read_stdout();
	for (const char *at = text; *at; at += strcspn(at, "\n") + 1, lines++)
		assert_memory_equal(at, "{\"schema\":\"seainject/1\",\"type\":\"", 32);
	assert_int_equal(lines, SHOTS + 1);
}

/* On stdout alone, each before the result that it belongs to. */
static void marks_as_json(void **state)
{
	const char *first;

	(void)state;
	marks = true;
	assert_int_equal(RUN(.json = true, .output = output), EXIT_VERDICT);
	read_stdout();
	first = strstr(text, "{\"schema\":\"seatrace/1\",\"type\":\"mark\",\"mono_ns\":1001,"
			     "\"mark\":\"shot\",");
	assert_non_null(first);
	assert_non_null(strstr(first, "\"rule\":2,\"match\":7,"));
	assert_true(strstr(text, "\"number\":1,") < first);
	assert_true(strstr(text, "\"number\":2,") > first);
	assert_false(has(output, "\"mark\""));
	assert_int_equal(RUN(.tap = true), EXIT_VERDICT);
	read_stdout();
	assert_null(strstr(text, "\"mark\""));
}

static void as_tap(void **state)
{
	(void)state;
	assert_int_equal(RUN(.tap = true), EXIT_VERDICT);
	read_stdout();
	assert_memory_equal(text, "TAP version 13\n1..7\nok 1 - vm-a ", 32);
	assert_non_null(strstr(text, "\n# kernel 6.12.107-override, seed 0x5ea\n"));
}

/* What is under way is on the last line, and nothing of it is left. */
static void on_a_terminal(void **state)
{
	int pty = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
	char shown[16384];
	size_t len = 0;
	ssize_t got;

	(void)state;
	assert_true(pty >= 0 && !grantpt(pty) && !unlockpt(pty));
	fcntl(pty, F_SETFL, O_NONBLOCK);
	unsetenv("NO_COLOR");
	result.n_shots = 1;
	assert_int_equal(run_to(ptsname(pty), &(struct verdicts_config){.json = false}), 0);
	while ((got = read(pty, shown + len, sizeof(shown) - 1 - len)) > 0)
		len += got;
	shown[len] = '\0';
	close(pty);
	assert_non_null(strstr(shown,
			       "\r\033[K1/7 firing      vm-a pfn-hwpoison any x5: 5 fired, 250 "
			       "ms\r\033[K1/7 \033[32mpass       \033[0m vm-a "));
}

/* --- files ------------------------------------------------------------------------------------ */

static void all_of_them(void **state)
{
	char *lines;

	(void)state;
	assert_int_equal(RUN(.json = true, .output = output, .junit = junit), EXIT_VERDICT);
	read_stdout();
	assert_int_equal(util_read_file(output, &lines, NULL), 0);
	assert_string_equal(lines, text);
	free(lines);
	assert_true(has(junit, "timestamp=\"2026-11-23T12:34:56\""));
	assert_true(has(junit, "</testsuites>\n"));
	assert_int_equal(files(), 4);
}

/* The old one is replaced, and by nothing less than a whole one. */
static void over_an_old_one(void **state)
{
	(void)state;
	assert_int_equal(RUN(.output = output, .junit = junit), EXIT_VERDICT);
	result.n_shots = 0;
	assert_int_equal(RUN(.output = output, .junit = junit), 0);
	assert_false(has(output, "\"type\":\"shot\""));
	assert_false(has(junit, "testcase"));
	assert_int_equal(files(), 4);
}

static void that_cannot_be_written(void **state)
{
	(void)state;
	assert_int_equal(RUN(.output = "/nonexistent/a", .junit = junit), EXIT_ENVIRONMENT);
	assert_string_equal(said, "test: --output: write /nonexistent/a: ENOENT (No such file or "
				  "directory)\n");
	assert_true(has(junit, "</testsuites>\n"));
	assert_int_equal(RUN(.output = output, .junit = "/nonexistent/b"), EXIT_ENVIRONMENT);
	assert_string_equal(said, "test: --junit: write /nonexistent/b: ENOENT (No such file or "
				  "directory)\n");
	assert_true(has(output, "\"type\":\"campaign\""));
}

/* The files are what is left then. */
static void a_full_disk(void **state)
{
	(void)state;
	assert_int_equal(
		run_to("/dev/full",
		       &(struct verdicts_config){.json = true, .output = output, .junit = junit}),
		EXIT_ENVIRONMENT);
	assert_string_equal(said, "test: write the output: No space left on device\n");
	assert_true(has(output, "\"type\":\"campaign\""));
	assert_true(has(junit, "</testsuites>\n"));
}

static void nobody_listens(void **state)
{
	struct verdicts_config config = {.json = false};
	struct verdicts *v;
	int ends[2], before;

	(void)state;
	signal(SIGPIPE, SIG_IGN);
	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	close(ends[0]);
	fflush(stdout);
	before = dup(STDOUT_FILENO);
	dup2(ends[1], STDOUT_FILENO);
	close(ends[1]);
	assert_int_equal(verdicts_open(&v, &config, SHOTS), 0);
	verdicts_shot(v, &shots[0]);
	assert_int_equal(verdicts_error(v), -EPIPE);
	result.n_shots = 1;
	assert_int_equal(verdicts_end(v, &result), 0);
	verdicts_free(v);
	clearerr(stdout);
	restore(STDOUT_FILENO, before);
}

/* --- an earlier campaign ----------------------------------------------------------------------- */

static void compared(void **state)
{
	(void)state;
	assert_int_equal(RUN(.output = baseline), EXIT_VERDICT);
	shots[1].place = "0x1000";
	assert_int_equal(RUN(.baseline = baseline), EXIT_VERDICT);
	read_stdout();
	assert_non_null(strstr(text, "old.json: 3 changed, 5 the same (phases: by"));
	assert_non_null(
		strstr(text, "\n  vm-b abort-errno EFAULT 0x1000 x1: is new: pass, vmm-error\n"));
	assert_int_equal(RUN(.baseline = baseline, .tap = true, .ratio = 3), EXIT_VERDICT);
	read_stdout();
	assert_non_null(strstr(text, "than 3.00"));
	assert_non_null(strstr(text, "\n#   vm-b abort-errno EFAULT 0x1000 x1: is new: "));
	assert_int_equal(RUN(.baseline = baseline, .json = true, .output = output), EXIT_VERDICT);
	read_stdout();
	assert_non_null(
		strstr(text, "\n{\"schema\":\"seainject/1\",\"type\":\"baseline\",\"file\":"));
	assert_true(has(output, "\"type\":\"baseline\""));
	/* what came of the comparison is a baseline like any other */
	assert_int_equal(RUN(.baseline = output), EXIT_VERDICT);
	read_stdout();
	assert_non_null(strstr(text, "out.json: 0 changed, 7 the same"));
}

/* Before anything is fired. */
static void a_broken_one(void **state)
{
	(void)state;
	assert_int_equal(RUN(.baseline = "/dev/null", .tap = true), EXIT_USAGE);
	assert_string_equal(said, "test: --baseline: /dev/null:1:1: no shots in the file\n");
	read_stdout();
	assert_string_equal(text, "");
}

/* --- exit codes ------------------------------------------------------------------------------- */

static void exit_codes(void **state)
{
	(void)state;
	for (unsigned failed = 0; failed < 2; failed++)
		for (unsigned n = 1; n < SHOTS; n++) {
			result.n_shots = n;
			for (unsigned i = 0; i < n; i++)
				shots[i].verdict = i % 2 ? VERDICT_SKIPPED : VERDICT_PASS;
			shots[n - 1].verdict = failed ? VERDICT_FAIL : VERDICT_UNAVAILABLE;
			assert_int_equal(RUN(), failed   ? EXIT_VERDICT
						: n == 1 ? EXIT_UNSUPPORTED
							 : 0);
		}
	result.n_shots = 0;
	assert_int_equal(RUN(), 0);
}

/* Of the counts that came with the result nobody depends. */
static void counted_here(void **state)
{
	(void)state;
	memset(result.verdicts, 0, sizeof(result.verdicts));
	assert_int_equal(RUN(.json = true), EXIT_VERDICT);
	read_stdout();
	assert_non_null(strstr(text, "\"verdicts\":{\"fail\":2,\"pass\":2,"));
}

/* --- for tests/verdicts.sh ---------------------------------------------------------------------- */

/* Names out of a nightmare. */
static void be_hostile(void)
{
	shots[0].vm = "<&>\"'\x1b\xef\xbf\xbf\xff]]>";
	shots[2].vm = "vm # SKIP x\nok 3 - \\";
	shots[3].place = "\xe6\x9d\xb1 \xc2\x9b</testcase>";
	result.name = "\"/><x y='&amp;#";
}

/* text|json|tap OUTPUT JUNIT [BASELINE] */
static int run_for_others(int argc, char **argv)
{
	const struct verdicts_config config = {
		.json = !strcmp(argv[2], "json"),
		.tap = !strcmp(argv[2], "tap"),
		.output = argv[3],
		.junit = argv[4],
		.baseline = argc > 5 ? argv[5] : NULL,
		.clock_offset_ns = CLOCK_OFFSET,
	};

	fill_campaign();
	be_hostile();
	if (argc > 5)
		shots[1].outcome = SHOT_GUEST_DEAD;
	return run_with(&config);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		TEST(as_text),       TEST(why_it_passed),   TEST(as_json),
		TEST(marks_as_json), TEST(as_tap),          TEST(on_a_terminal),
		TEST(all_of_them),   TEST(over_an_old_one), TEST(that_cannot_be_written),
		TEST(a_full_disk),   TEST(nobody_listens),  TEST(compared),
		TEST(a_broken_one),  TEST(exit_codes),      TEST(counted_here),
	};

	log_setup("test", 0);
	if (argc > 4 && !strcmp(argv[1], "--run"))
		return run_for_others(argc, argv);
	return cmocka_run_group_tests_name("verdicts", tests, NULL, NULL);
}
