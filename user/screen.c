// SPDX-License-Identifier: GPL-2.0-only
/*
 * Looks, and draws when something is new.
 * Must not: draw by itself.
 */
#include "screen.h"

#include <stdlib.h>
#include <string.h>

#include "lib/exit.h"
#include "lib/log.h"
#include "lib/util.h"

#define HISTORY_MAX 1000                   /* incidents that can be looked at: about 10 MB */
#define SOON_NS     (100 * UTIL_NS_PER_MS) /* from one look to the next, when marks come */
#define CLOCK_NS    UTIL_NS_PER_S          /* when none come */

struct screen {
	struct screen_config config;
	struct history *history;
	struct tui *tui; /* NULL: not shown yet */
	uint64_t looked_ns;
	bool waiting; /* there may be news, but it is too soon */
};

int screen_new(struct screen **out)
{
	struct screen *s;
	int exit_code = tui_check();

	if (exit_code)
		return exit_code;
	s = calloc(1, sizeof(*s));
	if (s)
		s->history = history_new(HISTORY_MAX);
	if (!s || !s->history) {
		log_error("--tui: no memory");
		screen_free(s);
		return EXIT_ENVIRONMENT;
	}
	*out = s;
	return 0;
}

void screen_free(struct screen *s)
{
	if (!s)
		return;
	tui_free(s->tui);
	history_free(s->history);
	free(s);
}

void screen_retried(struct screen *s, const struct incident *inc)
{
	history_open(s->history, inc);
}

void screen_closed(struct screen *s, const struct incident *inc)
{
	history_add(s->history, inc);
}

static void look(struct screen *s, uint64_t now_ns)
{
	struct tui_data data = {.history = s->history};

	s->config.look(s->config.ctx, &data);
	tui_take(s->tui, &data);
	tui_draw(s->tui);
	s->looked_ns = now_ns;
	s->waiting = false;
}

int screen_show(struct screen *s, const struct screen_config *config)
{
	int exit_code = tui_open(&s->tui, &config->tui);

	if (exit_code)
		return exit_code;
	s->config = *config;
	look(s, util_clock_ns(CLOCK_MONOTONIC));
	return 0;
}

int screen_fd(const struct screen *s)
{
	return s->tui ? tui_fd(s->tui) : -1;
}

uint64_t screen_deadline(const struct screen *s)
{
	return s->looked_ns + (s->waiting ? SOON_NS : CLOCK_NS);
}

void screen_run(struct screen *s, uint64_t now_ns)
{
	bool keys = tui_input(s->tui);

	s->waiting = true; /* whatever the caller woke up for */
	if (now_ns >= s->looked_ns + SOON_NS)
		look(s, now_ns);
	else if (keys)
		tui_draw(s->tui);
}

bool screen_over(const struct screen *s)
{
	return s->tui && tui_over(s->tui);
}
