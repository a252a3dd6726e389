/* SPDX-License-Identifier: GPL-2.0-only */
/* trace/mark: the tables say all of what the structs hold, and nothing else. */
#include "tests/unit/marks.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "lib/util.h"
#include "trace/mark.h"

#include <sea/rule.h>
#include <string.h>

static const struct who who = {100, 101, 3, 0xa000, 2};

/* --- the registry ----------------------------------------------------------------------------- */

static const unsigned ids[] = {
#define SEA_MARK(stem, id, help) id,
#include <sea/marks.def>
#undef SEA_MARK
};

static const size_t sizes[] = {
#define SEA_MARK(stem, id, help) sizeof(struct sea_##stem),
#include <sea/marks.def>
#undef SEA_MARK
};

static const char *const stems[] = {
#define SEA_MARK(stem, id, help) #stem,
#include <sea/marks.def>
#undef SEA_MARK
};

static void every_row_has_a_type(void **state)
{
	(void)state;
	for (size_t i = 0; i < UTIL_COUNT(ids); i++) {
		const struct mark_type *type = mark_type(ids[i]);

		assert_non_null(type);
		assert_string_equal(type->name, stems[i]);
		assert_int_equal(type->size, sizes[i]);
		assert_true(type->n_fields > 0);
		assert_true(strlen(type->help) > 0);
		assert_int_equal(mark_id(stems[i]), ids[i]);
	}
}

static void nothing_else_has_one(void **state)
{
	unsigned known = 0;

	(void)state;
	for (unsigned id = 0; id < 2 * SEA_MARK_ID_MAX; id++)
		known += mark_type(id) != NULL;
	assert_int_equal(known, UTIL_COUNT(ids));
	assert_null(mark_type(0));
	assert_null(mark_type(SEA_MARK_ID_MAX));
	assert_null(mark_type(UINT32_MAX));
	assert_int_equal(mark_id(""), 0);
	assert_int_equal(mark_id("abor"), 0);
	assert_int_equal(mark_id("abort "), 0);
	assert_int_equal(mark_id("ABORT"), 0);
}

/* --- the field tables ------------------------------------------------------------------------- */

/* The padding that the contract names: nothing in it is anybody's. */
static const struct {
	unsigned id;
	size_t offset;
} reserved[] = {
#define RESERVED(stem)                                                    \
	{                                                                 \
		SEA_MARK_ID_##stem, offsetof(struct sea_##stem, reserved) \
	}
	RESERVED(claim),  RESERVED(inject),  RESERVED(estatus),
	RESERVED(record), RESERVED(failure), RESERVED(signal),
	RESERVED(page),   RESERVED(memory),  RESERVED(processor),
};

/* Each byte behind the header is in exactly one field, or reserved. */
static void tables_cover_the_structs(void **state)
{
	(void)state;
	for (size_t i = 0; i < UTIL_COUNT(ids); i++) {
		const struct mark_type *type = mark_type(ids[i]);
		unsigned char owners[128] = {0};

		assert_true(type->size <= sizeof(owners));
		memset(owners, 1, sizeof(struct sea_hdr));
		for (size_t r = 0; r < UTIL_COUNT(reserved); r++)
			for (int b = 0; b < 4 && reserved[r].id == ids[i]; b++)
				owners[reserved[r].offset + b]++;
		for (unsigned f = 0; f < type->n_fields; f++) {
			const struct sea_field *field = &type->fields[f];

			assert_true(field->size == 4 || field->size == 8);
			assert_int_equal(field->offset % field->size, 0);
			assert_true(field->offset + field->size <= type->size);
			for (int b = 0; b < field->size; b++)
				owners[field->offset + b]++;
		}
		for (size_t b = 0; b < type->size; b++)
			if (owners[b] != 1)
				fail_msg("%s: byte %zu is in %d fields", type->name, b, owners[b]);
	}
}

static void names_are_told_apart(void **state)
{
	(void)state;
	for (size_t i = 0; i < UTIL_COUNT(ids); i++) {
		const struct mark_type *type = mark_type(ids[i]);

		for (unsigned f = 0; f < type->n_fields; f++)
			for (unsigned g = 0; g < f; g++)
				assert_string_not_equal(type->fields[f].name, type->fields[g].name);
	}
}

/* A kernel address is of no use to who reads text, nor is what says which fields hold. */
static void kernel_addresses_are_internal(void **state)
{
	static const char *const names[] = {"kvm",       "estatus", "owner", "pa_valid",
					    "gpa_valid", "valid",   "raw"};

	(void)state;
	for (size_t i = 0; i < UTIL_COUNT(ids); i++) {
		const struct mark_type *type = mark_type(ids[i]);

		for (unsigned f = 0; f < type->n_fields; f++) {
			const char *name = type->fields[f].name;
			bool internal = false;

			for (size_t n = 0; n < UTIL_COUNT(names); n++)
				internal |= !strcmp(name, names[n]);
			assert_int_equal(type->fields[f].internal, internal);
		}
	}
}

static const struct sea_field *field(unsigned id, const char *name)
{
	const struct mark_type *type = mark_type(id);

	for (unsigned f = 0; f < type->n_fields; f++)
		if (!strcmp(type->fields[f].name, name))
			return &type->fields[f];
	fail_msg("%s has no field %s", type->name, name);
	return NULL;
}

/* --- values ----------------------------------------------------------------------------------- */

#define VALUE(stem, name, mark) mark_value(field(SEA_MARK_ID_##stem, #name), mark)

static void values(void **state)
{
	const struct sea_hdr *abort = mark_abort(1000, who, .far = UINT64_MAX - 1);
	const struct sea_hdr *claim = mark_claim_exit(1000, who, -ENOENT);
	const struct sea_hdr *signal =
		mark_signal(1000, who, BUS_MCEERR_AO, 0xffff00001000, who, .forced = 1);

	(void)state;
	assert_int_equal(VALUE(abort, far, abort), UINT64_MAX - 1);
	assert_int_equal(VALUE(abort, esr, abort), 0x92000010);
	assert_int_equal(VALUE(abort, vcpu, abort), 2);
	assert_int_equal((int64_t)VALUE(claim, ret, claim), -ENOENT);
	assert_int_equal(VALUE(claim, edge, claim), SEA_EXIT);
	assert_int_equal(VALUE(signal, addr, signal), 0xffff00001000);
	assert_int_equal(VALUE(signal, to_tid, signal), 101);
	assert_int_equal(VALUE(signal, forced, signal), 1);
}

static bool knows(unsigned id, const char *name, const struct sea_hdr *mark)
{
	return mark_knows(field(id, name), mark);
}

/* What a function will answer is not known when it begins; an address only where it is valid. */
static void not_all_is_known(void **state)
{
	const struct sea_memory memory = {.valid = SEA_MEMORY_VALID_NODE | 1u << 20};
	const struct sea_processor processor = {.valid = SEA_PROCESSOR_VALID_VA |
							 SEA_PROCESSOR_VALID_LEVEL};

	(void)state;
	assert_false(knows(SEA_MARK_ID_claim, "ret", mark_claim_enter(1, who)));
	assert_true(knows(SEA_MARK_ID_claim, "ret", mark_claim_exit(1, who, 0)));
	assert_true(knows(SEA_MARK_ID_claim, "edge", mark_claim_enter(1, who)));
	assert_false(knows(SEA_MARK_ID_events, "ret", mark_events_enter(1, who, )));
	assert_false(knows(SEA_MARK_ID_failure, "ret", mark_failure_enter(1, who, 1)));
	assert_true(knows(SEA_MARK_ID_section, "pa", mark_section(1, who, 1, 2, )));
	assert_false(knows(SEA_MARK_ID_section, "pa", mark_section(1, who, 1, 2, .pa_valid = 0)));
	assert_true(knows(SEA_MARK_ID_unmap, "gpa", mark_unmap(1, who, 1, who, 0, )));
	assert_false(
		knows(SEA_MARK_ID_unmap, "gpa", mark_unmap(1, who, 1, who, 0, .gpa_valid = 0)));
	assert_true(knows(SEA_MARK_ID_memory, "node", &memory.hdr));
	assert_true(knows(SEA_MARK_ID_memory, "bank", &memory.hdr)); /* by its address */
	assert_false(knows(SEA_MARK_ID_memory, "card", &memory.hdr));
	assert_false(knows(SEA_MARK_ID_memory, "error", &memory.hdr));
	assert_true(knows(SEA_MARK_ID_processor, "va", &processor.hdr));
	assert_true(knows(SEA_MARK_ID_processor, "level", &processor.hdr));
	assert_false(knows(SEA_MARK_ID_processor, "pa", &processor.hdr));
	assert_false(knows(SEA_MARK_ID_processor, "flags", &processor.hdr));
}

/* Only what is signed is extended. */
static void large_values(void **state)
{
	const struct sea_hdr *record = mark_record_enter(1000, who, 1, .length = UINT32_MAX);

	(void)state;
	assert_int_equal(VALUE(record, length, record), UINT32_MAX);
}

static void every_answer_is_signed(void **state)
{
	(void)state;
	for (size_t i = 0; i < UTIL_COUNT(ids); i++) {
		const struct mark_type *type = mark_type(ids[i]);

		for (unsigned f = 0; f < type->n_fields; f++)
			if (!strcmp(type->fields[f].name, "ret"))
				assert_int_equal(type->fields[f].kind, FIELD_SIGNED);
	}
}

/* --- names of values -------------------------------------------------------------------------- */

static const struct {
	unsigned id;
	const char *field;
	uint64_t value;
	const char *name;
} named[] = {
	{SEA_MARK_ID_claim, "edge", SEA_ENTER, "enter"},
	{SEA_MARK_ID_record, "edge", SEA_EXIT, "exit"},
	{SEA_MARK_ID_failure, "edge", SEA_EXIT, "exit"},
	{SEA_MARK_ID_events, "edge", SEA_ENTER, "enter"},
	{SEA_MARK_ID_inject, "how", SEA_INJECT_SERROR, "serror"},
	{SEA_MARK_ID_inject, "how", SEA_INJECT_TO_VMM, "to-vmm"},
	{SEA_MARK_ID_inject, "how", SEA_INJECT_ERROR, "error"},
	{SEA_MARK_ID_record, "severity", 0, "recoverable"},
	{SEA_MARK_ID_record, "severity", 1, "fatal"},
	{SEA_MARK_ID_section, "severity", 2, "corrected"},
	{SEA_MARK_ID_section, "severity", 3, "info"},
	{SEA_MARK_ID_section, "kind", SEA_SECTION_OTHER, "other"},
	{SEA_MARK_ID_section, "kind", SEA_SECTION_MEMORY, "memory"},
	{SEA_MARK_ID_section, "kind", SEA_SECTION_ARM, "arm-processor"},
	{SEA_MARK_ID_page, "result", SEA_PAGE_IGNORED, "ignored"},
	{SEA_MARK_ID_page, "result", SEA_PAGE_FAILED, "failed"},
	{SEA_MARK_ID_page, "result", SEA_PAGE_DELAYED, "delayed"},
	{SEA_MARK_ID_page, "result", SEA_PAGE_RECOVERED, "recovered"},
	{SEA_MARK_ID_page, "result", SEA_PAGE_UNKNOWN, "unknown"},
	{SEA_MARK_ID_signal, "code", BUS_MCEERR_AR, "ar"},
	{SEA_MARK_ID_deliver, "code", BUS_MCEERR_AO, "ao"},
	{SEA_MARK_ID_deliver, "action", SEA_ACTION_DEFAULT, "default"},
	{SEA_MARK_ID_deliver, "action", SEA_ACTION_IGNORE, "ignore"},
	{SEA_MARK_ID_deliver, "action", SEA_ACTION_HANDLER, "handler"},
	{SEA_MARK_ID_shot, "target", SEA_TARGET_ID_abort, "abort"},
	{SEA_MARK_ID_shot, "target", SEA_TARGET_ID_run, "run"},
	{SEA_MARK_ID_shot, "flags", SEA_RULE_DRY, "dry"},
};

static void values_have_names(void **state)
{
	(void)state;
	for (size_t i = 0; i < UTIL_COUNT(named); i++)
		assert_string_equal(
			mark_value_name(field(named[i].id, named[i].field), named[i].value),
			named[i].name);
}

/* A number that a newer kernel might send is a number. */
static void others_have_none(void **state)
{
	(void)state;
	for (size_t i = 0; i < UTIL_COUNT(ids); i++) {
		const struct mark_type *type = mark_type(ids[i]);

		for (unsigned f = 0; f < type->n_fields; f++) {
			const struct sea_field *of = &type->fields[f];

			assert_null(mark_value_name(of, of->n_names));
			assert_null(mark_value_name(of, UINT64_MAX));
			if (of->kind != FIELD_NAME)
				assert_null(mark_value_name(of, 0));
			else
				assert_true(of->n_names > 0);
		}
	}
	assert_null(mark_value_name(field(SEA_MARK_ID_signal, "code"), 2));
}

/* --- checking --------------------------------------------------------------------------------- */

static void whole_marks_pass(void **state)
{
	(void)state;
	for (size_t i = 0; i < UTIL_COUNT(ids); i++) {
		struct {
			struct sea_hdr hdr;
			char body[128];
		} mark = {.hdr = {.type = ids[i], .size = sizes[i]}};

		assert_int_equal(mark_check(&mark, sizes[i]), 0);
		assert_int_equal(mark_check(&mark, sizeof(mark)), 0);
		assert_int_equal(mark_check(&mark, sizes[i] - 1), -EPROTO);
		mark.hdr.size++;
		assert_int_equal(mark_check(&mark, sizeof(mark)), -EPROTO);
		mark.hdr.size -= 2;
		assert_int_equal(mark_check(&mark, sizeof(mark)), -EPROTO);
	}
}

static void fragments_do_not(void **state)
{
	const struct sea_hdr *mark = mark_claim_enter(1000, who);
	struct sea_hdr unknown = {.type = 0, .size = sizeof(unknown)};

	(void)state;
	for (size_t len = 0; len < mark->size; len++)
		assert_int_equal(mark_check(mark, len), -EPROTO);
	assert_int_equal(mark_check(&unknown, sizeof(unknown)), -EPROTO);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_row_has_a_type),
		cmocka_unit_test(nothing_else_has_one),
		cmocka_unit_test(tables_cover_the_structs),
		cmocka_unit_test(names_are_told_apart),
		cmocka_unit_test(kernel_addresses_are_internal),
		cmocka_unit_test(values),
		cmocka_unit_test(not_all_is_known),
		cmocka_unit_test(large_values),
		cmocka_unit_test(every_answer_is_signed),
		cmocka_unit_test(values_have_names),
		cmocka_unit_test(others_have_none),
		cmocka_unit_test(whole_marks_pass),
		cmocka_unit_test(fragments_do_not),
	};

	return cmocka_run_group_tests_name("mark", tests, NULL, NULL);
}
