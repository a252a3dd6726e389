// SPDX-License-Identifier: GPL-2.0-only
/*
 * Rows of options (opt_rows.h).
 */
#include "lib/opt_rows.h"

#include <stdlib.h>

/* Copies rows to `out`, or only counts them when that is NULL. */
static size_t copy(const struct opt *opts, size_t base, struct opt *out)
{
	size_t n = 0;

	for (; opts->name || opts->rows; opts++) {
		if (opts->rows) {
			n += copy(opts->rows, base + opts->offset, out ? out + n : NULL);
			continue;
		}
		if (out) {
			out[n] = *opts;
			out[n].offset += base;
		}
		n++;
	}
	return n;
}

struct opt *opt_rows(const struct opt *opts)
{
	struct opt *rows = calloc(copy(opts, 0, NULL) + 1, sizeof(*rows));

	if (rows)
		copy(opts, 0, rows);
	return rows;
}
