// SPDX-License-Identifier: GPL-2.0-only
/*
 * The field tables: what each struct of include/sea/mark.h holds, for every renderer alike.
 * Must not: print.
 */
#include "trace/mark.h"

#include <errno.h>
#include <sea/rule.h>
#include <string.h>

#include "lib/cper.h"

static const char *const edge_names[] = {"enter", "exit"};
static const char *const how_names[] = {"serror", "to-vmm", "error"};
static const char *const result_names[] = {"ignored", "failed", "delayed", "recovered", "unknown"};
static const char *const action_names[] = {"default", "ignore", "handler"};
static const char *const code_names[] = {NULL, NULL, NULL, "object", "ar", "ao"};
static const char *const dry_names[] = {NULL, "dry"}; /* by SEA_RULE_DRY */
static const char *const target_names[] = {
#define SEA_TARGET(stem, id, predicates, help) [id] = #stem,
#include <sea/targets.def>
#undef SEA_TARGET
};

/* clang-format off */
#define ROW(stem, member, ...) \
	{ .name = #member, \
	  .offset = offsetof(struct sea_##stem, member), \
	  .size = sizeof(((struct sea_##stem *)0)->member), \
	  __VA_ARGS__ }
#define FIELD(stem, member, k)     ROW(stem, member, .kind = FIELD_##k)
#define IF(stem, flag, mask)       .needs = offsetof(struct sea_##stem, flag), .bits = (mask)
#define INTERNAL(stem, member)     ROW(stem, member, .kind = FIELD_HEX, .internal = true)
#define NAMED(stem, member, table) \
	ROW(stem, member, .kind = FIELD_NAME, .names = table, \
	    .n_names = sizeof(table) / sizeof((table)[0]))
#define GIVEN(stem, flag, mask, member, k) ROW(stem, member, .kind = FIELD_##k, IF(stem, flag, mask))
#define GIVEN_NAME(stem, flag, mask, member, table) \
	ROW(stem, member, .kind = FIELD_NAME, .names = table, \
	    .n_names = sizeof(table) / sizeof((table)[0]), IF(stem, flag, mask))
/* clang-format on */

static const struct sea_field sea_fields_abort[] = {
	INTERNAL(abort, kvm),
	FIELD(abort, vcpu, UNSIGNED),
	FIELD(abort, esr, HEX),
	FIELD(abort, far, HEX),
	FIELD(abort, hpfar, HEX),
	FIELD(abort, pc, HEX),
	ROW(abort, owner, .kind = FIELD_UNSIGNED, .internal = true),
};

static const struct sea_field sea_fields_claim[] = {
	NAMED(claim, edge, edge_names),
	GIVEN(claim, edge, SEA_EXIT, ret, SIGNED),
	GIVEN(claim, host, 1, host, UNSIGNED),
};

static const struct sea_field sea_fields_inject[] = {
	INTERNAL(inject, kvm),
	FIELD(inject, vcpu, UNSIGNED),
	NAMED(inject, how, how_names),
	FIELD(inject, ret, SIGNED),
};

static const struct sea_field sea_fields_estatus[] = {
	INTERNAL(estatus, estatus),
	FIELD(estatus, cached, UNSIGNED),
};

static const struct sea_field sea_fields_record[] = {
	NAMED(record, edge, edge_names),          INTERNAL(record, estatus),
	FIELD(record, source, UNSIGNED),          FIELD(record, notify, UNSIGNED),
	NAMED(record, severity, cper_severities), FIELD(record, length, UNSIGNED),
};

static const struct sea_field sea_fields_section[] = {
	INTERNAL(section, estatus),
	FIELD(section, index, UNSIGNED),
	NAMED(section, kind, cper_sections),
	NAMED(section, severity, cper_severities),
	GIVEN(section, pa_valid, 1, pa, HEX),
	ROW(section, pa_valid, .kind = FIELD_UNSIGNED, .internal = true),
};

#define MEMORY(member, bit, k) GIVEN(memory, valid, SEA_MEMORY_VALID_##bit, member, k)
static const struct sea_field sea_fields_memory[] = {
	INTERNAL(memory, estatus),
	FIELD(memory, index, UNSIGNED),
	INTERNAL(memory, valid),
	GIVEN_NAME(memory, valid, SEA_MEMORY_VALID_TYPE, error, cper_memory_types),
	MEMORY(status, STATUS, HEX),
	MEMORY(pa, PA, HEX),
	MEMORY(pa_mask, PA_MASK, HEX),
	MEMORY(node, NODE, UNSIGNED),
	MEMORY(card, CARD, UNSIGNED),
	MEMORY(module, MODULE, UNSIGNED),
	MEMORY(rank, RANK, UNSIGNED),
	MEMORY(device, DEVICE, UNSIGNED),
	MEMORY(bank, BANK, UNSIGNED),
	MEMORY(row, ROW, UNSIGNED),
	MEMORY(column, COLUMN, UNSIGNED),
	MEMORY(bit, BIT, UNSIGNED),
	MEMORY(extended, EXTENDED, HEX),
};

#define PROCESSOR(member, bit, k) GIVEN(processor, valid, SEA_PROCESSOR_VALID_##bit, member, k)
static const struct sea_field sea_fields_processor[] = {
	INTERNAL(processor, estatus),
	FIELD(processor, index, UNSIGNED),
	INTERNAL(processor, valid),
	NAMED(processor, error, cper_processor_types),
	GIVEN_NAME(processor, valid, SEA_PROCESSOR_VALID_FLAGS, flags, cper_processor_flags),
	PROCESSOR(count, COUNT, UNSIGNED),
	PROCESSOR(info, INFO, HEX),
	PROCESSOR(va, VA, HEX),
	PROCESSOR(pa, PA, HEX),
	PROCESSOR(mpidr, MPIDR, HEX),
	FIELD(processor, midr, HEX),
	PROCESSOR(level, LEVEL, UNSIGNED),
	PROCESSOR(running, RUNNING, UNSIGNED),
};

static const struct sea_field sea_fields_failure[] = {
	NAMED(failure, edge, edge_names),
	FIELD(failure, pfn, HEX),
	FIELD(failure, flags, HEX),
	GIVEN(failure, edge, SEA_EXIT, ret, SIGNED),
};

static const struct sea_field sea_fields_page[] = {
	FIELD(page, pfn, HEX),
	FIELD(page, kind, UNSIGNED),
	NAMED(page, result, result_names),
	ROW(page, raw, .kind = FIELD_UNSIGNED, .internal = true),
};

static const struct sea_field sea_fields_unmap[] = {
	INTERNAL(unmap, kvm),
	FIELD(unmap, pfn, HEX),
	GIVEN(unmap, gpa_valid, 1, gpa, HEX),
	FIELD(unmap, hva, HEX),
	FIELD(unmap, len, HEX),
	ROW(unmap, owner, .kind = FIELD_UNSIGNED, .internal = true),
	ROW(unmap, gpa_valid, .kind = FIELD_UNSIGNED, .internal = true),
};

static const struct sea_field sea_fields_signal[] = {
	NAMED(signal, code, code_names), FIELD(signal, addr, HEX),
	FIELD(signal, lsb, UNSIGNED),    FIELD(signal, to_tgid, UNSIGNED),
	FIELD(signal, to_tid, UNSIGNED), FIELD(signal, forced, UNSIGNED),
};

static const struct sea_field sea_fields_deliver[] = {
	NAMED(deliver, code, code_names),
	FIELD(deliver, addr, HEX),
	NAMED(deliver, action, action_names),
};

static const struct sea_field sea_fields_events[] = {
	NAMED(events, edge, edge_names), INTERNAL(events, kvm),
	FIELD(events, vcpu, UNSIGNED),   FIELD(events, pending, HEX),
	FIELD(events, serror_esr, HEX),  GIVEN(events, edge, SEA_EXIT, ret, SIGNED),
};

static const struct sea_field sea_fields_shot[] = {
	NAMED(shot, target, target_names),
	FIELD(shot, rule, UNSIGNED),
	FIELD(shot, match, UNSIGNED),
	INTERNAL(shot, kvm),
	FIELD(shot, vcpu, SIGNED), /* -1: none */
	FIELD(shot, addr, HEX),
	FIELD(shot, value, SIGNED),
	GIVEN_NAME(shot, flags, SEA_RULE_DRY, flags, dry_names),
};

static const struct mark_type types[SEA_MARK_ID_MAX] = {
#define SEA_MARK(stem, id, text)                   \
	[id] = {.name = #stem,                     \
		.help = text,                      \
		.size = sizeof(struct sea_##stem), \
		.fields = sea_fields_##stem,       \
		.n_fields = sizeof(sea_fields_##stem) / sizeof(sea_fields_##stem[0])},
#include <sea/marks.def>
#undef SEA_MARK
};

const struct mark_type *mark_type(unsigned id)
{
	return id < SEA_MARK_ID_MAX && types[id].name ? &types[id] : NULL;
}

unsigned mark_id(const char *name)
{
	for (unsigned id = 0; id < SEA_MARK_ID_MAX; id++)
		if (types[id].name && !strcmp(types[id].name, name))
			return id;
	return 0;
}

int mark_check(const void *data, size_t len)
{
	const struct sea_hdr *hdr = data;
	const struct mark_type *type;

	if (len < sizeof(*hdr))
		return -EPROTO;
	type = mark_type(hdr->type);
	if (!type || hdr->size != type->size || len < type->size)
		return -EPROTO;
	return 0;
}

uint64_t mark_value(const struct sea_field *field, const void *mark)
{
	const char *at = (const char *)mark + field->offset;
	uint64_t wide;
	uint32_t narrow;

	if (field->size == sizeof(wide)) {
		memcpy(&wide, at, sizeof(wide));
		return wide;
	}
	memcpy(&narrow, at, sizeof(narrow));
	return field->kind == FIELD_SIGNED ? (uint64_t)(int64_t)(int32_t)narrow : narrow;
}

bool mark_knows(const struct sea_field *field, const void *mark)
{
	uint32_t flags;

	memcpy(&flags, (const char *)mark + field->needs, sizeof(flags));
	return !field->bits || flags & field->bits;
}

const char *mark_value_name(const struct sea_field *field, uint64_t value)
{
	if (field->kind != FIELD_NAME || value >= field->n_names)
		return NULL;
	return field->names[value];
}
