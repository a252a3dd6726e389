/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A program and its arguments, out of one line of text, without a shell.
 * Layer: lib. Must not know: when it is run, and for what; does not print, runs nothing.
 *
 * Words are separated by blanks and tabs, and that is all: quotes, backslashes, `$`, `;`, `|`, `>`
 * and `*` are ordinary characters. An argument with a blank in it needs a script of its own.
 */
#ifndef LIB_COMMAND_H
#define LIB_COMMAND_H

#include <limits.h>

/* Where a program without a slash is looked for; also good as PATH of what is run. */
#define COMMAND_PATH "/usr/local/bin:/usr/local/sbin:/usr/bin:/bin:/usr/sbin:/sbin"

struct command {
	char program[PATH_MAX]; /* absolute */
	char **argv;            /* NULL-terminated; [0] is the first word as given */
	char *words;            /* what argv points into */
};

/*
 * 0 or -errno: -EINVAL there is no word, -ENOENT no such program, -EACCES not executable or not a
 * regular file, -ENAMETOOLONG, -ENOMEM.
 */
int command_parse(struct command *command, const char *text);

void command_free(struct command *command);

#endif
