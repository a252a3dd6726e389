/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * hole.h - the guest memory behind which there is nothing: physical addresses that no device and no
 * memory answers, so that a load is a real synchronous external abort.
 */
#ifndef VMTEST_GUEST_HOLE_H
#define VMTEST_GUEST_HOLE_H

#include <stddef.h>
#include <stdint.h>

struct vm;

#define HOLE_STRIDE 8

/* Maps the hole into the VM at the first call. On failure `why` says what to do about it. */
int hole_open(struct vm *vm, char *why, size_t size);

/* Guest addresses for `count` loads, HOLE_STRIDE apart, other than those handed out before. */
int hole_take(struct vm *vm, uint64_t count, uint64_t *gpa);

#endif
