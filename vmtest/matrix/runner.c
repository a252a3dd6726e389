// SPDX-License-Identifier: GPL-2.0-only
/* runner.c - a child and two pipes. */
#include "runner.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

/*
 * In a process group of its own: Ctrl-C reaches us alone, and we say what is to be done. The parent's
 * death ends it (vmtest/vmtest and vmtest-boot ask whether VMTEST_PARENT still is theirs).
 */
static void __attribute__((noreturn))
become(char *const argv[], pid_t parent, const int out[2], const int err[2])
{
	char text[16];
	sigset_t none;

	setpgid(0, 0);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	signal(SIGPIPE, SIG_DFL);
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	snprintf(text, sizeof(text), "%d", parent);
	setenv("VMTEST_PARENT", text, 1);
	if (getppid() != parent)
		_exit(143);
	dup2(open("/dev/null", O_RDONLY), STDIN_FILENO);
	dup2(out[1], STDOUT_FILENO);
	dup2(err[1], STDERR_FILENO);
	execv(argv[0], argv);
	dprintf(STDERR_FILENO, "vmtest-matrix: %s: %s\n", argv[0], strerror(errno));
	_exit(125);
}

static void close_pair(const int pair[2])
{
	if (pair[0] >= 0)
		close(pair[0]);
	if (pair[1] >= 0)
		close(pair[1]);
}

int runner_start(struct runner *runner, char *const argv[])
{
	int out[2] = {-1, -1}, err[2] = {-1, -1}, error = 0;
	pid_t parent = getpid();

	*runner = (struct runner){.out.fd = -1, .err.fd = -1};
	if (pipe2(out, O_CLOEXEC) || pipe2(err, O_CLOEXEC))
		error = -errno;
	if (!error) {
		runner->pid = fork();
		if (!runner->pid)
			become(argv, parent, out, err);
		error = runner->pid < 0 ? -errno : 0;
	}
	if (error) {
		close_pair(out);
		close_pair(err);
		runner->pid = 0;
		return error;
	}
	setpgid(runner->pid, runner->pid); /* whoever is first */
	close(out[1]);
	close(err[1]);
	runner->out.fd = out[0];
	runner->err.fd = err[0];
	return 0;
}

void runner_poll(const struct runner *runner, struct pollfd fds[2])
{
	fds[0] = (struct pollfd){.fd = runner->out.fd, .events = POLLIN};
	fds[1] = (struct pollfd){.fd = runner->err.fd, .events = POLLIN};
}

static void hand_over(struct runner_stream *stream, runner_take *take, void *context)
{
	char *next = stream->data, *end;

	stream->data[stream->len] = '\0';
	while ((end = memchr(next, '\n', stream->data + stream->len - next))) {
		*end = '\0';
		take(context, next, stream->within);
		stream->within = false;
		next = end + 1;
	}
	stream->len -= next - stream->data;
	memmove(stream->data, next, stream->len);
}

/* What has no end-of-line: because the stream is at its end, or the line has no room. */
static void hand_over_rest(struct runner_stream *stream, runner_take *take, void *context)
{
	stream->data[stream->len] = '\0';
	if (stream->len)
		take(context, stream->data, stream->within);
	stream->within = stream->len || stream->within;
	stream->len = 0;
}

static void read_stream(struct runner_stream *stream, const struct pollfd *fd, runner_take *take,
			void *context)
{
	ssize_t got;

	if (stream->fd < 0 || !fd->revents)
		return;
	got = read(stream->fd, stream->data + stream->len, sizeof(stream->data) - 1 - stream->len);
	if (got < 0 && errno == EINTR)
		return;
	if (got > 0) {
		stream->len += got;
		hand_over(stream, take, context);
	}
	if (got <= 0 || stream->len == sizeof(stream->data) - 1)
		hand_over_rest(stream, take, context);
	if (got <= 0) {
		close(stream->fd);
		stream->fd = -1;
	}
}

void runner_read(struct runner *runner, const struct pollfd fds[2], runner_take *out,
		 runner_take *err, void *context)
{
	read_stream(&runner->out, &fds[0], out, context);
	read_stream(&runner->err, &fds[1], err, context);
}

bool runner_is_over(struct runner *runner)
{
	if (runner->pid && waitpid(runner->pid, &runner->wait_status, WNOHANG) == runner->pid)
		runner->pid = 0;
	return !runner->pid && runner->out.fd < 0 && runner->err.fd < 0;
}

void runner_kill(const struct runner *runner, int signal)
{
	if (runner->pid)
		kill(-runner->pid, signal);
}
