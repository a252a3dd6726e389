/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * inject/probe: the words of a command for a VM, and what its end means.
 */
#include "tests/unit/tree.h"

#include "inject/probe.h"
#include "lib/util.h"

#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>

static const struct probe_vm vm = {.name = "vm a", .tgid = 4711, .uuid = "c0de"};

/* --- words ------------------------------------------------------------------------------------ */

#define WORDS(...) ((char *[]){__VA_ARGS__, NULL})

static void become(char *const command[], const struct probe_vm *of, char *const want[])
{
	char **words = probe_words(command, of);
	size_t i = 0;

	assert_non_null(words);
	for (; want[i]; i++)
		assert_string_equal(words[i], want[i]);
	assert_null(words[i]);
	free(words);
}

static void words_are_replaced(void **state)
{
	static const struct probe_vm braces = {.name = "{pid}", .tgid = 1, .uuid = ""};

	(void)state;
	become(WORDS("ctl", "{vm}"), &vm, WORDS("ctl", "vm a"));
	become(WORDS("{pid}{pid}", "a{uuid}b{vm}", "{vm"), &vm,
	       WORDS("47114711", "ac0debvm a", "{vm"));
	become(WORDS("{VM}", "{}", "{{vm}}", "", "$(id)", "{pid"), &vm,
	       WORDS("{VM}", "{}", "{vm a}", "", "$(id)", "{pid"));
	/* a name is no command's text: nothing in it is replaced again */
	become(WORDS("{vm}", "{uuid}", "{uuid}{vm}"), &braces, WORDS("{pid}", "", "{pid}"));
	become(WORDS("x"), &vm, WORDS("x"));
}

/* --- answers ---------------------------------------------------------------------------------- */

static struct probe probe;

static enum probe_answer ask(char *const words[], uint64_t timeout_ns)
{
	enum probe_answer answer = PROBE_NONE;
	uint64_t now = util_clock_ns(CLOCK_MONOTONIC);

	assert_int_equal(probe_start(&probe, words, timeout_ns, now), 0);
	while (!probe_ended(&probe, util_clock_ns(CLOCK_MONOTONIC), &answer)) {
		struct pollfd fd = {.fd = probe.fd, .events = POLLIN};

		now = util_clock_ns(CLOCK_MONOTONIC);
		if (probe.deadline_ns > now)
			poll(&fd, 1, (probe.deadline_ns - now) / UTIL_NS_PER_MS + 1);
	}
	assert_int_equal(probe.pid, 0);
	assert_int_equal(probe.fd, -1);
	return answer;
}

#define SHELL(script)    WORDS("/bin/sh", "-c", script)
#define SHELL_SAYS(text) ask(SHELL(text), 60 * UTIL_NS_PER_S)

static void status_is_the_answer(void **state)
{
	(void)state;
	assert_int_equal(SHELL_SAYS("exit 0"), PROBE_ALIVE);
	assert_int_equal(SHELL_SAYS("exit 1"), PROBE_APP_KILLED);
	assert_int_equal(SHELL_SAYS("exit 2"), PROBE_DEAD);
	assert_int_equal(SHELL_SAYS("exit 127"), PROBE_DEAD);
	assert_int_equal(SHELL_SAYS("kill -9 $$"), PROBE_DEAD);
	assert_int_equal(SHELL_SAYS("kill -1 $$"), PROBE_DEAD);
	assert_int_equal(ask(WORDS("true"), 60 * UTIL_NS_PER_S), PROBE_ALIVE);
}

/* With all that it has started. */
static void late_is_dead(void **state)
{
	char path[64], root[32], script[256], *text = NULL;
	pid_t pid;

	(void)state;
	assert_return_code(prctl(PR_SET_CHILD_SUBREAPER, 1), errno);
	tree_make(root);
	snprintf(path, sizeof(path), "%s/pid", root);
	snprintf(script, sizeof(script), "sleep 1000 & echo $! > %s.new; mv %s.new %s; wait", path,
		 path, path);
	assert_int_equal(ask(SHELL(script), 300 * UTIL_NS_PER_MS), PROBE_DEAD);
	/* a machine that is busy may have killed it before it got that far */
	if (!util_read_file(path, &text, NULL)) {
		pid = strtol(text, NULL, 10);
		assert_int_equal(waitpid(pid, NULL, 0), pid);
	}
	free(text);
	tree_remove(root);
}

#define LINE_OF_STATUS(line) \
	ask(WORDS("grep", "-qx", line, "/proc/self/status"), 60 * UTIL_NS_PER_S)

static void nothing_is_left_to_it(void **state)
{
	int fd = dup(STDERR_FILENO);
	char script[256];
	sigset_t set, old;

	(void)state;
	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigprocmask(SIG_BLOCK, &set, &old);
	signal(SIGUSR1, SIG_IGN);
	snprintf(script, sizeof(script),
		 "for fd in 0 1 2; do [ \"$(readlink /proc/$$/fd/$fd)\" = /dev/null ] || exit 2; "
		 "done;"
		 "[ ! -e /proc/$$/fd/%d ]",
		 fd);
	assert_int_equal(SHELL_SAYS(script), PROBE_ALIVE);
	/* not by the shell, which blocks signals of its own now and then */
	assert_int_equal(LINE_OF_STATUS("SigBlk:.0000000000000000"), PROBE_ALIVE);
	/* but two that are the C library's own */
	assert_int_equal(LINE_OF_STATUS("SigIgn:.0000000[01][08]0000000"), PROBE_ALIVE);
	signal(SIGUSR1, SIG_DFL);
	sigprocmask(SIG_SETMASK, &old, NULL);
	close(fd);
}

static void cannot_be_started(void **state)
{
	(void)state;
	assert_int_equal(probe_start(&probe, WORDS("/no/such/program"), 1, 0), -ENOENT);
	assert_int_equal(probe.pid, 0);
	probe_stop(&probe); /* nothing */
}

static void is_stopped(void **state)
{
	pid_t pid;

	(void)state;
	assert_int_equal(probe_start(&probe, WORDS("sleep", "1000"), UTIL_NS_PER_S, 0), 0);
	pid = probe.pid;
	probe_stop(&probe);
	assert_int_equal(probe.pid, 0);
	waitpid(pid, NULL, 0); /* unless it was reaped at once */
	assert_int_equal(kill(pid, 0), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_are_replaced), cmocka_unit_test(status_is_the_answer),
		cmocka_unit_test(late_is_dead),       cmocka_unit_test(nothing_is_left_to_it),
		cmocka_unit_test(cannot_be_started),  cmocka_unit_test(is_stopped),
	};

	return cmocka_run_group_tests_name("probe", tests, NULL, NULL);
}
