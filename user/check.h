/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * --check: what a watch with this configuration would see and take, found out by attaching it all
 * and taking it off again, as far as privileges allow.
 * Layer: main of seatrace. Must not know: the format.
 */
#ifndef CHECK_H
#define CHECK_H

#include "watch.h"

/* An exit code: that of the watch, as far as it comes here. */
int check(const struct watch_config *config);

#endif
