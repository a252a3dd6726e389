/* SPDX-License-Identifier: GPL-2.0-only */
/* trace/key: what a key names, how it is forgotten, and that holds balance. */
#include "tests/unit/vms.h"

#include "trace/incident.h"
#include "trace/key.h"

#include <stdlib.h>

static struct keymap *map;
static struct incident *one, *two;

static int setup(void **state)
{
	(void)state;
	map = keymap_new();
	one = incident_new(1, vm_a);
	two = incident_new(2, vm_b);
	assert_non_null(map);
	assert_non_null(one);
	assert_non_null(two);
	return 0;
}

/* Whoever still holds an incident holds its VM. */
static int teardown(void **state)
{
	(void)state;
	incident_put(one);
	incident_put(two);
	keymap_free(map);
	vms_are_free();
	return 0;
}

static struct key estatus(uint64_t a)
{
	return (struct key){KEY_ESTATUS, a, 0};
}

static struct key hva(uint64_t tgid, uint64_t page)
{
	return (struct key){KEY_HVA, tgid, page};
}

static void found_again(void **state)
{
	(void)state;
	assert_null(keymap_find(map, estatus(7)));
	assert_int_equal(keymap_set(map, estatus(7), one), 0);
	assert_ptr_equal(keymap_find(map, estatus(7)), one);
	assert_null(keymap_find(map, estatus(8)));
}

/* Kind and both numbers count, each in all of its bits. */
static void keys_are_told_apart(void **state)
{
	const uint64_t high = 1ULL << 40;

	(void)state;
	assert_int_equal(keymap_set(map, hva(100, 5), one), 0);
	assert_null(keymap_find(map, (struct key){KEY_VCPU, 100, 5}));
	assert_null(keymap_find(map, (struct key){KEY_PFN, 100, 5}));
	assert_null(keymap_find(map, hva(101, 5)));
	assert_null(keymap_find(map, hva(100, 6)));
	assert_null(keymap_find(map, hva(100 + high, 5)));
	assert_null(keymap_find(map, hva(100, 5 + high)));
	assert_int_equal(keymap_set(map, hva(100, 6), two), 0);
	assert_ptr_equal(keymap_find(map, hva(100, 5)), one);
	assert_ptr_equal(keymap_find(map, hva(100, 6)), two);
}

static void set_replaces(void **state)
{
	(void)state;
	assert_int_equal(keymap_set(map, estatus(7), one), 0);
	assert_int_equal(keymap_set(map, estatus(7), one), 0);
	assert_int_equal(keymap_set(map, estatus(7), two), 0);
	assert_ptr_equal(keymap_find(map, estatus(7)), two);
	keymap_forget_incident(map, one);
	assert_ptr_equal(keymap_find(map, estatus(7)), two);
	keymap_forget_incident(map, two);
	assert_null(keymap_find(map, estatus(7)));
}

static void forget_one(void **state)
{
	(void)state;
	keymap_set(map, estatus(1), one);
	keymap_set(map, estatus(2), one);
	keymap_set(map, estatus(3), one);
	keymap_forget(map, estatus(2));
	keymap_forget(map, estatus(2));
	keymap_forget(map, estatus(99));
	assert_ptr_equal(keymap_find(map, estatus(1)), one);
	assert_null(keymap_find(map, estatus(2)));
	assert_ptr_equal(keymap_find(map, estatus(3)), one);
}

static void forget_all_of_one(void **state)
{
	(void)state;
	for (uint64_t i = 0; i < 20; i++)
		keymap_set(map, hva(i, i), i % 2 ? one : two);
	keymap_forget_incident(map, one);
	keymap_forget_incident(map, one);
	for (uint64_t i = 0; i < 20; i++)
		assert_ptr_equal(keymap_find(map, hva(i, i)), i % 2 ? NULL : two);
	keymap_set(map, hva(1, 1), one);
	assert_ptr_equal(keymap_find(map, hva(1, 1)), one);
}

/* A key keeps its incident alive; without keys nobody does. */
static void keys_hold(void **state)
{
	(void)state;
	keymap_set(map, estatus(1), one);
	keymap_set(map, estatus(2), one);
	incident_put(one);
	keymap_forget(map, estatus(1));
	assert_int_equal(fake_vms[0].holds, 1);
	assert_int_equal(keymap_find(map, estatus(2))->id, 1);
	keymap_forget(map, estatus(2));
	assert_int_equal(fake_vms[0].holds, 0);
	one = NULL;
}

/* A thousand keys in a random order, half of them forgotten again. */
static void many(void **state)
{
	(void)state;
	for (uint64_t i = 0; i < 1000; i++)
		assert_int_equal(keymap_set(map, estatus(i * 7919 % 1000), i % 3 ? one : two), 0);
	for (uint64_t i = 0; i < 1000; i += 2)
		keymap_forget(map, estatus(i * 7919 % 1000));
	for (uint64_t i = 0; i < 1000; i++)
		assert_ptr_equal(keymap_find(map, estatus(i * 7919 % 1000)), i % 2 == 0 ? NULL
									     : i % 3    ? one
											: two);
}

static void freed_with_keys(void **state)
{
	(void)state;
	for (uint64_t i = 0; i < 100; i++)
		keymap_set(map, hva(i % 10, i), i % 2 ? one : two);
	keymap_free(NULL);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(found_again), TEST(keys_are_told_apart), TEST(set_replaces),
		TEST(forget_one),  TEST(forget_all_of_one),   TEST(keys_hold),
		TEST(many),        TEST(freed_with_keys),
	};

	return cmocka_run_group_tests_name("key", tests, NULL, NULL);
}
