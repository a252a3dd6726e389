/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * `seainject fire`: one order, carried out at once.
 * Layer: main of seainject. Must not know: any single method, campaigns.
 */
#ifndef SEAINJECT_FIRE_H
#define SEAINJECT_FIRE_H

#include "lib/opt.h"

extern const struct opt_program seainject_fire_program; /* for help and completion of commands */

/* argv[0] is "fire". An exit code. */
int seainject_fire(int argc, char **argv);

#endif
