// SPDX-License-Identifier: GPL-2.0-only
/*
 * Keys that move within lists and pages.
 * Must not: draw.
 */
#include "out/tui_list.h"

#include <curses.h>

#include "lib/util.h"
#include "out/tui_layout.h"

void tui_list_fit(struct tui_list *list, unsigned n, unsigned rows)
{
	list->n = n;
	list->rows = rows;
	if (list->at >= n)
		list->at = n ? n - 1 : 0;
	list->first = tui_scroll(list->first, list->at, n, rows);
}

static unsigned up(unsigned from, unsigned by)
{
	return from > by ? from - by : 0;
}

/* Where a key leads from line `from`, the last one being `last`; false: it is none of these. */
static bool leads(int key, unsigned rows, unsigned last, unsigned from, unsigned *to)
{
	unsigned page = UTIL_MAX(rows, 2) - 1;

	switch (key) {
	case KEY_UP:
	case 'k':
		*to = up(from, 1);
		return true;
	case KEY_DOWN:
	case 'j':
		*to = UTIL_MIN(from + 1, last);
		return true;
	case KEY_PPAGE:
		*to = up(from, page);
		return true;
	case KEY_NPAGE:
		*to = UTIL_MIN(from + page, last);
		return true;
	case KEY_HOME:
	case 'g':
		*to = 0;
		return true;
	case KEY_END:
	case 'G':
		*to = last;
		return true;
	default:
		return false;
	}
}

bool tui_list_key(struct tui_list *list, int key)
{
	return leads(key, list->rows, up(list->n, 1), list->at, &list->at);
}

bool tui_list_page_key(struct tui_list *list, int key)
{
	bool moved = leads(key, list->rows, up(list->n, list->rows), list->first, &list->first);

	list->at = list->first;
	return moved;
}
