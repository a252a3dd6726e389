// SPDX-License-Identifier: GPL-2.0-only
/* console.c - bytes to the log, lines to the eye. */
#include "console.h"
#include "splat.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LINE_BYTES 512
#define TAIL_LINES 12

/* What vmtest/host/run-tests writes into the kernel's log before each test. */
#define TEST_BEGINS "vmtest: begins "

struct console {
	int fd;
	bool broken; /* a write to the log has failed, and that was said */
	const struct splat *splat;
	char end[64];
	struct console_seen seen;
	char line[LINE_BYTES];
	size_t len;
	char tail[TAIL_LINES][LINE_BYTES];
	unsigned int lines;
};

struct console *console_new(const char *path, const struct splat *splat, const char *end)
{
	struct console *console = calloc(1, sizeof(*console));

	if (!console)
		return NULL;
	console->splat = splat;
	snprintf(console->end, sizeof(console->end), "%s", end);
	console->fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	if (console->fd >= 0)
		return console;
	fprintf(stderr, "vmtest: console log %s: %s\n", path, strerror(errno));
	free(console);
	return NULL;
}

void console_free(struct console *console)
{
	if (!console)
		return;
	close(console->fd);
	free(console);
}

/* A log that cannot be written is said once; the run goes on, its verdict does not need the log. */
static void write_log(struct console *console, const char *data, size_t size)
{
	while (size && !console->broken) {
		ssize_t done = write(console->fd, data, size);

		if (done < 0 && errno != EINTR) {
			fprintf(stderr, "vmtest: console log is incomplete: %s\n", strerror(errno));
			console->broken = true;
		} else if (done > 0) {
			data += done;
			size -= done;
		}
	}
}

static void copy(char *to, size_t size, const char *from)
{
	snprintf(to, size, "%.*s", (int)size - 1, from);
}

static void note_splat(struct console_seen *seen, const char *line)
{
	struct console_splat *last = seen->splat_tests ? &seen->splat[seen->splat_tests - 1] : NULL;

	seen->splats++;
	if ((last && !strcmp(last->test, seen->test)) || seen->splat_tests == CONSOLE_SPLATS)
		return;
	last = &seen->splat[seen->splat_tests++];
	copy(last->test, sizeof(last->test), seen->test);
	copy(last->line, sizeof(last->line), line);
}

static void note_test(struct console_seen *seen, const char *line)
{
	const char *name = strstr(line, TEST_BEGINS);

	if (name)
		copy(seen->test, sizeof(seen->test), name + strlen(TEST_BEGINS));
}

static void look_at(struct console *console, const char *line)
{
	struct console_seen *seen = &console->seen;

	copy(seen->last, sizeof(seen->last), line);
	note_test(seen, line);
	if (strstr(line, console->end))
		seen->end = true;
	if (strstr(line, "Kernel panic - not syncing")) {
		if (!*seen->panic)
			copy(seen->panic, sizeof(seen->panic), strstr(line, "Kernel panic"));
	} else if (splat_match(console->splat, line)) {
		note_splat(seen, line);
	}
}

static void end_line(struct console *console)
{
	console->line[console->len] = 0;
	if (console->len) {
		copy(console->tail[console->lines++ % TAIL_LINES], LINE_BYTES, console->line);
		look_at(console, console->line);
	}
	console->len = 0;
}

void console_feed(struct console *console, const char *data, size_t size)
{
	write_log(console, data, size);
	for (size_t i = 0; i < size; i++) {
		if (data[i] == '\n')
			end_line(console);
		else if (data[i] >= ' ' || data[i] == '\t' || data[i] & 0x80)
			console->line[console->len++] = data[i]; /* firmware sends escapes */
		if (console->len == LINE_BYTES - 1)
			end_line(console);
	}
}

void console_note(struct console *console, const char *text)
{
	write_log(console, text, strlen(text));
	write_log(console, "\n", 1);
}

const struct console_seen *console_seen(const struct console *console)
{
	return &console->seen;
}

void console_show_tail(const struct console *console, const char *prefix)
{
	unsigned int first = console->lines > TAIL_LINES ? console->lines - TAIL_LINES : 0;

	for (unsigned int i = first; i < console->lines; i++)
		fprintf(stderr, "%s%s\n", prefix, console->tail[i % TAIL_LINES]);
}
