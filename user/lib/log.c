/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Diagnostics on stderr (log.h), libbpf's included. Must not print results.
 */
#include "lib/log.h"

#include <bpf/libbpf.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define LINE_MAX_BYTES 1024

static const char *program = "sea";
static int verbosity;
static char libbpf_last[LINE_MAX_BYTES];

void log_setup(const char *name, int level)
{
	program = name;
	verbosity = level;
}

/* One line: no newline at its end, nothing inside that moves a terminal's cursor. */
static void tidy(char *line)
{
	size_t n = strlen(line);

	while (n && line[n - 1] == '\n')
		line[--n] = '\0';
	for (; *line; line++)
		if ((unsigned char)*line < ' ' || *line == 0x7f)
			*line = *line == '\t' ? ' ' : '?';
}

/* `line` begins with `n` bytes, what stands before the message. */
static void emit_behind(char line[LINE_MAX_BYTES], size_t n, const char *fmt, va_list args)
{
	int saved = errno;

	/* One byte less than there is: room for the newline. */
	if (n < LINE_MAX_BYTES - 1)
		vsnprintf(line + n, LINE_MAX_BYTES - 1 - n, fmt, args);
	tidy(line);
	n = strlen(line);
	line[n++] = '\n';
	/* Nobody can be told that stderr is gone. */
	for (size_t done = 0; done < n;) {
		ssize_t put = write(STDERR_FILENO, line + done, n - done);

		if (put < 0 && errno != EINTR)
			break;
		done += put > 0 ? put : 0;
	}
	errno = saved;
}

static void emit(const char *kind, const char *fmt, va_list args)
{
	char line[LINE_MAX_BYTES];
	size_t n = snprintf(line, sizeof(line) - 1, "%s: %s", program, kind);

	emit_behind(line, n, fmt, args);
}

#define EMIT(kind, fmt)                     \
	do {                                \
		va_list args_;              \
                                            \
		va_start(args_, fmt);       \
		emit((kind), (fmt), args_); \
		va_end(args_);              \
	} while (0)

void log_error(const char *fmt, ...)
{
	EMIT("", fmt);
}

void log_warn(const char *fmt, ...)
{
	EMIT("warning: ", fmt);
}

void log_info(const char *fmt, ...)
{
	if (verbosity >= 1)
		EMIT("", fmt);
}

void log_debug(const char *fmt, ...)
{
	if (verbosity >= 2)
		EMIT("", fmt);
}

void log_at(const char *file, unsigned line, unsigned column, const char *fmt, ...)
{
	char text[LINE_MAX_BYTES];
	size_t n = snprintf(text, sizeof(text) - 1, "%.512s:%u:%u: ", file, line, column);
	va_list args;

	va_start(args, fmt);
	emit_behind(text, n, fmt, args);
	va_end(args);
}

static void remember(const char *fmt, va_list args)
{
	static const char prefix[] = "libbpf: ";
	char line[LINE_MAX_BYTES];
	size_t skip;

	vsnprintf(line, sizeof(line), fmt, args);
	tidy(line);
	skip = strncmp(line, prefix, sizeof(prefix) - 1) ? 0 : sizeof(prefix) - 1;
	snprintf(libbpf_last, sizeof(libbpf_last), "%s", line + skip);
}

int log_libbpf(enum libbpf_print_level level, const char *fmt, va_list args)
{
	va_list again;

	if (level == LIBBPF_WARN) {
		va_copy(again, args);
		remember(fmt, again);
		va_end(again);
	}
	if (verbosity >= 2)
		vfprintf(stderr, fmt, args); /* as it stands: a verifier log has many lines */
	return 0;
}

const char *log_libbpf_last(void)
{
	return libbpf_last;
}

void log_libbpf_clear(void)
{
	libbpf_last[0] = '\0';
}
