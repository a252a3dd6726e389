/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One direction of the command's output: from a port of the host to a descriptor of ours, at once
 * and whole, up to the mark that ends it. Must not know which of the two outputs it is.
 */
#ifndef BOOT_STREAM_H
#define BOOT_STREAM_H

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>

struct stream {
	int in;
	int out;
	const char *end;
	char data[1 << 16];
	size_t len;   /* bytes in data */
	size_t ready; /* of them, those that cannot be the beginning of the mark */
	bool ended;   /* the mark came */
	bool closed;  /* nothing more will come */
	int error; /* of writing; -EPIPE when the reader has had enough. Bytes are dropped then. */
};

/* What to wait for: in[0] reading, in[1] writing. */
void stream_poll(const struct stream *stream, struct pollfd fds[2]);
void stream_move(struct stream *stream, const struct pollfd fds[2]);

/* Nothing is left to move, and nothing to come. */
bool stream_done(const struct stream *stream);

#endif
