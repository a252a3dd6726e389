/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Reading of the HEST (hest.h). Every length is checked before it is believed: the table is somebody
 * else's.
 */
#include "lib/hest.h"

#include <endian.h>
#include <errno.h>
#include <string.h>

#define HEADER_SIZE   40 /* ACPI header and the count of sources */
#define LENGTH_OFFSET 4
#define COUNT_OFFSET  36
#define GHES_SIZE     64
#define GHES_V2_SIZE  92

/* Offsets in a generic address structure (ACPI 6.5, 5.2.3.2); space 0 is memory. */
enum { GAS_SPACE = 0, GAS_SHIFT = 2, GAS_ADDRESS = 4 };

/* Offsets in a GHES (ACPI 6.5, table 18.10) and in a GHESv2 (18.3.2.8). */
enum {
	OFF_ID = 2,
	OFF_ENABLED = 7,
	OFF_STATUS = 20,
	OFF_NOTIFY = 32,
	OFF_BLOCK_LENGTH = 60,
	OFF_ACK = 64,
	OFF_ACK_PRESERVE = 76,
	OFF_ACK_WRITE = 84,
};

static uint16_t get16(const uint8_t *at)
{
	uint16_t value;

	memcpy(&value, at, sizeof(value));
	return le16toh(value);
}

static uint32_t get32(const uint8_t *at)
{
	uint32_t value;

	memcpy(&value, at, sizeof(value));
	return le32toh(value);
}

static uint64_t get64(const uint8_t *at)
{
	uint64_t value;

	memcpy(&value, at, sizeof(value));
	return le64toh(value);
}

/* The size of a source, which the table does not say; 0: unknown. Some have banks of registers. */
static size_t source_size(const uint8_t *at, size_t left)
{
	static const struct {
		uint8_t size, banks_at;
	} types[] = {
		[0] = {40, 32},
		[1] = {48, 44}, /* machine check, corrected */
		[2] = {20, 0},  /* NMI */
		[6] = {48, 0},
		[7] = {44, 0},
		[8] = {56, 0}, /* PCIe */
		[HEST_GHES] = {GHES_SIZE, 0},
		[HEST_GHES_V2] = {GHES_V2_SIZE, 0},
		[11] = {48, 44}, /* deferred machine check */
	};
	uint16_t type = get16(at);
	size_t size;

	if (type >= sizeof(types) / sizeof(*types))
		return 0;
	size = types[type].size;
	if (types[type].banks_at && left >= size)
		size += 28 * at[types[type].banks_at];
	return size;
}

static void read_source(const uint8_t *at, struct hest_source *source)
{
	*source = (struct hest_source){.type = get16(at), .id = get16(at + OFF_ID)};
	if (source->type != HEST_GHES && source->type != HEST_GHES_V2)
		return;
	source->enabled = at[OFF_ENABLED];
	source->notify = at[OFF_NOTIFY];
	source->in_memory = !at[OFF_STATUS + GAS_SPACE];
	source->status_register = get64(at + OFF_STATUS + GAS_ADDRESS);
	source->block_length = get32(at + OFF_BLOCK_LENGTH);
	if (source->type != HEST_GHES_V2)
		return;
	source->in_memory &= !at[OFF_ACK + GAS_SPACE];
	source->ack_shift = at[OFF_ACK + GAS_SHIFT];
	source->ack_register = get64(at + OFF_ACK + GAS_ADDRESS);
	source->ack_preserve = get64(at + OFF_ACK_PRESERVE);
	source->ack_write = get64(at + OFF_ACK_WRITE);
}

int hest_parse(const void *table, size_t size, struct hest *hest, const char **why)
{
	const uint8_t *at = table, *end;
	uint32_t count;

	hest->count = 0;
	*why = "it is no HEST";
	if (size < HEADER_SIZE || memcmp(at, "HEST", 4))
		return -EBADMSG;
	*why = "it is truncated";
	if (get32(at + LENGTH_OFFSET) < HEADER_SIZE || get32(at + LENGTH_OFFSET) > size)
		return -EBADMSG;
	end = at + get32(at + LENGTH_OFFSET);
	count = get32(at + COUNT_OFFSET);
	for (at += HEADER_SIZE; count; count--) {
		size_t left = end - at, length;

		*why = "it is truncated";
		if (left < 4)
			return -EBADMSG;
		length = source_size(at, left);
		if (length > left)
			return -EBADMSG;
		*why = length ? "it has more sources than we keep"
			      : "it has a source of unknown type";
		if (!length || hest->count == HEST_MAX_SOURCES)
			return -EBADMSG;
		read_source(at, &hest->sources[hest->count++]);
		at += length;
	}
	return 0;
}

const struct hest_source *hest_find(const struct hest *hest, enum hest_notify notify)
{
	const struct hest_source *source = hest->sources;

	for (; source < hest->sources + hest->count; source++)
		if (source->type == HEST_GHES_V2 && source->enabled && source->notify == notify)
			return source;
	return NULL;
}

const struct hest_source *hest_find_interrupt(const struct hest *hest)
{
	static const enum hest_notify kinds[] = {HEST_NOTIFY_GPIO, HEST_NOTIFY_GSIV,
						 HEST_NOTIFY_SCI, HEST_NOTIFY_EXTERNAL};
	const struct hest_source *source = NULL;
	unsigned int i;

	for (i = 0; i < sizeof(kinds) / sizeof(*kinds) && !source; i++)
		source = hest_find(hest, kinds[i]);
	return source;
}

const char *hest_notify_name(unsigned int notify)
{
	static const char *const names[] = {"polled", "irq",  "local-irq", "sci", "nmi",  "cmci",
					    "mce",    "gpio", "sea",       "sei", "gsiv", "sdei"};

	return notify < sizeof(names) / sizeof(*names) ? names[notify] : "unknown";
}
