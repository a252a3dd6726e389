/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Where an order's guest physical addresses are for its method: the addresses or page frames that its
 * target is told apart by, as they are now.
 * Layer: inject. Must not know: rules, the kernel's memslots (slots.h). Memory moves: to be asked for right
 * before it is used.
 */
#ifndef INJECT_AIM_H
#define INJECT_AIM_H

#include "inject/method.h"
#include "inject/order.h"
#include "inject/slots.h"

struct aim {
	uint64_t first,
		last; /* of struct sea_rule, both inclusive; all of them where it is not asked */
	uint64_t *
		frames; /* page frames that it is about: of a target by frames, and of a page to be taken */
	size_t n_frames;
};

/* Whether memslots are read for it: a reader that is opened for nothing costs time. */
bool aim_needs_memory(const struct order *order, const struct method *method);

/*
 * Finds it. slots: NULL where no memory is needed. *out is aim_clear()ed by the caller, also after an error. 0, or -errno with the reason in
 * why[]: -ENXIO no memory of the VM, -ENOENT no page there, -E2BIG too much of it, -EXDEV memory that
 * others have too, else as slots_place().
 */
int aim_find(struct aim *out, struct slots *slots, const struct order *order,
	     const struct method *method, char why[160]);

void aim_clear(struct aim *aim);

#endif
