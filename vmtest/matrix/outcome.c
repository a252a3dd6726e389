// SPDX-License-Identifier: GPL-2.0-only
/* outcome.c - whose fault it was. */
#include "outcome.h"

#include <jansson.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "lib/util.h"

/* How a boot ended, and what that is for a test in whose midst it did. */
static const struct {
	const char *end;
	enum cell_status status;
} ends[] = {
	{"exit", CELL_LOST}, /* what runs the tests is gone, and said nothing of this one */
	{"timeout", CELL_TIMEOUT}, {"lost", CELL_LOST},     {"cut", CELL_LOST},
	{"panic", CELL_PANIC},     {"hung", CELL_HUNG},     {"signal", CELL_NOT_RUN},
	{"down", CELL_BROKEN},     {"not-up", CELL_BROKEN}, {"error", CELL_BROKEN},
	{"lab", CELL_BROKEN},
};

static enum cell_status status_of(const char *end)
{
	for (size_t i = 0; i < UTIL_COUNT(ends); i++)
		if (!strcmp(end, ends[i].end))
			return ends[i].status;
	return CELL_BROKEN;
}

static const char *text_of(const json_t *report, const char *key)
{
	return json_string_value(json_object_get(report, key)) ?: "";
}

static char *last_line(const char *log)
{
	char *copy = strdup(log), *line = copy ? strrchr(copy, '\n') : NULL, *last;

	if (line)
		*line = '\0';
	line = copy ? strrchr(copy, '\n') : NULL;
	last = strdup(line ? line + 1 : copy && *copy ? copy : "vmtest run said nothing");
	free(copy);
	return last;
}

/* Ended by a signal that asks for it; a shell tells that by its status. */
static bool was_stopped(int wait_status)
{
	int signal =
		WIFSIGNALED(wait_status) ? WTERMSIG(wait_status) : WEXITSTATUS(wait_status) - 128;

	return signal == SIGTERM || signal == SIGINT || signal == SIGHUP;
}

/* Without a report it came to no boot: the last line of what was said is the reason. */
static void describe(struct boot *boot, const struct cell *said, const json_t *report,
		     int wait_status)
{
	const char *why = text_of(report, "why");
	bool stopped = !report && was_stopped(wait_status);

	boot->end = strdup(report ? text_of(report, "end") : stopped ? "signal" : "lab");
	boot->seconds = json_number_value(json_object_get(report, "seconds"));
	boot->boot_seconds = json_number_value(json_object_get(report, "boot_seconds"));
	if (*why)
		boot->why = strdup(why);
	else if (!report && !stopped)
		boot->why = last_line(said->log ?: "");
}

/* The reason of a cell that has none of its own. */
static const char *reason_of(const struct boot *boot)
{
	return boot->why ?: !strcmp(boot->end, "signal") ? "the run was stopped" : "";
}

/* The boot's own are those before the first test. */
static void take_splats(struct column *column, unsigned int boot, const json_t *report)
{
	const json_t *splat;
	size_t i;

	json_array_foreach(json_object_get(report, "splats"), i, splat)
	{
		const char *test = text_of(splat, "test");
		struct cell *cell = matrix_cell(column, *test ? test : "boot") ?: column->cells;

		if (cell->status < CELL_SPLAT)
			cell->boot = boot;
		cell_set(cell, CELL_SPLAT, "%s", text_of(splat, "line"));
	}
}

/*
 * In whose midst it ended. The kernel's log is ahead of what the runner's lines tell: those may have
 * been lost with the host. The test that they speak of is asked again then, as its result was.
 */
static struct cell *find_victim(struct column *column, unsigned int boot, struct cell *running,
				const json_t *report)
{
	struct cell *logged = matrix_cell(column, text_of(report, "test"));

	if (!logged || logged == running || logged->status != CELL_WAITING)
		return running;
	if (running)
		running->status = CELL_WAITING;
	logged->boot = boot;
	return logged;
}

static void judge(struct cell *cell, const struct boot *boot, const json_t *report,
		  const struct outcome *outcome)
{
	int command = json_integer_value(json_object_get(report, "command"));

	if (outcome->too_long)
		cell_set(cell, CELL_TIMEOUT, "the host did not end it either");
	else if (!strcmp(boot->end, "exit"))
		cell_set(cell, CELL_LOST, "what runs the tests in the host ended with status %d",
			 command);
	else
		cell_set(cell, status_of(boot->end), "%s", reason_of(boot));
}

void outcome_of_boot(struct column *column, struct boot *boot, const struct outcome *outcome)
{
	json_t *report = json_load_file(outcome->report, 0, NULL);
	struct cell *up = &column->cells[0], *victim;
	unsigned int nth = boot - column->boots + 1;

	describe(boot, up, report, outcome->wait_status);
	if (boot->boot_seconds > 0) {
		up->boot = up->boot ?: nth;
		if (up->status == CELL_WAITING) {
			up->seconds = boot->boot_seconds;
			cell_set(up, CELL_PASS, NULL);
		}
	} else {
		cell_set(up, status_of(boot->end), "%s", reason_of(boot));
	}
	victim = find_victim(column, nth, outcome->running, report);
	take_splats(column, nth, report); /* what has one is not asked again, nor acquitted */
	if (victim)
		judge(victim, boot, report, outcome);
	json_decref(report);
}

void outcome_spread(struct column *column, unsigned int share, enum cell_status status,
		    const char *why)
{
	for (size_t i = 0; i < column->cell_count; i++) {
		struct cell *cell = &column->cells[i];

		if (cell->status == CELL_WAITING && (!i || cell->share == share))
			cell_set(cell, status, "%s", why);
	}
}
