/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The screen of incidents: those that closed last and retried ones that are open, of one VM or of all,
 * newest first.
 * Layer: out. Must not know: how incidents come about, the screens around it.
 */
#ifndef OUT_TUI_INCIDENTS_H
#define OUT_TUI_INCIDENTS_H

#include <stdbool.h>

#include "out/out.h"
#include "out/tui_canvas.h"
#include "out/tui_list.h"
#include "trace/history.h"

struct tui_incidents {
	struct history_item *taken; /* its incidents are held */
	unsigned n_taken, max_taken;
	uint64_t beyond; /* older ones, forgotten */
	unsigned *shown; /* which of `taken` */
	bool all;        /* of all VMs */
	struct vm *vm;   /* held; else of this one; NULL: of the host */
	struct tui_list list;
};

void tui_incidents_clear(struct tui_incidents *incidents);

/* Takes what there is now. 0 or -ENOMEM; then not all is taken, or what was taken before stays. */
int tui_incidents_take(struct tui_incidents *incidents, const struct history *history);

/* Of this VM (NULL: the host), or of all; the cursor goes to the newest. */
void tui_incidents_of(struct tui_incidents *incidents, bool all, struct vm *vm);

bool tui_incidents_key(struct tui_incidents *incidents, int key);

void tui_incidents_draw(struct tui_incidents *incidents, const struct canvas *c,
			const struct out *out);

/* The one that the cursor is on, or the one with this id; NULL: there is none. */
const struct history_item *tui_incidents_at(const struct tui_incidents *incidents);
const struct history_item *tui_incidents_find(const struct tui_incidents *incidents, uint64_t id);

#endif
