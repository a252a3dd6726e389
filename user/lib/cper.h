/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Names of the numbers in a firmware error record.
 * Layer: lib. Must not know: where a record is kept, marks, incidents; does not parse records.
 *
 * Every name is a static string fit for a JSON value or a metric's label; a number outside its
 * table is "unknown", never NULL.
 */
#ifndef LIB_CPER_H
#define LIB_CPER_H

/* Severity of a record or section: recoverable, fatal, corrected, info (UEFI 2.10 N.2.1). */
const char *cper_severity_name(unsigned severity);

/*
 * HEST notification type: polled, irq, local-irq, sci, nmi, cmci, mce, gpio, sea, sei, gsiv, sdei
 * (ACPI 6.5 table 18.14; enum acpi_hest_notify_types, include/acpi/actbl1.h).
 */
const char *cper_notify_name(unsigned notify);

/* enum sea_section_kind (sea/mark.h): other, memory, arm. */
const char *cper_section_name(unsigned kind);

#endif
