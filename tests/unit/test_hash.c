/* SPDX-License-Identifier: GPL-2.0-only */
/* lib/hash: what was put in is found, however many there are, also of one hash. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "lib/hash.h"
#include "lib/util.h"

#define MANY 10000

struct thing {
	uint64_t key;
	struct hash_link link;
};

static struct thing things[MANY];
static struct hash h;
static unsigned drained;

static int setup(void **state)
{
	(void)state;
	drained = 0;
	return hash_init(&h, 1);
}

static int teardown(void **state)
{
	(void)state;
	hash_clear(&h);
	return 0;
}

static void add(uint64_t i, uint64_t hash)
{
	things[i].key = i;
	hash_add(&h, &things[i].link, hash);
}

static unsigned of_hash(uint64_t hash)
{
	unsigned n = 0;

	HASH_EACH(link, &h, hash)
	{
		assert_int_equal(link->hash, hash);
		n++;
	}
	return n;
}

static void empty(void **state)
{
	(void)state;
	assert_null(hash_first(&h, 0));
	assert_null(hash_first(&h, UINT64_MAX));
}

static void found_again(void **state)
{
	(void)state;
	for (uint64_t i = 0; i < MANY; i++)
		add(i, hash_mix(0, i));
	assert_int_equal(h.n, MANY);
	for (uint64_t i = 0; i < MANY; i++) {
		assert_ptr_equal(hash_first(&h, hash_mix(0, i)), &things[i].link);
		assert_null(hash_next(&things[i].link));
	}
	assert_null(hash_first(&h, hash_mix(0, MANY)));
}

static void removed(void **state)
{
	(void)state;
	for (uint64_t i = 0; i < MANY; i++)
		add(i, hash_mix(0, i));
	for (uint64_t i = 0; i < MANY; i += 2)
		hash_remove(&h, &things[i].link);
	assert_int_equal(h.n, MANY / 2);
	for (uint64_t i = 0; i < MANY; i++)
		assert_int_equal(of_hash(hash_mix(0, i)), i % 2);
}

static void one_hash(void **state)
{
	(void)state;
	for (uint64_t i = 0; i < 100; i++)
		add(i, 7);
	add(100, 8);
	assert_int_equal(of_hash(7), 100);
	assert_int_equal(of_hash(8), 1);
	hash_remove(&h, &things[50].link);
	assert_int_equal(of_hash(7), 99);
	HASH_EACH(link, &h, 7)
	assert_ptr_not_equal(link, &things[50].link);
}

/* About one link for each chain: else nothing would have been gained. */
static void grows(void **state)
{
	(void)state;
	for (uint64_t i = 0; i < MANY; i++)
		add(i, hash_mix(0, i));
	assert_in_range((uint64_t)1 << h.bits, MANY / 2, 4 * MANY);
}

/* Numbers as kernels hand them out must not meet in a few chains. */
static void spread(const char *of, uint64_t first, uint64_t step)
{
	unsigned used = 0;

	setup(NULL);
	for (uint64_t i = 0; i < MANY; i++)
		add(i, hash_mix(hash_mix(0, 1), first + i * step));
	for (size_t i = 0; i < (size_t)1 << h.bits; i++)
		used += h.chains[i] != NULL;
	if (used < MANY / 3)
		print_error("%s: %u chains for %u\n", of, used, MANY);
	assert_true(used >= MANY / 3);
	hash_clear(&h);
}

static void spreads(void **state)
{
	(void)state;
	hash_clear(&h);
	spread("thread ids", 1000, 1);
	spread("frames of huge pages", 0x80000, 512);
	spread("slab objects", 0xffff000100000000, 0x4000);
	spread("addresses", 0xffff80000000, 1ULL << 30);
}

static void drain(struct hash_link *link)
{
	UTIL_CONTAINER(link, struct thing, link)->key = MANY;
	link->next = link; /* as if it were freed */
	drained++;
}

static void all_drained(void **state)
{
	(void)state;
	for (uint64_t i = 0; i < MANY; i++)
		add(i, hash_mix(0, i / 3));
	hash_drain(&h, drain);
	assert_int_equal(drained, MANY);
	for (uint64_t i = 0; i < MANY; i++)
		assert_int_equal(things[i].key, MANY);
	hash_drain(&h, drain); /* nothing is left */
	assert_int_equal(drained, MANY);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(empty, setup, teardown),
		cmocka_unit_test_setup_teardown(found_again, setup, teardown),
		cmocka_unit_test_setup_teardown(removed, setup, teardown),
		cmocka_unit_test_setup_teardown(one_hash, setup, teardown),
		cmocka_unit_test_setup_teardown(grows, setup, teardown),
		cmocka_unit_test_setup_teardown(spreads, setup, teardown),
		cmocka_unit_test_setup_teardown(all_drained, setup, teardown),
	};

	return cmocka_run_group_tests_name("hash", tests, NULL, NULL);
}
