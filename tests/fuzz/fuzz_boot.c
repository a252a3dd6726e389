// SPDX-License-Identifier: GPL-2.0-only
/*
 * What comes out of a host under test: the command's output with its mark at the end, moved in pieces;
 * the console; the lists of splats. Pieces do not matter: what comes out is what went in, up to the
 * mark, and what was seen is what the lines say.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/fuzz/fuzz.h"
#include "vmtest/boot/console.h"
#include "vmtest/boot/splat.h"
#include "vmtest/boot/stream.h"

#define MARK    "\001end\001"
#define PAYLOAD 4000

/* --- the command's output --------------------------------------------------------------------- */

/* Moves until nothing can be moved; `got` takes what came out. */
static size_t move(struct stream *stream, int out, char *got, size_t n)
{
	struct pollfd fds[2];
	ssize_t more;

	for (;;) {
		stream_poll(stream, fds);
		if (poll(fds, 2, 0) <= 0)
			break;
		stream_move(stream, fds);
		more = recv(out, got + n, PAYLOAD + 1 - n, MSG_DONTWAIT);
		n += more > 0 ? more : 0;
		FUZZ_CHECK(n <= PAYLOAD);
	}
	return n;
}

static void output(struct fuzz_input *in)
{
	static struct stream stream;
	int from[2], to[2];
	char got[PAYLOAD + 1];
	const char *data, *mark;
	size_t len, n = 0, sent = 0;
	unsigned pieces = fuzz_take(in, 1);

	data = (const char *)in->at;
	len = fuzz_left(in) < PAYLOAD ? fuzz_left(in) : PAYLOAD;
	mark = memmem(data, len, MARK, strlen(MARK));
	FUZZ_CHECK(!socketpair(AF_UNIX, SOCK_STREAM, 0, from) &&
		   !socketpair(AF_UNIX, SOCK_STREAM, 0, to));
	memset(&stream, 0, offsetof(struct stream, data));
	stream.len = stream.ready = 0;
	stream.ended = stream.closed = false;
	stream.error = 0;
	stream.in = from[1];
	stream.out = to[1];
	stream.end = MARK;
	while (sent < len && !stream.closed) {
		size_t piece = 1 + (pieces * 7 + sent) % 61;

		piece = piece < len - sent ? piece : len - sent;
		FUZZ_CHECK(write(from[0], data + sent, piece) == (ssize_t)piece);
		sent += piece;
		n = move(&stream, to[0], got, n);
	}
	close(from[0]);
	n = move(&stream, to[0], got, n);
	FUZZ_CHECK(stream_done(&stream) && !stream.error);
	FUZZ_CHECK(stream.ended == (mark != NULL));
	FUZZ_CHECK(n == (mark ? (size_t)(mark - data) : len) && !memcmp(got, data, n));
	close(from[1]);
	close(to[0]);
	close(to[1]);
}

/* --- the lists, the console ------------------------------------------------------------------- */

/* Expressions are ours, and how long one takes is the C library's affair: no operators here. */
static char *expressions(struct fuzz_input *in)
{
	char *text = fuzz_text(in, fuzz_take(in, 1));

	for (char *c = text; *c; c++)
		if (strchr("\\{}()*+?|[]", *c))
			*c = '.';
	return text;
}

static struct splat *lists(struct fuzz_input *in)
{
	static struct fuzz_file deny, allow;
	char *denied = expressions(in), *allowed = expressions(in);
	struct fuzz_said said;
	struct splat *splat;

	fuzz_file_set(&deny, denied, strlen(denied));
	fuzz_file_set(&allow, allowed, strlen(allowed));
	fuzz_catch(&said);
	splat = splat_new(deny.path, allow.path);
	fuzz_caught(&said);
	FUZZ_CHECK(!splat == !!said.err_len, "%s", said.err);
	fuzz_drop(&said);
	free(denied);
	free(allowed);
	return splat;
}

static struct console *feed(const struct splat *splat, struct fuzz_input in, size_t piece)
{
	struct console *console = console_new("/dev/null", splat, "reboot: Power down");

	FUZZ_CHECK(console);
	for (size_t len; (len = fuzz_left(&in)); in.at += len) {
		len = len < piece ? len : piece;
		console_feed(console, (const char *)in.at, len);
	}
	return console;
}

static void console(struct fuzz_input *in)
{
	struct splat *splat = lists(in);
	const struct console_seen *seen;
	struct console *whole, *pieces;

	if (!splat)
		return;
	whole = feed(splat, *in, SIZE_MAX);
	pieces = feed(splat, *in, 1 + fuzz_left(in) % 7);
	seen = console_seen(whole);
	FUZZ_CHECK(!memcmp(seen, console_seen(pieces), sizeof(*seen)), "pieces matter");
	FUZZ_CHECK(!seen->splats == !seen->splat_tests);
	FUZZ_CHECK(!strchr(seen->last, '\n') && !strchr(seen->panic, '\n'));
	console_free(whole);
	console_free(pieces);
	splat_free(splat);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input in = {data, data + size};

	if (fuzz_take(&in, 1) & 1)
		console(&in);
	else
		output(&in);
	return 0;
}
