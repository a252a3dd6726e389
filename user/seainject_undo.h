/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * `seainject undo`: what outlived seainject in this boot, taken back.
 * Layer: main of seainject. Must not know: any single method, campaigns.
 */
#ifndef SEAINJECT_UNDO_H
#define SEAINJECT_UNDO_H

#include "lib/opt.h"

extern const struct opt_program seainject_undo_program; /* for help and completion of commands */

/* argv[0] is "undo". An exit code. */
int seainject_undo(int argc, char **argv);

#endif
