/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Where one is in a list that is longer than the screen.
 * Layer: out. Must not know: what is listed.
 */
#ifndef OUT_TUI_LIST_H
#define OUT_TUI_LIST_H

#include <stdbool.h>

struct tui_list {
	unsigned at;    /* the line that keys act on */
	unsigned first; /* the first that is seen */
	unsigned n, rows;
};

/* There are n lines now, and room for so many of them. */
void tui_list_fit(struct tui_list *list, unsigned n, unsigned rows);

/* Moves, when this is a key that does. */
bool tui_list_key(struct tui_list *list, int key);

/* The same keys for a page without a cursor, of which `first` is the first line. */
bool tui_list_page_key(struct tui_list *list, int key);

#endif
