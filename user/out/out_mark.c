// SPDX-License-Identifier: GPL-2.0-only
/*
 * A mark's head and fields.
 * Must not: know any single mark.
 */
#include "out/out_mark.h"

#include <inttypes.h>

#include "trace/mark.h"

static void print_field(FILE *file, const struct sea_field *field, const struct sea_hdr *mark)
{
	uint64_t value = mark_value(field, mark);
	const char *name = mark_value_name(field, value);

	if (name)
		fprintf(file, "%s", name);
	else if (field->kind == FIELD_HEX)
		fprintf(file, "%s=0x%" PRIx64, field->name, value);
	else if (field->kind == FIELD_SIGNED)
		fprintf(file, "%s=%" PRId64, field->name, (int64_t)value);
	else
		fprintf(file, "%s=%" PRIu64, field->name, value);
}

/* What the mark knows: each with a blank before it, but the first. */
void out_mark_fields(FILE *file, const struct sea_hdr *mark)
{
	const struct mark_type *type = mark_type(mark->type);
	bool first = true;

	for (unsigned f = 0; f < type->n_fields; f++) {
		if (type->fields[f].internal || !mark_knows(&type->fields[f], mark))
			continue;
		fputs(first ? "" : " ", file);
		print_field(file, &type->fields[f], mark);
		first = false;
	}
}

void out_mark(FILE *file, const struct sea_hdr *mark)
{
	fprintf(file, "cpu%-2u %6u  %-8s ", mark->cpu, mark->tid, mark_type(mark->type)->name);
	out_mark_fields(file, mark);
}
