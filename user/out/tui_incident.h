/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The screen of one incident: what is known of it, its time line as bars, its marks.
 * Layer: out. Must not know: any single mark, the screens around it.
 */
#ifndef OUT_TUI_INCIDENT_H
#define OUT_TUI_INCIDENT_H

#include "out/out.h"
#include "out/tui_canvas.h"
#include "trace/history.h"

/* Draws the page from its first line on. */
void tui_incident_draw(struct tui_page *page, const struct out *out,
		       const struct history_item *item);

#endif
