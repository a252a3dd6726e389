/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * `seainject run FILE`: a campaign, shot by shot, with its verdicts.
 * Layer: main of seainject. Must not know: how a shot is fired, formats.
 */
#ifndef SEAINJECT_RUN_H
#define SEAINJECT_RUN_H

#include "lib/opt.h"

extern const struct opt_program seainject_run_program; /* for help and completion of commands */

/* argv[0] is "run". An exit code. */
int seainject_run(int argc, char **argv);

#endif
