/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * An order whose method fires by itself: carried out at once, with what that takes.
 * Layer: main of seainject. Must not know: any single method, options, how a VM is found.
 */
#ifndef SEAINJECT_HIT_H
#define SEAINJECT_HIT_H

#include <stdint.h>

#include "inject/method.h"
#include "inject/order.h"

/*
 * vm: its name. journal: NULL for the default one; of a dry run nothing is written down. 0, or an exit
 * code after one line on stderr; *done says how many shots there were, also when that is fewer than asked.
 */
int hit_fire(const struct method *method, const struct order *order, const char *vm,
	     const char *journal, uint64_t *done);

#endif
