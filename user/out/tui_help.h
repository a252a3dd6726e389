/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The page that explains keys and columns.
 * Layer: out. Must not know: what a key does.
 */
#ifndef OUT_TUI_HELP_H
#define OUT_TUI_HELP_H

#include "out/tui_canvas.h"

void tui_help_draw(struct tui_page *page);

#endif
