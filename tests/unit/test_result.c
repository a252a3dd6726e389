/* SPDX-License-Identifier: GPL-2.0-only */
/* inject/result: shots added up by VM and method. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "inject/result.h"

#include <stdlib.h>
#include <string.h>

#define SHOTS 6

static struct shot_result shots[SHOTS];
static struct campaign_result result = {.shots = shots, .n_shots = SHOTS};

static void shot(unsigned i, const char *vm, const char *method, enum verdict verdict,
		 enum shot_outcome outcome)
{
	shots[i] = (struct shot_result){
		.number = i + 1,
		.vm = vm,
		.method = method,
		.place = "any",
		.wanted = 10 + i,
		.fired = 5,
		.verdict = verdict,
		.outcome = outcome,
		.evidence.would = 1,
	};
	hist_add(&shots[i].phase1, 1000 * (i + 1));
}

/* The campaign takes turns between VMs. */
static int setup(void **state)
{
	(void)state;
	shot(0, "vm-a", "guest-sea", VERDICT_PASS, SHOT_GUEST_NOTIFIED);
	shot(1, "vm-b", "guest-sea", VERDICT_FAIL, SHOT_LOST);
	shot(2, "vm-a", "einj", VERDICT_UNAVAILABLE, SHOT_LOST);
	shot(3, "vm-b", "einj", VERDICT_SKIPPED, SHOT_LOST);
	shot(4, "vm-a", "guest-sea", VERDICT_FAIL, SHOT_GUEST_DEAD);
	shot(5, "vm-a", "guest-sea", VERDICT_DRY, SHOT_NOT_ACTIVATED);
	return 0;
}

static void row_is(const struct result_row *row, const char *vm, const char *method, unsigned n,
		   uint64_t wanted)
{
	assert_string_equal(row->vm, vm);
	assert_string_equal(row->method, method);
	assert_int_equal(row->n, n);
	assert_int_equal(row->wanted, wanted);
	assert_int_equal(row->fired, 5 * n);
	assert_int_equal(row->would, n);
	assert_int_equal(row->phase1.count, n);
	assert_int_equal(row->phase2.count, 0);
}

static void rows(void **state)
{
	struct result_row *list;

	(void)state;
	assert_int_equal(result_rows(&result, &list), 4);
	row_is(&list[0], "vm-a", "guest-sea", 3, 10 + 14 + 15);
	row_is(&list[1], "vm-a", "einj", 1, 12);
	row_is(&list[2], "vm-b", "guest-sea", 1, 11);
	row_is(&list[3], "vm-b", "einj", 1, 13);
	assert_int_equal(list[0].verdicts[VERDICT_PASS], 1);
	assert_int_equal(list[0].verdicts[VERDICT_FAIL], 1);
	assert_int_equal(list[0].verdicts[VERDICT_DRY], 1);
	assert_int_equal(list[0].outcomes[SHOT_GUEST_NOTIFIED], 1);
	assert_int_equal(list[0].outcomes[SHOT_GUEST_DEAD], 1);
	assert_int_equal(list[0].phase1.min, 1000);
	assert_int_equal(list[0].phase1.max, 6000);
	free(list);
}

/* What was not fired has none, whatever stands there; "lost" is one. */
static void outcomes_of_what_was_tried(void **state)
{
	struct result_row *list;
	unsigned n = 0;

	(void)state;
	assert_int_equal(result_rows(&result, &list), 4);
	for (int row = 0; row < 4; row++)
		for (int o = 0; o < SHOT_MAX; o++)
			n += list[row].outcomes[o];
	assert_int_equal(n, 3);
	assert_int_equal(list[2].outcomes[SHOT_LOST], 1);
	free(list);
}

static void no_shots(void **state)
{
	const struct campaign_result empty = {.n_shots = 0};
	struct result_row *list = (void *)1;

	(void)state;
	assert_int_equal(result_rows(&empty, &list), 0);
	assert_null(list);
}

static void verdicts_are_counted(void **state)
{
	(void)state;
	result.verdicts[VERDICT_PASS] = 99;
	result_count(&result);
	assert_int_equal(result.verdicts[VERDICT_PASS], 1);
	assert_int_equal(result.verdicts[VERDICT_FAIL], 2);
	assert_int_equal(result.verdicts[VERDICT_UNAVAILABLE], 1);
	assert_int_equal(result.verdicts[VERDICT_DRY], 1);
	assert_int_equal(result.verdicts[VERDICT_SKIPPED], 1);
}

/* Nobody judged it. */
static void a_zeroed_shot_has_failed(void **state)
{
	const struct shot_result zero = {.number = 0};

	(void)state;
	assert_int_equal(zero.verdict, VERDICT_FAIL);
	assert_int_equal(zero.outcome, SHOT_LOST);
}

static unsigned same_before(unsigned i)
{
	return result_key(&result, i).same_before;
}

static void the_same_again(void **state)
{
	(void)state;
	shots[4].wanted = shots[0].wanted;
	assert_int_equal(same_before(4), 1);
	assert_int_equal(same_before(5), 0);
	shots[5].wanted = shots[0].wanted;
	assert_int_equal(same_before(5), 2);
	shots[5].value = "";
	assert_int_equal(same_before(5), 2);
	shots[5].value = "EFAULT";
	assert_int_equal(same_before(5), 0);
	shots[5].value = NULL;
	shots[5].place = "0x40000000";
	assert_int_equal(same_before(5), 0);
}

/* Each part of it tells apart, and both ways round. */
static void keys_are_ordered(void **state)
{
	const struct result_key low = {"a", "a", "a", "a", 1, 1};
	const struct result_key higher[] = {
		{"b", "a", "a", "a", 1, 1}, {"a", "b", "a", "a", 1, 1}, {"a", "a", "b", "a", 1, 1},
		{"a", "a", "a", "b", 1, 1}, {"a", "a", "a", "a", 2, 1}, {"a", "a", "a", "a", 1, 2},
	};

	(void)state;
	assert_int_equal(result_key_compare(&low, &low), 0);
	for (int i = 0; i < 6; i++) {
		assert_true(result_key_compare(&low, &higher[i]) < 0);
		assert_true(result_key_compare(&higher[i], &low) > 0);
	}
}

#define TEST(name) cmocka_unit_test_setup(name, setup)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(rows),
		TEST(outcomes_of_what_was_tried),
		TEST(no_shots),
		TEST(verdicts_are_counted),
		TEST(a_zeroed_shot_has_failed),
		TEST(the_same_again),
		TEST(keys_are_ordered),
	};

	return cmocka_run_group_tests_name("result", tests, NULL, NULL);
}
