/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The Hardware Error Source Table (ACPI 6.5, 18.3.2), taken apart.
 * Layer: lib. Must not know: who reads or writes the sources. Pure: it takes the table's bytes and
 * follows none of the addresses in it.
 */
#ifndef LIB_HEST_H
#define LIB_HEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define HEST_MAX_SOURCES 32

/* Types of sources that have a status block. */
#define HEST_GHES    9
#define HEST_GHES_V2 10 /* with a read-ack register */

/* How a source notifies (ACPI 6.5, table 18.14). */
enum hest_notify {
	HEST_NOTIFY_POLLED = 0,
	HEST_NOTIFY_EXTERNAL = 1,
	HEST_NOTIFY_SCI = 3,
	HEST_NOTIFY_GPIO = 7,
	HEST_NOTIFY_SEA = 8,
	HEST_NOTIFY_GSIV = 10,
};

struct hest_source {
	uint16_t type;
	uint16_t id;
	/* The rest is zero unless the type is HEST_GHES or HEST_GHES_V2. */
	bool enabled;
	uint8_t notify;
	bool in_memory; /* its registers are physical addresses, no ports */
	uint64_t
		status_register; /* physical address of the 64 bits that hold the block's address */
	uint32_t block_length;
	/* HEST_GHES_V2 only */
	uint64_t ack_register;
	uint8_t ack_shift; /* bits: where the next two apply in the register */
	uint64_t ack_preserve;
	uint64_t ack_write;
};

struct hest {
	unsigned int count;
	struct hest_source sources[HEST_MAX_SOURCES];
};

/* 0, or -EBADMSG with one sentence in `why`. */
int hest_parse(const void *table, size_t size, struct hest *hest, const char **why);

/* The first enabled source with a read-ack register that notifies like this; NULL: there is none.
 */
const struct hest_source *hest_find(const struct hest *hest, enum hest_notify notify);
/* Likewise, any of the interrupts by which a platform reports what nobody consumed yet. */
const struct hest_source *hest_find_interrupt(const struct hest *hest);

const char *hest_notify_name(unsigned int notify);

#endif
