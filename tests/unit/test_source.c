/* SPDX-License-Identifier: GPL-2.0-only */
/* trace/source: marks are checked, held, sorted, handed on, and what is not is counted. */
#include "tests/unit/marks.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <bpf/libbpf.h>

#include "lib/util.h"
#include "trace/source.h"

#include <string.h>

#define HOLD 1000

static const struct who who = {100, 101, 0, 0xa000, 0};
static struct source *src;
static struct sea_inject got[20000]; /* what was handed on, as far as it fits */
static size_t n_got;

static void take(void *ctx, const struct sea_hdr *mark)
{
	assert_ptr_equal(ctx, &n_got);
	assert_true(n_got < UTIL_COUNT(got));
	assert_true(mark->size <= sizeof(got[0]));
	memcpy(&got[n_got++], mark, mark->size);
}

static int setup(void **state)
{
	(void)state;
	n_got = 0;
	src = source_new(HOLD, take, &n_got);
	assert_non_null(src);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	source_free(src);
	return 0;
}

/* A mark whose arrival can be told from others of the same time. */
static void push(uint64_t ts_ns, int tag)
{
	const struct sea_hdr *mark = mark_inject(ts_ns, who, SEA_INJECT_SERROR, .ret = tag);

	assert_int_equal(source_push(src, mark, mark->size), 0);
}

static void order_is(const int *tags, size_t n)
{
	assert_int_equal(n_got, n);
	for (size_t i = 0; i < n; i++)
		assert_int_equal(got[i].ret, tags[i]);
}

#define ORDER(...) \
	order_is((const int[]){__VA_ARGS__}, sizeof((const int[]){__VA_ARGS__}) / sizeof(int))

static void stats_are(uint64_t delivered, uint64_t refused, uint64_t dropped, uint64_t disorder)
{
	struct source_stats stats = source_stats(src);

	assert_int_equal(stats.delivered, delivered);
	assert_int_equal(stats.refused, refused);
	assert_int_equal(stats.dropped, dropped);
	assert_int_equal(stats.disorder, disorder);
}

/* --- order ------------------------------------------------------------------------------------ */

static unsigned n_arrived;

static void arrive(void *ctx, const struct sea_hdr *mark)
{
	assert_ptr_equal(ctx, &n_got);
	assert_int_equal(mark->type, SEA_MARK_ID_inject);
	n_arrived++;
}

static void heard_of_at_once(void **state)
{
	(void)state;
	source_on_arrival(src, arrive);
	n_arrived = 0;
	push(30, 3);
	push(10, 1);
	assert_int_equal(n_arrived, 2);
	order_is(NULL, 0);
	source_release(src, UINT64_MAX);
	assert_int_equal(n_arrived, 2);
	ORDER(1, 3);
}

static void sorted_by_time(void **state)
{
	(void)state;
	push(3000, 3);
	push(1000, 1);
	push(2000, 2);
	assert_int_equal(source_pending(src), 3);
	source_release(src, UINT64_MAX);
	ORDER(1, 2, 3);
	assert_int_equal(source_pending(src), 0);
	stats_are(3, 0, 0, 0);
}

static void ties_keep_their_arrival(void **state)
{
	(void)state;
	push(2000, 21);
	for (int i = 1; i <= 20; i++)
		push(1000, i);
	push(2000, 22);
	source_release(src, UINT64_MAX);
	assert_int_equal(n_got, 22);
	for (int i = 0; i < 22; i++)
		assert_int_equal(got[i].ret, i + 1);
	stats_are(22, 0, 0, 0);
}

/* A mark is held until it is `HOLD` old: then none of another CPU comes before it any more. */
static void held_for_a_moment(void **state)
{
	(void)state;
	push(5000, 2);
	push(4000, 1);
	source_release(src, 4999);
	assert_int_equal(n_got, 0);
	source_release(src, 5000);
	ORDER(1);
	source_release(src, 5999);
	ORDER(1);
	push(4500, 9);
	source_release(src, 6000);
	ORDER(1, 9, 2);
	stats_are(3, 0, 0, 0);
}

/* The clock may read less than the hold: nothing is old enough then. */
static void early_clock(void **state)
{
	(void)state;
	push(1, 1);
	source_release(src, 500);
	assert_int_equal(n_got, 0);
	source_release(src, 1001);
	ORDER(1);
}

static void too_late_is_counted(void **state)
{
	(void)state;
	push(5000, 1);
	source_release(src, 7000);
	push(4000, 2);
	push(4500, 3);
	source_release(src, 7000);
	ORDER(1, 2, 3);
	push(5000, 4);
	push(6000, 5);
	source_release(src, UINT64_MAX);
	ORDER(1, 2, 3, 4, 5);
	stats_are(5, 0, 0, 2);
}

static void many_in_random_order(void **state)
{
	uint64_t seed = 7;

	(void)state;
	for (size_t i = 0; i < UTIL_COUNT(got); i++) {
		seed = seed * 6364136223846793005 + 1442695040888963407;
		push((seed >> 33) % 5000, i);
	}
	source_release(src, UINT64_MAX);
	assert_int_equal(n_got, UTIL_COUNT(got));
	for (size_t i = 1; i < n_got; i++) {
		assert_true(got[i - 1].hdr.ts_ns <= got[i].hdr.ts_ns);
		if (got[i - 1].hdr.ts_ns == got[i].hdr.ts_ns)
			assert_true(got[i - 1].ret < got[i].ret);
	}
	stats_are(UTIL_COUNT(got), 0, 0, 0);
}

/* --- what is taken ---------------------------------------------------------------------------- */

static void marks_are_copies(void **state)
{
	struct sea_inject mark = *(const struct sea_inject *)mark_inject(1000, who, 0, .ret = 5);

	(void)state;
	assert_int_equal(source_push(src, &mark, sizeof(mark)), 0);
	memset(&mark, 0xff, sizeof(mark));
	source_release(src, UINT64_MAX);
	ORDER(5);
	assert_int_equal(got[0].hdr.tid, who.tid);
}

static void refused(const void *data, size_t len)
{
	uint64_t before = source_stats(src).refused;

	assert_int_equal(source_push(src, data, len), -EPROTO);
	assert_int_equal(source_stats(src).refused, before + 1);
	assert_int_equal(source_pending(src), 0);
}

static void nonsense_is_refused(void **state)
{
	const struct sea_inject good = *(const struct sea_inject *)mark_inject(1000, who, 0);
	struct sea_inject bad = good;

	(void)state;
	refused(&good, 0);
	refused(&good, sizeof(struct sea_hdr) - 1);
	refused(&good, sizeof(struct sea_hdr));
	refused(&good, sizeof(good) - 1);
	bad.hdr.size = sizeof(good) - 8;
	refused(&bad, sizeof(bad));
	bad.hdr.size = sizeof(good) + 8;
	refused(&bad, sizeof(bad));
	bad = good;
	bad.hdr.type = 0;
	refused(&bad, sizeof(bad));
	bad.hdr.type = SEA_MARK_ID_MAX - 1;
	refused(&bad, sizeof(bad));
	bad.hdr.type = SEA_MARK_ID_MAX;
	refused(&bad, sizeof(bad));
	bad.hdr.type = UINT16_MAX;
	refused(&bad, sizeof(bad));
	bad.hdr.type = SEA_MARK_ID_abort; /* known, but of another size */
	refused(&bad, sizeof(bad));
	source_release(src, UINT64_MAX);
	assert_int_equal(n_got, 0);
	stats_are(0, 11, 0, 0);
}

/* The ring rounds up: more bytes than the mark has are no harm. */
static void longer_than_needed(void **state)
{
	struct sea_inject pair[2] = {
		*(const struct sea_inject *)mark_inject(1000, who, 0, .ret = 3)};

	(void)state;
	assert_int_equal(source_push(src, pair, sizeof(pair)), 0);
	source_release(src, UINT64_MAX);
	ORDER(3);
}

/* --- losses on purpose ------------------------------------------------------------------------ */

static void push_claim(uint64_t ts_ns)
{
	const struct sea_hdr *mark = mark_claim_enter(ts_ns, who);

	assert_int_equal(source_push(src, mark, mark->size), 0);
}

static void nth_of_a_type_is_dropped(void **state)
{
	(void)state;
	source_drop(src, SEA_MARK_ID_inject, 2);
	push_claim(900);
	push_claim(950);
	push(1000, 1);
	push(2000, 2);
	push(3000, 3);
	push(4000, 4);
	source_release(src, UINT64_MAX);
	assert_int_equal(n_got, 5);
	assert_int_equal(got[2].ret, 1);
	assert_int_equal(got[3].ret, 3);
	assert_int_equal(got[4].ret, 4);
	stats_are(5, 0, 1, 0);
}

static void first_is_dropped(void **state)
{
	(void)state;
	source_drop(src, SEA_MARK_ID_inject, 1);
	push(1000, 1);
	push(2000, 2);
	source_release(src, UINT64_MAX);
	ORDER(2);
	stats_are(1, 0, 1, 0);
}

static void nothing_is_dropped_unasked(void **state)
{
	(void)state;
	source_drop(src, 0, 0);
	push(1000, 1);
	source_release(src, UINT64_MAX);
	ORDER(1);
	stats_are(1, 0, 0, 0);
}

/* --- life ------------------------------------------------------------------------------------- */

static void without_a_ring(void **state)
{
	(void)state;
	assert_int_equal(source_fd(src), -1);
	assert_int_equal(source_drain(src, 0), 0);
	libbpf_set_print(NULL);
	assert_true(source_open_ring(src, -1, NULL) < 0);
	assert_int_equal(source_fd(src), -1);
}

static void freed_with_marks_held(void **state)
{
	(void)state;
	for (int i = 0; i < 1000; i++)
		push(i, i);
	source_free(NULL);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(heard_of_at_once),
		TEST(sorted_by_time),
		TEST(ties_keep_their_arrival),
		TEST(held_for_a_moment),
		TEST(early_clock),
		TEST(too_late_is_counted),
		TEST(many_in_random_order),
		TEST(marks_are_copies),
		TEST(nonsense_is_refused),
		TEST(longer_than_needed),
		TEST(nth_of_a_type_is_dropped),
		TEST(first_is_dropped),
		TEST(nothing_is_dropped_unasked),
		TEST(without_a_ring),
		TEST(freed_with_marks_held),
	};

	return cmocka_run_group_tests_name("source", tests, NULL, NULL);
}
