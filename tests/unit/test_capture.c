/* SPDX-License-Identifier: GPL-2.0-only */
/* lib/capture: what is written to stderr meanwhile is kept, and there afterwards. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "lib/capture.h"

static int real_stderr, terminal; /* the terminal's other side */
static struct capture *capture;

static bool struck;

/* In libc's place: a signal may come as soon as the bytes have left the pipe, and does once it is asked for. */
ssize_t read(int fd, void *to, size_t most)
{
	ssize_t got = syscall(SYS_read, fd, to, most);

	if (struck) {
		struck = false;
		raise(SIGABRT);
	}
	return got;
}

/* stderr is a terminal, as long as the test runs. */
static int setup(void **state)
{
	struct termios raw;
	int side;

	(void)state;
	real_stderr = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 10);
	terminal = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (terminal < 0 || grantpt(terminal) || unlockpt(terminal))
		return -1;
	side = open(ptsname(terminal), O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (side < 0 || tcgetattr(side, &raw))
		return -1;
	cfmakeraw(&raw); /* newlines stay what they are */
	if (tcsetattr(side, TCSANOW, &raw) || dup2(side, STDERR_FILENO) < 0)
		return -1;
	close(side);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	capture_free(capture);
	capture = NULL;
	dup2(real_stderr, STDERR_FILENO);
	close(real_stderr);
	close(terminal);
	return 0;
}

static void say(const char *text)
{
	assert_int_equal(write(STDERR_FILENO, text, strlen(text)), strlen(text));
}

/* The terminal shows this, and has shown nothing else since it was asked last. */
static void shows(const char *text)
{
	struct pollfd fd = {.fd = terminal, .events = POLLIN};
	size_t n = 0, want = strlen(text);
	char got[256];

	assert_true(want < sizeof(got));
	while (n < want) {
		assert_int_equal(poll(&fd, 1, 10000), 1);
		n += read(terminal, got + n, want - n);
	}
	got[n] = '\0';
	assert_string_equal(got, text);
}

static void begin(void)
{
	assert_int_equal(capture_open(&capture), 0);
	assert_true(capture_fd(capture) >= 0);
}

static void finish(void)
{
	capture_free(capture);
	capture = NULL;
}

static void kept_and_there_afterwards(void **state)
{
	(void)state;
	say("before\n");
	shows("before\n");
	begin();
	assert_string_equal(capture_last(capture), "");
	assert_false(capture_read(capture));
	say("one\ntwo\nthr");
	assert_true(capture_read(capture));
	assert_string_equal(capture_last(capture), "two");
	say("ee");
	assert_false(capture_read(capture));
	assert_string_equal(capture_last(capture), "two");
	say("\n");
	assert_true(capture_read(capture));
	assert_string_equal(capture_last(capture), "three");
	say("not read before the end\n");
	finish();
	shows("one\ntwo\nthree\nnot read before the end\n");
	say("after\n");
	shows("after\n");
}

/* Who starts commands wants their words too. */
static void of_children_too(void **state)
{
	(void)state;
	begin();
	assert_int_equal(system("echo child >&2"), 0);
	assert_true(capture_read(capture));
	assert_string_equal(capture_last(capture), "child");
}

/* Writes what the terminal shows, up to this, to the file: it takes only so much before it is read. */
static void drain(const char *until, FILE *file)
{
	static char text[2 * CAPTURE_KEPT];
	ssize_t at = 0, got;

	while (!strstr(text, until) && (got = read(terminal, text + at, sizeof(text) - 1 - at)) > 0)
		at += got;
	fputs(text, file);
	fflush(file);
	_exit(0);
}

static void bounded(void **state)
{
	const unsigned n = 3 * CAPTURE_KEPT / 16;
	unsigned long gone = 0, at, count = 0;
	FILE *file = tmpfile();
	char line[64];

	(void)state;
	assert_non_null(file);
	begin();
	for (unsigned i = 1; i <= n; i++) {
		snprintf(line, sizeof(line), "line %010u\n", i);
		say(line);
		if (i % 100 == 0)
			capture_read(capture);
	}
	if (!fork())
		drain(line, file);
	finish();
	wait(NULL);
	rewind(file);
	assert_int_equal(fscanf(file, "(%lu lines not kept)\n", &gone), 1);
	assert_in_range(gone, n / 2, n - 1);
	for (; fscanf(file, "line %lu\n", &at) == 1; count++)
		assert_int_equal(at, gone + count + 1);
	assert_int_equal(gone + count, n);
	fclose(file);
}

/* A line that would fill it all is given up; the next one is kept. */
static void endless_line(void **state)
{
	(void)state;
	begin();
	for (unsigned i = 0; i < 2 * CAPTURE_KEPT / 8; i++) {
		say("endless ");
		if (i % 1000 == 0)
			capture_read(capture);
	}
	say("\nnext\n");
	assert_true(capture_read(capture));
	assert_string_equal(capture_last(capture), "next");
	dup2(real_stderr, STDERR_FILENO);
}

/* As from a handler of a signal that kills. */
static void rescued(void **state)
{
	(void)state;
	begin();
	say("read\n");
	capture_read(capture);
	say("not read\n");
	capture_rescue();
	say("after\n");
	shows("read\nnot read\nafter\n");
	capture_rescue();
	finish();
	say("end\n");
	shows("end\n");
}

static void on_abort(int signo)
{
	(void)signo;
	capture_rescue();
}

static void rescued_in_the_midst_of_reading(void **state)
{
	(void)state;
	signal(SIGABRT, on_abort);
	begin();
	say("last words\n");
	struck = true;
	capture_read(capture);
	signal(SIGABRT, SIG_DFL);
	assert_false(struck);
	say("after\n");
	shows("last words\nafter\n");
}

/* Into a file it disturbs nobody. */
static void no_terminal(void **state)
{
	int ends[2];
	char text[16] = "";

	(void)state;
	assert_int_equal(pipe(ends), 0);
	dup2(ends[1], STDERR_FILENO);
	assert_int_equal(capture_open(&capture), 0);
	assert_int_equal(capture_fd(capture), -1);
	say("through");
	assert_false(capture_read(capture));
	assert_string_equal(capture_last(capture), "");
	assert_int_equal(read(ends[0], text, sizeof(text)), 7);
	close(ends[0]);
	close(ends[1]);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(kept_and_there_afterwards),
		TEST(of_children_too),
		TEST(bounded),
		TEST(endless_line),
		TEST(rescued),
		TEST(rescued_in_the_midst_of_reading),
		TEST(no_terminal),
	};

	return cmocka_run_group_tests_name("capture", tests, NULL, NULL);
}
