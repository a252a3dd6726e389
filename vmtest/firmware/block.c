// SPDX-License-Identifier: GPL-2.0-only
/*
 * block.c - the bytes of an error record. It must not know where they go.
 */
#include "block.h"

#include <endian.h>
#include <errno.h>
#include <string.h>

#define SECTION_SIZE (sizeof(struct cper_entry) + sizeof(struct cper_memory))
#define PAGE_GRANULE 0x1000 /* what the mask says is bad: the kernel takes pages away anyway */

size_t block_length(unsigned int count)
{
	return sizeof(struct cper_block) + count * SECTION_SIZE;
}

static uint32_t block_status(enum cper_severity severity, unsigned int count)
{
	uint32_t status = count << CPER_STATUS_COUNT_SHIFT;

	if (severity == CPER_CORRECTED) {
		status |= CPER_STATUS_CORRECTABLE;
		if (count > 1)
			status |= CPER_STATUS_MULTIPLE_CORRECTABLE;
	} else {
		status |= CPER_STATUS_UNCORRECTABLE;
		if (count > 1)
			status |= CPER_STATUS_MULTIPLE_UNCORRECTABLE;
	}
	return status;
}

static char *put(char *at, const void *what, size_t size)
{
	memcpy(at, what, size);
	return at + size;
}

int block_build(void *buffer, size_t size, enum cper_severity severity, const uint64_t *pa,
		unsigned int count)
{
	const struct cper_block block = {
		.status = htole32(block_status(severity, count)),
		.data_length = htole32(count * SECTION_SIZE),
		.severity = htole32(severity),
	};
	const struct cper_entry entry = {
		.section_type = CPER_SECTION_MEMORY,
		.severity = htole32(severity),
		.revision = htole16(CPER_ENTRY_REVISION),
		.data_length = htole32(sizeof(struct cper_memory)),
	};
	struct cper_memory memory = {
		.validation = htole64(CPER_MEMORY_VALID_PA | CPER_MEMORY_VALID_PA_MASK |
				      CPER_MEMORY_VALID_TYPE),
		.pa_mask = htole64(~(uint64_t)(PAGE_GRANULE - 1)),
		.type = CPER_MEMORY_TYPE_ECC,
	};
	char *at = buffer;
	unsigned int i;

	if (!count || count > CPER_STATUS_COUNT_MAX)
		return -EINVAL;
	if (block_length(count) > size)
		return -ENOSPC;
	at = put(at, &block, sizeof(block));
	for (i = 0; i < count; i++) {
		memory.pa = htole64(pa[i]);
		at = put(at, &entry, sizeof(entry));
		at = put(at, &memory, sizeof(memory));
	}
	return 0;
}
