/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The named types of a BTF by their names. libbpf looks through all types at each question: 3.7 million
 * instructions of a Debian kernel's 112,556 (6.12; callgrind on x86-64), where a start asks some twenty. To
 * make the table takes 13 million, once, and a question 330.
 * Layer: lib. Must not know: who asks, what a type is to them.
 */
#ifndef LIB_TYPES_H
#define LIB_TYPES_H

#include <stdint.h>

struct btf;
struct types;

/* Of the BTF, which stays the caller's and as it is. NULL without memory. */
struct types *types_new(const struct btf *btf);
void types_free(struct types *types); /* accepts NULL */

/* The id of the first type of this name and kind (BTF_KIND_*), as btf__find_by_name_kind(); -ENOENT. */
int types_find(const struct types *types, const char *name, uint32_t kind);

#endif
