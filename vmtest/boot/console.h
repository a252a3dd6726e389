/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The host's console: kept in a file, its last lines in memory, each line looked at once. Must not
 * know about QEMU or the command; it reports what it saw, the verdict is the caller's.
 */
#ifndef BOOT_CONSOLE_H
#define BOOT_CONSOLE_H

#include <stdbool.h>
#include <stddef.h>

struct splat;
struct console;

#define CONSOLE_SPLATS 16

/* The first splat of a test. */
struct console_splat {
	char test[64]; /* "" before the first, and for a command that is no test */
	char line[256];
};

/* What the lines said so far. Texts are "" until there is one; they are single lines. */
struct console_seen {
	char panic[256];
	char test[64]; /* that began last: the host's runner says so (vmtest/host/run-tests) */
	struct console_splat splat[CONSOLE_SPLATS]; /* of the first tests that have one */
	unsigned int splat_tests;
	unsigned int splats; /* lines in all */
	bool end;            /* the host's last line, see host.h */
	char last[256];
};

/* The log at path is made anew. On failure says why on stderr and gives NULL. */
struct console *console_new(const char *path, const struct splat *splat, const char *end);
void console_free(struct console *console);

void console_feed(struct console *console, const char *data, size_t size);

/* A line of the lab's own, into the log only. */
void console_note(struct console *console, const char *text);

const struct console_seen *console_seen(const struct console *console);

/* The last lines, to stderr, each behind prefix. */
void console_show_tail(const struct console *console, const char *prefix);

#endif
