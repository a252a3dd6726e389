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

/* What the lines said so far. Texts are "" until there is one; they are single lines. */
struct console_seen {
	char panic[256];
	char splat[256]; /* the first */
	unsigned int splats;
	bool end; /* the host's last line, see host.h */
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
