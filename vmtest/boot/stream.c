// SPDX-License-Identifier: GPL-2.0-only
/* stream.c - a buffer between two descriptors that never blocks the loop. */
#include "stream.h"

#include <errno.h>
#include <limits.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

void stream_poll(const struct stream *stream, struct pollfd fds[2])
{
	bool room = stream->len < sizeof(stream->data);

	fds[0] = (struct pollfd){.fd = room && !stream->closed ? stream->in : -1, .events = POLLIN};
	fds[1] = (struct pollfd){.fd = stream->ready ? stream->out : -1, .events = POLLOUT};
}

/* How many bytes at the end of data may be the first ones of the mark. */
static size_t held_back(const struct stream *stream)
{
	size_t most = strlen(stream->end) - 1;

	if (stream->closed)
		return 0;
	for (size_t n = most < stream->len ? most : stream->len; n; n--)
		if (!memcmp(stream->data + stream->len - n, stream->end, n))
			return n;
	return 0;
}

static void take_in(struct stream *stream)
{
	ssize_t got = recv(stream->in, stream->data + stream->len,
			   sizeof(stream->data) - stream->len, MSG_DONTWAIT);
	char *mark;

	if (got < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (got <= 0)
		stream->closed = true;
	else
		stream->len += got;
	mark = memmem(stream->data, stream->len, stream->end, strlen(stream->end));
	if (mark) {
		stream->len = mark - stream->data;
		stream->ended = stream->closed = true;
	}
	stream->ready = stream->len - held_back(stream);
}

/* A descriptor that is ready for writing takes PIPE_BUF bytes without blocking, not any number. */
static void put_out(struct stream *stream)
{
	size_t size = stream->ready < PIPE_BUF ? stream->ready : PIPE_BUF;
	ssize_t done = stream->error ? (ssize_t)size : write(stream->out, stream->data, size);

	if (done < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (done < 0) {
		stream->error = -errno;
		done = size;
	}
	stream->len -= done;
	stream->ready -= done;
	memmove(stream->data, stream->data + done, stream->len);
}

void stream_move(struct stream *stream, const struct pollfd fds[2])
{
	if (fds[0].fd >= 0 && fds[0].revents)
		take_in(stream);
	if (fds[1].fd >= 0 && fds[1].revents)
		put_out(stream);
}

bool stream_done(const struct stream *stream)
{
	return stream->closed && !stream->ready;
}
