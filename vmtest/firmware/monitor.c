// SPDX-License-Identifier: GPL-2.0-only
/*
 * monitor.c - a QMP client for one command. The session outlives us: whoever opened the port before
 * has negotiated already, may have left replies unread, and the greeting comes once per boot or
 * never. So requests carry an id, and everything that does not answer ours is skipped.
 */
#include "monitor.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define REPLY_MS       10000
#define LINE_MAX_BYTES 65536

struct monitor {
	int fd;
	unsigned int serial;
	char why[256];
	char line[LINE_MAX_BYTES];
	size_t len;
};

static int __attribute__((format(printf, 3, 4)))
fail(struct monitor *monitor, int error, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(monitor->why, sizeof(monitor->why), format, args);
	va_end(args);
	return error;
}

static char *base64(const uint8_t *in, size_t size)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	char *text = malloc((size + 2) / 3 * 4 + 1), *out = text;
	size_t i;

	for (i = 0; text && i < size; i += 3) {
		uint32_t bits = in[i] << 16;

		bits |= i + 1 < size ? in[i + 1] << 8 : 0;
		bits |= i + 2 < size ? in[i + 2] : 0;
		*out++ = digits[bits >> 18];
		*out++ = digits[bits >> 12 & 63];
		*out++ = i + 1 < size ? digits[bits >> 6 & 63] : '=';
		*out++ = i + 2 < size ? digits[bits & 63] : '=';
	}
	if (text)
		*out = 0;
	return text;
}

static long now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static int wait_port(struct monitor *monitor, short events, long deadline)
{
	struct pollfd fds = {.fd = monitor->fd, .events = events};
	long left = deadline - now_ms();
	int ready = poll(&fds, 1, left > 0 ? left : 0);

	if (ready < 0 && errno == EINTR)
		return 0;
	if (ready < 0)
		return fail(monitor, -errno, "poll: %s", strerror(errno));
	if (!ready)
		return fail(monitor, -ENOTSUP, "no answer within %d s", REPLY_MS / 1000);
	if (fds.revents & POLLHUP)
		return fail(monitor, -ENOTSUP, "nobody at the other end");
	return 0;
}

static int send_line(struct monitor *monitor, const char *text, long deadline)
{
	size_t left = strlen(text);

	while (left) {
		ssize_t done = write(monitor->fd, text, left);
		int error;

		if (done < 0 && errno != EAGAIN && errno != EINTR)
			return fail(monitor, -errno, "write: %s", strerror(errno));
		if (done < 0) {
			error = wait_port(monitor, POLLOUT, deadline);
			if (error)
				return error;
			continue;
		}
		text += done;
		left -= done;
	}
	return 0;
}

/* One line, parsed; *reply is NULL when the line is no JSON (the rest of a broken one). */
static int read_line(struct monitor *monitor, long deadline, json_t **reply)
{
	char *end;

	while (!(end = memchr(monitor->line, '\n', monitor->len))) {
		ssize_t got;
		int error = wait_port(monitor, POLLIN, deadline);

		if (error)
			return error;
		if (monitor->len == sizeof(monitor->line))
			return fail(monitor, -EBADMSG, "a reply without an end");
		got = read(monitor->fd, monitor->line + monitor->len,
			   sizeof(monitor->line) - monitor->len);
		if (!got)
			return fail(monitor, -ENOTSUP, "nobody at the other end");
		if (got < 0 && errno != EAGAIN && errno != EINTR)
			return fail(monitor, -errno, "read: %s", strerror(errno));
		monitor->len += got > 0 ? got : 0;
	}
	*reply = json_loadb(monitor->line, end - monitor->line, 0, NULL);
	monitor->len -= end + 1 - monitor->line;
	memmove(monitor->line, end + 1, monitor->len);
	return 0;
}

/* Sends a request, which it consumes, and returns the reply that carries its id. */
static int call(struct monitor *monitor, json_t *request, json_t **reply)
{
	long deadline = now_ms() + REPLY_MS;
	char id[32], *text;
	int error;

	snprintf(id, sizeof(id), "%d-%u", getpid(), ++monitor->serial);
	*reply = NULL;
	if (!request || json_object_set_new(request, "id", json_string(id)))
		text = NULL;
	else
		text = json_dumps(request, JSON_COMPACT);
	json_decref(request);
	if (!text)
		return fail(monitor, -ENOMEM, "out of memory");
	error = send_line(monitor, text, deadline);
	if (!error)
		error = send_line(monitor, "\n", deadline);
	free(text);
	while (!error) {
		const char *got;

		error = read_line(monitor, deadline, reply);
		got = error ? NULL : json_string_value(json_object_get(*reply, "id"));
		if (got && !strcmp(got, id))
			break;
		json_decref(*reply);
		*reply = NULL;
	}
	return error;
}

static const char *error_field(json_t *reply, const char *field)
{
	const char *text =
		json_string_value(json_object_get(json_object_get(reply, "error"), field));

	return text ? text : "";
}

/* After the first client of this boot, QEMU answers CommandNotFound: that is fine as well. */
static int negotiate(struct monitor *monitor)
{
	json_t *reply;
	int error = call(monitor, json_pack("{s:s}", "execute", "qmp_capabilities"), &reply);

	if (!error && json_object_get(reply, "error") &&
	    strcmp(error_field(reply, "class"), "CommandNotFound"))
		error = fail(monitor, -EPROTO, "qmp_capabilities: %s", error_field(reply, "desc"));
	json_decref(reply);
	return error;
}

int monitor_open(const char *path, struct monitor **monitorp, const char **why)
{
	static struct monitor nothing;
	struct monitor *monitor = calloc(1, sizeof(*monitor));
	int error;

	*why = "out of memory";
	if (!monitor)
		return -ENOMEM;
	monitor->fd = open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC);
	if (monitor->fd < 0 && (errno == ENOENT || errno == ENODEV))
		error = fail(monitor, -ENOTSUP,
			     "no such port; the QEMU that runs this machine must "
			     "lend its QMP there");
	else if (monitor->fd < 0)
		error = fail(monitor, -errno, "%s", strerror(errno));
	else
		error = negotiate(monitor);
	if (error) {
		memcpy(nothing.why, monitor->why, sizeof(nothing.why));
		*why = nothing.why;
		monitor_close(monitor);
		return error;
	}
	*monitorp = monitor;
	return 0;
}

int monitor_inject(struct monitor *monitor, const void *block, size_t size, const char **why)
{
	char *cper = base64(block, size);
	json_t *reply;
	int error;

	*why = monitor->why;
	if (!cper)
		return fail(monitor, -ENOMEM, "out of memory");
	error = call(monitor,
		     json_pack("{s:s, s:{s:s}}", "execute", "inject-ghes-v2-error", "arguments",
			       "cper", cper),
		     &reply);
	free(cper);
	if (!error && json_object_get(reply, "error")) {
		const char *desc = error_field(reply, "desc");

		if (!strcmp(error_field(reply, "class"), "CommandNotFound"))
			error = fail(monitor, -ENOTSUP, "%s (QEMU has it since 10.2)", desc);
		else
			error = fail(monitor, strstr(desc, "acknowledge") ? -EAGAIN : -EIO, "%s",
				     desc);
	}
	json_decref(reply);
	return error;
}

void monitor_close(struct monitor *monitor)
{
	if (!monitor)
		return;
	if (monitor->fd >= 0)
		close(monitor->fd);
	free(monitor);
}
