/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * block.h - builds a generic error status block that reports memory errors. Pure: bytes in a
 * buffer.
 */
#ifndef VMTEST_FIRMWARE_BLOCK_H
#define VMTEST_FIRMWARE_BLOCK_H

#include <stddef.h>
#include <stdint.h>

#include "cper.h"

/* The length of a block with this many sections; a multiple of four. */
size_t block_length(unsigned int count);

/*
 * One memory error section per address. 0, or -EINVAL (no address, too many for the block's own
 * count), -ENOSPC (`size` is too small).
 */
int block_build(void *buffer, size_t size, enum cper_severity severity, const uint64_t *pa,
		unsigned int count);

#endif
