/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The new process between fork and exec: it gives up what it inherited and becomes the program.
 * Layer: lib, behind exec.h. Must not know: incidents, limits. Calls only what is safe after fork.
 */
#ifndef LIB_EXEC_CHILD_H
#define LIB_EXEC_CHILD_H

#include <stdbool.h>

#include "lib/account.h"

struct exec_child {
	const char *program;
	char *const *argv, *const *env;
	struct account account;
	bool no_new_privs; /* set-user-ID programs do not help it up again */
};

/* What it writes to report_fd when it could not become the program. */
struct exec_failure {
	int err;        /* -errno */
	unsigned doing; /* see exec_doing() */
};

/*
 * Session, signals, descriptors (0 is /dev/null, 1 is what 2 is, no other), directory "/", umask
 * 022, account, program. Does not return.
 */
void exec_child(const struct exec_child *child, int report_fd) __attribute__((noreturn));

/* "become the user": what a failure happened at. */
const char *exec_doing(unsigned doing);

#endif
