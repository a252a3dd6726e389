/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Names of the numbers in a firmware error record.
 * Layer: lib. Must not know: where a record is kept, marks, incidents; does not parse records.
 *
 * Every name is a static string fit for a JSON value or a metric's label; a number outside its
 * table is "unknown", never NULL. The tables are for who prints by tables.
 */
#ifndef LIB_CPER_H
#define LIB_CPER_H

/* Severity of a record or section: recoverable, fatal, corrected, info (UEFI 2.10 N.2.1). */
extern const char *const cper_severities[4];
const char *cper_severity_name(unsigned severity);

/*
 * HEST notification type: polled, irq, local-irq, sci, nmi, cmci, mce, gpio, sea, sei, gsiv, sdei
 * (ACPI 6.5 table 18.14; enum acpi_hest_notify_types, include/acpi/actbl1.h).
 */
const char *cper_notify_name(unsigned notify);

/* enum sea_section_kind (sea/mark.h): other, memory, arm-processor. */
extern const char *const cper_sections[3];

/* Memory error type: single-bit-ecc, ... (UEFI 2.10 N.2.5). */
extern const char *const cper_memory_types[16];

/*
 * ARM error information type (UEFI 2.10 N.2.4.4.1): one bit each; until 2.9 they were numbers, of
 * which 2 (bus) now means cache. NULL: several, or none that is known.
 */
extern const char *const cper_processor_types[17];

/* ARM error information flags, all of them: "first+propagated"; NULL: none. */
extern const char *const cper_processor_flags[16];

#endif
