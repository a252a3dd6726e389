/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The user's terminal, when it is the host's console, and the line that shows that a boot goes on.
 * Must not know the host.
 */
#ifndef BOOT_TERMINAL_H
#define BOOT_TERMINAL_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>
#include <termios.h>

struct terminal {
	bool attached;
	bool escaped; /* Ctrl-A was the last key */
	struct termios before;
};

/* Keys go to the reader one by one, Ctrl-C included, until the terminal is detached. */
void terminal_attach(struct terminal *terminal);
void terminal_detach(struct terminal *terminal);

/* What to poll; -1 while detached. */
int terminal_fd(const struct terminal *terminal);

/* Bytes for the console; -1 when the user has left: Ctrl-A x, or no terminal any more. */
ssize_t terminal_read(struct terminal *terminal, char *data, size_t size);
void terminal_write(const struct terminal *terminal, const char *data, size_t size);

/* "rows,N,cols,N", or "sane" where there is no terminal. */
const char *terminal_size(void);

/* Rewrites one line on a terminal's stderr; NULL removes it. Elsewhere does nothing. */
void terminal_progress(const char *text);

#endif
