/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A table of options as one row after the other, those of the tables within it among them.
 * Layer: lib, behind opt.h. Must not know: what a row means.
 */
#ifndef LIB_OPT_ROWS_H
#define LIB_OPT_ROWS_H

#include "lib/opt.h"

/* Ends with a row without a name; free it. Offsets are into the program's config. NULL: no memory. */
struct opt *opt_rows(const struct opt *opts);

#endif
