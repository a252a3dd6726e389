/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * trace/timeline: each instant goes to the interval that began last, waiting takes the rest, and
 * the sum is the total, exactly, whatever overlaps.
 */
#include "tests/unit/marks.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "lib/util.h"
#include "trace/timeline.h"

#include <string.h>

static const struct who who = {100, 101, 0, 0xa000, 0};
static struct timeline tl, other;

static int setup(void **state)
{
	(void)state;
	memset(&tl, 0, sizeof(tl));
	memset(&other, 0, sizeof(other));
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	timeline_clear(&tl);
	timeline_clear(&other);
	return 0;
}

static void at(struct timeline *to, uint64_t ns)
{
	timeline_mark(to, mark_claim_enter(ns, who));
}

/* Piece by piece it is the same as in one sum. */
static void check_owners(const struct timeline *of, const uint64_t *want)
{
	uint64_t got[SPAN_MAX], until;

	memcpy(got, of->settled, sizeof(got));
	for (uint64_t at = of->settled_ns; at < of->last_ns; at = until) {
		enum span span = timeline_owner(of, at, &until);

		assert_true(until > at && until <= of->last_ns);
		got[span] += until - at;
	}
	assert_memory_equal(got, want, sizeof(got));
}

/* All of them: who is not named is 0. The sum rule is checked each time. */
static void check_spans(const struct timeline *of, const uint64_t *want)
{
	uint64_t got[SPAN_MAX], sum = 0;

	timeline_spans(of, got);
	for (int s = 0; s < SPAN_MAX; s++) {
		if (got[s] != want[s])
			fail_msg("%s is %llu, not %llu", span_names[s], (unsigned long long)got[s],
				 (unsigned long long)want[s]);
		sum += got[s];
	}
	assert_int_equal(sum, timeline_total(of));
	check_owners(of, want);
}

#define SPANS(of, ...) check_spans(of, (const uint64_t[SPAN_MAX]){__VA_ARGS__})

static void sum_is_the_total(const struct timeline *of)
{
	uint64_t spans[SPAN_MAX], sum = 0;

	timeline_spans(of, spans);
	for (int s = 0; s < SPAN_MAX; s++)
		sum += spans[s];
	assert_int_equal(sum, timeline_total(of));
}

/* --- spans ------------------------------------------------------------------------------------ */

static void nothing(void **state)
{
	(void)state;
	assert_int_equal(timeline_total(&tl), 0);
	SPANS(&tl, 0);
}

static void waiting_only(void **state)
{
	(void)state;
	at(&tl, 1000);
	SPANS(&tl, 0);
	at(&tl, 1700);
	SPANS(&tl, [SPAN_WAIT] = 700);
}

static void gaps_are_waits(void **state)
{
	(void)state;
	at(&tl, 1000);
	at(&tl, 2000);
	timeline_interval(&tl, SPAN_PARSE, 1100, 1300);
	timeline_interval(&tl, SPAN_RECOVERY, 1400, 1900);
	SPANS(&tl, [SPAN_PARSE] = 200, [SPAN_RECOVERY] = 500, [SPAN_WAIT] = 300);
}

/* A record is parsed inside a claim inside phase 1. */
static void nested(void **state)
{
	(void)state;
	at(&tl, 1000);
	at(&tl, 2000);
	timeline_interval(&tl, SPAN_PARSE, 1300, 1500);
	timeline_interval(&tl, SPAN_CLAIM, 1200, 1700);
	timeline_interval(&tl, SPAN_PHASE1, 1000, 2000);
	SPANS(&tl, [SPAN_PARSE] = 200, [SPAN_CLAIM] = 300, [SPAN_PHASE1] = 500);
}

/* A kworker recovers while the vCPU takes the next SEA: who began later has what they share. */
static void overlapping(void **state)
{
	(void)state;
	at(&tl, 1000);
	at(&tl, 4000);
	timeline_interval(&tl, SPAN_PHASE1, 2000, 4000);
	timeline_interval(&tl, SPAN_RECOVERY, 1000, 3000);
	SPANS(&tl, [SPAN_RECOVERY] = 1000, [SPAN_PHASE1] = 2000);
}

/* What began last may end first: then the earlier one has the rest. */
static void earlier_one_goes_on(void **state)
{
	(void)state;
	at(&tl, 1000);
	at(&tl, 5000);
	timeline_interval(&tl, SPAN_SIGNAL, 2000, 3000);
	timeline_interval(&tl, SPAN_RECOVERY, 1000, 4000);
	SPANS(&tl, [SPAN_RECOVERY] = 2000, [SPAN_SIGNAL] = 1000, [SPAN_WAIT] = 1000);
}

/* Of two that begin at once the one that was told last has what they share. */
static void equal_beginnings(void **state)
{
	(void)state;
	at(&tl, 1000);
	at(&tl, 3000);
	timeline_interval(&tl, SPAN_CLAIM, 1000, 2000);
	timeline_interval(&tl, SPAN_PHASE1, 1000, 3000);
	SPANS(&tl, [SPAN_PHASE1] = 2000);
	timeline_interval(&tl, SPAN_PARSE, 1000, 1500);
	SPANS(&tl, [SPAN_PARSE] = 500, [SPAN_PHASE1] = 1500);
}

static void same_span_twice(void **state)
{
	(void)state;
	at(&tl, 1000);
	at(&tl, 3000);
	timeline_interval(&tl, SPAN_SIGNAL, 1000, 2000);
	timeline_interval(&tl, SPAN_SIGNAL, 1500, 2500);
	SPANS(&tl, [SPAN_SIGNAL] = 1500, [SPAN_WAIT] = 500);
}

/* Empty, backwards, before the first mark, after the last: none of it breaks the sum. */
static void odd_intervals(void **state)
{
	(void)state;
	at(&tl, 1000);
	at(&tl, 2000);
	timeline_interval(&tl, SPAN_PARSE, 1500, 1500);
	timeline_interval(&tl, SPAN_RECOVERY, 1700, 1600);
	timeline_interval(&tl, SPAN_CLAIM, 900, 1100);
	timeline_interval(&tl, SPAN_NOTIFY, 1900, 2100);
	SPANS(&tl, [SPAN_CLAIM] = 100, [SPAN_NOTIFY] = 100, [SPAN_WAIT] = 800);
}

/* --- many intervals --------------------------------------------------------------------------- */

/* Every 100 ns 30 ns of parsing and 20 of a signal, the second inside the first. */
static void long_story(struct timeline *to, unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		uint64_t t = 1000 + 100 * i;

		at(to, t);
		at(to, t + 30);
		timeline_interval(to, SPAN_SIGNAL, t + 10, t + 30);
		timeline_interval(to, SPAN_PARSE, t, t + 30);
	}
}

/* The 33rd interval settles what lies behind: nothing gets lost or counted twice. */
static void settling(void **state)
{
	(void)state;
	for (unsigned n = 1; n <= 200; n++) {
		setup(NULL);
		long_story(&tl, n);
		SPANS(&tl, [SPAN_PARSE] = 10ULL * n, [SPAN_SIGNAL] = 20ULL * n,
		      [SPAN_WAIT] = 70ULL * (n - 1));
		assert_true(tl.n_intervals <= TIMELINE_INTERVALS);
		timeline_clear(&tl);
	}
}

/* What began long before it ends is told last: the settling in between takes nothing from it. */
static void settling_under_an_open_interval(void **state)
{
	(void)state;
	long_story(&tl, 16); /* 32 intervals, until 2530 */
	at(&tl, 3000);
	timeline_interval(&tl, SPAN_RECOVERY, 1990, 3000);
	at(&tl, 4000);
	timeline_interval(&tl, SPAN_NOTIFY, 2900, 4000);
	SPANS(&tl, [SPAN_PARSE] = 160, [SPAN_SIGNAL] = 320, [SPAN_RECOVERY] = 730,
	      [SPAN_NOTIFY] = 1100, [SPAN_WAIT] = 690);
}

/* As many under way at once as fit, and more: nothing can be settled but all. */
static void all_under_way(void **state)
{
	(void)state;
	at(&tl, 1000);
	at(&tl, 2000);
	for (unsigned i = 0; i < TIMELINE_INTERVALS; i++)
		timeline_interval(&tl, SPAN_PARSE, 1000, 2000);
	at(&tl, 2500);
	timeline_interval(&tl, SPAN_NOTIFY, 1900, 2500);
	SPANS(&tl, [SPAN_PARSE] = 900, [SPAN_NOTIFY] = 600);
	for (unsigned i = 0; i < 5 * TIMELINE_INTERVALS; i++)
		timeline_interval(&tl, SPAN_SIGNAL, 1000 + i, 9000); /* ends that never come */
	assert_true(tl.n_intervals <= TIMELINE_INTERVALS);
	sum_is_the_total(&tl);
}

/* Random intervals against a count of every single nanosecond. */
static void random_against_brute_force(void **state)
{
	uint64_t seed = 42;

	(void)state;
	for (int round = 0; round < 200; round++) {
		unsigned n = 0, begin[TIMELINE_INTERVALS], end[TIMELINE_INTERVALS];
		enum span span[TIMELINE_INTERVALS];
		uint64_t want[SPAN_MAX] = {0};

		setup(NULL);
		at(&tl, 1000);
		at(&tl, 1200);
		for (; n < TIMELINE_INTERVALS; n++) {
			seed = seed * 6364136223846793005 + 1442695040888963407;
			begin[n] = 990 + (seed >> 33) % 220;
			end[n] = begin[n] + (seed >> 45) % 60;
			span[n] = (seed >> 55) % SPAN_WAIT;
			timeline_interval(&tl, span[n], begin[n], end[n]);
		}
		for (unsigned t = 1000; t < 1200; t++) {
			enum span owner = SPAN_WAIT;
			unsigned latest = 0;

			for (unsigned i = 0; i < n; i++) {
				if (begin[i] > t || end[i] <= t || begin[i] < latest)
					continue;
				latest = begin[i];
				owner = span[i];
			}
			want[owner]++;
		}
		check_spans(&tl, want);
		timeline_clear(&tl);
	}
}

/* --- marks ------------------------------------------------------------------------------------ */

static void marks_are_copies(void **state)
{
	struct sea_claim mark = *(const struct sea_claim *)mark_claim_exit(1000, who, -ENOENT);

	(void)state;
	timeline_mark(&tl, &mark.hdr);
	memset(&mark, 0xff, sizeof(mark));
	assert_int_equal(tl.n_points, 1);
	assert_int_equal(tl.points[0]->type, SEA_MARK_ID_claim);
	assert_int_equal(tl.points[0]->tid, who.tid);
	assert_int_equal(((struct sea_claim *)tl.points[0])->ret, -ENOENT);
}

/* Two of 65 and more are counted, and still move the end. */
static void marks_are_bounded(void **state)
{
	(void)state;
	for (unsigned i = 0; i < TIMELINE_POINTS + 2; i++)
		at(&tl, 1000 + i);
	assert_int_equal(tl.n_points, TIMELINE_POINTS);
	assert_int_equal(tl.points_beyond, 2);
	assert_int_equal(timeline_total(&tl), TIMELINE_POINTS + 1);
}

static void marks_out_of_order(void **state)
{
	static const uint64_t sorted[] = {1000, 1500, 1500, 2000};

	(void)state;
	at(&tl, 1000);
	at(&tl, 2000);
	timeline_mark(&tl, mark_claim_enter(1500, who));
	timeline_mark(&tl, mark_inject(1500, who, SEA_INJECT_SERROR));
	for (unsigned i = 0; i < UTIL_COUNT(sorted); i++)
		assert_int_equal(tl.points[i]->ts_ns, sorted[i]);
	assert_int_equal(tl.points[2]->type, SEA_MARK_ID_inject); /* a tie keeps its order */
	assert_int_equal(tl.last_ns, 2000);
	SPANS(&tl, [SPAN_WAIT] = 1000);
}

/* Offsets are counted from the first mark: no point may lie before it. */
static void mark_before_the_first(void **state)
{
	(void)state;
	at(&tl, 1000);
	at(&tl, 2000);
	timeline_interval(&tl, SPAN_CLAIM, 1000, 2000);
	at(&tl, 900);
	assert_true(tl.points[0]->ts_ns >= tl.first_ns);
	assert_int_equal(timeline_total(&tl), 1100);
	SPANS(&tl, [SPAN_CLAIM] = 1000, [SPAN_WAIT] = 100);
}

static void mark_before_what_is_settled(void **state)
{
	(void)state;
	long_story(&tl, 17);
	at(&tl, 900);
	assert_int_equal(timeline_total(&tl), 16 * 100 + 30 + 100);
	SPANS(&tl, [SPAN_PARSE] = 170, [SPAN_SIGNAL] = 340, [SPAN_WAIT] = 16 * 70 + 100);
}

static void clearing(void **state)
{
	static const struct timeline empty;

	(void)state;
	long_story(&tl, 40);
	timeline_clear(&tl);
	assert_memory_equal(&tl, &empty, sizeof(tl));
	at(&tl, 5000);
	assert_int_equal(tl.first_ns, 5000);
}

/* --- copies and mergers ----------------------------------------------------------------------- */

static void copying(void **state)
{
	uint64_t want[SPAN_MAX];

	(void)state;
	long_story(&tl, 40);
	timeline_spans(&tl, want);
	timeline_copy(&other, &tl);
	check_spans(&other, want);
	assert_int_equal(timeline_total(&other), timeline_total(&tl));
	assert_int_equal(other.n_points, TIMELINE_POINTS);
	assert_int_equal(other.points_beyond, 80 - TIMELINE_POINTS);
	for (unsigned i = 0; i < TIMELINE_POINTS; i++) {
		assert_ptr_not_equal(other.points[i], tl.points[i]);
		assert_memory_equal(other.points[i], tl.points[i], tl.points[i]->size);
	}
}

static void copies_go_their_own_ways(void **state)
{
	(void)state;
	at(&tl, 1000);
	at(&tl, 2000);
	timeline_interval(&tl, SPAN_PARSE, 1000, 2000);
	timeline_copy(&other, &tl);
	at(&other, 5000);
	timeline_interval(&other, SPAN_SIGNAL, 4000, 5000);
	SPANS(&tl, [SPAN_PARSE] = 1000);
	SPANS(&other, [SPAN_PARSE] = 1000, [SPAN_WAIT] = 2000, [SPAN_SIGNAL] = 1000);
}

/* What began later is moved into what began earlier. */
static void absorbing(void **state)
{
	static const uint64_t sorted[] = {1000, 1200, 1500, 1600, 2000};

	(void)state;
	at(&tl, 1000);
	at(&tl, 1500);
	at(&tl, 2000);
	timeline_interval(&tl, SPAN_RECOVERY, 1000, 1500);
	at(&other, 1200);
	at(&other, 1600);
	timeline_interval(&other, SPAN_PARSE, 1200, 1600);
	other.points_beyond = 3;
	timeline_absorb(&tl, &other);
	assert_int_equal(tl.n_points, 5);
	assert_int_equal(tl.points_beyond, 3);
	for (unsigned i = 0; i < UTIL_COUNT(sorted); i++)
		assert_int_equal(tl.points[i]->ts_ns, sorted[i]);
	SPANS(&tl, [SPAN_RECOVERY] = 200, [SPAN_PARSE] = 400, [SPAN_WAIT] = 400);
	assert_int_equal(other.n_points, 0);
	assert_null(other.points);
	assert_int_equal(timeline_total(&other), 0);
}

/* ... and the other way round; also what it had settled, and where it ended. */
static void absorbing_an_older_one(void **state)
{
	(void)state;
	long_story(&other, 40); /* 1000 .. 4930 */
	at(&tl, 3000);
	at(&tl, 3500);
	timeline_absorb(&tl, &other);
	assert_int_equal(tl.first_ns, 1000);
	assert_int_equal(tl.last_ns, 4930);
	assert_int_equal(tl.n_points, TIMELINE_POINTS);
	assert_int_equal(tl.points_beyond, 82 - TIMELINE_POINTS);
	sum_is_the_total(&tl);
	for (unsigned i = 1; i < tl.n_points; i++)
		assert_true(tl.points[i - 1]->ts_ns <= tl.points[i]->ts_ns);
}

static void absorbing_into_nothing(void **state)
{
	(void)state;
	at(&other, 1200);
	at(&other, 1600);
	timeline_interval(&other, SPAN_PARSE, 1200, 1500);
	timeline_absorb(&tl, &other);
	assert_int_equal(tl.first_ns, 1200);
	SPANS(&tl, [SPAN_PARSE] = 300, [SPAN_WAIT] = 100);
}

static void spans_have_names(void **state)
{
	(void)state;
	for (int s = 0; s < SPAN_MAX; s++) {
		assert_non_null(span_names[s]);
		for (int t = 0; t < s; t++)
			assert_string_not_equal(span_names[s], span_names[t]);
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(nothing),
		TEST(waiting_only),
		TEST(gaps_are_waits),
		TEST(nested),
		TEST(overlapping),
		TEST(earlier_one_goes_on),
		TEST(equal_beginnings),
		TEST(same_span_twice),
		TEST(odd_intervals),
		TEST(settling),
		TEST(settling_under_an_open_interval),
		TEST(all_under_way),
		TEST(random_against_brute_force),
		TEST(marks_are_copies),
		TEST(marks_are_bounded),
		TEST(marks_out_of_order),
		TEST(mark_before_the_first),
		TEST(mark_before_what_is_settled),
		TEST(clearing),
		TEST(copying),
		TEST(copies_go_their_own_ways),
		TEST(absorbing),
		TEST(absorbing_an_older_one),
		TEST(absorbing_into_nothing),
		TEST(spans_have_names),
	};

	return cmocka_run_group_tests_name("timeline", tests, NULL, NULL);
}
