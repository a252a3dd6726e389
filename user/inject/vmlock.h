/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A VM is shot at by one seainject at a time: a lock per VM, which the kernel takes away from a process
 * that ends, however it ends.
 * Layer: inject. Must not know: VMs' names, campaigns; does not print.
 */
#ifndef INJECT_VMLOCK_H
#define INJECT_VMLOCK_H

#include <stdint.h>

#define VMLOCK_DIR "/run/seainject"

struct vmlock;

/*
 * dir: VMLOCK_DIR, or a test's own; made when it is not there. 0 or -errno: -EBUSY when another process
 * has it, then *holder is that one's id (0: it does not say).
 */
int vmlock_take(struct vmlock **out, const char *dir, uint32_t tgid, uint64_t start_ticks,
		uint32_t *holder);

/* Accepts NULL. */
void vmlock_release(struct vmlock *lock);

#endif
