/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * out/serve: real requests over loopback, the server driven by the same poll loop as the clients.
 */
#include "tests/unit/tree.h"

#include "lib/exit.h"
#include "lib/log.h"
#include "lib/util.h"
#include "out/serve.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdbool.h>
#include <sys/socket.h>

#define END     "\r\n\r\n"
#define CLOSING "Connection: close" END
#define BIG     (4u << 20)

static struct serve *serve;
static struct capture capture;
static bool captured;

/* --- the page --------------------------------------------------------------------------------- */

static struct {
	unsigned asked;
	size_t len;
	int err;
} page_state;

static int page_body(void *ctx, char **body, size_t *len)
{
	assert_ptr_equal(ctx, &page_state);
	page_state.asked++;
	if (page_state.err)
		return page_state.err;
	*body = malloc(page_state.len);
	assert_non_null(*body);
	memset(*body, 'x', page_state.len);
	/* without a NUL: the length is what counts */
	memcpy(*body, "asked ", 6);
	(*body)[6] = '0' + page_state.asked;
	*len = page_state.len;
	return 0;
}

static struct serve_page page = {"text/plain; version=0.0.4", page_body, &page_state, 0};

static void open_at(const char *where)
{
	assert_int_equal(serve_open(&serve, "--prom", where, &page), 0);
}

static int setup(void **state)
{
	(void)state;
	alarm(60); /* a test that hangs is to end */
	log_setup("tool", 0);
	memset(&page_state, 0, sizeof(page_state));
	page_state.len = 16;
	page.idle_seconds = 0;
	open_at(":0");
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	if (captured)
		free(capture_end(&capture));
	captured = false;
	serve_free(serve);
	serve = NULL;
	alarm(0);
	return 0;
}

static void reopen_with_idle(unsigned seconds)
{
	serve_free(serve);
	serve = NULL;
	page.idle_seconds = seconds;
	open_at(":0");
}

static void capture_stderr(void)
{
	capture_start(&capture, STDERR_FILENO);
	captured = true;
}

static void assert_stderr(const char *expected)
{
	char *text = capture_end(&capture);

	captured = false;
	assert_string_equal(text, expected);
	free(text);
}

/* --- clients ---------------------------------------------------------------------------------- */

struct client {
	int fd;
	char *data; /* what has come, NUL-terminated */
	size_t len;
	bool closed;
};

static unsigned port_of(const char *where)
{
	return atoi(strrchr(where, ':') + 1);
}

static void client_open(struct client *c)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET,
		.sin_port = htons(port_of(serve_where(serve))),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};

	*c = (struct client){.fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
	assert_return_code(c->fd, errno);
	/* Taken by the kernel, long before the server accepts it. */
	assert_return_code(connect(c->fd, (struct sockaddr *)&address, sizeof(address)), errno);
	c->data = calloc(1, BIG + 65536);
	assert_non_null(c->data);
}

static void client_close(struct client *c)
{
	close(c->fd);
	free(c->data);
	c->data = NULL;
}

static void client_send(struct client *c, const char *text)
{
	assert_int_equal(send(c->fd, text, strlen(text), MSG_NOSIGNAL), strlen(text));
}

static void client_receive(struct client *c)
{
	ssize_t n = recv(c->fd, c->data + c->len, BIG + 65535 - c->len, MSG_DONTWAIT);

	if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
		return;
	/* A connection that is closed on what it had not read yet is reset. */
	if (n <= 0)
		c->closed = true;
	else
		c->len += n;
	c->data[c->len] = '\0';
}

static int ms_until(uint64_t deadline_ns)
{
	uint64_t now = util_clock_ns(CLOCK_MONOTONIC);

	if (deadline_ns == UINT64_MAX)
		return -1;
	return deadline_ns > now ? (int)((deadline_ns - now) / UTIL_NS_PER_MS + 1) : 0;
}

/* One turn of the loop that watch has: the server, and here one client. */
static void turn(struct client *c)
{
	uint64_t now = util_clock_ns(CLOCK_MONOTONIC), deadline = serve_deadline(serve, now);
	struct pollfd fds[] = {
		{.fd = serve_fd(serve), .events = POLLIN},
		{.fd = c->closed ? -1 : c->fd, .events = POLLIN},
	};

	assert_true(poll(fds, 2, ms_until(deadline)) >= 0);
	if (fds[0].revents || util_clock_ns(CLOCK_MONOTONIC) >= deadline)
		serve_run(serve);
	if (fds[1].revents)
		client_receive(c);
}

static void until_closed(struct client *c)
{
	while (!c->closed)
		turn(c);
}

static void until_has(struct client *c, const char *text)
{
	while (!strstr(c->data, text) && !c->closed)
		turn(c);
	assert_non_null(strstr(c->data, text));
}

/* What the server answers to one request before it closes; free it. */
static char *answer_to(const char *request)
{
	struct client c;
	char *answer;

	client_open(&c);
	client_send(&c, request);
	until_closed(&c);
	answer = strdup(c.data);
	assert_non_null(answer);
	client_close(&c);
	return answer;
}

/* The status line, a line of the head, and the whole body; NULL: whatever. */
static void assert_answer(const char *request, const char *status, const char *header,
			  const char *body)
{
	char *answer = answer_to(request), *head_end = strstr(answer, END);

	assert_non_null(head_end);
	assert_memory_equal(answer, status, strlen(status));
	assert_memory_equal(answer + strlen(status), "\r\n", 2);
	if (header) {
		const char *at = strcasestr(answer, header);

		assert_non_null(at);
		assert_true(at < head_end);
	}
	if (body)
		assert_string_equal(head_end + 4, body);
	free(answer);
}

/* --- what is asked ---------------------------------------------------------------------------- */

static void metrics(void **state)
{
	(void)state;
	page_state.len = 8;
	assert_answer("GET /metrics HTTP/1.1\r\nHost: x\r\n" CLOSING, "HTTP/1.1 200 OK",
		      "\r\nContent-Type: text/plain; version=0.0.4\r\n", "asked 1x");
}

static void made_anew_each_time(void **state)
{
	static const char *const bodies[] = {"asked 1", "asked 2", "asked 3"};

	(void)state;
	page_state.len = 7;
	for (size_t i = 0; i < UTIL_COUNT(bodies); i++)
		assert_answer("GET /metrics HTTP/1.1\r\nHost: x\r\n" CLOSING, "HTTP/1.1 200 OK",
			      NULL, bodies[i]);
}

static void other_forms(void **state)
{
	static const char *const requests[] = {
		"GET /metrics?a=b&c HTTP/1.1\r\nHost: x\r\n" CLOSING,
		"GET /metrics HTTP/1.1\r\nHost: evil.example:1\r\n" CLOSING,
		"GET /metrics HTTP/1.0" END,
		"GET /metrics HTTP/1.1\r\nHost: x\r\nAccept: application/openmetrics-text\r\n"
		"Accept-Encoding: gzip\r\nUser-Agent: Prometheus/2.42.0\r\n" CLOSING,
		"GET /metrics HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n" CLOSING "abcde",
	};

	(void)state;
	for (size_t i = 0; i < UTIL_COUNT(requests); i++) {
		char *answer = answer_to(requests[i]);

		assert_non_null(strstr(answer, " 200 OK\r\n"));
		assert_non_null(strstr(answer, END "asked "));
		assert_null(strstr(answer, "Allow:"));
		free(answer);
	}
	assert_int_equal(page_state.asked, UTIL_COUNT(requests));
}

static void head_only(void **state)
{
	(void)state;
	assert_answer("HEAD /metrics HTTP/1.1\r\nHost: x\r\n" CLOSING, "HTTP/1.1 200 OK",
		      "\r\nContent-Length: 16\r\n", "");
}

static void front_page(void **state)
{
	char *answer = answer_to("GET / HTTP/1.1\r\nHost: x\r\n" CLOSING);

	(void)state;
	assert_non_null(strstr(answer, "\r\nContent-Type: text/html; charset=utf-8\r\n"));
	assert_non_null(strstr(answer, "<a href=\"/metrics\">"));
	free(answer);
	assert_int_equal(page_state.asked, 0);
}

static void elsewhere(void **state)
{
	static const char *const paths[] = {"/metrics/",   "/metric", "/Metrics", "/x",
					    "/../metrics", "//",      "*"};

	(void)state;
	for (size_t i = 0; i < UTIL_COUNT(paths); i++) {
		char request[128];

		snprintf(request, sizeof(request), "GET %s HTTP/1.1\r\nHost: x\r\n" CLOSING,
			 paths[i]);
		assert_answer(request, "HTTP/1.1 404 Not Found", "text/plain",
			      "Not here; see /metrics.\n");
	}
	assert_int_equal(page_state.asked, 0);
}

static void other_methods(void **state)
{
	static const char *const requests[] = {
		"POST /metrics HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n" CLOSING "a=b",
		"PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n" CLOSING,
		"DELETE /metrics HTTP/1.1\r\nHost: x\r\n" CLOSING,
		"OPTIONS /x HTTP/1.1\r\nHost: x\r\n" CLOSING,
		"get /metrics HTTP/1.1\r\nHost: x\r\n" CLOSING,
	};

	(void)state;
	for (size_t i = 0; i < UTIL_COUNT(requests); i++)
		assert_answer(requests[i], "HTTP/1.1 405 Method Not Allowed",
			      "\r\nAllow: GET, HEAD\r\n", "Only GET.\n");
	assert_int_equal(page_state.asked, 0);
}

static void no_page(void **state)
{
	(void)state;
	page_state.err = -ENOMEM;
	capture_stderr();
	assert_answer("GET /metrics HTTP/1.1\r\nHost: x\r\n" CLOSING,
		      "HTTP/1.1 500 Internal Server Error", "text/plain",
		      "The page could not be made.\n");
	assert_stderr("tool: warning: /metrics: ENOMEM\n");
	page_state.err = 0;
	page_state.asked = 0;
	metrics(state);
}

/* Two on one connection, the second sent before the first is answered. */
static void one_after_the_other(void **state)
{
	struct client c;

	(void)state;
	client_open(&c);
	client_send(&c, "GET /metrics HTTP/1.1\r\nHost: x" END "GET /metrics HTTP/1.1\r\n"
			"Host: x" END);
	until_has(&c, "asked 1");
	until_has(&c, "asked 2");
	client_send(&c, "GET /metrics HTTP/1.1\r\nHost: x" END);
	until_has(&c, "asked 3");
	assert_false(c.closed);
	client_close(&c);
}

static void in_pieces(void **state)
{
	static const char request[] = "GET /metrics HTTP/1.1\r\nHost: x\r\n" CLOSING;
	struct client c;

	(void)state;
	client_open(&c);
	for (const char *byte = request; *byte; byte++) {
		assert_int_equal(send(c.fd, byte, 1, MSG_NOSIGNAL), 1);
		turn(&c);
	}
	until_has(&c, "asked 1");
	client_close(&c);
}

/* More than any socket buffer holds, and a reader who takes his time: nobody blocks. */
static void a_big_page(void **state)
{
	struct client slow, quick;

	(void)state;
	page_state.len = BIG;
	client_open(&slow);
	client_send(&slow, "GET /metrics HTTP/1.1\r\nHost: x\r\n" CLOSING);
	until_has(&slow, "asked 1");
	assert_true(slow.len < BIG);
	client_open(&quick);
	client_send(&quick, "GET / HTTP/1.1\r\nHost: x\r\n" CLOSING);
	until_closed(&quick);
	assert_non_null(strstr(quick.data, "200 OK"));
	client_close(&quick);
	until_closed(&slow);
	assert_int_equal(slow.data + slow.len - (strstr(slow.data, END) + 4), BIG);
	client_close(&slow);
}

static void gone_in_the_middle(void **state)
{
	struct client c;

	page_state.len = BIG;
	client_open(&c);
	client_send(&c, "GET /metrics HTTP/1.1\r\nHost: x\r\n" CLOSING);
	until_has(&c, "asked 1");
	client_close(&c);
	page_state.asked = 0;
	metrics(state);
}

static void nonsense(void **state)
{
	static const char *const requests[] = {
		END END,
		"\x16\x03\x01\x02\x01\xfc\x03\x03" END, /* a TLS client's hello */
		"GET" END,
		"GET /metrics" END,
		"GET /metrics HTTP/9.9" END,
		"GET /metrics HTTP/1.1\r\nContent-Length: -1" END,
		"GET /metrics HTTP/1.1\r\nContent-Length: 99999999999999999999" END,
		"GET /metrics HTTP/1.1\r\nTransfer-Encoding: chunked" END "zz\r\n",
		"GET /metrics HTTP/1.1\r\nHost" END,
	};

	/* An answer, or nothing until it is put out: as long as it ends. */
	reopen_with_idle(1);
	capture_stderr();
	for (size_t i = 0; i < UTIL_COUNT(requests); i++) {
		struct client c;

		client_open(&c);
		client_send(&c, requests[i]);
		shutdown(c.fd, SHUT_WR);
		until_closed(&c);
		client_close(&c);
	}
	assert_stderr("");
	page_state.asked = 0;
	metrics(state);
}

static void an_endless_head(void **state)
{
	struct client c;

	client_open(&c);
	client_send(&c, "GET /metrics HTTP/1.1\r\nX: ");
	for (unsigned i = 0; i < 10000 && !c.closed; i++) {
		if (send(c.fd, "0123456789abcdef", 16, MSG_NOSIGNAL) != 16)
			break;
		turn(&c);
	}
	until_closed(&c);
	assert_null(strstr(c.data, "200 OK"));
	client_close(&c);
	metrics(state);
}

/* --- too many, too slow ----------------------------------------------------------------------- */

/* All that the server can do now. */
static void settle(void)
{
	struct pollfd fd = {.fd = serve_fd(serve), .events = POLLIN};

	while (poll(&fd, 1, 0) > 0)
		serve_run(serve);
}

static void a_limited_number(void **state)
{
	struct client idle[SERVE_CONNECTIONS], late;

	(void)state;
	reopen_with_idle(3600); /* it is not a timeout that lets the next one in */
	for (unsigned i = 0; i < SERVE_CONNECTIONS; i++) {
		client_open(&idle[i]);
		client_send(&idle[i], "GET / HTTP/1.1\r\nHost: x" END);
		until_has(&idle[i], "200 OK");
	}
	client_open(&late);
	client_send(&late, "GET /metrics HTTP/1.1\r\nHost: x\r\n" CLOSING);
	settle();
	client_receive(&late);
	assert_int_equal(late.len, 0);
	assert_int_equal(page_state.asked, 0);

	/* One leaves, the next is let in. */
	client_close(&idle[3]);
	until_closed(&late);
	assert_non_null(strstr(late.data, "asked 1"));
	client_close(&late);
	for (unsigned i = 0; i < SERVE_CONNECTIONS; i++)
		if (i != 3)
			client_close(&idle[i]);
}

/* Nobody holds a connection without using it. */
static void the_idle_are_put_out(void **state)
{
	uint64_t now;
	struct client c;

	(void)state;
	reopen_with_idle(1);
	client_open(&c);
	client_send(&c, "GET /metrics HT");
	settle();
	now = util_clock_ns(CLOCK_MONOTONIC);
	assert_in_range(serve_deadline(serve, now), now, now + UTIL_NS_PER_S);
	until_closed(&c);
	assert_true(util_clock_ns(CLOCK_MONOTONIC) - now > UTIL_NS_PER_S / 2);
	assert_int_equal(page_state.asked, 0);
	client_close(&c);
	now = util_clock_ns(CLOCK_MONOTONIC);
	assert_int_equal(serve_deadline(serve, now), UINT64_MAX);
}

/* --- where ------------------------------------------------------------------------------------ */

static void addresses(void **state)
{
	static const char *const starts[] = {
		"127.0.0.1:", "127.0.0.2:", "0.0.0.0:", "[::1]:", "[::]:"};
	int v6 = socket(AF_INET6, SOCK_STREAM, 0);

	(void)state;
	assert_memory_equal(serve_where(serve), "127.0.0.1:", 10);
	assert_true(port_of(serve_where(serve)) > 0);
	for (size_t i = 0; i < UTIL_COUNT(starts); i++) {
		char where[64];

		if (starts[i][0] == '[' && v6 < 0)
			continue; /* a kernel without IPv6 */
		serve_free(serve);
		serve = NULL;
		snprintf(where, sizeof(where), "%s0", starts[i]);
		open_at(where);
		assert_memory_equal(serve_where(serve), starts[i], strlen(starts[i]));
		assert_true(port_of(serve_where(serve)) > 0);
	}
	close(v6);
}

/* 0.0.0.0 and [::] are two addresses: who opens one to everybody has not opened the other. */
static void everybody_by_ipv6_only(void **state)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	int fd = socket(AF_INET6, SOCK_STREAM, 0);

	(void)state;
	if (fd < 0)
		skip(); /* a kernel without IPv6 */
	close(fd);
	serve_free(serve);
	serve = NULL;
	open_at("[::]:0");
	address.sin_port = htons(port_of(serve_where(serve)));
	fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof(address)), -1);
	assert_int_equal(errno, ECONNREFUSED);
	close(fd);
}

static void no_addresses(void **state)
{
	static const char *const cases[] = {
		"",
		"9923",
		":",
		":x",
		":65536",
		":-1",
		"localhost:",
		"localhost:80",
		"1.2.3:80",
		"::1:9923",
		"[::1]",
		"[::1:9923",
		"[]:9923",
		"[1.2.3.4]:80",
		"1.2.3.4.5.6.7.8.9.10.11.12.13.14.15.16.17.18:80",
		"127.0.0.1:0x",
		"127.0.0.1:80 ",
	};
	struct serve *none = NULL;

	(void)state;
	for (size_t i = 0; i < UTIL_COUNT(cases); i++) {
		char expected[256];

		capture_stderr();
		assert_int_equal(serve_open(&none, "--prom", cases[i], &page), EXIT_USAGE);
		snprintf(expected, sizeof(expected),
			 "tool: --prom: '%s' is not ADDRESS:PORT like :9923, 127.0.0.1:9923 or "
			 "[::1]:9923\n",
			 cases[i]);
		assert_stderr(expected);
		assert_null(none);
	}
}

static void taken(void **state)
{
	struct serve *second = NULL;
	char where[64], expected[256];

	snprintf(where, sizeof(where), "%s", serve_where(serve));
	capture_stderr();
	assert_int_equal(serve_open(&second, "--prom", where, &page), EXIT_ENVIRONMENT);
	snprintf(expected, sizeof(expected),
		 "tool: --prom: listen at %s: EADDRINUSE (Address already in use); somebody "
		 "listens there already, choose another port\n",
		 where);
	assert_stderr(expected);
	assert_null(second);
	capture_stderr();
	assert_int_equal(serve_open(&second, "--prom", "192.0.2.1:0", &page), EXIT_ENVIRONMENT);
	assert_stderr("tool: --prom: listen at 192.0.2.1:0: EADDRNOTAVAIL (Cannot assign requested "
		      "address); this machine has no such address\n");
	metrics(state);
}

/* Connections of the last run, which the kernel remembers for a minute, are no obstacle. */
static void again_at_once(void **state)
{
	struct client c;
	char where[64];

	snprintf(where, sizeof(where), "%s", serve_where(serve));
	client_open(&c);
	client_send(&c, "GET / HTTP/1.1\r\nHost: x\r\n" CLOSING);
	until_closed(&c); /* the server closed first: the memory is on its side */
	client_close(&c);
	serve_free(serve);
	serve = NULL;
	open_at(where);
	metrics(state);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(metrics, setup, teardown),
		cmocka_unit_test_setup_teardown(made_anew_each_time, setup, teardown),
		cmocka_unit_test_setup_teardown(other_forms, setup, teardown),
		cmocka_unit_test_setup_teardown(head_only, setup, teardown),
		cmocka_unit_test_setup_teardown(front_page, setup, teardown),
		cmocka_unit_test_setup_teardown(elsewhere, setup, teardown),
		cmocka_unit_test_setup_teardown(other_methods, setup, teardown),
		cmocka_unit_test_setup_teardown(no_page, setup, teardown),
		cmocka_unit_test_setup_teardown(one_after_the_other, setup, teardown),
		cmocka_unit_test_setup_teardown(in_pieces, setup, teardown),
		cmocka_unit_test_setup_teardown(a_big_page, setup, teardown),
		cmocka_unit_test_setup_teardown(gone_in_the_middle, setup, teardown),
		cmocka_unit_test_setup_teardown(nonsense, setup, teardown),
		cmocka_unit_test_setup_teardown(an_endless_head, setup, teardown),
		cmocka_unit_test_setup_teardown(a_limited_number, setup, teardown),
		cmocka_unit_test_setup_teardown(the_idle_are_put_out, setup, teardown),
		cmocka_unit_test_setup_teardown(addresses, setup, teardown),
		cmocka_unit_test_setup_teardown(everybody_by_ipv6_only, setup, teardown),
		cmocka_unit_test_setup_teardown(no_addresses, setup, teardown),
		cmocka_unit_test_setup_teardown(taken, setup, teardown),
		cmocka_unit_test_setup_teardown(again_at_once, setup, teardown),
	};

	serve_free(NULL);
	return cmocka_run_group_tests_name("serve", tests, NULL, NULL);
}
