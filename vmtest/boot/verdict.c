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
	struct verdict *verdict;
};

/* The word tells what it is, and a program has the report's `end` instead. */
static void __attribute__((format(printf, 3, 4)))
say(const struct report *report, const char *word, const char *format, ...)
{
	struct verdict *verdict = report->verdict;
	va_list list;

	va_start(list, format);
	vsnprintf(verdict->why, sizeof(verdict->why), format, list);
	va_end(list);
	fprintf(stderr, "vmtest: %s: %s: %s; log: %s\n", report->opts->name, word, verdict->why,
		report->opts->log);
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
		say(report, "BOOT FAILED", "%s: %s", what, result->complaint);
	else
		say(report, "BOOT FAILED", "%s; the console's last line: %s", what,
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
	say(report, "PANIC", "%s after %.1f s: %s",
	    report->result->boot_seconds ? "while the command ran," : "at boot,",
	    report->result->seconds, console_seen(report->console)->panic);
	return STATUS_FATAL;
}

static int timed_out(const struct report *report)
{
	say(report, "TIMEOUT", "the command still ran after %u s (--timeout)",
	    report->opts->timeout);
	return STATUS_TIMEOUT;
}

static int hung(const struct report *report)
{
	console_show_tail(report->console, "  | ");
	say(report, "HUNG", "QEMU lives, and nothing has run in it for %u s (--hang-timeout)",
	    report->opts->hang_timeout);
	return STATUS_FATAL;
}

static int lost(const struct report *report)
{
	say(report, "LOST", "%s and the command's status had not come%s%s", report->result->how,
	    *report->result->complaint ? ": " : "", report->result->complaint);
	return STATUS_FATAL;
}

static int cut(const struct report *report)
{
	say(report, "LOST",
	    "the command ended with status %d, but the end of its output did not come",
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
	case HOST_HUNG:
		return hung(report);
	case HOST_SIGNAL:
		return report->result->status ? 128 + report->result->status : 0;
	case HOST_ERROR:
		break;
	}
	return STATUS_LAB;
}

static void add_splats(const struct report *report)
{
	const struct console_seen *seen = console_seen(report->console);
	struct verdict *verdict = report->verdict;
	const struct console_splat *first = &seen->splat[0];

	if (!seen->splats || report->result->end == HOST_SIGNAL)
		return;
	verdict->keep = true;
	if (report->result->end != HOST_EXIT) {
		fprintf(stderr, "vmtest: %s: before that, a SPLAT: %s\n", report->opts->name,
			first->line);
		return;
	}
	say(report, "SPLAT", "%u line%s of the kernel's log, the first%s%s: %s", seen->splats,
	    seen->splats > 1 ? "s" : "", *first->test ? " in " : "", first->test, first->line);
	fprintf(stderr, "vmtest: %s: the command itself ended with status %d\n", report->opts->name,
		report->result->status);
	verdict->status = STATUS_FATAL;
}

void verdict_say(const struct boot_opts *opts, const struct host_result *result,
		 const struct console *console, struct verdict *verdict)
{
	struct report report = {opts, result, console, verdict};

	*verdict = (struct verdict){0};
	verdict->status = by_end(&report);
	verdict->keep = result->end != HOST_EXIT && result->end != HOST_SIGNAL;
	add_splats(&report);
	if (*result->output) {
		fprintf(stderr, "vmtest: %s: output was lost: %s\n", opts->name, result->output);
		verdict->status = verdict->status ?: STATUS_LAB;
	}
}
