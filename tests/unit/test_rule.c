/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * sea/rule.h, the code that user space and the BPF programs share: whose call it is, and whether it is
 * chosen: the same ones each time, as many as asked, on each vCPU by itself.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <sea/rule.h>
#include <stdbool.h>

#include "lib/util.h"

#define HALF (1ULL << 63)

static const struct sea_rule all = {
	.vcpu = SEA_RULE_ANY_VCPU,
	.last = UINT64_MAX,
	.threshold = UINT64_MAX,
	.every = 1,
};

/* --- kinds ------------------------------------------------------------------------------------ */

#define DATA  (0x24ULL << 26)
#define FETCH (0x20ULL << 26)
#define WNR   (1u << 6)

/* Arm ARM D24.2.40: what stage 2 can answer with. */
static const struct {
	uint64_t esr;
	uint32_t kinds;
} kinds[] = {
	{DATA | 0x00, SEA_KIND_READ | SEA_KIND_OTHER}, /* address size, level 0 */
	{DATA | 0x04, SEA_KIND_READ | SEA_KIND_TRANSLATION},
	{DATA | WNR | 0x07, SEA_KIND_WRITE | SEA_KIND_TRANSLATION},
	{DATA | 0x2b, SEA_KIND_READ | SEA_KIND_TRANSLATION}, /* level -1 */
	{DATA | 0x29, SEA_KIND_READ | SEA_KIND_OTHER},       /* address size, level -1 */
	{DATA | WNR | 0x09, SEA_KIND_WRITE | SEA_KIND_ACCESS},
	{DATA | WNR | 0x0f, SEA_KIND_WRITE | SEA_KIND_PERMISSION},
	{DATA | 0x10, SEA_KIND_READ | SEA_KIND_EXTERNAL},
	{DATA | 0x17, SEA_KIND_READ | SEA_KIND_EXTERNAL},
	{DATA | 0x18, SEA_KIND_READ | SEA_KIND_EXTERNAL},
	{DATA | 0x1c, SEA_KIND_READ | SEA_KIND_EXTERNAL},
	{DATA | 0x21, SEA_KIND_READ | SEA_KIND_OTHER}, /* alignment */
	{DATA | 0x11, SEA_KIND_READ | SEA_KIND_OTHER}, /* tag check */
	{DATA | 0x13, SEA_KIND_READ | SEA_KIND_EXTERNAL},
	{FETCH | 0x07, SEA_KIND_EXEC | SEA_KIND_TRANSLATION},
	{FETCH | 0x10, SEA_KIND_EXEC | SEA_KIND_EXTERNAL},
	{FETCH | WNR | 0x0d, SEA_KIND_EXEC | SEA_KIND_PERMISSION}, /* RES0, not a write */
	{0x92000010, SEA_KIND_READ | SEA_KIND_EXTERNAL},           /* seen in the lab */
};

static void kinds_of_faults(void **state)
{
	(void)state;
	for (size_t i = 0; i < UTIL_COUNT(kinds); i++)
		assert_int_equal(sea_rule_kinds(kinds[i].esr), kinds[i].kinds);
}

static void one_access_and_one_status(void **state)
{
	(void)state;
	for (uint32_t esr = 0; esr < 1 << 7; esr++)
		for (unsigned ec = 0x20; ec <= 0x24; ec += 4) {
			uint32_t seen = sea_rule_kinds((uint64_t)ec << 26 | esr);

			assert_int_equal(__builtin_popcount(seen & SEA_KIND_ACCESSES), 1);
			assert_int_equal(__builtin_popcount(seen & SEA_KIND_STATUSES), 1);
			assert_int_equal(seen & ~(SEA_KIND_ACCESSES | SEA_KIND_STATUSES), 0);
		}
}

/* --- scope ------------------------------------------------------------------------------------ */

static bool matches(struct sea_rule rule, struct sea_call call)
{
	return sea_rule_matches(&rule, &call);
}

static void any_call_matches(void **state)
{
	(void)state;
	assert_true(matches(all, (struct sea_call){0}));
	assert_true(matches(all, (struct sea_call){SEA_RULE_ANY_VCPU, ~0u, UINT64_MAX}));
	assert_true(matches(all, (struct sea_call){SEA_RULE_VCPUS - 1, SEA_KIND_OTHER, 1}));
}

static void vcpus(void **state)
{
	struct sea_rule rule = all;

	(void)state;
	rule.vcpu = 3;
	assert_true(matches(rule, (struct sea_call){.vcpu = 3}));
	assert_false(matches(rule, (struct sea_call){.vcpu = 2}));
	assert_false(matches(rule, (struct sea_call){.vcpu = SEA_RULE_ANY_VCPU}));
	rule.vcpu = 0;
	assert_true(matches(rule, (struct sea_call){.vcpu = 0}));
	assert_false(matches(rule, (struct sea_call){.vcpu = SEA_RULE_ANY_VCPU}));
}

static void ranges(void **state)
{
	struct sea_rule rule = all;

	(void)state;
	rule.first = 0x80000000;
	rule.last = 0x80000fff;
	assert_false(matches(rule, (struct sea_call){.addr = 0x7fffffff}));
	assert_true(matches(rule, (struct sea_call){.addr = 0x80000000}));
	assert_true(matches(rule, (struct sea_call){.addr = 0x80000fff}));
	assert_false(matches(rule, (struct sea_call){.addr = 0x80001000}));
	/* an address that is not known is in no range */
	assert_false(matches(rule, (struct sea_call){.addr = UINT64_MAX}));
	rule.first = rule.last = UINT64_MAX;
	assert_true(matches(rule, (struct sea_call){.addr = UINT64_MAX}));
	assert_false(matches(rule, (struct sea_call){.addr = UINT64_MAX - 1}));
	rule.first = rule.last = 0;
	assert_true(matches(rule, (struct sea_call){.addr = 0}));
	assert_false(matches(rule, (struct sea_call){.addr = 1}));
}

/* Of either group none: any; else one of those. */
static void sets_of_kinds(void **state)
{
	const struct sea_call write = {.kinds = SEA_KIND_WRITE | SEA_KIND_TRANSLATION}, none = {0};
	struct sea_rule rule = all;

	(void)state;
	rule.kinds = SEA_KIND_WRITE;
	assert_true(matches(rule, write));
	assert_false(matches(rule, none));
	rule.kinds = SEA_KIND_READ | SEA_KIND_EXEC;
	assert_false(matches(rule, write));
	rule.kinds = SEA_KIND_READ | SEA_KIND_WRITE | SEA_KIND_PERMISSION;
	assert_false(matches(rule, write));
	rule.kinds |= SEA_KIND_TRANSLATION;
	assert_true(matches(rule, write));
	rule.kinds = SEA_KIND_TRANSLATION;
	assert_true(matches(rule, write));
	rule.kinds = SEA_KIND_ACCESSES | SEA_KIND_STATUSES;
	assert_true(matches(rule, write));
	assert_false(matches(rule, none));
}

/* --- choice ----------------------------------------------------------------------------------- */

/* SplitMix64 from 1234567, as https://rosettacode.org/wiki/Pseudo-random_numbers/Splitmix64 has it. */
static void mixed_as_published(void **state)
{
	static const uint64_t published[] = {6457827717110365317U, 3203168211198807973U,
					     9817491932198370423U, 4593380528125082431U,
					     16408922859458223821U};
	uint64_t x = 1234567;

	(void)state;
	for (size_t i = 0; i < UTIL_COUNT(published); i++)
		assert_true(sea_rule_mix(x += 0x9e3779b97f4a7c15) == published[i]);
}

static void each_one(void **state)
{
	(void)state;
	for (uint64_t k = 1; k < 1000; k++)
		assert_true(sea_rule_chooses(&all, k % 7, k));
	assert_true(sea_rule_chooses(&all, SEA_RULE_ANY_VCPU, UINT64_MAX));
}

static uint64_t chosen(const struct sea_rule *rule, uint32_t vcpu, uint64_t n)
{
	uint64_t sum = 0;

	for (uint64_t k = 1; k <= n; k++)
		sum += sea_rule_chooses(rule, vcpu, k);
	return sum;
}

static void after_and_every(void **state)
{
	struct sea_rule rule = all;

	(void)state;
	rule.after = 5;
	assert_int_equal(chosen(&rule, 0, 5), 0);
	assert_true(sea_rule_chooses(&rule, 0, 6));
	rule.every = 3;
	for (uint64_t k = 1; k < 100; k++)
		assert_int_equal(sea_rule_chooses(&rule, 1, k),
				 k == 6 || (k > 6 && (k - 6) % 3 == 0));
	assert_int_equal(chosen(&rule, 0, 5 + 300), 100);
}

static void ends_of_the_numbers(void **state)
{
	struct sea_rule rule = all;

	(void)state;
	rule.after = UINT64_MAX;
	assert_false(sea_rule_chooses(&rule, 0, 1));
	assert_false(sea_rule_chooses(&rule, 0, UINT64_MAX));
	rule.after = UINT64_MAX - 1;
	assert_false(sea_rule_chooses(&rule, 0, UINT64_MAX - 1));
	assert_true(sea_rule_chooses(&rule, 0, UINT64_MAX));
	rule = all;
	rule.every = UINT64_MAX;
	assert_true(sea_rule_chooses(&rule, 0, 1));
	assert_int_equal(chosen(&rule, 0, 1000), 1);
	assert_false(sea_rule_chooses(&rule, 0, UINT64_MAX));
	rule = all;
	rule.threshold = 1; /* once in 2^64 */
	assert_int_equal(chosen(&rule, 0, 100000), 0);
}

/* Of n coins with p = share, six standard deviations either way: a fixed seed, so it holds or not. */
static void assert_share(uint64_t seen, double n, double share)
{
	double variance = n * share * (1 - share), off = seen - n * share;

	assert_true(off * off < 36 * variance);
}

static void as_often_as_asked(void **state)
{
	static const double shares[] = {0.001, 0.1, 0.5, 0.9};
	struct sea_rule rule = all;

	(void)state;
	for (size_t i = 0; i < UTIL_COUNT(shares); i++)
		for (uint32_t vcpu = 0; vcpu < 3; vcpu++) {
			rule.seed = 42;
			rule.threshold = shares[i] * 18446744073709551616.0;
			assert_share(chosen(&rule, vcpu, 200000), 200000, shares[i]);
		}
	/* small seeds and numbers, as people and matches have them, are as good as others */
	for (rule.seed = 0; rule.seed < 5; rule.seed++) {
		rule.threshold = HALF;
		assert_share(chosen(&rule, 0, 10000), 10000, 0.5);
	}
}

/* How often two rules or vCPUs choose alike: half of the time when they have nothing in common. */
static uint64_t alike(const struct sea_rule *a, uint32_t vcpu_a, const struct sea_rule *b,
		      uint32_t vcpu_b, uint64_t shift)
{
	uint64_t sum = 0;

	for (uint64_t k = 1; k <= 100000; k++)
		sum += sea_rule_chooses(a, vcpu_a, k) == sea_rule_chooses(b, vcpu_b, k + shift);
	return sum;
}

static void by_nothing_else(void **state)
{
	struct sea_rule a = all, b;

	(void)state;
	a.threshold = HALF;
	a.seed = 7;
	a.id = 3;
	b = a; /* what a shot does, and when, is no part of the choice */
	b.value = -14;
	b.tgid = 1234;
	b.start_ticks = 99;
	b.at_most = 5;
	b.not_before_ns = 1;
	b.gap_ns = 77;
	b.kinds = SEA_KIND_READ;
	assert_int_equal(alike(&a, 2, &b, 2, 0), 100000);
}

static void nothing_in_common(void **state)
{
	struct sea_rule a = all, b;

	(void)state;
	a.threshold = HALF;
	for (uint64_t i = 1; i < 4; i++) {
		b = a;
		b.seed = a.seed + i;
		assert_share(alike(&a, 0, &b, 0, 0), 100000, 0.5);
		b = a;
		b.id = a.id + i;
		assert_share(alike(&a, 0, &b, 0, 0), 100000, 0.5);
		assert_share(alike(&a, 0, &a, i, 0), 100000, 0.5);
		assert_share(alike(&a, 0, &a, 0, i), 100000, 0.5); /* neighbours */
		assert_share(alike(&a, 0, &a, SEA_RULE_ANY_VCPU, 0), 100000, 0.5);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(kinds_of_faults),
		cmocka_unit_test(one_access_and_one_status),
		cmocka_unit_test(any_call_matches),
		cmocka_unit_test(vcpus),
		cmocka_unit_test(ranges),
		cmocka_unit_test(sets_of_kinds),
		cmocka_unit_test(mixed_as_published),
		cmocka_unit_test(each_one),
		cmocka_unit_test(after_and_every),
		cmocka_unit_test(ends_of_the_numbers),
		cmocka_unit_test(as_often_as_asked),
		cmocka_unit_test(by_nothing_else),
		cmocka_unit_test(nothing_in_common),
	};

	return cmocka_run_group_tests_name("rule", tests, NULL, NULL);
}
