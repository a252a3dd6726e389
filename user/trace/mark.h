/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The schema of the marks: for each, its name and a table of its fields, out of marks.def.
 * Layer: trace, above include/sea. Must not know: incidents, VMs, output formats.
 */
#ifndef TRACE_MARK_H
#define TRACE_MARK_H

#include <sea/mark.h>
#include <stdbool.h>
#include <stdint.h>

enum sea_field_kind {
	FIELD_UNSIGNED,
	FIELD_SIGNED,
	FIELD_HEX,
	FIELD_NAME, /* a small number with a table of names */
};

struct sea_field {
	const char *name;
	uint16_t offset, size; /* bytes; size 4 or 8 */
	enum sea_field_kind kind;
	/* It holds only where these bits of the u32 at `needs` are set; 0: always. */
	uint16_t needs;
	uint32_t bits;
	bool internal; /* a kernel address or id that tells people nothing: not in text output */
	const char *const
		*names; /* FIELD_NAME: n_names entries, a value beyond prints as a number */
	unsigned n_names;
};

struct mark_type {
	const char *name, *help;
	uint16_t size; /* bytes, header included */
	const struct sea_field *fields;
	unsigned n_fields;
};

/* The type with this ID, or NULL. */
const struct mark_type *mark_type(unsigned id);

/* The ID of the mark of this name, or 0. */
unsigned mark_id(const char *name);

/* 0 if `data` begins with a whole mark of a known type and the right size, else -EPROTO. */
int mark_check(const void *data, size_t len);

/* A field's value; signed ones are sign-extended. */
uint64_t mark_value(const struct sea_field *field, const void *mark);

/* Whether the mark knows this field: it is valid, or known by now. */
bool mark_knows(const struct sea_field *field, const void *mark);

/* A field's name for its value, or NULL where it has none. */
const char *mark_value_name(const struct sea_field *field, uint64_t value);

#endif
