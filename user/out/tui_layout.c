// SPDX-License-Identifier: GPL-2.0-only
/*
 * Arithmetic of screens.
 * Must not: draw.
 */
#include "out/tui_layout.h"

#include <string.h>

#include "lib/util.h"

/* --- rows and columns ------------------------------------------------------------------------- */

static unsigned highest(const unsigned ranks[], unsigned n)
{
	unsigned rank = 0;

	for (unsigned i = 0; i < n; i++)
		rank = UTIL_MAX(rank, ranks[i]);
	return rank;
}

unsigned tui_fit(const unsigned widths[], const unsigned ranks[], unsigned n, unsigned room,
		 bool shown[])
{
	memset(shown, 0, n * sizeof(*shown));
	for (unsigned rank = 0; rank <= highest(ranks, n); rank++) {
		for (unsigned i = 0; i < n; i++) {
			if (ranks[i] != rank)
				continue;
			/* the next ones matter less: they must not take its place */
			if (widths[i] + 1 > room)
				return room;
			shown[i] = true;
			room -= widths[i] + 1;
		}
	}
	return room;
}

unsigned tui_scroll(unsigned first, unsigned at, unsigned n, unsigned rows)
{
	unsigned last_first = n > rows ? n - rows : 0;

	if (at < first)
		first = at;
	if (rows && at >= first + rows)
		first = at - rows + 1;
	return UTIL_MIN(first, last_first);
}

/* --- time ------------------------------------------------------------------------------------- */

static unsigned rounded(uint64_t at, uint64_t total, unsigned steps)
{
	return ((unsigned __int128)at * steps + total / 2) / total;
}

struct tui_stretch tui_scale(uint64_t begin, uint64_t end, uint64_t total, unsigned steps)
{
	struct tui_stretch stretch = {0, 0};

	if (begin >= end || !total || !steps)
		return stretch;
	stretch.from = rounded(begin, total, steps);
	stretch.to = rounded(end, total, steps);
	if (stretch.from == stretch.to) { /* it shares a step with a neighbour */
		stretch.from = UTIL_MIN((unsigned __int128)begin * steps / total, steps - 1);
		stretch.to = stretch.from + 1;
	}
	return stretch;
}

uint64_t tui_tick(uint64_t total, unsigned most)
{
	static const unsigned round[] = {1, 2, 5};
	uint64_t power = 1;

	for (; most && power < UINT64_MAX / 100; power *= 10)
		for (unsigned i = 0; i < UTIL_COUNT(round); i++)
			if (total / (power * round[i]) <= most)
				return power * round[i];
	return UINT64_MAX;
}

/* The part that has least in proportion to its cells, of those that are not 0. */
static unsigned poorest(const uint64_t parts[], const unsigned shares[], unsigned n)
{
	unsigned best = n;

	for (unsigned i = 0; i < n; i++)
		if (parts[i] &&
		    (best == n || (unsigned __int128)parts[i] * (shares[best] + 1) >
					  (unsigned __int128)parts[best] * (shares[i] + 1)))
			best = i;
	return best;
}

void tui_share(const uint64_t parts[], unsigned n, unsigned cells, unsigned shares[])
{
	unsigned left = cells;

	memset(shares, 0, n * sizeof(*shares));
	for (unsigned i = 0; i < n && left; i++)
		left -= shares[i] = parts[i] != 0;
	/* one after the other (Jefferson's method): screens are narrow */
	for (unsigned to; left && (to = poorest(parts, shares, n)) < n; left--)
		shares[to]++;
}
