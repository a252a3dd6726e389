// SPDX-License-Identifier: GPL-2.0-only
/*
 * host.c - one poll loop, no threads: whatever happens first (a line, a byte, a signal, a deadline)
 * is acted on at once. Nothing in it blocks.
 */
#include "host.h"
#include "console.h"
#include "lib/signals.h"
#include "opts.h"
#include "qemu.h"
#include "stream.h"
#include "terminal.h"
#include "workdir.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define DRAIN_MS 10000 /* for what the host has sent before its status; it is here in no time */
#define BEAT_S   1     /* between two signs of life of the host */
#define PANIC_MS 3000  /* for the rest of a panic's text; the host resets itself behind it */

enum phase { BOOT, COMMAND, DRAIN, PANIC, OVER };

enum {
	FD_SIGNALS,
	FD_CONSOLE,
	FD_STATUS,
	FD_ERRORS,
	FD_MONITOR,
	FD_TERMINAL,
	FD_OUT,
	FD_ERR = FD_OUT + 2,
	FD_COUNT = FD_ERR + 2
};

/* A line-wise reader of a short conversation. */
struct lines {
	char data[4096];
	size_t len;
};

struct host {
	const struct boot_opts *opts;
	struct console *console;
	struct host_result *result;
	struct qemu qemu;
	struct terminal terminal;
	struct stream out;
	struct stream err;
	struct lines status;
	struct lines monitor;
	struct lines errors;
	enum phase phase;
	int signals;
	bool exited; /* "exit N" came */
	long start;
	long deadline; /* of the phase; 0: none */
	long beat;     /* when the host last gave a sign of life */
};

static long now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void enter(struct host *host, enum phase phase, long limit_ms)
{
	host->phase = phase;
	host->deadline = limit_ms ? now_ms() + limit_ms : 0;
}

static void end(struct host *host, enum host_end how)
{
	host->result->end = how;
	host->phase = OVER;
}

/* Reads what is there; hands over line after line. Gives -1 at the end of the stream. */
static int read_lines(int fd, struct lines *lines, struct host *host,
		      void (*take)(struct host *host, const char *line))
{
	ssize_t got = recv(fd, lines->data + lines->len, sizeof(lines->data) - 1 - lines->len,
			   MSG_DONTWAIT);
	char *next = lines->data, *end;

	if (got < 0 && (errno == EAGAIN || errno == EINTR))
		return 0;
	if (got <= 0)
		return -1;
	lines->len += got;
	lines->data[lines->len] = 0;
	while ((end = strchr(next, '\n'))) {
		*end = 0;
		take(host, next);
		next = end + 1;
	}
	lines->len -= next - lines->data;
	memmove(lines->data, next, lines->len);
	if (lines->len == sizeof(lines->data) - 1)
		lines->len = 0; /* not a line of this conversation */
	return 0;
}

static void take_status(struct host *host, const char *line)
{
	int status;

	host->beat = now_ms();
	if (!strncmp(line, "ready ", 6) && host->phase == BOOT) {
		host->result->boot_seconds = (now_ms() - host->start) / 1000.0;
		terminal_progress(NULL);
		if (host->opts->shell) {
			fprintf(stderr, "vmtest: %s: up; exit or Ctrl-A x leaves\n",
				host->opts->name);
			terminal_attach(&host->terminal);
		}
		enter(host, COMMAND, host->opts->shell ? 0 : host->opts->timeout * 1000L);
	} else if (sscanf(line, "exit %d", &status) == 1 && host->phase == COMMAND) {
		host->result->status = status;
		host->exited = true;
		if (host->opts->shell)
			end(host, HOST_EXIT);
		else
			enter(host, DRAIN, DRAIN_MS);
	}
}

static void take_monitor(struct host *host, const char *line)
{
	static const char negotiate[] = "{\"execute\": \"qmp_capabilities\"}\n";

	if (!strncmp(line, "{\"QMP\"", 6)) {
		if (send(host->qemu.monitor, negotiate, strlen(negotiate), MSG_NOSIGNAL) < 0)
			fprintf(stderr, "vmtest: QMP: %s\n", strerror(errno));
	} else if (!strncmp(line, "{\"return\"", 9)) {
		/* From now on the session is the host's. QEMU has read all its files. */
		close(host->qemu.monitor);
		host->qemu.monitor = -1;
		workdir_remove(host->opts->workdir);
	}
}

static void take_complaint(struct host *host, const char *line)
{
	snprintf(host->result->complaint, sizeof(host->result->complaint), "%s", line);
	console_note(host->console, line);
}

static void take_signal(struct host *host)
{
	struct signalfd_siginfo info;

	if (read(host->signals, &info, sizeof(info)) != sizeof(info))
		return;
	if (info.ssi_signo == SIGCHLD)
		return; /* check() asks whether QEMU has ended */
	host->result->status = info.ssi_signo;
	end(host, HOST_SIGNAL);
}

static void take_console(struct host *host)
{
	char data[4096];
	ssize_t got = recv(host->qemu.console, data, sizeof(data), MSG_DONTWAIT);

	if (got > 0)
		console_feed(host->console, data, got);
	if (got > 0 && host->opts->shell && host->phase != BOOT)
		terminal_write(&host->terminal, data, got);
	if (!got || (got < 0 && errno != EAGAIN && errno != EINTR)) {
		close(host->qemu.console);
		host->qemu.console = -1;
	}
}

static void take_terminal(struct host *host)
{
	char data[256];
	ssize_t got = terminal_read(&host->terminal, data, sizeof(data));

	if (got < 0)
		end(host, HOST_SIGNAL); /* Ctrl-A x, or the terminal is gone */
	else if (got && send(host->qemu.console, data, got, MSG_NOSIGNAL) < 0)
		end(host, HOST_LOST);
}

static void fill(const struct host *host, struct pollfd *fds)
{
	fds[FD_SIGNALS] = (struct pollfd){.fd = host->signals, .events = POLLIN};
	fds[FD_CONSOLE] = (struct pollfd){.fd = host->qemu.console, .events = POLLIN};
	fds[FD_STATUS] = (struct pollfd){.fd = host->qemu.status, .events = POLLIN};
	fds[FD_ERRORS] = (struct pollfd){.fd = host->qemu.errors, .events = POLLIN};
	fds[FD_MONITOR] = (struct pollfd){.fd = host->qemu.monitor, .events = POLLIN};
	fds[FD_TERMINAL] = (struct pollfd){.fd = terminal_fd(&host->terminal), .events = POLLIN};
	stream_poll(&host->out, fds + FD_OUT);
	stream_poll(&host->err, fds + FD_ERR);
}

static void take_lines(struct host *host, const struct pollfd *fds, int *fd, struct lines *lines,
		       void (*take)(struct host *host, const char *line))
{
	if (fds->fd < 0 || !fds->revents || !read_lines(fds->fd, lines, host, take))
		return;
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

/* Output before status before signals: what the host managed to say counts. */
static void take(struct host *host, const struct pollfd *fds)
{
	stream_move(&host->out, fds + FD_OUT);
	stream_move(&host->err, fds + FD_ERR);
	if (fds[FD_CONSOLE].fd >= 0 && fds[FD_CONSOLE].revents)
		take_console(host);
	take_lines(host, &fds[FD_ERRORS], &host->qemu.errors, &host->errors, take_complaint);
	take_lines(host, &fds[FD_MONITOR], &host->qemu.monitor, &host->monitor, take_monitor);
	take_lines(host, &fds[FD_STATUS], &host->qemu.status, &host->status, take_status);
	if (fds[FD_TERMINAL].fd >= 0 && fds[FD_TERMINAL].revents)
		take_terminal(host);
	if (fds[FD_SIGNALS].revents)
		take_signal(host);
}

/* Nothing more can come out of any channel. */
static bool is_dry(const struct host *host)
{
	return host->qemu.console < 0 && host->qemu.status < 0 && host->qemu.errors < 0 &&
	       stream_done(&host->out) && stream_done(&host->err);
}

static bool is_drained(const struct host *host)
{
	return console_seen(host->console)->end && stream_done(&host->out) &&
	       stream_done(&host->err);
}

static void check_end_of_qemu(struct host *host)
{
	if (!qemu_has_ended(&host->qemu) || !is_dry(host))
		return;
	qemu_describe_end(&host->qemu, host->result->how, sizeof(host->result->how));
	if (host->phase == PANIC)
		end(host, HOST_PANIC);
	else if (host->phase == BOOT)
		end(host, HOST_DOWN);
	else if (host->exited)
		end(host, host->out.ended && host->err.ended ? HOST_EXIT : HOST_CUT);
	else
		end(host, HOST_LOST);
}

static void check_deadline(struct host *host)
{
	if (!host->deadline || now_ms() < host->deadline || host->phase == OVER)
		return;
	switch (host->phase) {
	case BOOT:
		end(host, HOST_NOT_UP);
		break;
	case COMMAND:
		end(host, HOST_TIMEOUT);
		break;
	case DRAIN:
		end(host, host->out.ended && host->err.ended ? HOST_EXIT : HOST_CUT);
		break;
	case PANIC:
		end(host, HOST_PANIC);
		break;
	case OVER:
		break;
	}
}

/* When the next beat is too late; 0 when none is waited for. */
static long beat_deadline(const struct host *host)
{
	if (host->phase != COMMAND || !host->opts->hang_timeout)
		return 0;
	return host->beat + host->opts->hang_timeout * 1000L;
}

static void check_beat(struct host *host)
{
	long deadline = beat_deadline(host);

	if (deadline && now_ms() >= deadline)
		end(host, HOST_HUNG);
}

static void check(struct host *host)
{
	if (host->phase != OVER && host->phase != PANIC && *console_seen(host->console)->panic)
		enter(host, PANIC, PANIC_MS);
	if (host->phase == DRAIN && is_drained(host))
		end(host, HOST_EXIT);
	if (host->phase != OVER)
		check_end_of_qemu(host);
	check_beat(host);
	check_deadline(host);
}

static int wait_ms(const struct host *host)
{
	long now = now_ms(), beat = beat_deadline(host), left = 60000;

	if (host->deadline && host->deadline - now < left)
		left = host->deadline - now;
	if (beat && beat - now < left)
		left = beat - now;
	if (host->phase == BOOT && left > 500)
		left = 500; /* the progress line counts */
	return left < 0 ? 0 : left;
}

static void show_progress(const struct host *host)
{
	char text[64];

	snprintf(text, sizeof(text), "vmtest: %s: booting, %ld s", host->opts->name,
		 (now_ms() - host->start) / 1000);
	terminal_progress(text);
}

static void loop(struct host *host)
{
	struct pollfd fds[FD_COUNT];

	enter(host, BOOT, host->opts->boot_timeout * 1000L);
	while (host->phase != OVER) {
		if (host->phase == BOOT)
			show_progress(host);
		fill(host, fds);
		if (poll(fds, FD_COUNT, wait_ms(host)) < 0 && errno != EINTR) {
			fprintf(stderr, "vmtest: poll: %s\n", strerror(errno));
			end(host, HOST_ERROR);
			break;
		}
		take(host, fds);
		check(host);
	}
	terminal_progress(NULL);
}

static int start(struct host *host, const char *mark)
{
	char append[1024], beat[32] = "";

	host->signals = signals_open();
	if (host->signals < 0)
		return host->signals;
	if (host->opts->hang_timeout)
		snprintf(beat, sizeof(beat), "vmtest.beat=%d ", BEAT_S);
	snprintf(append, sizeof(append),
		 "console=ttyAMA0 acpi=force panic=-1 ignore_loglevel printk.devkmsg=on "
		 "vmtest.end=%s "
		 "vmtest.stty=%s %s%s",
		 mark + strlen(MARK_PREFIX), terminal_size(), beat, host->opts->append ?: "");
	if (qemu_start(&host->qemu, host->opts, append))
		return -1;
	host->out = (struct stream){.in = host->qemu.out, .out = STDOUT_FILENO, .end = mark};
	host->err = (struct stream){.in = host->qemu.err, .out = STDERR_FILENO, .end = mark};
	return 0;
}

static void note_output(struct host_result *result, const struct stream *stream, const char *name)
{
	if (stream->error && stream->error != -EPIPE)
		snprintf(result->output, sizeof(result->output), "%s: %s", name,
			 strerror(-stream->error));
}

void host_run(const struct boot_opts *opts, struct console *console, const char *mark,
	      struct host_result *result)
{
	struct host *host = calloc(1, sizeof(*host));

	*result = (struct host_result){.end = HOST_ERROR};
	if (!host)
		return;
	host->opts = opts;
	host->console = console;
	host->result = result;
	host->start = now_ms();
	if (!start(host, mark)) {
		loop(host);
		qemu_stop(&host->qemu);
		note_output(result, &host->out, "standard output");
		note_output(result, &host->err, "standard error");
	}
	terminal_detach(&host->terminal);
	workdir_remove(opts->workdir);
	result->seconds = (now_ms() - host->start) / 1000.0;
	free(host);
}
