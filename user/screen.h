/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The live view (--tui), of a watch or a recording: what it is fed and when it is drawn.
 * Layer: main of seatrace. Must not know: where numbers come from, keys, what a screen looks like.
 */
#ifndef SCREEN_H
#define SCREEN_H

#include <stdbool.h>
#include <stdint.h>

#include "out/tui.h"

struct screen;

struct screen_config {
	struct tui_config tui;
	/* Fills what there is to show now, but for the history. */
	void (*look)(void *ctx, struct tui_data *data);
	void *ctx;
};

/* Finds out whether there is a terminal: 0, or an exit code after one line on stderr. */
int screen_new(struct screen **out);
/* The terminal is as it was. Accepts NULL. */
void screen_free(struct screen *s);

/* An incident that is open has been retried; one has closed. */
void screen_retried(struct screen *s, const struct incident *inc);
void screen_closed(struct screen *s, const struct incident *inc);

/* From here on it has the terminal. */
int screen_show(struct screen *s, const struct screen_config *config);

/* What to poll, -1 before it is shown; until when at most. */
int screen_fd(const struct screen *s);
uint64_t screen_deadline(const struct screen *s);

/* Cheap when there is nothing to do. Draws what is new, at most ten times a second but for keys. */
void screen_run(struct screen *s, uint64_t now_ns);

/* The user wants no more. */
bool screen_over(const struct screen *s);

#endif
