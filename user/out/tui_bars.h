/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A time line as bars to scale: a line per span, and an axis under them.
 * Layer: out. Must not know: incidents, marks.
 */
#ifndef OUT_TUI_BARS_H
#define OUT_TUI_BARS_H

#include "out/tui_canvas.h"
#include "trace/timeline.h"

void tui_bars(struct tui_page *page, const struct timeline *time);

/* Where its time went, in one line of so many columns: a letter per span, as many as its share. */
void tui_bars_shares(const struct canvas *c, int row, int column, int width,
		     const struct timeline *time, bool cursor);

#endif
