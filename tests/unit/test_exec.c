/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * lib/exec, lib/command, lib/rate: real programs, started, limited, killed and reaped. What they
 * print is read from a pipe that stands in for stderr: its end is the end of all who have it.
 */
#include "tests/unit/tree.h"

#include "lib/command.h"
#include "lib/exec.h"
#include "lib/exit.h"
#include "lib/log.h"
#include "lib/rate.h"
#include "lib/util.h"

#include <dirent.h>
#include <poll.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>

#define S UTIL_NS_PER_S

static char root[32];
static struct exec *exec;
static int output = -1, saved_stderr = -1;
static char *const no_fields[] = {NULL};

/* --- around a command -------------------------------------------------------------------------- */

static int setup(void **state)
{
	int ends[2];

	(void)state;
	alarm(60); /* nothing here takes a second; a test that hangs is to end */
	tree_make(root);
	assert_return_code(chmod(root, 0755), errno);
	log_setup("tool", 0);
	assert_return_code(pipe2(ends, O_CLOEXEC), errno);
	saved_stderr = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
	assert_return_code(dup2(ends[1], STDERR_FILENO), errno);
	close(ends[1]);
	output = ends[0];
	return 0;
}

static void give_stderr_back(void)
{
	if (saved_stderr < 0)
		return;
	dup2(saved_stderr, STDERR_FILENO);
	close(saved_stderr);
	saved_stderr = -1;
}

static int teardown(void **state)
{
	(void)state;
	give_stderr_back();
	exec_free(exec);
	exec = NULL;
	close(output);
	tree_remove(root);
	alarm(0);
	return 0;
}

/* Up to the end of `line`, while the command still runs. */
static void await_line(const char *line)
{
	char text[256];
	size_t n = 0;

	while (n < sizeof(text) - 1 && read(output, text + n, 1) == 1) {
		text[++n] = '\0';
		if (text[n - 1] == '\n') {
			assert_string_equal(text, line);
			return;
		}
	}
	assert_true(false);
}

/* All until nobody has the pipe any more: neither we nor any process of the command. */
static void assert_output(const char *expected)
{
	char text[4096];
	size_t n = 0;
	ssize_t got;

	give_stderr_back();
	while (n < sizeof(text) - 1 && (got = read(output, text + n, sizeof(text) - 1 - n)) > 0)
		n += got;
	text[n] = '\0';
	assert_string_equal(text, expected);
}

static struct exec_config config_for(const char *command)
{
	return (struct exec_config){
		.command = command,
		.burst = 10,
		.every_ns = S,
		.timeout_ns = 30 * S,
	};
}

static void open_config(const struct exec_config *config)
{
	assert_int_equal(exec_open(&exec, config), 0);
}

static void open_command(const char *command)
{
	const struct exec_config config = config_for(command);

	open_config(&config);
}

/* Until none runs; time stands still at now_ns. */
static void await_end(uint64_t now_ns)
{
	while (exec_stats(exec).running) {
		struct pollfd fd = {.fd = exec_fd(exec), .events = POLLIN};

		assert_int_equal(poll(&fd, 1, -1), 1);
		exec_reap(exec, now_ns);
	}
}

static void assert_stats(uint64_t done, uint64_t failed, uint64_t killed, uint64_t skipped)
{
	struct exec_stats stats = exec_stats(exec);

	assert_int_equal(stats.done, done);
	assert_int_equal(stats.failed, failed);
	assert_int_equal(stats.killed, killed);
	assert_int_equal(stats.skipped, skipped);
}

/* Runs once, to the end. */
static void run(const char *command, char *const fields[])
{
	open_command(command);
	exec_run(exec, "a test", fields, 0);
	await_end(0);
}

/* A script; returns a command that runs it. */
static const char *script(const char *text)
{
	static char path[64];

	snprintf(path, sizeof(path), "%s/script", root);
	tree_write(root, text, strlen(text), "script");
	assert_return_code(chmod(path, 0755), errno);
	return path;
}

/* --- what a command finds ---------------------------------------------------------------------- */

static void environment(void **state)
{
	char *fields[] = {"SEATRACE_ID=7", "SEATRACE_VM=a b;$(id)", NULL};

	(void)state;
	assert_return_code(setenv("SECRET", "x", 1), errno);
	run("env", fields);
	assert_stats(1, 0, 0, 0);
	assert_output("PATH=" COMMAND_PATH "\nSEATRACE_ID=7\nSEATRACE_VM=a b;$(id)\n");
}

static void no_shell(void **state)
{
	char command[256], path[64];

	(void)state;
	snprintf(path, sizeof(path), "%s/made", root);
	snprintf(command, sizeof(command), "printf [%%s] a;touch %s $HOME `id` 'x  *' >%s && false",
		 path, path);
	run(command, no_fields);
	assert_stats(1, 0, 0, 0);
	snprintf(command, sizeof(command), "[a;touch][%s][$HOME][`id`]['x][*'][>%s][&&][false]",
		 path, path);
	assert_output(command);
	assert_int_equal(access(path, F_OK), -1);
}

static void descriptors(void **state)
{
	int fds[8];

	(void)state;
	for (size_t i = 0; i < UTIL_COUNT(fds); i++)
		fds[i] = open("/dev/zero", O_RDONLY); /* without O_CLOEXEC: they must be closed */
	run("ls /proc/self/fd", no_fields);           /* 3 is how ls reads that very directory */
	assert_output("0\n1\n2\n3\n");
	for (size_t i = 0; i < UTIL_COUNT(fds); i++)
		close(fds[i]);
}

static void stdin_is_empty(void **state)
{
	(void)state;
	run("readlink /proc/self/fd/0", no_fields);
	assert_stats(1, 0, 0, 0);
	assert_output("/dev/null\n");
}

/* A daemon may have closed all three: none of its other descriptors must pass for one of them. */
static void without_standard_descriptors(void **state)
{
	const struct exec_config config =
		config_for(script("#!/bin/sh\nreadlink /proc/$$/fd/2 | grep -qx /dev/null\n"));
	int status;
	pid_t pid = fork();

	(void)state;
	assert_return_code(pid, errno);
	if (!pid) {
		for (int fd = 0; fd < 3; fd++)
			close(fd);
		if (exec_open(&exec, &config))
			_exit(1);
		exec_run(exec, "a test", no_fields, util_clock_ns(CLOCK_MONOTONIC));
		exec_finish(exec, -1);
		_exit(exec_stats(exec).done == 1 ? 0 : 2);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

static void signals_are_as_by_default(void **state)
{
	sigset_t set, before;

	(void)state;
	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigprocmask(SIG_BLOCK, &set, &before);
	signal(SIGPIPE, SIG_IGN);
	run("grep -E ^Sig(Blk|Ign) /proc/self/status", no_fields);
	sigprocmask(SIG_SETMASK, &before, NULL);
	signal(SIGPIPE, SIG_DFL);
	assert_output("SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\n");
}

static void session_directory_umask(void **state)
{
	(void)state;
	umask(077);
	run(script("#!/bin/sh\n"
		   "pwd; umask\n"
		   "read -r pid comm state ppid group session rest </proc/$$/stat\n"
		   "[ $group = $$ ] && [ $session = $$ ] && echo leads\n"),
	    no_fields);
	umask(022);
	assert_stats(1, 0, 0, 0);
	assert_output("/\n0022\nleads\n");
}

/* --- as whom ----------------------------------------------------------------------------------- */

static void as_nobody(void **state)
{
	(void)state;
	if (geteuid())
		skip();
	run(script("#!/bin/sh\nid -u; id -g; id -G; grep -E '^(NoNewPrivs|CapEff)' "
		   "/proc/$$/status\n"),
	    no_fields);
	assert_output("65534\n65534\n65534\nCapEff:\t0000000000000000\nNoNewPrivs:\t1\n");
}

static void as_told(void **state)
{
	struct exec_config config =
		config_for(script("#!/bin/sh\nid -u; id -G; grep NoNewPrivs /proc/$$/status\n"));

	(void)state;
	if (geteuid())
		skip();
	config.user = "2001:2002";
	open_config(&config);
	exec_run(exec, "a test", no_fields, 0);
	await_end(0);
	assert_output("2001\n2002\nNoNewPrivs:\t0\n");
}

/* Who may not change users runs it as it is, but must not be asked for another user. */
static void without_privilege(void **state)
{
	int status;
	pid_t pid;

	(void)state;
	if (geteuid())
		skip();
	pid = fork();
	assert_return_code(pid, errno);
	if (!pid) {
		struct exec_config config = config_for("id -u");

		if (setresgid(2002, 2002, 2002) || setresuid(2001, 2001, 2001))
			_exit(1);
		config.user = "2003";
		if (exec_open(&exec, &config) != EXIT_ENVIRONMENT)
			_exit(2);
		config.user = NULL;
		if (exec_open(&exec, &config))
			_exit(3);
		exec_run(exec, "a test", no_fields, util_clock_ns(CLOCK_MONOTONIC));
		exec_finish(exec, -1);
		_exit(exec_stats(exec).done == 1 ? 0 : 4);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	assert_output("tool: --exec: no privilege to run a command as 2003: needs CAP_SETUID and "
		      "CAP_SETGID\n2001\n");
}

/* --- how it ends ------------------------------------------------------------------------------- */

static void reaped(void **state)
{
	(void)state;
	open_command("true");
	for (int i = 0; i < 3; i++)
		exec_run(exec, "a test", no_fields, 0);
	assert_int_equal(exec_stats(exec).running, 3);
	await_end(0);
	assert_stats(3, 0, 0, 0);
	assert_int_equal(exec_deadline(exec), UINT64_MAX);
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	assert_int_equal(errno, ECHILD);
	assert_output("");
}

/* A parent that ignores SIGCHLD must not make the kernel take our children away. */
static void reaped_in_spite_of_an_ignored_sigchld(void **state)
{
	(void)state;
	signal(SIGCHLD, SIG_IGN);
	run("false", no_fields);
	assert_stats(0, 1, 0, 0);
}

static void failures_are_told(void **state)
{
	char expected[512];
	const char *path;

	(void)state;
	path = script("#!/bin/sh\n[ -e $SEATRACE_FLAG ] && kill -TERM $$\nexit 3\n");
	open_command(path);
	exec_run(exec, "incident 7", (char *[]){"SEATRACE_FLAG=/nonexistent", NULL}, 0);
	await_end(0);
	exec_run(exec, "incident 8", (char *[]){"SEATRACE_FLAG=/", NULL}, 0);
	await_end(0);
	assert_stats(0, 2, 0, 0);
	snprintf(expected, sizeof(expected),
		 "tool: warning: --exec: %s for incident 7: ended with status 3\n"
		 "tool: warning: --exec: %s for incident 8: ended with signal 15\n",
		 path, path);
	assert_output(expected);
}

static void what_cannot_be_started(void **state)
{
	char expected[256];
	const char *path;

	(void)state;
	path = script("#!/nonexistent/interpreter\n");
	run(path, no_fields);
	assert_stats(0, 1, 0, 0);
	snprintf(expected, sizeof(expected),
		 "tool: warning: --exec: %s for a test: execute: ENOENT (No such file or "
		 "directory)\n",
		 path);
	assert_output(expected);
}

static void as_a_user_who_may_not(void **state)
{
	char expected[256];
	const char *path;

	(void)state;
	if (geteuid())
		skip();
	path = script("#!/bin/sh\n");
	assert_return_code(chmod(root, 0700), errno);
	run(path, no_fields);
	assert_stats(0, 1, 0, 0);
	snprintf(expected, sizeof(expected),
		 "tool: warning: --exec: %s for a test: execute: EACCES (Permission denied)\n",
		 path);
	assert_output(expected);
}

/* Time is told to it: what was started at 5 s is over time at 35 s. */
static void killed_with_all_it_started(void **state)
{
	char expected[256];
	const char *path;

	(void)state;
	path = script("#!/bin/sh\nsleep 1000 & echo started; wait\n");
	open_command(path);
	exec_run(exec, "a test", no_fields, 5 * S);
	await_line("started\n");
	assert_int_equal(exec_deadline(exec), 35 * S);
	exec_reap(exec, 35 * S - 1);
	assert_stats(0, 0, 0, 0);
	exec_reap(exec, 35 * S);
	assert_int_equal(exec_deadline(exec), UINT64_MAX);
	await_end(36 * S);
	assert_stats(0, 0, 1, 0);
	snprintf(expected, sizeof(expected),
		 "tool: warning: --exec: %s for a test: killed after 31.0 s\n", path);
	assert_output(expected); /* ends only when sleep has, too */
}

static void not_killed_when_it_ended_in_time(void **state)
{
	struct pollfd fd;

	(void)state;
	open_command("true");
	exec_run(exec, "a test", no_fields, 0);
	fd = (struct pollfd){.fd = exec_fd(exec), .events = POLLIN};
	assert_int_equal(poll(&fd, 1, -1), 1);
	exec_reap(exec, 3600 * S); /* late to look, but it had ended */
	assert_stats(1, 0, 0, 0);
	assert_int_equal(poll(&fd, 1, 0), 0);
	assert_output("");
}

static void freed_while_it_runs(void **state)
{
	(void)state;
	open_command(script("#!/bin/sh\necho started; exec sleep 1000\n"));
	exec_run(exec, "a test", no_fields, 0);
	await_line("started\n");
	exec_free(exec);
	exec = NULL;
	assert_output("");
	assert_return_code(waitpid(-1, NULL, 0), errno);
}

/* --- too many ---------------------------------------------------------------------------------- */

static void limited_in_rate(void **state)
{
	struct exec_config config = config_for("true");

	(void)state;
	config.burst = 3;
	open_config(&config);
	for (unsigned i = 0; i < 5; i++)
		exec_run(exec, "incident 4", no_fields, util_clock_ns(CLOCK_MONOTONIC));
	assert_int_equal(exec_stats(exec).running, 3);
	await_end(0);
	assert_stats(3, 0, 0, 2);
	exec_finish(exec, -1);
	assert_output("tool: warning: --exec: too many commands: none for incident 4 (1 skipped so "
		      "far)\n"
		      "tool: warning: --exec: 2 commands were skipped, there were too many\n");
}

static void said_once_a_minute(void **state)
{
	uint64_t now = util_clock_ns(CLOCK_MONOTONIC);
	struct exec_config config = config_for("true");

	(void)state;
	config.burst = 1;
	config.every_ns = 3600 * S;
	open_config(&config);
	exec_run(exec, "1", no_fields, now);
	for (unsigned i = 2; i < 122; i++)
		exec_run(exec, i == 61 ? "61" : "another", no_fields, now + i * S);
	await_end(0);
	assert_stats(1, 0, 0, 120);
	assert_output("tool: warning: --exec: too many commands: none for another (1 skipped so "
		      "far)\n"
		      "tool: warning: --exec: too many commands: none for another (61 skipped so "
		      "far)\n");
}

static void limited_in_number(void **state)
{
	struct exec_config config = config_for("sleep 1000");
	int stop[2];

	(void)state;
	config.every_ns = 0;
	config.timeout_ns = 3600 * S;
	open_config(&config);
	for (unsigned i = 0; i < EXEC_RUNNING_MAX + 3; i++)
		exec_run(exec, "a test", no_fields, util_clock_ns(CLOCK_MONOTONIC));
	assert_int_equal(exec_stats(exec).running, EXEC_RUNNING_MAX);
	assert_stats(0, 0, 0, 3);

	/* Somebody is tired of waiting. */
	assert_return_code(pipe(stop), errno);
	assert_int_equal(write(stop[1], "x", 1), 1);
	exec_finish(exec, stop[0]);
	assert_stats(0, 0, EXEC_RUNNING_MAX, 3);
	close(stop[0]);
	close(stop[1]);
}

/* It had ended by itself when everything was to be killed. */
static void not_killed_when_it_had_ended(void **state)
{
	struct pollfd fd;
	int stop[2];

	(void)state;
	open_command("false");
	exec_run(exec, "a test", no_fields, util_clock_ns(CLOCK_MONOTONIC));
	fd = (struct pollfd){.fd = exec_fd(exec), .events = POLLIN};
	assert_int_equal(poll(&fd, 1, -1), 1);
	assert_return_code(pipe(stop), errno);
	assert_int_equal(write(stop[1], "x", 1), 1);
	exec_finish(exec, stop[0]);
	assert_stats(0, 1, 0, 0);
	close(stop[0]);
	close(stop[1]);
	assert_output("tool: warning: --exec: /usr/bin/false for a test: ended with status 1\n");
}

static unsigned count_descriptors(void)
{
	DIR *dir = opendir("/proc/self/fd");
	unsigned n = 0;

	assert_non_null(dir);
	while (readdir(dir))
		n++;
	closedir(dir);
	return n;
}

static void keeps_no_descriptors(void **state)
{
	struct exec_config config = config_for("true");
	unsigned before;

	(void)state;
	config.every_ns = 0;
	open_config(&config);
	before = count_descriptors();
	for (unsigned i = 0; i < 20; i++) {
		exec_run(exec, "a test", no_fields, 0);
		await_end(0);
	}
	assert_stats(20, 0, 0, 0);
	assert_int_equal(count_descriptors(), before);
}

static void waits_at_the_end(void **state)
{
	(void)state;
	open_command(script("#!/bin/sh\necho done\n"));
	exec_run(exec, "a test", no_fields, util_clock_ns(CLOCK_MONOTONIC));
	exec_finish(exec, -1);
	assert_stats(1, 0, 0, 0);
	assert_output("done\n");
}

static void waits_no_longer_than_the_timeout(void **state)
{
	struct exec_config config = config_for("sleep 1000");

	(void)state;
	config.timeout_ns = UTIL_NS_PER_MS;
	open_config(&config);
	exec_run(exec, "a test", no_fields, util_clock_ns(CLOCK_MONOTONIC));
	exec_finish(exec, -1);
	assert_stats(0, 0, 1, 0);
}

static void no_descriptor_left(void **state)
{
	struct rlimit limit, few;

	(void)state;
	open_command("true");
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
	few = limit;
	few.rlim_cur = 3;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &few), 0);
	exec_run(exec, "a test", no_fields, 0);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
	assert_stats(0, 1, 0, 0);
	assert_int_equal(exec_stats(exec).running, 0);
	exec_run(exec, "a test", no_fields, 0);
	await_end(0);
	assert_stats(1, 1, 0, 0);
}

/* --- what cannot be opened --------------------------------------------------------------------- */

static void refused(void **state)
{
	static const struct {
		const char *command, *user;
		int exit_code;
	} cases[] = {
		{" \t ", NULL, EXIT_USAGE},  {"no-such-program-at-all x", NULL, EXIT_USAGE},
		{"/", NULL, EXIT_USAGE},     {"true", "no-such-user", EXIT_USAGE},
		{"true", "12x", EXIT_USAGE},
	};

	(void)state;
	for (size_t i = 0; i < UTIL_COUNT(cases); i++) {
		struct exec_config config = config_for(cases[i].command);

		config.user = cases[i].user;
		assert_int_equal(exec_open(&exec, &config), cases[i].exit_code);
		assert_null(exec);
	}
	assert_output(
		"tool: --exec: no program given\n"
		"tool: --exec: program of 'no-such-program-at-all x': ENOENT (No such file or "
		"directory); give its path\n"
		"tool: --exec: program of '/': EACCES (Permission denied); give its path\n"
		"tool: --exec-user: 'no-such-user': ENOENT; give a name of /etc/passwd, UID or "
		"UID:GID\n"
		"tool: --exec-user: '12x': EINVAL; give a name of /etc/passwd, UID or UID:GID\n");
}

/* --- command ----------------------------------------------------------------------------------- */

static void words(void **state)
{
	struct command command;

	(void)state;
	assert_int_equal(command_parse(&command, "  sh\t-c  'a  b\" "), 0);
	assert_string_equal(command.argv[0], "sh");
	assert_string_equal(command.argv[1], "-c");
	assert_string_equal(command.argv[2], "'a");
	assert_string_equal(command.argv[3], "b\"");
	assert_null(command.argv[4]);
	assert_int_equal(*command.program, '/');
	assert_int_equal(access(command.program, X_OK), 0);
	command_free(&command);
}

static void programs(void **state)
{
	char path[64], cwd[PATH_MAX], expected[PATH_MAX + 16];
	struct command command;

	(void)state;
	snprintf(path, sizeof(path), "%s/script", root);
	assert_int_equal(command_parse(&command, path), -ENOENT);
	tree_write(root, "", 0, "script");
	assert_int_equal(command_parse(&command, path), -EACCES);
	script("#!/bin/sh\n");
	assert_int_equal(command_parse(&command, path), 0);
	assert_string_equal(command.program, path);
	command_free(&command);

	/* Relative to here, though it is run from "/". */
	assert_non_null(getcwd(cwd, sizeof(cwd)));
	assert_return_code(chdir(root), errno);
	assert_int_equal(command_parse(&command, "./script x"), 0);
	snprintf(expected, sizeof(expected), "%s/./script", root);
	assert_string_equal(command.program, expected);
	assert_string_equal(command.argv[0], "./script");
	command_free(&command);
	assert_int_equal(command_parse(&command, "script-of-no-path"), -ENOENT);
	assert_return_code(chdir(cwd), errno);
}

/* --- rate -------------------------------------------------------------------------------------- */

static void tokens(void **state)
{
	struct rate rate;

	(void)state;
	rate_init(&rate, 2, 10, 100);
	assert_true(rate_take(&rate, 100));
	assert_true(rate_take(&rate, 100));
	assert_false(rate_take(&rate, 109));
	assert_true(rate_take(&rate, 110));
	/* 5 of 10 have passed at 115: the next one is due at 120, not 10 after the question. */
	assert_false(rate_take(&rate, 115));
	assert_true(rate_take(&rate, 120));
	assert_false(rate_take(&rate, 129));
	/* never more than the burst, however long it was quiet */
	assert_true(rate_take(&rate, 100000));
	assert_true(rate_take(&rate, 100001));
	assert_false(rate_take(&rate, 100009));
	assert_true(rate_take(&rate, 100010));

	/* what was left of an interval when it became full is not due */
	rate_init(&rate, 2, 10, 100);
	assert_true(rate_take(&rate, 100));
	assert_true(rate_take(&rate, 115));
	assert_true(rate_take(&rate, 115));
	assert_false(rate_take(&rate, 120));

	rate_init(&rate, 1, 0, 0);
	for (unsigned i = 0; i < 1000; i++)
		assert_true(rate_take(&rate, 0));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(environment, setup, teardown),
		cmocka_unit_test_setup_teardown(no_shell, setup, teardown),
		cmocka_unit_test_setup_teardown(descriptors, setup, teardown),
		cmocka_unit_test_setup_teardown(stdin_is_empty, setup, teardown),
		cmocka_unit_test_setup_teardown(without_standard_descriptors, setup, teardown),
		cmocka_unit_test_setup_teardown(signals_are_as_by_default, setup, teardown),
		cmocka_unit_test_setup_teardown(session_directory_umask, setup, teardown),
		cmocka_unit_test_setup_teardown(as_nobody, setup, teardown),
		cmocka_unit_test_setup_teardown(as_told, setup, teardown),
		cmocka_unit_test_setup_teardown(without_privilege, setup, teardown),
		cmocka_unit_test_setup_teardown(reaped, setup, teardown),
		cmocka_unit_test_setup_teardown(reaped_in_spite_of_an_ignored_sigchld, setup,
						teardown),
		cmocka_unit_test_setup_teardown(failures_are_told, setup, teardown),
		cmocka_unit_test_setup_teardown(what_cannot_be_started, setup, teardown),
		cmocka_unit_test_setup_teardown(as_a_user_who_may_not, setup, teardown),
		cmocka_unit_test_setup_teardown(killed_with_all_it_started, setup, teardown),
		cmocka_unit_test_setup_teardown(not_killed_when_it_ended_in_time, setup, teardown),
		cmocka_unit_test_setup_teardown(freed_while_it_runs, setup, teardown),
		cmocka_unit_test_setup_teardown(limited_in_rate, setup, teardown),
		cmocka_unit_test_setup_teardown(said_once_a_minute, setup, teardown),
		cmocka_unit_test_setup_teardown(limited_in_number, setup, teardown),
		cmocka_unit_test_setup_teardown(not_killed_when_it_had_ended, setup, teardown),
		cmocka_unit_test_setup_teardown(keeps_no_descriptors, setup, teardown),
		cmocka_unit_test_setup_teardown(waits_at_the_end, setup, teardown),
		cmocka_unit_test_setup_teardown(waits_no_longer_than_the_timeout, setup, teardown),
		cmocka_unit_test_setup_teardown(no_descriptor_left, setup, teardown),
		cmocka_unit_test_setup_teardown(refused, setup, teardown),
		cmocka_unit_test_setup_teardown(words, setup, teardown),
		cmocka_unit_test_setup_teardown(programs, setup, teardown),
		cmocka_unit_test_setup_teardown(tokens, setup, teardown),
	};

	return cmocka_run_group_tests_name("exec", tests, NULL, NULL);
}
