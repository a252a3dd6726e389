/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a shot can be limited to, out of the words that people write: guest addresses, kinds of faults.
 * Layer: inject. Must not know: where the words come from, which method honours them.
 */
#ifndef INJECT_SCOPE_H
#define INJECT_SCOPE_H

#include <stdbool.h>
#include <stdint.h>

#define SCOPE_KINDS 8
#define SCOPE_PAGE \
	4096ULL /* bytes: the least page of arm64, which is also what HPFAR_EL2 resolves */

struct scope_range {
	uint64_t gpa, len; /* bytes */
	bool sized;        /* the length was asked for: a page alone is where something begins */
};

/*
 * "0x80000000": the SCOPE_PAGE that it is in; "0x80000000+64K": these bytes (util_parse_size). 0;
 * -EINVAL neither of the two; -ERANGE beyond 52 bits, which is all that a guest has (Arm ARM, FEAT_LPA2).
 */
int scope_range(const char *text, struct scope_range *range);

/* "read", "translation", ...: bit i of enum sea_kind is name i. NULL-terminated. */
extern const char *const scope_kinds[SCOPE_KINDS + 1];

/* One of these as its bit; 0: none of them. */
uint32_t scope_kind(const char *text);

#endif
