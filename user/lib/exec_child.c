/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The new process (exec_child.h).
 */
#include "lib/exec_child.h"

#include "lib/util.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#define REPORT_FD 3

/* What is ignored or blocked would stay so in the program. */
static int reset_signals(void)
{
	const struct sigaction by_default = {.sa_handler = SIG_DFL};
	sigset_t none;

	/* SIGKILL, SIGSTOP and those of the C library refuse, and need no reset. */
	for (int sig = 1; sig <= SIGRTMAX; sig++)
		sigaction(sig, &by_default, NULL);
	sigemptyset(&none);
	return sigprocmask(SIG_SETMASK, &none, NULL) ? -errno : 0;
}

/* 0, 1, 2 and REPORT_FD, which exec closes. report_fd is none of the first three: exec_open(). */
static int arrange_descriptors(int report_fd)
{
	int null = open("/dev/null", O_RDONLY);

	if (null < 0 || dup2(null, STDIN_FILENO) < 0)
		return -errno;
	if (dup2(STDERR_FILENO, STDOUT_FILENO) < 0)
		return -errno;
	if (report_fd != REPORT_FD && dup3(report_fd, REPORT_FD, O_CLOEXEC) < 0)
		return -errno;
	closefrom(REPORT_FD + 1);
	return 0;
}

/* A session of its own: Ctrl-C is not for it, and a timeout ends all that it started. */
static int set_up(int *report_fd)
{
	int err;

	if (setsid() < 0)
		return -errno;
	err = reset_signals();
	if (!err)
		err = arrange_descriptors(*report_fd);
	if (err)
		return err;
	*report_fd = REPORT_FD;
	umask(022);
	return chdir("/") ? -errno : 0;
}

static int become_user(const struct exec_child *child)
{
	int err = account_become(&child->account);

	if (!err && child->no_new_privs && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		err = -errno;
	return err;
}

static const char *const doings[] = {"set up the process", "become the user", "execute"};

const char *exec_doing(unsigned doing)
{
	return doing < UTIL_COUNT(doings) ? doings[doing] : "start";
}

void exec_child(const struct exec_child *child, int report_fd)
{
	struct exec_failure failure = {0};

	failure.err = set_up(&report_fd);
	if (!failure.err) {
		failure.doing++;
		failure.err = become_user(child);
	}
	if (!failure.err) {
		failure.doing++;
		execve(child->program, child->argv, child->env);
		failure.err = -errno;
	}
	/* Whole or not at all: it is shorter than PIPE_BUF. */
	if (write(report_fd, &failure, sizeof(failure)) < 0)
		_exit(126);
	_exit(127);
}
