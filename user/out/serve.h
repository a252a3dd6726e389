/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * An HTTP server for one page, /metrics, driven by the caller's poll loop.
 * Layer: out. Must not know: what the page says; starts no thread, never blocks.
 *
 * GET and HEAD of /metrics, and of / with a link to it; other paths are 404, other methods 405. At
 * most SERVE_CONNECTIONS at a time; one on which nothing moves for SERVE_IDLE_SECONDS is closed. No
 * TLS, no passwords: who can connect can read. So an address that is not given is this machine's
 * own.
 */
#ifndef OUT_SERVE_H
#define OUT_SERVE_H

#include <stddef.h>
#include <stdint.h>

#define SERVE_CONNECTIONS  16
#define SERVE_IDLE_SECONDS 10

struct serve_page {
	const char *content_type;
	/* Made anew for each request: *body is malloc'd and becomes the server's. 0 or -errno (500). */
	int (*body)(void *ctx, char **body, size_t *len);
	void *ctx;
	unsigned idle_seconds; /* 0: SERVE_IDLE_SECONDS */
};

struct serve;

/*
 * Listens at ":9923" (127.0.0.1), "127.0.0.1:9923", "[::1]:9923", "0.0.0.0:9923" or "[::]:9923"
 * (everybody; the latter IPv6 only); port 0 takes a free one. `option` names `where` in messages.
 * 0, or an exit code (lib/exit.h) after one line on stderr.
 */
int serve_open(struct serve **out, const char *option, const char *where,
	       const struct serve_page *page);
void serve_free(struct serve *serve);

/* Call serve_run() when the descriptor is readable, and at the deadline. */
int serve_fd(const struct serve *serve);
uint64_t serve_deadline(const struct serve *serve, uint64_t now_ns); /* UINT64_MAX: none */
void serve_run(struct serve *serve);

/* "127.0.0.1:9923": where it listens indeed. */
const char *serve_where(const struct serve *serve);

#endif
