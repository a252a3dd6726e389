/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * `seainject check FILE`: whether a campaign is right, and what it would fire. Nothing is armed.
 * Layer: main of seainject. Must not know: how a file is read (inject/campaign.h).
 */
#ifndef SEAINJECT_CHECK_H
#define SEAINJECT_CHECK_H

#include "lib/opt.h"

extern const struct opt_program seainject_check_program; /* for help and completion of commands */

/* argv[0] is "check". An exit code. */
int seainject_check(int argc, char **argv);

#endif
