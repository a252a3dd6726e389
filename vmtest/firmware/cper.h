/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * cper.h - what firmware leaves in memory for the operating system, byte for byte: the generic
 * error status block (ACPI 6.5, 18.3.2.7.1), its data entries (same) and the memory error section
 * (UEFI 2.10, N.2.5). Little-endian throughout.
 */
#ifndef VMTEST_FIRMWARE_CPER_H
#define VMTEST_FIRMWARE_CPER_H

#include <stdint.h>

/* Error severity, of a block and of an entry (ACPI 6.5, table 18.11). */
enum cper_severity {
	CPER_RECOVERABLE = 0,
	CPER_FATAL = 1,
	CPER_CORRECTED = 2,
};

/* Block status (ACPI 6.5, table 18.11). Zero: nothing is in the block. */
#define CPER_STATUS_UNCORRECTABLE          (1U << 0)
#define CPER_STATUS_CORRECTABLE            (1U << 1)
#define CPER_STATUS_MULTIPLE_UNCORRECTABLE (1U << 2)
#define CPER_STATUS_MULTIPLE_CORRECTABLE   (1U << 3)
#define CPER_STATUS_COUNT_SHIFT            4
#define CPER_STATUS_COUNT_MAX              0x3ff

/* ACPI 6.5, table 18.11 */
struct cper_block {
	uint32_t status;
	uint32_t raw_data_offset;
	uint32_t raw_data_length;
	uint32_t data_length; /* of all entries, with their sections */
	uint32_t severity;
} __attribute__((packed));

/* ACPI 6.5, table 18.12; revision 0x300 has the time stamp */
#define CPER_ENTRY_REVISION 0x300

struct cper_entry {
	uint8_t section_type[16];
	uint32_t severity;
	uint16_t revision;
	uint8_t validation;
	uint8_t flags;
	uint32_t data_length; /* of the section behind this entry */
	uint8_t fru_id[16];
	uint8_t fru_text[20];
	uint64_t timestamp;
} __attribute__((packed));

/* Platform memory: a5bc1114-6f64-4ede-b863-3e83ed7c83b1 (UEFI 2.10, N.2.2), fields little-endian */
#define CPER_SECTION_MEMORY                                                                   \
	{                                                                                     \
		0x14, 0x11, 0xbc, 0xa5, 0x64, 0x6f, 0xde, 0x4e, 0xb8, 0x63, 0x3e, 0x83, 0xed, \
			0x7c, 0x83, 0xb1                                                      \
	}

/* UEFI 2.10, N.2.5: bits of `validation`, and one value of `type` */
#define CPER_MEMORY_VALID_PA      (1ULL << 1)
#define CPER_MEMORY_VALID_PA_MASK (1ULL << 2)
#define CPER_MEMORY_VALID_TYPE    (1ULL << 14)
#define CPER_MEMORY_TYPE_ECC      2 /* single-bit ECC */

struct cper_memory {
	uint64_t validation;
	uint64_t status;
	uint64_t pa;
	uint64_t pa_mask;
	uint16_t node, card, module, bank, device, row, column, bit;
	uint64_t requestor, responder, target;
	uint8_t type;
	uint8_t extended;
	uint16_t rank, card_handle, module_handle;
} __attribute__((packed));

_Static_assert(sizeof(struct cper_block) == 20, "generic error status block");
_Static_assert(sizeof(struct cper_entry) == 72, "generic error data entry, revision 0x300");
_Static_assert(sizeof(struct cper_memory) == 80, "memory error section");

#endif
