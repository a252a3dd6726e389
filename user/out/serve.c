// SPDX-License-Identifier: GPL-2.0-only
/*
 * The HTTP server, out of libmicrohttpd in its external epoll mode.
 * Must not: render a page.
 */
#include "out/serve.h"

#include <arpa/inet.h>
#include <errno.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lib/exit.h"
#include "lib/log.h"
#include "lib/util.h"

#define MEMORY_PER_CONNECTION (16u << 10) /* its buffers: a request's head has to fit */
#define BACKLOG               16

struct serve {
	struct serve_page page;
	struct MHD_Daemon *daemon;
	int epoll_fd;
	char where[INET6_ADDRSTRLEN + 16];
};

union address {
	struct sockaddr any;
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
};

/* --- the address ------------------------------------------------------------------------------ */

/* The text before the last colon, without [] where it is an IPv6 address. 0 or -EINVAL. */
static int parse_host(union address *address, const char *host, size_t len)
{
	char text[INET6_ADDRSTRLEN];
	bool v6 = len > 2 && host[0] == '[' && host[len - 1] == ']';

	memset(address, 0, sizeof(*address));
	if (v6) {
		host++;
		len -= 2;
	}
	if (len >= sizeof(text))
		return -EINVAL;
	memcpy(text, host, len);
	text[len] = '\0';
	address->any.sa_family = v6 ? AF_INET6 : AF_INET;
	if (!len) {
		address->v4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
		return 0;
	}
	if (v6)
		return inet_pton(AF_INET6, text, &address->v6.sin6_addr) == 1 ? 0 : -EINVAL;
	return inet_pton(AF_INET, text, &address->v4.sin_addr) == 1 ? 0 : -EINVAL;
}

/* Numbers only: names would need the resolver, which blocks and cannot be linked statically. */
static int parse_address(union address *address, const char *where)
{
	const char *colon = strrchr(where, ':');
	uint64_t port;

	if (!colon || util_parse_u64(colon + 1, 0, UINT16_MAX, &port) ||
	    parse_host(address, where, colon - where))
		return -EINVAL;
	if (address->any.sa_family == AF_INET6)
		address->v6.sin6_port = htons(port);
	else
		address->v4.sin_port = htons(port);
	return 0;
}

static socklen_t address_size(const union address *address)
{
	return address->any.sa_family == AF_INET6 ? sizeof(address->v6) : sizeof(address->v4);
}

/* The port may have been 0. */
static int remember_address(struct serve *s, int fd)
{
	union address address;
	socklen_t size = sizeof(address);
	char text[INET6_ADDRSTRLEN];

	if (getsockname(fd, &address.any, &size))
		return -errno;
	if (address.any.sa_family == AF_INET6)
		snprintf(s->where, sizeof(s->where), "[%s]:%u",
			 inet_ntop(AF_INET6, &address.v6.sin6_addr, text, sizeof(text)),
			 ntohs(address.v6.sin6_port));
	else
		snprintf(s->where, sizeof(s->where), "%s:%u",
			 inet_ntop(AF_INET, &address.v4.sin_addr, text, sizeof(text)),
			 ntohs(address.v4.sin_port));
	return 0;
}

/* A listening socket, or -errno. */
static int listen_at(const union address *address)
{
	int fd = socket(address->any.sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	const int on = 1;
	int err;

	if (fd < 0)
		return -errno;
	/* A restart need not wait for connections of the last run to be forgotten. */
	if (!setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) &&
	    (address->any.sa_family != AF_INET6 ||
	     !setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on))) &&
	    !bind(fd, &address->any, address_size(address)) && !listen(fd, BACKLOG))
		return fd;
	err = -errno;
	close(fd);
	return err;
}

static const char *advice(int err)
{
	switch (err) {
	case -EADDRINUSE:
		return "; somebody listens there already, choose another port";
	case -EADDRNOTAVAIL:
		return "; this machine has no such address";
	case -EACCES:
		return "; ports below 1024 need CAP_NET_BIND_SERVICE";
	default:
		return "";
	}
}

/* --- answers ---------------------------------------------------------------------------------- */

/* Takes over the response. */
static enum MHD_Result answer(struct MHD_Connection *connection, unsigned status,
			      const char *content_type, struct MHD_Response *response)
{
	enum MHD_Result result;

	if (!response)
		return MHD_NO;
	result = MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, content_type);
	if (result == MHD_YES && status == MHD_HTTP_METHOD_NOT_ALLOWED)
		result = MHD_add_response_header(response, MHD_HTTP_HEADER_ALLOW, "GET, HEAD");
	if (result == MHD_YES)
		result = MHD_queue_response(connection, status, response);
	MHD_destroy_response(response);
	return result;
}

static enum MHD_Result answer_text(struct MHD_Connection *connection, unsigned status,
				   const char *content_type, const char *text)
{
	return answer(connection, status, content_type,
		      MHD_create_response_from_buffer(strlen(text), (void *)text,
						      MHD_RESPMEM_PERSISTENT));
}

static enum MHD_Result answer_plain(struct MHD_Connection *connection, unsigned status,
				    const char *text)
{
	return answer_text(connection, status, "text/plain; charset=utf-8", text);
}

static enum MHD_Result answer_page(const struct serve *s, struct MHD_Connection *connection)
{
	struct MHD_Response *response;
	char *body = NULL;
	size_t len = 0;
	int err = s->page.body(s->page.ctx, &body, &len);

	if (err) {
		log_warn("/metrics: %s", util_errno(err));
		return answer_plain(connection, MHD_HTTP_INTERNAL_SERVER_ERROR,
				    "The page could not be made.\n");
	}
	response = MHD_create_response_from_buffer(len, body, MHD_RESPMEM_MUST_FREE);
	if (!response)
		free(body);
	return answer(connection, MHD_HTTP_OK, s->page.content_type, response);
}

/* Called with a request's head, with each piece of its body, and to answer it. */
static enum MHD_Result on_request(void *ctx, struct MHD_Connection *connection, const char *path,
				  const char *method, const char *version, const char *data,
				  size_t *data_len, void **state)
{
	static int head_seen;

	(void)version;
	(void)data;
	if (strcmp(method, MHD_HTTP_METHOD_GET) && strcmp(method, MHD_HTTP_METHOD_HEAD))
		return answer_plain(connection, MHD_HTTP_METHOD_NOT_ALLOWED, "Only GET.\n");
	if (!*state) {
		*state = &head_seen;
		return MHD_YES;
	}
	if (*data_len) {
		*data_len = 0; /* a GET may have a body, which means nothing */
		return MHD_YES;
	}
	if (!strcmp(path, "/metrics"))
		return answer_page(ctx, connection);
	if (!strcmp(path, "/"))
		return answer_text(connection, MHD_HTTP_OK, "text/html; charset=utf-8",
				   "<!DOCTYPE html><html lang=\"en\"><title>seatrace</title>"
				   "<p><a href=\"/metrics\">metrics</a></html>\n");
	return answer_plain(connection, MHD_HTTP_NOT_FOUND, "Not here; see /metrics.\n");
}

/* --- life ------------------------------------------------------------------------------------- */

__attribute__((format(printf, 2, 0))) static void on_message(void *ctx, const char *fmt,
							     va_list args)
{
	char line[512];

	(void)ctx;
	vsnprintf(line, sizeof(line), fmt, args);
	log_debug("http: %s", line);
}

/* Owns fd from here on. */
static int start(struct serve *s, int fd)
{
	const union MHD_DaemonInfo *info;
	int err = remember_address(s, fd);

	if (err) {
		close(fd);
		return err;
	}
	s->daemon = MHD_start_daemon(MHD_USE_EPOLL | MHD_USE_ERROR_LOG, 0, NULL, NULL, on_request,
				     s, MHD_OPTION_EXTERNAL_LOGGER, on_message, NULL,
				     MHD_OPTION_LISTEN_SOCKET, fd, MHD_OPTION_CONNECTION_LIMIT,
				     SERVE_CONNECTIONS, MHD_OPTION_CONNECTION_TIMEOUT,
				     s->page.idle_seconds, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
				     (size_t)MEMORY_PER_CONNECTION, MHD_OPTION_END);
	if (!s->daemon) {
		close(fd);
		return -ENOMEM;
	}
	info = MHD_get_daemon_info(s->daemon, MHD_DAEMON_INFO_EPOLL_FD);
	if (!info || info->epoll_fd < 0)
		return -ENOTSUP;
	s->epoll_fd = info->epoll_fd;
	return 0;
}

int serve_open(struct serve **out, const char *option, const char *where,
	       const struct serve_page *page)
{
	struct serve *s;
	union address address;
	int fd, err;

	if (parse_address(&address, where)) {
		log_error("%s: '%s' is not ADDRESS:PORT like :9923, 127.0.0.1:9923 or [::1]:9923",
			  option, where);
		return EXIT_USAGE;
	}
	s = calloc(1, sizeof(*s));
	fd = s ? listen_at(&address) : -ENOMEM;
	err = fd < 0 ? fd : 0;
	if (!err) {
		s->page = *page;
		if (!page->idle_seconds)
			s->page.idle_seconds = SERVE_IDLE_SECONDS;
		err = start(s, fd);
	}
	if (err) {
		log_error("%s: listen at %s: %s (%s)%s", option, where, util_errno(err),
			  strerror(-err), advice(err));
		serve_free(s);
		return EXIT_ENVIRONMENT;
	}
	*out = s;
	return 0;
}

void serve_free(struct serve *s)
{
	if (s && s->daemon)
		MHD_stop_daemon(s->daemon);
	free(s);
}

int serve_fd(const struct serve *s)
{
	return s->epoll_fd;
}

uint64_t serve_deadline(const struct serve *s, uint64_t now_ns)
{
	MHD_UNSIGNED_LONG_LONG ms;

	if (MHD_get_timeout(s->daemon, &ms) != MHD_YES)
		return UINT64_MAX;
	return now_ns + ms * UTIL_NS_PER_MS;
}

void serve_run(struct serve *s)
{
	MHD_run(s->daemon);
	/*
	 * At the limit it does not listen, and begins to again only in a run after the one that
	 * closed a connection (daemon.c, MHD_epoll); of which nothing else would remind us.
	 */
	MHD_run(s->daemon);
}

const char *serve_where(const struct serve *s)
{
	return s->where;
}
