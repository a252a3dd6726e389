/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What goes where on a screen of a given size, in columns: what fits beside each other, time to scale.
 * Layer: out. Must not know: curses, what is shown.
 */
#ifndef OUT_TUI_LAYOUT_H
#define OUT_TUI_LAYOUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Which of n columns fit into `room`, each with a blank before it; those of a lower rank first.
 * Returns the room that is left.
 */
unsigned tui_fit(const unsigned widths[], const unsigned ranks[], unsigned n, unsigned room,
		 bool shown[]);

/* The first of n lines to show so that line `at` is among the `rows` that are seen. */
unsigned tui_scroll(unsigned first, unsigned at, unsigned n, unsigned rows);

/*
 * begin..end out of `total`, as steps from..to (without to) of `steps`: neighbours meet, all of them
 * make up all steps, and what is not empty has at least one.
 */
struct tui_stretch {
	unsigned from, to;
};
struct tui_stretch tui_scale(uint64_t begin, uint64_t end, uint64_t total, unsigned steps);

/* A round distance (1, 2, 5 times a power of ten) at which an axis gets at most `most` marks. */
uint64_t tui_tick(uint64_t total, unsigned most);

/*
 * `cells` shared out in proportion to n parts; their sum is `cells` if any part is not 0. A part
 * that is not 0 gets at least one, as long as there are enough for all of these.
 */
void tui_share(const uint64_t parts[], unsigned n, unsigned cells, unsigned shares[]);

#endif
