/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Words of physical memory, through /dev/mem. The kernel gives out what is no System RAM: registers, and
 * what the firmware has reserved.
 * Layer: lib. Must not know: what stands there; does not print.
 *
 * Addresses are multiples of 4; what is not, is -EINVAL. All return 0 (physical_open: a descriptor) or
 * -errno; -EPERM is the kernel's no (CONFIG_STRICT_DEVMEM, lockdown, no CAP_SYS_RAWIO).
 */
#ifndef LIB_PHYSICAL_H
#define LIB_PHYSICAL_H

#include <stdint.h>

/* path: "/dev/mem", or a file in its place. */
int physical_open(const char *path);

int physical_read(int memory, uint64_t address, uint32_t *words, unsigned count);

/* The first word is written last: in a block it is the one that says that the rest is there. */
int physical_write(int memory, uint64_t address, const uint32_t *words, unsigned count);

/* The lower half at the lower address. */
int physical_read64(int memory, uint64_t address, uint64_t *value);
int physical_write64(int memory, uint64_t address, uint64_t value);

#endif
