/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The live view: full screens of VMs, of incidents, of one incident, on the terminal that stdin and
 * stdout are.
 * Layer: out. Must not know: where rows and incidents come from, the clock, probes.
 */
#ifndef OUT_TUI_H
#define OUT_TUI_H

#include <stdbool.h>

#include "out/out.h"
#include "trace/agg.h"
#include "trace/history.h"

struct tui;

struct tui_config {
	const struct out *out; /* color, times and names; stays the caller's */
	const char *source;    /* what is seen: "live", the name of a recording */
};

/* What there is to show. */
struct tui_data {
	const struct agg *agg;
	const struct history *history;
	struct out_losses losses;
	uint64_t now_ns, incidents; /* CLOCK_MONOTONIC; closed so far */
	unsigned open_incidents;
};

/* Whether there is a terminal: 0, or an exit code after one line on stderr. */
int tui_check(void);

/* 0, or an exit code after one line on stderr. Until tui_free() stderr is captured. */
int tui_open(struct tui **out, const struct tui_config *config);
/* The terminal is as it was. Accepts NULL. */
void tui_free(struct tui *t);

/* Readable when tui_input() has something to do. */
int tui_fd(const struct tui *t);

/* Takes keys, sizes, lines on stderr. True: it is time to draw. */
bool tui_input(struct tui *t);

/* The user has left, or the terminal has gone. */
bool tui_over(const struct tui *t);

/* What is shown from now on; while paused nothing is taken. */
void tui_take(struct tui *t, const struct tui_data *data);

void tui_draw(struct tui *t);

#endif
