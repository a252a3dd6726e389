/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * inject/place: memslots sorted and searched, and page frames out of a /proc made here. That a kernel's
 * own /proc reads the same is tested in tests/vm/30-slots.sh.
 */
#include "tests/unit/tree.h"

#include "inject/place.h"
#include "lib/util.h"

#define TGID        77
#define HVA         0x40000ULL /* multiple of every page size */
#define MAP_PRESENT (1ULL << 63)
#define MAP_SWAPPED (1ULL << 62)
#define EXCLUSIVE   (1ULL << 56)
#define HEAD        (1ULL << 15)
#define TAIL        (1ULL << 16)
#define HUGETLB     (1ULL << 17)
#define HWPOISON    (1ULL << 19)
#define ANON        (1ULL << 12)
#define THP         (1ULL << 22)
#define ZERO_PAGE   (1ULL << 24)

static char root[32];
static uint64_t page;

static int setup(void **state)
{
	(void)state;
	page = sysconf(_SC_PAGESIZE);
	tree_make(root);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	tree_remove(root);
	return 0;
}

/* --- memslots -------------------------------------------------------------------------------- */

static void slots_are_sorted(void **state)
{
	struct slot slots[] = {
		{.kvm = 2, .gpa = 0x1000, .len = 1}, {.kvm = 1, .gpa = 0x9000, .len = 1},
		{.kvm = 1, .gpa = 0x1000, .len = 1}, {.kvm = 1, .gpa = 0x9000, .len = 1},
		{.kvm = 2, .gpa = 0, .len = 1},
	};

	(void)state;
	assert_int_equal(place_sort(slots, 5), 4);
	assert_int_equal(slots[0].kvm, 1);
	assert_int_equal(slots[0].gpa, 0x1000);
	assert_int_equal(slots[1].kvm, 1);
	assert_int_equal(slots[1].gpa, 0x9000);
	assert_int_equal(slots[2].kvm, 2);
	assert_int_equal(slots[2].gpa, 0);
	assert_int_equal(slots[3].gpa, 0x1000);
	assert_int_equal(place_sort(NULL, 0), 0);
}

static void an_address_is_in_one_slot(void **state)
{
	const struct slot slots[] = {
		{.kvm = 1, .gpa = 0x1000, .len = 0x2000, .hva = 0x70000},
		{.kvm = 1, .gpa = UINT64_MAX - 0xfff, .len = 0x1000, .hva = 0x90000},
		{.kvm = 2, .gpa = 0x2000, .len = 0x2000, .hva = 0x71000},
		{.kvm = 2, .gpa = 0x8000, .len = 0x1000, .hva = 0xa0000},
		{.kvm = 3, .gpa = 0x8000, .len = 0x1000, .hva = 0xb0000},
	};
	uint64_t hva = 5;

	(void)state;
	assert_int_equal(place_hva(slots, 5, 0xfff, &hva), -ENXIO);
	assert_int_equal(place_hva(slots, 5, 0x4000, &hva), -ENXIO);
	assert_int_equal(place_hva(slots, 0, 0x1000, &hva), -ENXIO);
	assert_int_equal(hva, 5);
	assert_int_equal(place_hva(slots, 5, 0x1000, &hva), 0);
	assert_int_equal(hva, 0x70000);
	assert_int_equal(place_hva(slots, 5, 0x3fff, &hva), 0);
	assert_int_equal(hva, 0x72fff);
	assert_int_equal(place_hva(slots, 5, UINT64_MAX, &hva), 0);
	assert_int_equal(hva, 0x90fff);
	/* Two VMs that share memory at the same place agree; others do not. */
	assert_int_equal(place_hva(slots, 5, 0x2008, &hva), 0);
	assert_int_equal(hva, 0x71008);
	assert_int_equal(place_hva(slots, 5, 0x8000, &hva), -ENOTUNIQ);
}

/* --- page frames ----------------------------------------------------------------------------- */

/* The page table has one entry, at HVA. */
static void map_is(uint64_t entry)
{
	uint64_t map[HVA / 4096 + 1] = {0};
	uint64_t at = HVA / page;

	map[at] = entry;
	tree_write(root, map, (at + 1) * sizeof(*map), "%u/pagemap", TGID);
}

static void flags_are(const uint64_t *flags, unsigned n)
{
	tree_write(root, flags, n * sizeof(*flags), "kpageflags");
}

static int fill(uint64_t offset, struct place *place)
{
	*place = (struct place){.hva = HVA + offset};
	return place_fill(root, TGID, place);
}

static void a_small_page(void **state)
{
	const uint64_t flags[] = {0, 0, 0, 0, 0};
	struct place place;

	(void)state;
	flags_are(flags, 5);
	map_is(MAP_PRESENT | 3);
	assert_int_equal(fill(0x123, &place), 0);
	assert_int_equal(place.pfn, 3);
	assert_int_equal(place.pa, 3 * page + 0x123);
	assert_int_equal(place.kind, PAGE_SMALL);
	assert_int_equal(place.page_size, page);
	assert_false(place.poisoned);
	assert_false(place.shared);
	assert_true(place_holds(root, TGID, &place));
	map_is(MAP_PRESENT | 4);
	assert_false(place_holds(root, TGID, &place));
	map_is(3);
	assert_false(place_holds(root, TGID, &place));
}

static void no_page(void **state)
{
	const uint64_t flags[] = {0, HWPOISON, 0, ZERO_PAGE};
	struct place place;

	(void)state;
	assert_int_equal(fill(0, &place), -ENOENT); /* no such process */
	flags_are(flags, 4);
	map_is(0);
	assert_int_equal(fill(0, &place), -ENOENT);
	assert_int_equal(fill(page, &place), -EIO); /* behind all that a process has */
	map_is(MAP_PRESENT);
	assert_int_equal(fill(0, &place), -EPERM);
	map_is(MAP_PRESENT | 3);
	assert_int_equal(fill(0, &place), -ENOENT);
	map_is(MAP_PRESENT | 9); /* a frame that the host has not */
	assert_int_equal(fill(0, &place), -EIO);
	/* Swapped out, by chance to the slot whose number a poisoned frame has. */
	map_is(MAP_SWAPPED | 1 << 5 | 0);
	assert_int_equal(fill(0, &place), -ENOENT);
	/* An entry of another kind, of a frame that is well. */
	map_is(MAP_SWAPPED | 2 << 5 | 30);
	assert_int_equal(fill(0, &place), -ENOENT);
}

static void a_poisoned_page(void **state)
{
	const uint64_t flags[] = {0, 0, HWPOISON};
	struct place place;

	(void)state;
	flags_are(flags, 3);
	map_is(MAP_SWAPPED | 2 << 5 | 27);
	assert_int_equal(fill(0x10, &place), 0);
	assert_true(place.poisoned);
	assert_int_equal(place.pfn, 2);
	assert_int_equal(place.pa, 2 * page + 0x10);
	assert_false(place_holds(root, TGID, &place));
	map_is(MAP_PRESENT | 2);
	assert_int_equal(fill(0, &place), 0);
	assert_true(place.poisoned);
}

static void a_page_that_others_have(void **state)
{
	const uint64_t flags[] = {0, 0, ANON, ANON | 1ULL << 21};
	struct place place;

	(void)state;
	flags_are(flags, 4);
	map_is(MAP_PRESENT | 2);
	assert_int_equal(fill(0, &place), 0);
	assert_true(place.shared);
	map_is(MAP_PRESENT | EXCLUSIVE | 2);
	assert_int_equal(fill(0, &place), 0);
	assert_false(place.shared);
	/* What 6.12 takes for KSM's, and is not. */
	map_is(MAP_PRESENT | EXCLUSIVE | 3);
	assert_int_equal(fill(0, &place), 0);
	assert_false(place.shared);
	/* A file's, which is shared by who wants to. */
	map_is(MAP_PRESENT | 1);
	assert_int_equal(fill(0, &place), 0);
	assert_false(place.shared);
}

static void huge_is(const uint64_t *flags, unsigned n, unsigned pfn, enum page_kind kind,
		    unsigned frames)
{
	struct place place;

	flags_are(flags, n);
	map_is(MAP_PRESENT | pfn);
	assert_int_equal(fill(0, &place), 0);
	assert_int_equal(place.kind, kind);
	assert_int_equal(place.page_size, frames * page);
}

static void huge_pages(void **state)
{
	uint64_t flags[3000] = {0};

	(void)state;
	flags[1] = HEAD | THP;
	flags[2] = flags[3] = flags[4] = TAIL | THP;
	flags[5] = HEAD | HUGETLB;
	flags[6] = TAIL | HUGETLB;
	for (unsigned pfn = 1; pfn <= 4; pfn++)
		huge_is(flags, 8, pfn, PAGE_THP, 4);
	huge_is(flags, 8, 5, PAGE_HUGETLB, 2);
	huge_is(flags, 7, 6, PAGE_HUGETLB, 2); /* the last of the host's memory */
	/* Longer than what is read at once, before and behind. */
	flags[10] = HEAD | HUGETLB;
	for (unsigned i = 11; i < 10 + 2048; i++)
		flags[i] = TAIL | HUGETLB;
	huge_is(flags, 3000, 10, PAGE_HUGETLB, 2048);
	huge_is(flags, 3000, 1034, PAGE_HUGETLB, 2048);
	huge_is(flags, 3000, 1035, PAGE_HUGETLB, 2048);
	huge_is(flags, 3000, 2057, PAGE_HUGETLB, 2048);
	huge_is(flags, 2058, 2057, PAGE_HUGETLB, 2048);
	/* From the first frame of all, which has none before it. */
	flags[0] = HEAD | THP;
	flags[1] = TAIL | THP;
	flags[2] = 0;
	huge_is(flags, 8, 1, PAGE_THP, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(slots_are_sorted),
		cmocka_unit_test(an_address_is_in_one_slot),
		cmocka_unit_test_setup_teardown(a_small_page, setup, teardown),
		cmocka_unit_test_setup_teardown(no_page, setup, teardown),
		cmocka_unit_test_setup_teardown(a_poisoned_page, setup, teardown),
		cmocka_unit_test_setup_teardown(a_page_that_others_have, setup, teardown),
		cmocka_unit_test_setup_teardown(huge_pages, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
