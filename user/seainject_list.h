/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * `seainject list`: the methods, and whether this kernel has them.
 * Layer: main of seainject. Must not know: any single method.
 */
#ifndef SEAINJECT_LIST_H
#define SEAINJECT_LIST_H

#include "lib/opt.h"

extern const struct opt_program seainject_list_program; /* for help and completion of commands */

/* argv[0] is "list". An exit code. */
int seainject_list(int argc, char **argv);

#endif
