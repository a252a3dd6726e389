// SPDX-License-Identifier: GPL-2.0-only
/* verdict.c - each way to end has its own words and its own status. */
#include "verdict.h"
#include "console.h"
#include "host.h"
#include "opts.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct report {
	const struct boot_opts *opts;
	const struct host_result *result;
	const struct console *console;
};

static void __attribute__((format(printf, 2, 3)))
say(const struct report *report, const char *format, ...)
{
	va_list list;

	fprintf(stderr, "vmtest: %s: ", report->opts->name);
	va_start(list, format);
	vfprintf(stderr, format, list);
	va_end(list);
	fprintf(stderr, "; log: %s\n", report->opts->log);
}

static int command_status(const struct report *report)
{
	int status = report->result->status;

	if (status <= STATUS_MOST)
		return status;
	if (status > 128)
		fprintf(stderr,
			"vmtest: %s: the command ended with status %d (signal %d): told as %d\n",
			report->opts->name, status, status - 128, STATUS_MOST);
	else
		fprintf(stderr, "vmtest: %s: the command ended with status %d: told as %d\n",
			report->opts->name, status, STATUS_MOST);
	return STATUS_MOST;
}

static int broken_lab(const struct report *report, const char *what)
{
	const struct host_result *result = report->result;
	const char *last = console_seen(report->console)->last;

	console_show_tail(report->console, "  | ");
	if (*result->complaint)
		say(report, "BOOT FAILED: %s: %s", what, result->complaint);
	else
		say(report, "BOOT FAILED: %s; the console's last line: %s", what,
		    *last ? last : "none, it stayed silent");
	return STATUS_LAB;
}

static int not_up(const struct report *report)
{
	char what[96];

	snprintf(what, sizeof(what), "the host was not up after %u s (--boot-timeout)",
		 report->opts->boot_timeout);
	return broken_lab(report, what);
}

static int panicked(const struct report *report)
{
	console_show_tail(report->console, "  | ");
	say(report, "PANIC %s after %.1f s: %s",
	    report->result->boot_seconds ? "while the command ran," : "at boot,",
	    report->result->seconds, console_seen(report->console)->panic);
	return STATUS_FATAL;
}

static int timed_out(const struct report *report)
{
	say(report, "TIMEOUT: the command still ran after %u s (--timeout)", report->opts->timeout);
	return STATUS_TIMEOUT;
}

static int lost(const struct report *report)
{
	say(report, "LOST: %s and the command's status had not come%s%s", report->result->how,
	    *report->result->complaint ? ": " : "", report->result->complaint);
	return STATUS_FATAL;
}

static int cut(const struct report *report)
{
	say(report,
	    "LOST: the command ended with status %d, but the end of its output did not come",
	    report->result->status);
	return STATUS_FATAL;
}

static int by_end(const struct report *report)
{
	switch (report->result->end) {
	case HOST_EXIT:
		return command_status(report);
	case HOST_DOWN:
		return broken_lab(report, report->result->how);
	case HOST_NOT_UP:
		return not_up(report);
	case HOST_TIMEOUT:
		return timed_out(report);
	case HOST_LOST:
		return lost(report);
	case HOST_CUT:
		return cut(report);
	case HOST_PANIC:
		return panicked(report);
	case HOST_SIGNAL:
		return report->result->status ? 128 + report->result->status : 0;
	case HOST_ERROR:
		break;
	}
	return STATUS_LAB;
}

int verdict_say(const struct boot_opts *opts, const struct host_result *result,
		const struct console *console, bool *keep)
{
	const struct console_seen *seen = console_seen(console);
	struct report report = {opts, result, console};
	int status = by_end(&report);

	*keep = result->end != HOST_EXIT && result->end != HOST_SIGNAL;
	if (seen->splats && result->end != HOST_SIGNAL) {
		*keep = true;
		say(&report, "SPLAT: %u line%s of the kernel's log, the first: %s", seen->splats,
		    seen->splats > 1 ? "s" : "", seen->splat);
		if (result->end == HOST_EXIT) {
			fprintf(stderr, "vmtest: %s: the command itself ended with status %d\n",
				opts->name, result->status);
			status = STATUS_FATAL;
		}
	}
	if (*result->output) {
		fprintf(stderr, "vmtest: %s: output was lost: %s\n", opts->name, result->output);
		status = status ?: STATUS_LAB;
	}
	return status;
}
