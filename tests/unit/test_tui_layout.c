/* SPDX-License-Identifier: GPL-2.0-only */
/* out/tui_layout: columns to their room, time to scale. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "lib/util.h"
#include "out/tui_layout.h"

static uint64_t seed;

static uint64_t any(void)
{
	seed = seed * 6364136223846793005 + 1442695040888963407;
	return seed >> 24;
}

static int setup(void **state)
{
	(void)state;
	seed = 42;
	return 0;
}

/* --- rows and columns ------------------------------------------------------------------------- */

static void columns_by_rank(void **state)
{
	static const unsigned widths[] = {4, 4, 4, 10}, ranks[] = {1, 0, 2, 0};
	bool shown[4];

	(void)state;
	assert_int_equal(tui_fit(widths, ranks, 4, 100, shown), 100 - 26);
	assert_true(shown[0] && shown[1] && shown[2] && shown[3]);
	assert_int_equal(tui_fit(widths, ranks, 4, 26, shown), 0);
	assert_true(shown[2]);
	assert_int_equal(tui_fit(widths, ranks, 4, 25, shown), 4);
	assert_true(shown[0] && shown[1] && !shown[2] && shown[3]);
	/* one that matters less does not take the place of one that is too wide */
	assert_int_equal(tui_fit(widths, ranks, 4, 15, shown), 10);
	assert_true(!shown[0] && shown[1] && !shown[2] && !shown[3]);
	assert_int_equal(tui_fit(widths, ranks, 4, 0, shown), 0);
	assert_false(shown[1]);
}

static void scrolling(void **state)
{
	(void)state;
	assert_int_equal(tui_scroll(0, 0, 0, 10), 0);
	assert_int_equal(tui_scroll(0, 9, 20, 10), 0);
	assert_int_equal(tui_scroll(0, 10, 20, 10), 1);
	assert_int_equal(tui_scroll(5, 3, 20, 10), 3);
	assert_int_equal(tui_scroll(15, 19, 20, 10), 10);
	assert_int_equal(tui_scroll(10, 19, 20, 30), 0); /* the terminal has grown */
	assert_int_equal(tui_scroll(0, 5, 20, 0), 0);
}

/* --- time ------------------------------------------------------------------------------------- */

static void nothing_takes_no_step(void **state)
{
	(void)state;
	assert_int_equal(tui_scale(5, 5, 10, 20).to - tui_scale(5, 5, 10, 20).from, 0);
	assert_int_equal(tui_scale(0, 1, 0, 20).to, 0);
	assert_int_equal(tui_scale(0, 1, 10, 0).to, 0);
}

static void scales(void **state)
{
	struct tui_stretch at = tui_scale(250, 500, 1000, 40);

	(void)state;
	assert_int_equal(at.from, 10);
	assert_int_equal(at.to, 20);
	at = tui_scale(UINT64_MAX - 1, UINT64_MAX, UINT64_MAX, 40);
	assert_int_equal(at.from, 39);
	assert_int_equal(at.to, 40);
}

/* Pieces of a whole cover all steps; none vanishes; none is more than a step away from its place. */
static void pieces_make_up_the_whole(void **state)
{
	(void)state;
	for (int round = 0; round < 3000; round++) {
		unsigned steps = 1 + any() % 200, n = 1 + any() % 40, covered = 0;
		uint64_t edges[42] = {0}, total;
		struct tui_stretch at;

		for (unsigned i = 1; i <= n; i++)
			edges[i] = edges[i - 1] + (any() % 3 ? any() % 1000 : any() % 100000000);
		total = edges[n];
		for (unsigned i = 0; i < n; i++) {
			at = tui_scale(edges[i], edges[i + 1], total, steps);
			if (edges[i] == edges[i + 1]) {
				assert_int_equal(at.from, at.to);
				continue;
			}
			assert_true(at.from < at.to && at.to <= steps);
			assert_true(at.from <= covered); /* no gap */
			assert_true((double)at.from * total <=
				    (double)edges[i] * steps + 1.0 * total);
			assert_true((double)at.to * total >=
				    (double)edges[i + 1] * steps - 1.0 * total);
			covered = UTIL_MAX(covered, at.to);
		}
		assert_int_equal(covered, total ? steps : 0);
	}
}

static void ticks_are_round(void **state)
{
	(void)state;
	assert_int_equal(tui_tick(1000, 5), 200);
	assert_int_equal(tui_tick(999, 5), 200);
	assert_int_equal(tui_tick(26900000, 5), 5000000);
	assert_int_equal(tui_tick(0, 5), 1);
	assert_int_equal(tui_tick(7, 10), 1);
	assert_int_equal(tui_tick(1000, 0), UINT64_MAX);
	assert_true(UINT64_MAX / tui_tick(UINT64_MAX / 2, 1) >= 1);
}

static void shares_make_up_the_whole(void **state)
{
	(void)state;
	for (int round = 0; round < 3000; round++) {
		unsigned n = 1 + any() % 9, cells = any() % 60, shares[9], sum = 0, parts_there = 0;
		uint64_t parts[9];

		for (unsigned i = 0; i < n; i++) {
			parts[i] = any() % 3 ? any() % 100 : (any() % 2) * any() * 1000000;
			parts_there += parts[i] != 0;
		}
		tui_share(parts, n, cells, shares);
		for (unsigned i = 0; i < n; i++) {
			sum += shares[i];
			if (!parts[i])
				assert_int_equal(shares[i], 0);
			else if (cells >= parts_there)
				assert_true(shares[i] > 0);
			for (unsigned j = 0; j < n; j++)
				if (cells >= parts_there && parts[i] > parts[j])
					assert_true(shares[i] >= shares[j]);
		}
		assert_int_equal(sum, parts_there ? cells : 0);
	}
}

static void shares_are_in_proportion(void **state)
{
	static const uint64_t parts[] = {500, 250, 0, 250};
	unsigned shares[4];

	(void)state;
	tui_share(parts, 4, 40, shares);
	assert_int_equal(shares[0], 20);
	assert_int_equal(shares[1], 10);
	assert_int_equal(shares[2], 0);
	assert_int_equal(shares[3], 10);
}

#define TEST(name) cmocka_unit_test_setup(name, setup)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(columns_by_rank),          TEST(scrolling),
		TEST(nothing_takes_no_step),    TEST(scales),
		TEST(pieces_make_up_the_whole), TEST(ticks_are_round),
		TEST(shares_make_up_the_whole), TEST(shares_are_in_proportion),
	};

	return cmocka_run_group_tests_name("tui_layout", tests, NULL, NULL);
}
