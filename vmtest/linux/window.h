/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * window.h - the memory of the machine's ivshmem device, mapped into a program. It must not know what
 * lies behind it.
 */
#ifndef VMTEST_LINUX_WINDOW_H
#define VMTEST_LINUX_WINDOW_H

#include <stdint.h>

/* Its address is 0, without an error, when the machine has no such device. */
int window_map(uint64_t *va);

#endif
