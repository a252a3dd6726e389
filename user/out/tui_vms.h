/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The screen of VMs: a line each, in the order asked for, those whose name has what was asked for.
 * Layer: out. Must not know: incidents, where rows come from.
 */
#ifndef OUT_TUI_VMS_H
#define OUT_TUI_VMS_H

#include <stdbool.h>

#include "out/out_column.h"
#include "out/tui_canvas.h"
#include "out/tui_list.h"

#define TUI_FILTER  64
#define TUI_BY_NAME (-1)

/* A copy of what a row said when it was taken: a screen that is paused does not change. */
struct tui_vm;

struct tui_vms {
	struct tui_vm *taken; /* in the order of the rows */
	unsigned n_taken, max_taken;
	struct tui_vm **shown; /* sorted, filtered */
	struct tui_list list;  /* over `shown` */
	int by;                /* an index of out_columns, or TUI_BY_NAME */
	bool reversed;
	char filter[TUI_FILTER]; /* part of a name; "": all */
};

void tui_vms_init(struct tui_vms *vms);
void tui_vms_clear(struct tui_vms *vms);

/* Takes what the rows say now. 0 or -ENOMEM; then what was taken before stays. */
int tui_vms_take(struct tui_vms *vms, const struct agg *agg);

/* Sorts and filters anew, after a filter has been changed. The cursor stays on its VM. */
void tui_vms_arrange(struct tui_vms *vms);

/* True: the key meant something here. */
bool tui_vms_key(struct tui_vms *vms, int key);

void tui_vms_draw(struct tui_vms *vms, const struct canvas *c);

/* "by SEA, highest first" */
#define TUI_ORDER 64
char *tui_vms_order(const struct tui_vms *vms, char buf[TUI_ORDER]);

/* Whose line the cursor is on; false: there is none. *vm NULL: the host. */
bool tui_vms_at(const struct tui_vms *vms, struct vm **vm);

#endif
