/* SPDX-License-Identifier: GPL-2.0-only */
/* trace/thread: windows open, close, move with their incident, and count what is under way. */
#include "tests/unit/vms.h"

#include "trace/thread.h"

static struct threads *threads;
static struct incident *one, *two;

static int setup(void **state)
{
	(void)state;
	threads = threads_new();
	one = incident_new(1, vm_a);
	two = incident_new(2, vm_b);
	assert_non_null(threads);
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
	threads_free(threads);
	vms_are_free();
	return 0;
}

static struct window *open(uint32_t tid, enum window_kind kind, struct incident *inc)
{
	struct window *w = threads_open(threads, tid, kind, inc, 1000);

	assert_non_null(w);
	assert_ptr_equal(w->inc, inc);
	return w;
}

static void opened(void **state)
{
	struct window *w;

	(void)state;
	assert_null(threads_find(threads, 7));
	assert_null(threads_window(threads, 7, WINDOW_SEA));
	w = open(7, WINDOW_SEA, one);
	assert_int_equal(w->begin_ns, 1000);
	assert_int_equal(w->nested_ns, 0);
	assert_int_equal(w->key, 0);
	assert_false(w->parsed);
	assert_ptr_equal(threads_window(threads, 7, WINDOW_SEA), w);
	assert_null(threads_window(threads, 7, WINDOW_CLAIM));
	assert_null(threads_window(threads, 8, WINDOW_SEA));
	assert_int_equal(threads_find(threads, 7)->tid, 7);
}

/* Nothing of the old one is left in the new. */
static void opened_again(void **state)
{
	struct window *w = open(7, WINDOW_CLAIM, one);

	(void)state;
	w->nested_ns = 5;
	w->key = 6;
	w->parsed = true;
	w = threads_open(threads, 7, WINDOW_CLAIM, two, 2000);
	assert_ptr_equal(w->inc, two);
	assert_int_equal(w->begin_ns, 2000);
	assert_int_equal(w->nested_ns, 0);
	assert_int_equal(w->key, 0);
	assert_false(w->parsed);
	assert_int_equal(one->under_way, 0);
	assert_int_equal(two->under_way, 1);
}

/* The last reference is the window's own. */
static void opened_again_for_the_same(void **state)
{
	(void)state;
	open(7, WINDOW_SEA, one);
	incident_put(one);
	open(7, WINDOW_SEA, one);
	assert_int_equal(fake_vms[0].holds, 1);
	assert_int_equal(one->under_way, 1);
	threads_close(threads, 7, WINDOW_SEA);
	assert_int_equal(fake_vms[0].holds, 0);
	one = NULL;
}

static void closed(void **state)
{
	(void)state;
	open(7, WINDOW_SEA, one);
	open(7, WINDOW_AR, two);
	threads_close(threads, 7, WINDOW_SEA);
	assert_null(threads_window(threads, 7, WINDOW_SEA));
	assert_non_null(threads_window(threads, 7, WINDOW_AR));
	threads_close(threads, 7, WINDOW_AR);
	assert_null(threads_find(threads, 7)); /* forgotten */
	threads_close(threads, 7, WINDOW_AR);
	threads_close(threads, 8, WINDOW_SEA);
}

/* What is under way for a closed incident is no window any more. */
static void of_a_closed_incident(void **state)
{
	(void)state;
	open(7, WINDOW_AO, one);
	one->closed = true;
	assert_null(threads_window(threads, 7, WINDOW_AO));
	open(7, WINDOW_AO, two);
	assert_non_null(threads_window(threads, 7, WINDOW_AO));
}

/* The kernel's windows count as being under way, the signals and the VMM's do not. */
static void under_way(void **state)
{
	(void)state;
	for (int kind = 0; kind < WINDOW_MAX; kind++) {
		bool kernel = kind == WINDOW_SEA || kind == WINDOW_CLAIM || kind == WINDOW_RECORD ||
			      kind == WINDOW_FAILURE;

		open(7, kind, one);
		assert_int_equal(one->under_way, kernel);
		open(8, kind, one);
		assert_int_equal(one->under_way, 2 * kernel);
		threads_close(threads, 7, kind);
		threads_close(threads, 8, kind);
		assert_int_equal(one->under_way, 0);
	}
}

static void moved(void **state)
{
	(void)state;
	for (uint32_t tid = 1; tid <= 50; tid++) {
		struct window *w = open(tid, tid % WINDOW_MAX, tid % 2 ? one : two);

		w->key = tid;
		w->nested_ns = 2 * tid;
	}
	threads_move(threads, one, two);
	assert_int_equal(one->under_way, 0);
	for (uint32_t tid = 1; tid <= 50; tid++) {
		struct window *w = threads_window(threads, tid, tid % WINDOW_MAX);

		assert_ptr_equal(w->inc, two);
		assert_int_equal(w->key, tid);
		assert_int_equal(w->nested_ns, 2 * tid);
		assert_int_equal(w->begin_ns, 1000);
	}
}

static void moved_to_nobody(void **state)
{
	(void)state;
	for (uint32_t tid = 1; tid <= 50; tid++)
		open(tid, WINDOW_FAILURE, tid % 2 ? one : two);
	open(1, WINDOW_AR, two);
	threads_move(threads, one, NULL);
	assert_int_equal(one->under_way, 0);
	assert_int_equal(two->under_way, 25);
	for (uint32_t tid = 2; tid <= 50; tid++)
		assert_int_equal(threads_find(threads, tid) != NULL, tid % 2 == 0);
	assert_null(threads_window(threads, 1, WINDOW_FAILURE));
	assert_non_null(threads_window(threads, 1, WINDOW_AR));
	threads_move(threads, two, NULL);
	assert_null(threads_find(threads, 1));
}

static void freed_with_windows(void **state)
{
	(void)state;
	for (uint32_t tid = 1; tid <= 50; tid++)
		open(tid * 37 % 50, tid % WINDOW_MAX, tid % 2 ? one : two);
	threads_free(NULL);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(opened), TEST(opened_again),         TEST(opened_again_for_the_same),
		TEST(closed), TEST(of_a_closed_incident), TEST(under_way),
		TEST(moved),  TEST(moved_to_nobody),      TEST(freed_with_windows),
	};

	return cmocka_run_group_tests_name("thread", tests, NULL, NULL);
}
