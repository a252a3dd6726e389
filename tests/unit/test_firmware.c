// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_firmware.c - the pure half of vmtest-firmware: the bytes of a record, the HEST taken apart.
 * Expected bytes are written out here, not computed with the structures under test.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <stdio.h>
#include <string.h>
#include <errno.h>
#include <cmocka.h>

#include "lib/hest.h"
#include "vmtest/firmware/block.h"

#define ENTRY_AT   20
#define SECTION_AT (20 + 72)
#define STRIDE     152

static uint64_t get(const uint8_t *at, unsigned int size)
{
	uint64_t value = 0;

	while (size--)
		value = value << 8 | at[size];
	return value;
}

static void put(uint8_t *at, unsigned int size, uint64_t value)
{
	for (; size--; value >>= 8)
		*at++ = value;
}

static void assert_zero(const uint8_t *at, size_t size)
{
	while (size--)
		assert_int_equal(*at++, 0);
}

/* --- the record ------------------------------------------------------------------------------- */

static void block_has_the_layout_the_kernel_reads(void **state)
{
	static const uint8_t guid[16] = {0x14, 0x11, 0xbc, 0xa5, 0x64, 0x6f, 0xde, 0x4e,
					 0xb8, 0x63, 0x3e, 0x83, 0xed, 0x7c, 0x83, 0xb1};
	const uint64_t pa = 0x123456789000;
	uint8_t block[1024];

	(void)state;
	memset(block, 0xee, sizeof(block));
	assert_int_equal(block_build(block, sizeof(block), CPER_RECOVERABLE, &pa, 1), 0);
	assert_int_equal(block_length(1), 172);
	assert_int_equal(get(block, 4), 0x11);     /* uncorrectable, one entry */
	assert_int_equal(get(block + 4, 8), 0);    /* no raw data */
	assert_int_equal(get(block + 12, 4), 152); /* an entry and its section */
	assert_int_equal(get(block + 16, 4), 0);   /* recoverable */
	assert_memory_equal(block + ENTRY_AT, guid, 16);
	assert_int_equal(get(block + ENTRY_AT + 16, 4), 0);
	assert_int_equal(get(block + ENTRY_AT + 20, 2), 0x300);
	assert_int_equal(get(block + ENTRY_AT + 22, 2), 0);
	assert_int_equal(get(block + ENTRY_AT + 24, 4), 80);
	assert_zero(block + ENTRY_AT + 28, 44); /* no FRU, no time */
	assert_int_equal(get(block + SECTION_AT, 8), 0x4006);
	assert_zero(block + SECTION_AT + 8, 8);
	assert_int_equal(get(block + SECTION_AT + 16, 8), pa);
	assert_int_equal(get(block + SECTION_AT + 24, 8), 0xfffffffffffff000);
	assert_zero(block + SECTION_AT + 32, 40);
	assert_int_equal(block[SECTION_AT + 72], 2);
	assert_zero(block + SECTION_AT + 73, 7);
	assert_int_equal(block[172], 0xee); /* and not a byte more */
}

static void every_address_gets_a_section(void **state)
{
	const uint64_t pa[3] = {0x1000, 0x2000, 0x40000000};
	uint8_t block[1024];
	unsigned int i;

	(void)state;
	assert_int_equal(block_build(block, sizeof(block), CPER_RECOVERABLE, pa, 3), 0);
	assert_int_equal(get(block, 4), 0x35); /* uncorrectable, several of them, three entries */
	assert_int_equal(get(block + 12, 4), 3 * STRIDE);
	for (i = 0; i < 3; i++) {
		assert_int_equal(get(block + ENTRY_AT + i * STRIDE + 24, 4), 80);
		assert_int_equal(get(block + SECTION_AT + i * STRIDE + 16, 8), pa[i]);
	}
}

static void severity_is_said_thrice(void **state)
{
	static const struct {
		enum cper_severity severity;
		uint32_t number, status;
	} cases[] = {{CPER_CORRECTED, 2, 0x12}, {CPER_FATAL, 1, 0x11}, {CPER_RECOVERABLE, 0, 0x11}};
	const uint64_t pa = 0x1000;
	uint8_t block[1024];
	unsigned int i;

	(void)state;
	for (i = 0; i < 3; i++) {
		assert_int_equal(block_build(block, sizeof(block), cases[i].severity, &pa, 1), 0);
		assert_int_equal(get(block, 4), cases[i].status);
		assert_int_equal(get(block + 16, 4), cases[i].number);
		assert_int_equal(get(block + ENTRY_AT + 16, 4), cases[i].number);
	}
}

static void several_corrected_errors_say_so(void **state)
{
	const uint64_t pa[2] = {0x1000, 0x2000};
	uint8_t block[1024];

	(void)state;
	assert_int_equal(block_build(block, sizeof(block), CPER_CORRECTED, pa, 2), 0);
	assert_int_equal(get(block, 4), 0x2a);
}

static void block_does_not_outgrow_its_room(void **state)
{
	const uint64_t pa[7] = {0};
	uint8_t block[1024 + 1];

	(void)state;
	block[1024] = 0xee;
	assert_int_equal(block_build(block, 1024, CPER_RECOVERABLE, pa, 6), 0);
	assert_int_equal(block_build(block, 1024, CPER_RECOVERABLE, pa, 7), -ENOSPC);
	assert_int_equal(block_build(block, 171, CPER_RECOVERABLE, pa, 1), -ENOSPC);
	assert_int_equal(block_build(block, 172, CPER_RECOVERABLE, pa, 1), 0);
	assert_int_equal(block_build(block, 1024, CPER_RECOVERABLE, pa, 0), -EINVAL);
	assert_int_equal(block[1024], 0xee);
}

/* --- the table -------------------------------------------------------------------------------- */

struct table {
	uint8_t bytes[4096];
	size_t size;
};

static void table_begin(struct table *table)
{
	memset(table, 0, sizeof(*table));
	memcpy(table->bytes, "HEST", 4);
	table->size = 40;
	put(table->bytes + 4, 4, table->size);
}

static uint8_t *table_add(struct table *table, unsigned int type, unsigned int id, size_t size)
{
	uint8_t *at = table->bytes + table->size;

	put(at, 2, type);
	put(at + 2, 2, id);
	table->size += size;
	put(table->bytes + 4, 4, table->size);
	put(table->bytes + 36, 4, get(table->bytes + 36, 4) + 1);
	return at;
}

static void add_ghes_v2(struct table *table, unsigned int id, unsigned int notify)
{
	uint8_t *at = table_add(table, 10, id, 92);

	at[7] = 1;
	put(at + 24, 8, 0xbc410000 + 8 * id);
	at[32] = notify;
	put(at + 60, 4, 1024);
	put(at + 68, 8, 0xbc410010 + 8 * id);
	put(at + 76, 8, ~1ULL);
	put(at + 84, 8, 1);
}

static int parse(const struct table *table, struct hest *hest)
{
	const char *why;

	return hest_parse(table->bytes, table->size, hest, &why);
}

static void sources_are_found_by_how_they_notify(void **state)
{
	const struct hest_source *source;
	struct table table;
	struct hest hest;

	(void)state;
	table_begin(&table);
	add_ghes_v2(&table, 0, 8);
	add_ghes_v2(&table, 1, 7);
	assert_int_equal(parse(&table, &hest), 0);
	assert_int_equal(hest.count, 2);
	source = hest_find(&hest, HEST_NOTIFY_SEA);
	assert_non_null(source);
	assert_int_equal(source->id, 0);
	assert_true(source->enabled);
	assert_int_equal(source->status_register, 0xbc410000);
	assert_int_equal(source->block_length, 1024);
	assert_int_equal(source->ack_register, 0xbc410010);
	assert_int_equal(source->ack_preserve, ~1ULL);
	assert_int_equal(source->ack_write, 1);
	source = hest_find_interrupt(&hest);
	assert_non_null(source);
	assert_int_equal(source->id, 1);
}

static void sources_of_other_kinds_are_stepped_over(void **state)
{
	struct table table;
	struct hest hest;
	uint8_t *at;

	(void)state;
	table_begin(&table);
	at = table_add(&table, 0, 1, 40 + 2 * 28); /* machine check with two banks */
	at[32] = 2;
	table_add(&table, 2, 2, 20);
	table_add(&table, 6, 3, 48);
	table_add(&table, 7, 4, 44);
	table_add(&table, 8, 5, 56);
	at = table_add(&table, 9, 6, 64); /* GHES without an acknowledgement */
	at[7] = 1;
	at[32] = 8;
	add_ghes_v2(&table, 7, 8);
	assert_int_equal(parse(&table, &hest), 0);
	assert_int_equal(hest.count, 7);
	assert_int_equal(hest_find(&hest, HEST_NOTIFY_SEA)->id, 7);
}

static void without_an_sea_source_none_is_found(void **state)
{
	struct table table;
	struct hest hest;

	(void)state;
	table_begin(&table);
	add_ghes_v2(&table, 1, 7);
	assert_int_equal(parse(&table, &hest), 0);
	assert_null(hest_find(&hest, HEST_NOTIFY_SEA));
	table_begin(&table);
	assert_int_equal(parse(&table, &hest), 0);
	assert_null(hest_find_interrupt(&hest));
}

static void disabled_sources_are_not_used(void **state)
{
	struct table table;
	struct hest hest;

	(void)state;
	table_begin(&table);
	add_ghes_v2(&table, 0, 8);
	table.bytes[40 + 7] = 0;
	assert_int_equal(parse(&table, &hest), 0);
	assert_null(hest_find(&hest, HEST_NOTIFY_SEA));
}

/* Every length shorter than the whole, in a buffer that ends there: the sanitizers watch. */
static void truncated_tables_are_refused(void **state)
{
	struct table table;
	struct hest hest;
	uint8_t *copy;
	const char *why;
	size_t size;

	(void)state;
	table_begin(&table);
	add_ghes_v2(&table, 0, 8);
	add_ghes_v2(&table, 1, 7);
	for (size = 0; size < table.size; size++) {
		copy = test_malloc(size + 1);
		memcpy(copy, table.bytes, size);
		assert_int_equal(hest_parse(copy, size, &hest, &why), -EBADMSG);
		if (size >= 40) { /* a table that claims to be that short */
			put(copy + 4, 4, size);
			assert_int_equal(hest_parse(copy, size, &hest, &why), -EBADMSG);
		}
		test_free(copy);
	}
}

static void nonsense_is_refused(void **state)
{
	struct table table;
	struct hest hest;
	unsigned int i;

	(void)state;
	table_begin(&table);
	table.bytes[0] = 'X';
	assert_int_equal(parse(&table, &hest), -EBADMSG);
	table_begin(&table);
	table_add(&table, 99, 0, 64);
	assert_int_equal(parse(&table, &hest), -EBADMSG);
	table_begin(&table);
	put(table.bytes + 36, 4, UINT32_MAX); /* more sources than bytes */
	assert_int_equal(parse(&table, &hest), -EBADMSG);
	table_begin(&table);
	for (i = 0; i <= HEST_MAX_SOURCES; i++)
		add_ghes_v2(&table, i, 8);
	assert_int_equal(parse(&table, &hest), -EBADMSG);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(block_has_the_layout_the_kernel_reads),
		cmocka_unit_test(every_address_gets_a_section),
		cmocka_unit_test(severity_is_said_thrice),
		cmocka_unit_test(several_corrected_errors_say_so),
		cmocka_unit_test(block_does_not_outgrow_its_room),
		cmocka_unit_test(sources_are_found_by_how_they_notify),
		cmocka_unit_test(sources_of_other_kinds_are_stepped_over),
		cmocka_unit_test(without_an_sea_source_none_is_found),
		cmocka_unit_test(disabled_sources_are_not_used),
		cmocka_unit_test(truncated_tables_are_refused),
		cmocka_unit_test(nonsense_is_refused),
	};

	return cmocka_run_group_tests_name("firmware", tests, NULL, NULL);
}
