// SPDX-License-Identifier: GPL-2.0-only
/*
 * A pipe in stderr's place.
 * Must not: allocate, or use stdio, in what a signal handler calls.
 */
#include "lib/capture.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LAST_BYTES 512

struct capture {
	int before; /* what stderr was; -1: it is still there */
	int fd;     /* the reading end */
	size_t n;
	unsigned long forgotten; /* lines */
	char text[CAPTURE_KEPT];
	char last[LAST_BYTES];
};

static struct capture *active;

/* stderr becomes the pipe's writing end. */
static int take_stderr(struct capture *c, int ends[2])
{
	if (pipe2(ends, O_CLOEXEC | O_NONBLOCK))
		return -errno;
	c->fd = ends[0];
	c->before = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
	if (c->before < 0 || dup2(ends[1], STDERR_FILENO) < 0)
		return -errno;
	active = c;
	return 0;
}

int capture_open(struct capture **out)
{
	struct capture *c = calloc(1, sizeof(*c));
	int ends[2] = {-1, -1}, err = 0;

	if (!c)
		return -ENOMEM;
	c->before = c->fd = -1;
	if (isatty(STDERR_FILENO))
		err = take_stderr(c, ends);
	if (ends[1] >= 0)
		close(ends[1]);
	if (err)
		capture_free(c);
	else
		*out = c;
	return err;
}

int capture_fd(const struct capture *c)
{
	return c->fd;
}

const char *capture_last(const struct capture *c)
{
	return c->last;
}

/* Makes room by whole lines; one that fills everything is given up. */
static void forget(struct capture *c)
{
	size_t begin = c->n / 2;
	char *end = memchr(c->text + begin, '\n', c->n - begin);
	size_t gone = end ? (size_t)(end + 1 - c->text) : c->n;

	for (size_t i = 0; i < gone; i++)
		c->forgotten += c->text[i] == '\n' || i + 1 == c->n;
	c->n -= gone;
	memmove(c->text, c->text + gone, c->n);
}

/* From where the last whole line begins. */
static void note_last(struct capture *c)
{
	const char *end = memrchr(c->text, '\n', c->n), *begin;
	size_t len;

	if (!end)
		return;
	begin = memrchr(c->text, '\n', end - c->text);
	begin = begin ? begin + 1 : c->text;
	len = end - begin < LAST_BYTES - 1 ? end - begin : LAST_BYTES - 1;
	memcpy(c->last, begin, len);
	c->last[len] = '\0';
}

static bool read_all(struct capture *c)
{
	bool whole = false;
	ssize_t got;

	for (;;) {
		if (c->n == sizeof(c->text))
			forget(c);
		got = read(c->fd, c->text + c->n, sizeof(c->text) - c->n);
		if (got <= 0)
			break;
		whole |= memchr(c->text + c->n, '\n', got) != NULL;
		c->n += got;
		if (whole)
			note_last(c);
	}
	return whole;
}

/* What has left the pipe and is not counted yet would be nowhere for capture_rescue(). */
bool capture_read(struct capture *c)
{
	sigset_t all, before;
	bool whole;

	if (c->fd < 0)
		return false;
	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, &before);
	whole = read_all(c);
	sigprocmask(SIG_SETMASK, &before, NULL);
	return whole;
}

/* Nobody can be told that stderr is gone. */
static void write_out(const char *text, size_t n)
{
	while (n) {
		ssize_t put = write(STDERR_FILENO, text, n);

		if (put < 0 && errno != EINTR)
			return;
		text += put > 0 ? put : 0;
		n -= put > 0 ? put : 0;
	}
}

/* Puts stderr back; false when it had not been taken. */
static bool put_back(struct capture *c)
{
	if (c->before < 0)
		return false;
	dup2(c->before, STDERR_FILENO);
	close(c->before);
	c->before = -1;
	active = NULL;
	return true;
}

void capture_rescue(void)
{
	struct capture *c = active;
	char rest[512];
	ssize_t got;

	if (!c || !put_back(c))
		return;
	write_out(c->text, c->n);
	while ((got = read(c->fd, rest, sizeof(rest))) > 0)
		write_out(rest, got);
}

void capture_free(struct capture *c)
{
	char line[64];

	if (!c)
		return;
	capture_read(c);
	if (put_back(c)) {
		if (c->forgotten)
			write_out(line, snprintf(line, sizeof(line), "(%lu lines not kept)\n",
						 c->forgotten));
		write_out(c->text, c->n);
	}
	if (c->fd >= 0)
		close(c->fd);
	free(c);
}
