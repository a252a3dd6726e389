/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * inject/record: unread records, in a HEST and a memory made here.
 */
#include "tests/unit/kernel.h"

#include "inject/journal.h"
#include "inject/record.h"
#include "lib/exit.h"
#include "lib/log.h"

#define GHES      9
#define GHES_V2   10
#define SEA       8
#define GSIV      10
#define REGISTER  0x1000 /* of source 0, of the others 0x100 further each */
#define ACK       0x2000
#define BLOCK     0x3010
#define MEMORY    0x8000
#define STATUS    0x11u
#define PRESERVED 0xf0f0f0f0f0f0f0f0ULL

static uint8_t table[512], memory[MEMORY];
static size_t table_len;
static char why[160];

static void put(uint8_t *at, unsigned size, uint64_t value)
{
	for (; size--; value >>= 8)
		*at++ = value;
}

static uint64_t get(uint64_t at, unsigned size)
{
	uint64_t value = 0;

	while (size--)
		value = value << 8 | memory[at + size];
	return value;
}

/* One more error source, with a record in its block; offsets: ACPI 6.5, 18.3.2.7 and 18.3.2.8. */
static void add_source(unsigned type, unsigned notify, bool enabled, unsigned space)
{
	uint8_t *at = table + table_len;
	unsigned number = table[36];

	put(at, 2, type);
	put(at + 2, 2, number);
	at[7] = enabled;
	at[20] = space;
	put(at + 24, 8, REGISTER + number * 0x100);
	at[32] = notify;
	put(at + 60, 4, 0x100);
	if (type == GHES_V2) {
		put(at + 68, 8, ACK + number * 0x100);
		at[66] = 4; /* the register's field begins at bit 4 */
		put(at + 76, 8, PRESERVED >> 4);
		put(at + 84, 8, 1);
	}
	table_len += type == GHES_V2 ? 92 : 64;
	table[36]++;
	put(table + 4, 4, table_len);
	put(memory + REGISTER + number * 0x100, 8, BLOCK + number * 0x100);
	put(memory + ACK + number * 0x100, 8, ~0ULL);
	put(memory + BLOCK + number * 0x100, 4, STATUS);
}

static void write_host(void)
{
	tree_write(kernel.root, table, table_len, "sys/firmware/acpi/tables/HEST");
	tree_write(kernel.root, memory, sizeof(memory), "dev/mem");
}

static void read_memory(void)
{
	char path[PATH_MAX], *data;
	size_t len;

	snprintf(path, sizeof(path), "%s/dev/mem", kernel.root);
	assert_int_equal(util_read_file(path, &data, &len), 0);
	assert_int_equal(len, sizeof(memory));
	memcpy(memory, data, len);
	free(data);
}

static int setup(void **state)
{
	(void)state;
	log_setup("test", 0);
	kernel_start();
	memset(table, 0, sizeof(table));
	memset(memory, 0, sizeof(memory));
	memcpy(table, "HEST", 4);
	table_len = 40;
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	kernel_end();
	return 0;
}

static unsigned status_of(unsigned number)
{
	return get(BLOCK + number * 0x100, 4);
}

static void an_unread_record_is_cleared_and_acknowledged(void **state)
{
	(void)state;
	add_source(GHES_V2, GSIV, true, 0);
	add_source(GHES_V2, SEA, true, 0);
	write_host();
	assert_int_equal(record_discard(why), 1);
	read_memory();
	assert_int_equal(status_of(0), STATUS);
	assert_int_equal(get(ACK, 8), ~0ULL);
	assert_int_equal(status_of(1), 0);
	assert_int_equal(get(ACK + 0x100, 8), PRESERVED | 1 << 4);
	/* Nothing is left: nothing is written. */
	put(memory + ACK + 0x100, 8, 7);
	write_host();
	assert_int_equal(record_discard(why), 0);
	read_memory();
	assert_int_equal(get(ACK + 0x100, 8), 7);
}

static void a_source_without_acknowledgement(void **state)
{
	(void)state;
	add_source(GHES, SEA, true, 0);
	add_source(GHES, SEA, false, 0);
	add_source(GHES, SEA, true, 0);
	write_host();
	assert_int_equal(record_discard(why), 2);
	read_memory();
	assert_int_equal(status_of(0), 0);
	assert_int_equal(status_of(1), STATUS);
	assert_int_equal(status_of(2), 0);
	assert_int_equal(get(ACK, 8), ~0ULL);
}

static void what_cannot_be_reached_is_said(void **state)
{
	(void)state;
	assert_int_equal(record_discard(why), -ENOENT);
	assert_string_equal(why, "/sys/firmware/acpi/tables/HEST: ENOENT");
	tree_write(kernel.root, "HEST", 4, "sys/firmware/acpi/tables/HEST");
	assert_int_equal(record_discard(why), -EBADMSG);
	add_source(GHES_V2, SEA, true, 1);
	tree_write(kernel.root, table, table_len, "sys/firmware/acpi/tables/HEST");
	assert_int_equal(record_discard(why), -ENOENT);
	assert_memory_equal(why, "/dev/mem: ENOENT", 16);
	write_host();
	assert_int_equal(record_discard(why), -EOPNOTSUPP);
	assert_memory_equal(why, "error source 0 at 0x1000 of /dev/mem: EOPNOTSUPP", 48);
	read_memory();
	assert_int_equal(status_of(0), STATUS);
}

static void the_journal_takes_it_back(void **state)
{
	struct journal_entry entry = {.what = JOURNAL_RECORD, .vm = "vm-a", .method = "claim-deny"};
	struct journal *j = NULL;
	struct capture said;
	char path[PATH_MAX], *out;

	(void)state;
	add_source(GHES_V2, SEA, true, 0);
	write_host();
	snprintf(path, sizeof(path), "%s/journal", kernel.root);
	assert_int_equal(journal_open(&j, path), EXIT_DONE);
	assert_int_equal(journal_add(j, &entry), 0);
	capture_start(&said, STDOUT_FILENO);
	assert_int_equal(journal_undo(j), 0);
	out = capture_end(&said);
	assert_string_equal(out, "record left unread for vm-a (claim-deny): taken back\n");
	free(out);
	read_memory();
	assert_int_equal(status_of(0), 0);
	assert_null(journal_pending(j, 0));
	journal_close(j);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(an_unread_record_is_cleared_and_acknowledged),
		TEST(a_source_without_acknowledgement),
		TEST(what_cannot_be_reached_is_said),
		TEST(the_journal_takes_it_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
