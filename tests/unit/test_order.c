/* SPDX-License-Identifier: GPL-2.0-only */
/* inject/order: what is refused, and with which words; the rule of an order, to the ends of its numbers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "inject/order.h"

#include <errno.h>
#include <math.h>
#include <string.h>

#include "lib/util.h"

static char why[160];

static struct order usual(const char *method)
{
	return (struct order){
		.id = 1,
		.value = method_find(method)->values[0].value,
		.probability = 1,
		.every = 1,
		.at_most = 1,
	};
}

static int check(const struct order *order, const char *method)
{
	memset(why, 0, sizeof(why));
	return order_check(order, method_find(method), why);
}

static void assert_fine(const struct order *order, const char *method)
{
	assert_int_equal(check(order, method), 0);
	assert_string_equal(why, "");
}

static void assert_refused(const struct order *order, const char *method, const char *words)
{
	assert_int_equal(check(order, method), -EINVAL);
	assert_non_null(strstr(why, words));
	assert_true(strlen(why) < sizeof(why) - 1); /* not cut */
}

/* --- what is refused -------------------------------------------------------------------------- */

static void usual_orders_are_fine(void **state)
{
	const struct method *method;

	(void)state;
	for (unsigned i = 0; (method = method_at(i)); i++) {
		struct order order = usual(method->name);

		if (method->needs_place) {
			order.asked = SEA_PRED_GPA;
			order.gpa_len = 4096;
		}
		assert_fine(&order, method->name);
	}
}

/* Each method against each predicate: fine where it has it, else refused by name. */
static void only_what_the_target_tells(void **state)
{
	static const struct {
		unsigned predicate;
		const char *words;
	} asked[] = {{SEA_PRED_VCPU, "vCPU"},
		     {SEA_PRED_GPA, "guest physical address"},
		     {SEA_PRED_KIND, "kind of fault"}};
	const struct method *method;

	(void)state;
	for (unsigned i = 0; (method = method_at(i)); i++)
		for (size_t a = 0; a < UTIL_COUNT(asked); a++) {
			struct order order = usual(method->name);

			order.asked = asked[a].predicate;
			if (method->needs_place)
				order.asked |= SEA_PRED_GPA;
			order.gpa_len = 4096;
			order.kinds = SEA_KIND_READ;
			if (method_predicates(method) & asked[a].predicate) {
				assert_fine(&order, method->name);
				continue;
			}
			assert_refused(&order, method->name, asked[a].words);
			assert_non_null(strstr(why, method->name));
		}
}

static void words_name_the_function(void **state)
{
	struct order order = usual("recovery-fail");

	(void)state;
	order.asked = SEA_PRED_VCPU | SEA_PRED_GPA;
	order.gpa_len = 1;
	assert_refused(&order, "recovery-fail", "memory_failure does not tell it");
}

static void places(void **state)
{
	struct order order = usual("record-drop");

	(void)state;
	assert_refused(&order, "record-drop", "where?");
	order = usual("abort-retry");
	order.asked = SEA_PRED_GPA;
	assert_refused(&order, "abort-retry", "no range"); /* of no length */
	order.gpa_len = 1;
	order.gpa = UINT64_MAX;
	assert_fine(&order, "abort-retry");
	order.gpa_len = 2;
	assert_refused(&order, "abort-retry", "no range");
	order.gpa = 0;
	order.gpa_len = UINT64_MAX;
	assert_fine(&order, "abort-retry");
	order.asked = SEA_PRED_VCPU;
	order.vcpu = SEA_RULE_VCPUS - 1;
	assert_fine(&order, "abort-retry");
	order.vcpu = SEA_RULE_VCPUS;
	assert_refused(&order, "abort-retry", "vCPU 512");
	order.asked = SEA_PRED_KIND;
	order.kinds = 0;
	assert_refused(&order, "abort-retry", "kinds of faults");
	order.kinds = 1 << 8;
	assert_refused(&order, "abort-retry", "0x100");
	/* what is not asked is not looked at */
	order.asked = 0;
	order.gpa_len = 0;
	assert_fine(&order, "abort-retry");
}

static void values(void **state)
{
	struct order order = usual("abort-errno");

	(void)state;
	order.value = -EIO;
	assert_fine(&order, "abort-errno");
	order.value = 0; /* KVM_EXIT_UNKNOWN: no method's */
	assert_refused(&order, "abort-errno", "cannot answer 0");
	order = usual("pfn-hwpoison");
	order.value = 0x12345; /* a page that nobody holds */
	assert_refused(&order, "pfn-hwpoison", "cannot answer");
}

static void counts(void **state)
{
	static const double wrong[] = {0, -0.5, 1.0000001, NAN, INFINITY, -INFINITY};
	struct order order = usual("abort-errno");

	(void)state;
	for (size_t i = 0; i < UTIL_COUNT(wrong); i++) {
		order.probability = wrong[i];
		assert_refused(&order, "abort-errno", "probability");
	}
	order.probability = 1e-300;
	assert_fine(&order, "abort-errno");
	order.every = 0;
	assert_refused(&order, "abort-errno", "every");
	order.every = UINT64_MAX;
	order.at_most = 0;
	assert_refused(&order, "abort-errno", "at most");
	order.at_most = order.after = UINT64_MAX;
	assert_fine(&order, "abort-errno");
}

static void volleys(void **state)
{
	struct order order = usual("abort-retry");
	uint64_t most = method_find("abort-retry")->volley_max;

	(void)state;
	assert_true(most > 0);
	order.at_most = most;
	assert_fine(&order, "abort-retry");
	order.at_most = most + 1;
	assert_refused(&order, "abort-retry", "starve");
	order.every = 2;
	order.at_most = 100000;
	assert_fine(&order, "abort-retry");
}

/* --- the rule --------------------------------------------------------------------------------- */

static void rule_of_an_order(void **state)
{
	const struct order order = {
		.id = 7,
		.tgid = 123,
		.start_ticks = 456,
		.asked = SEA_PRED_VCPU | SEA_PRED_KIND,
		.vcpu = 3,
		.kinds = SEA_KIND_WRITE,
		.value = -14,
		.seed = 42,
		.probability = 0.25,
		.after = 10,
		.every = 5,
		.at_most = 100,
		.delay_ns = 1000,
		.window_ns = 500,
		.gap_ns = 9,
	};
	struct sea_rule rule;

	(void)state;
	memset(&rule, 0xff, sizeof(rule));
	order_rule(&order, 0x1000, 0x1fff, 50000, &rule);
	assert_int_equal(rule.armed, 0);
	assert_int_equal(rule.id, 7);
	assert_int_equal(rule.tgid, 123);
	assert_int_equal(rule.start_ticks, 456);
	assert_int_equal(rule.vcpu, 3);
	assert_int_equal(rule.kinds, SEA_KIND_WRITE);
	assert_int_equal(rule.first, 0x1000);
	assert_int_equal(rule.last, 0x1fff);
	assert_int_equal(rule.value, -14);
	assert_int_equal(rule.seed, 42);
	assert_true(rule.threshold == 1ULL << 62);
	assert_int_equal(rule.after, 10);
	assert_int_equal(rule.every, 5);
	assert_int_equal(rule.at_most, 100);
	assert_int_equal(rule.not_before_ns, 51000);
	assert_int_equal(rule.not_after_ns, 51500);
	assert_int_equal(rule.gap_ns, 9);
	assert_int_equal(rule.flags, 0);
}

static void what_is_not_asked_is_any(void **state)
{
	struct order order = usual("abort-retry");
	struct sea_rule rule;

	(void)state;
	order.vcpu = 3;
	order.kinds = SEA_KIND_WRITE;
	order.dry_run = true;
	order_rule(&order, 0, UINT64_MAX, 5, &rule);
	assert_true(rule.vcpu == SEA_RULE_ANY_VCPU);
	assert_int_equal(rule.kinds, 0);
	assert_true(rule.threshold == UINT64_MAX);
	assert_int_equal(rule.not_before_ns, 5);
	assert_true(rule.not_after_ns == UINT64_MAX);
	assert_int_equal(rule.flags, SEA_RULE_DRY);
}

static uint64_t threshold(double probability)
{
	struct order order = usual("abort-retry");
	struct sea_rule rule;

	order.probability = probability;
	order_rule(&order, 0, 0, 0, &rule);
	return rule.threshold;
}

static void ends_of_the_numbers(void **state)
{
	struct order order = usual("abort-retry");
	struct sea_rule rule;

	(void)state;
	assert_true(threshold(1) == UINT64_MAX);
	assert_true(threshold(nextafter(1, 0)) == UINT64_MAX - 2047); /* 2^64 - 2^11 */
	assert_true(threshold(0.5) == 1ULL << 63);
	assert_true(threshold(1e-300) == 1); /* never is not asked for */
	order.delay_ns = UINT64_MAX;
	order.window_ns = 1;
	order_rule(&order, 0, 0, 1000, &rule);
	assert_true(rule.not_before_ns == UINT64_MAX);
	assert_true(rule.not_after_ns == UINT64_MAX);
	order.delay_ns = 0;
	order.window_ns = UINT64_MAX;
	order_rule(&order, 0, 0, 1000, &rule);
	assert_int_equal(rule.not_before_ns, 1000);
	assert_true(rule.not_after_ns == UINT64_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(usual_orders_are_fine),
		cmocka_unit_test(only_what_the_target_tells),
		cmocka_unit_test(words_name_the_function),
		cmocka_unit_test(places),
		cmocka_unit_test(values),
		cmocka_unit_test(counts),
		cmocka_unit_test(volleys),
		cmocka_unit_test(rule_of_an_order),
		cmocka_unit_test(what_is_not_asked_is_any),
		cmocka_unit_test(ends_of_the_numbers),
	};

	return cmocka_run_group_tests_name("order", tests, NULL, NULL);
}
