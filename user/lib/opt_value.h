/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The value of one option, or of what else is described as one is: from text into a struct.
 * Layer: lib, behind opt.h. Must not know: argv, argp; does not print.
 */
#ifndef LIB_OPT_VALUE_H
#define LIB_OPT_VALUE_H

#include "lib/opt.h"

bool opt_takes_value(const struct opt *opt);

/*
 * Stores `text` (NULL when the kind takes none) at opt->offset of config. 0, or -EINVAL with one
 * line about the value in err: "--ring-size: '7x' is not a number between 1 and 1024".
 */
int opt_take(const struct opt *opt, const char *text, void *config, char *err, size_t errlen);

/* The same for values that are no option's: "'7x' is not a number between 1 and 1024". */
int opt_read(const struct opt *opt, const char *text, void *config, char *err, size_t errlen);

/* "json, table"; free it. NULL: no memory. */
char *opt_join_words(const char *const *words, const char *between);

#endif
