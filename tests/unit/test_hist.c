/* SPDX-License-Identifier: GPL-2.0-only */
/* trace/hist: buckets without gaps, the stated error bound, exact extremes, merging. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "trace/hist.h"

#include <sea/aborts.h>

#include <stdlib.h>
#include <string.h>

#define SAMPLES 5000

static struct hist a, b, both;

static int reset(void **state)
{
	(void)state;
	memset(&a, 0, sizeof(a));
	memset(&b, 0, sizeof(b));
	memset(&both, 0, sizeof(both));
	return 0;
}

/* xorshift64, spread over all magnitudes; a fixed seed gives the same values each time. */
static uint64_t next_value(uint64_t *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 7;
	*seed ^= *seed << 17;
	return *seed >> (*seed % 61);
}

static int compare(const void *x, const void *y)
{
	uint64_t p = *(const uint64_t *)x, q = *(const uint64_t *)y;

	return (p > q) - (p < q);
}

static void buckets_are_dense(void **state)
{
	(void)state;
	assert_int_equal(HIST_BUCKETS, 976);
	assert_int_equal(hist_bucket_low(0), 0);
	for (unsigned i = 0; i < HIST_BUCKETS; i++) {
		uint64_t low = hist_bucket_low(i), high = hist_bucket_high(i);

		assert_true(low <= high);
		assert_int_equal(hist_bucket(low), i);
		assert_int_equal(hist_bucket(high), i);
		if (i + 1 < HIST_BUCKETS)
			assert_int_equal(hist_bucket_low(i + 1), high + 1);
		/* The width is at most 1/16 of the lower end: 6.25 %. */
		if (low >= 16)
			assert_true((high - low + 1) <= low / 16);
		else
			assert_int_equal(low, high);
	}
	assert_true(hist_bucket_high(HIST_BUCKETS - 1) == UINT64_MAX);
}

/* As everybody who has an instruction for it would write it. */
static unsigned by_leading_zeros(uint64_t ns)
{
	unsigned shift;

	if (ns < 16)
		return ns;
	shift = 63 - __builtin_clzll(ns) - 4;
	return shift * 16 + (unsigned)(ns >> shift);
}

/* The BPF programs' buckets are those of every histogram, up to a bound and no further. */
static void buckets_are_the_kernels(void **state)
{
	uint64_t seed = 4711;

	(void)state;
	for (unsigned bits = 0; bits < 64; bits++)
		for (int off = -2; off <= 2; off++) {
			uint64_t ns = (1ULL << bits) + off;

			assert_int_equal(sea_hist_bucket(ns), by_leading_zeros(ns));
		}
	for (unsigned i = 0; i < 100 * SAMPLES; i++) {
		uint64_t ns = next_value(&seed);

		assert_int_equal(hist_bucket(ns), by_leading_zeros(ns));
		assert_int_equal(sea_aborts_bucket(ns),
				 ns >> 34 ? SEA_ABORTS_BEYOND : hist_bucket(ns));
	}
	assert_int_equal(sea_aborts_bucket((1ULL << 34) - 1), SEA_ABORTS_BEYOND - 1);
	assert_int_equal(sea_aborts_bucket(1ULL << 34), SEA_ABORTS_BEYOND);
	assert_int_equal(sea_aborts_bucket(UINT64_MAX), SEA_ABORTS_BEYOND);
}

static void empty(void **state)
{
	(void)state;
	assert_int_equal(hist_quantile(&a, 0), 0);
	assert_int_equal(hist_quantile(&a, 0.5), 0);
	assert_int_equal(hist_quantile(&a, 1), 0);
}

static void extremes_are_exact(void **state)
{
	(void)state;
	hist_add(&a, 1000003);
	assert_int_equal(hist_quantile(&a, 0.5), 1000003);
	hist_add(&a, 77777);
	hist_add(&a, 123456789);
	assert_int_equal(a.count, 3);
	assert_int_equal(a.sum, 1000003 + 77777 + 123456789);
	assert_int_equal(a.min, 77777);
	assert_int_equal(a.max, 123456789);
	assert_int_equal(hist_quantile(&a, 0), 77777);
	assert_int_equal(hist_quantile(&a, -1), 77777);
	assert_int_equal(hist_quantile(&a, 1), 123456789);
	assert_int_equal(hist_quantile(&a, 7), 123456789);
	assert_int_equal(hist_quantile(&a, __builtin_nan("")), 77777);
}

/* Small values have buckets of their own: the rank itself is visible. */
static void ranks(void **state)
{
	(void)state;
	for (uint64_t v = 1; v <= 10; v++)
		for (unsigned n = 0; n < 10; n++)
			hist_add(&a, v);
	assert_int_equal(hist_quantile(&a, 0.1), 1);
	assert_int_equal(hist_quantile(&a, 0.1001), 2);
	assert_int_equal(hist_quantile(&a, 0.5), 5);
	assert_int_equal(hist_quantile(&a, 0.51), 6);
	assert_int_equal(hist_quantile(&a, 0.9), 9);
	assert_int_equal(hist_quantile(&a, 0.99), 10);
	/* 0.07 * 100 is a little more than 7 in binary; its rank is 7 all the same. */
	reset(NULL);
	for (uint64_t v = 1; v <= 15; v++)
		for (unsigned n = 0; n < (v == 15 ? 86 : 1); n++)
			hist_add(&a, v);
	assert_int_equal(a.count, 100);
	assert_int_equal(hist_quantile(&a, 0.07), 7);
}

static void quantiles_are_near(void **state)
{
	static const double qs[] = {0.001, 0.01, 0.1, 0.5, 0.9, 0.99, 0.999};
	static uint64_t values[SAMPLES];
	uint64_t seed = 88172645463325252ULL;

	(void)state;
	for (unsigned i = 0; i < SAMPLES; i++) {
		values[i] = next_value(&seed);
		hist_add(&a, values[i]);
	}
	qsort(values, SAMPLES, sizeof(values[0]), compare);
	for (unsigned i = 0; i < sizeof(qs) / sizeof(qs[0]); i++) {
		uint64_t truth = values[(unsigned)(qs[i] * SAMPLES + 0.5) - 1];
		uint64_t got = hist_quantile(&a, qs[i]);

		assert_true(got >= truth);
		assert_true(got - truth <= truth / 16);
	}
}

static void merging_is_adding(void **state)
{
	uint64_t seed = 42;

	(void)state;
	for (unsigned i = 0; i < SAMPLES; i++) {
		uint64_t v = next_value(&seed);

		hist_add(i % 3 ? &a : &b, v);
		hist_add(&both, v);
	}
	hist_merge(&a, &b);
	assert_memory_equal(&a, &both, sizeof(a));
}

static void merging_with_empty(void **state)
{
	(void)state;
	hist_add(&a, 5000);
	both = a;
	hist_merge(&a, &b);
	assert_memory_equal(&a, &both, sizeof(a));
	hist_merge(&b, &a);
	assert_memory_equal(&b, &both, sizeof(b));
}

/* What a reader of live counters saw late. */
static void merging_a_late_sum(void **state)
{
	const struct hist late = {.sum = 40, .max = 9000};

	(void)state;
	hist_add(&a, 5000);
	hist_merge(&a, &late);
	assert_int_equal(a.count, 1);
	assert_int_equal(a.sum, 5040);
	assert_int_equal(a.min, 5000);
	assert_int_equal(a.max, 9000);
}

static void sum_saturates(void **state)
{
	(void)state;
	hist_add(&a, UINT64_MAX);
	hist_add(&a, 2);
	assert_true(a.sum == UINT64_MAX);
	hist_merge(&b, &a);
	hist_merge(&b, &a);
	assert_true(b.sum == UINT64_MAX);
	assert_int_equal(b.count, 4);
	assert_true(hist_quantile(&b, 0.9) == UINT64_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(buckets_are_dense, reset),
		cmocka_unit_test_setup(buckets_are_the_kernels, reset),
		cmocka_unit_test_setup(empty, reset),
		cmocka_unit_test_setup(extremes_are_exact, reset),
		cmocka_unit_test_setup(ranks, reset),
		cmocka_unit_test_setup(quantiles_are_near, reset),
		cmocka_unit_test_setup(merging_is_adding, reset),
		cmocka_unit_test_setup(merging_with_empty, reset),
		cmocka_unit_test_setup(merging_a_late_sum, reset),
		cmocka_unit_test_setup(sum_saturates, reset),
	};

	return cmocka_run_group_tests_name("hist", tests, NULL, NULL);
}
