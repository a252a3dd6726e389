/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What becomes of a process that gives something up: done by a child, told by its
 * /proc/self/status. For tests only.
 */
#ifndef TESTS_UNIT_CHILD_H
#define TESTS_UNIT_CHILD_H

#include "tests/unit/tree.h"

#include "lib/util.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define CHILD_TEXT 8192

/* The status of a child after change(ctx), which returns 0. */
static inline void child_status(int (*change)(const void *ctx), const void *ctx,
				char text[CHILD_TEXT])
{
	int ends[2], status;
	ssize_t n;
	pid_t pid;

	assert_return_code(pipe(ends), errno);
	pid = fork();
	assert_return_code(pid, errno);
	if (!pid) {
		char *data;
		int err = change(ctx);

		if (!err)
			err = util_read_file("/proc/self/status", &data, NULL);
		_exit(err || write(ends[1], data, strlen(data)) < 0);
	}
	close(ends[1]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	n = read(ends[0], text, CHILD_TEXT - 1);
	assert_true(n > 0);
	text[n] = '\0';
	close(ends[0]);
}

#endif
