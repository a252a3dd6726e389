/* SPDX-License-Identifier: GPL-2.0-only */
/* trace/history: the last incidents, held, newest first, bounded. */
#include "trace/join_int.h" /* before the engine.h that has a `join` of its own */

#include "tests/unit/engine.h"

#include "trace/history.h"

static struct history *history;

static int setup(void **state)
{
	(void)state;
	for (size_t i = 0; i < VMS; i++)
		fake_vms[i].holds = 0; /* after a test that failed */
	history = history_new(3);
	assert_non_null(history);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	history_free(history);
	vms_are_free();
	return 0;
}

/* Closes an incident as the engine does: it is gone, unless somebody holds it. */
static void closes(uint64_t id, struct vm *vm, bool late)
{
	struct incident *inc = incident_new(id, vm);

	assert_non_null(inc);
	inc->late = late;
	inc->closed = true;
	history_add(history, inc);
	incident_put(inc);
}

/* The ids in order, of all VMs. */
static void check_ids(const uint64_t *want, size_t n, int line)
{
	const struct history_item *item = NULL;

	for (size_t i = 0; i < n; i++) {
		item = history_next(history, item);
		_assert_true(item != NULL, "item", __FILE__, line);
		_assert_int_equal(item->last->id, want[i], __FILE__, line);
		_assert_int_equal(item->first->id, want[i], __FILE__, line);
	}
	_assert_true(!n || !history_next(history, item), "the end", __FILE__, line);
	_assert_int_equal(history_size(history), n, __FILE__, line);
}

#define assert_ids(...)                            \
	check_ids((const uint64_t[]){__VA_ARGS__}, \
		  sizeof((const uint64_t[]){__VA_ARGS__}) / sizeof(uint64_t), __LINE__)

static void empty(void **state)
{
	(void)state;
	assert_null(history_next(history, NULL));
	assert_null(history_next_of(history, NULL, NULL));
	assert_null(history_find(history, 1));
	assert_int_equal(history_size(history), 0);
	assert_int_equal(history_beyond(history), 0);
	history_free(NULL);
}

static void newest_first(void **state)
{
	(void)state;
	closes(1, vm_a, false);
	closes(3, vm_b, false);
	closes(2, vm_a, false);
	assert_ids(2, 3, 1);
	assert_int_equal(history_beyond(history), 0);
}

static void the_oldest_is_forgotten(void **state)
{
	(void)state;
	for (uint64_t id = 1; id <= 5; id++)
		closes(id, id & 1 ? vm_a : vm_b, false);
	assert_ids(5, 4, 3);
	assert_int_equal(history_beyond(history), 2);
	assert_null(history_find(history, 2));
	assert_int_equal(history_find(history, 4)->last->id, 4);
	/* and not held any more */
	assert_int_equal(fake_vms[0].holds, 2);
	assert_int_equal(fake_vms[1].holds, 1);
}

static void of_one_vm(void **state)
{
	const struct history_item *item;

	(void)state;
	closes(1, vm_a, false);
	closes(2, NULL, false);
	closes(3, vm_a, false);
	item = history_next_of(history, NULL, vm_a);
	assert_int_equal(item->last->id, 3);
	item = history_next_of(history, item, vm_a);
	assert_int_equal(item->last->id, 1);
	assert_null(history_next_of(history, item, vm_a));
	item = history_next_of(history, NULL, NULL);
	assert_int_equal(item->last->id, 2);
	assert_null(history_next_of(history, item, NULL));
	assert_null(history_next_of(history, NULL, vm_b));
}

static void late_is_the_same_item(void **state)
{
	const struct history_item *item;

	(void)state;
	closes(1, vm_a, false);
	closes(2, vm_a, false);
	item = history_find(history, 1);
	assert_ptr_equal(item->first, item->last);
	assert_int_equal(item->closes, 1);
	closes(1, vm_a, true);
	closes(1, vm_a, true);
	assert_ids(1, 2);
	item = history_find(history, 1);
	assert_true(item->last->late);
	assert_false(item->first->late);
	assert_int_equal(item->closes, 3);
	assert_int_equal(fake_vms[0].holds, 3); /* the close in between was let go */
	assert_int_equal(history_beyond(history), 0);
}

static void late_is_forgotten_last(void **state)
{
	(void)state;
	for (uint64_t id = 1; id <= 3; id++)
		closes(id, vm_a, false);
	closes(1, vm_a, true);
	closes(4, vm_a, false);
	assert_ids(4, 1, 3);
	assert_int_equal(history_beyond(history), 1);
}

static void late_of_one_that_was_forgotten(void **state)
{
	const struct history_item *item;

	(void)state;
	for (uint64_t id = 1; id <= 4; id++)
		closes(id, vm_a, false);
	closes(1, vm_a, true);
	assert_ids(1, 4, 3);
	item = history_next(history, NULL);
	assert_ptr_equal(item->first, item->last);
	assert_int_equal(history_beyond(history), 2);
}

/* --- open ones -------------------------------------------------------------------------------- */

static struct incident *opens(uint64_t id, bool late)
{
	struct incident *inc = incident_new(id, vm_a);

	assert_non_null(inc);
	inc->retried = true;
	inc->late = late;
	history_open(history, inc);
	return inc;
}

static void is_over(struct incident *inc)
{
	inc->closed = true;
	history_add(history, inc);
	incident_put(inc);
}

static void open_until_it_closes(void **state)
{
	struct incident *inc = opens(1, false);
	const struct history_item *item = history_find(history, 1);

	(void)state;
	assert_ptr_equal(item->first, inc);
	assert_ptr_equal(item->last, inc);
	assert_int_equal(item->closes, 0);
	assert_int_equal(history_late(item), 0);
	closes(2, vm_a, false);
	assert_ids(2, 1);
	is_over(inc);
	assert_ids(1, 2);
	assert_int_equal(item->closes, 1);
	assert_int_equal(history_late(item), 0);
	assert_int_equal(history_between(item), 0);
	assert_int_equal(fake_vms[0].holds, 2);
}

/* A storm goes on while others come and go. */
static void open_is_not_forgotten(void **state)
{
	struct incident *inc = opens(1, false);

	(void)state;
	for (uint64_t id = 2; id <= 9; id++)
		closes(id, vm_a, false);
	assert_ids(9, 8, 1);
	for (uint64_t id = 10; id <= 12; id++)
		incident_put(opens(id, false));
	assert_ids(12, 11, 10); /* unless all are open */
	is_over(inc);
	assert_ids(1, 12, 11);
	assert_int_equal(history_find(history, 1)->closes, 1);
}

/* Reopened by a touch, it has its close behind it. */
static void open_again(void **state)
{
	const struct history_item *item;
	struct incident *inc;

	(void)state;
	closes(1, vm_a, false);
	closes(1, vm_a, true);
	item = history_find(history, 1);
	assert_int_equal(history_late(item), 1);
	assert_int_equal(history_between(item), 0);
	inc = opens(1, true);
	assert_ids(1);
	assert_ptr_equal(item->last, inc);
	assert_int_equal(item->closes, 2);
	assert_int_equal(history_late(item), 2);
	assert_int_equal(history_between(item), 1);
	is_over(inc);
	assert_int_equal(item->closes, 3);
	assert_int_equal(history_late(item), 2);
	assert_int_equal(history_between(item), 1);
}

/* --- with the engine -------------------------------------------------------------------------- */

static void keep(void *ctx, const struct incident *inc)
{
	(void)ctx;
	history_add(history, inc);
}

/*
 * An incident that stays open gets a new twin each second, each while the one before is open too.
 * What is remembered must not keep alive what was forgotten.
 */
static void twins_are_let_go(void **state)
{
	static const struct join_ops ops = {
		.find_vm = find_vm, .count = on_count, .lap = on_lap, .closed = keep};
	struct incident *inc, *twin;

	(void)state;
	agg = agg_new();
	join = join_new(&ops, NULL, &usual_limits);
	assert_non_null(agg);
	assert_non_null(join);
	inc = join_open(join, vm_a);
	for (uint64_t now = SEC; now < 100 * SEC; now += SEC) {
		join_touch(join, inc, mark_claim_enter(now, a0));
		twin = join_twin(join, inc);
		join_set_vm(join, twin, vm_b);
		join_touch(join, twin, mark_claim_enter(now, b0));
		join_expire(join, now);
	}
	assert_int_equal(history_size(history), 3);
	assert_true(history_beyond(history) > 80);
	assert_int_equal(fake_vms[1].holds, 3 + join_n_open(join) - 1 + 1); /* and the row */
	join_free(join);
	agg_free(agg);
	assert_int_equal(fake_vms[1].holds, 3);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(empty),
		TEST(newest_first),
		TEST(the_oldest_is_forgotten),
		TEST(of_one_vm),
		TEST(late_is_the_same_item),
		TEST(late_is_forgotten_last),
		TEST(late_of_one_that_was_forgotten),
		TEST(open_until_it_closes),
		TEST(open_is_not_forgotten),
		TEST(open_again),
		TEST(twins_are_let_go),
	};

	return cmocka_run_group_tests_name("history", tests, NULL, NULL);
}
