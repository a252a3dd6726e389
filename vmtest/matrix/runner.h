/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One `vmtest run` as a child: its start, its two streams as lines, its end. It ends with us, however
 * we end. Must not know what it runs or what the lines mean.
 */
#ifndef MATRIX_RUNNER_H
#define MATRIX_RUNNER_H

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#define RUNNER_LINE_MAX 8192 /* bytes; a longer line comes in pieces */

struct runner_stream {
	int fd; /* -1: at its end */
	char data[RUNNER_LINE_MAX];
	size_t len;
	bool within; /* a line of which a piece was handed over */
};

struct runner {
	pid_t pid; /* 0: none, or its end was seen */
	int wait_status;
	struct runner_stream out;
	struct runner_stream err;
};

/* Takes a line without its end-of-line, or a piece more of the line before; and may cut it. */
typedef void runner_take(void *context, char *line, bool more);

/* argv as execv() wants it. 0 or -errno. */
int runner_start(struct runner *runner, char *const argv[]);

void runner_poll(const struct runner *runner, struct pollfd fds[2]);

/* Reads what is there. */
void runner_read(struct runner *runner, const struct pollfd fds[2], runner_take *out,
		 runner_take *err, void *context);

/* Whether it has ended and all that it said was read. */
bool runner_is_over(struct runner *runner);

/* SIGTERM, upon which it ends its host, or SIGKILL; to it and to what it has started. */
void runner_kill(const struct runner *runner, int signal);

#endif
