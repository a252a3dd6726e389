/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * source.h - one error source in physical memory: its block and its read-ack register.
 */
#ifndef VMTEST_FIRMWARE_SOURCE_H
#define VMTEST_FIRMWARE_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct hest_source;

/*
 * `memory` is a descriptor of lib/physical.h. Two writers of one block would mix their records: only one program at a time writes, the next one
 * waits here. Reading needs no lock.
 */
int source_lock(int memory);
void source_unlock(int memory);

/* All return 0 or -errno. */
int source_block_address(int memory, const struct hest_source *source, uint64_t *address);
/* Whether the block's status says that a record is in it, unread. */
int source_is_full(int memory, const struct hest_source *source, bool *full);
/* Whether the operating system gave the block back to the firmware. */
int source_is_acked(int memory, const struct hest_source *source, bool *acked);
/* -ETIMEDOUT. There is no event to wait for: firmware has to poll as well. */
int source_wait_acked(int memory, const struct hest_source *source, unsigned int timeout_ms);
/* As firmware does: take the acknowledgement back, then write the record. */
int source_write(int memory, const struct hest_source *source, const void *block, size_t size);

#endif
