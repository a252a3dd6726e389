/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Fixed-width types for what both the BPF programs and user space read.
 * Layer: the bottom. Must not know: anything else of the project.
 */
#ifndef SEA_TYPES_H
#define SEA_TYPES_H

#include <linux/types.h>
#include <stddef.h>

#ifdef __cplusplus
#error "the mark contract is C"
#endif

/* A struct that crosses the ring has the same size on every side that compiles it. */
#define SEA_ASSERT_SIZE(type, bytes) \
	_Static_assert(sizeof(type) == (bytes), #type " is part of the ABI: bump SEA_ABI")

#endif
