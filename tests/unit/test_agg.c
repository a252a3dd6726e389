/* SPDX-License-Identifier: GPL-2.0-only */
/* trace/agg: rows of counters, outcomes and histograms, one per VM. */
#include "tests/unit/vms.h"

#include "trace/agg.h"

static struct agg *agg;

static int setup(void **state)
{
	(void)state;
	agg = agg_new();
	assert_non_null(agg);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	assert_int_equal(agg_dropped(agg), 0);
	agg_free(agg);
	vms_are_free();
	return 0;
}

static void is_empty(const struct agg_row *row)
{
	for (int m = 0; m < METER_MAX; m++)
		assert_int_equal(row->counts[m], 0);
	for (int o = 0; o < OUTCOME_MAX; o++)
		assert_int_equal(row->outcomes[o], 0);
	for (int l = 0; l < LAP_MAX; l++)
		assert_null(row->laps[l]);
}

static void host_is_always_there(void **state)
{
	(void)state;
	assert_int_equal(agg_size(agg), 1);
	assert_null(agg_at(agg, 0)->vm);
	is_empty(agg_at(agg, 0));
	assert_ptr_equal(agg_row(agg, NULL), agg_at(agg, 0));
	assert_null(agg_at(agg, 1));
}

/* A VM to which nothing happened has its zeros. */
static void rows_in_order_of_appearance(void **state)
{
	struct agg_row *b = agg_row(agg, vm_b);

	(void)state;
	is_empty(b);
	assert_ptr_equal(b->vm, vm_b);
	agg_count(agg, vm_a, METER_SEA);
	assert_ptr_equal(agg_row(agg, vm_b), b);
	assert_int_equal(agg_size(agg), 3);
	assert_ptr_equal(agg_at(agg, 1)->vm, vm_b);
	assert_ptr_equal(agg_at(agg, 2)->vm, vm_a);
	assert_int_equal(fake_vms[0].holds, 1);
	assert_int_equal(fake_vms[1].holds, 1);
	assert_int_equal(fake_vms[2].holds, 0);
}

static void counts_go_to_their_row(void **state)
{
	(void)state;
	for (int m = 0; m < METER_MAX; m++)
		for (int i = 0; i <= m; i++)
			agg_count(agg, vm_a, m);
	agg_count(agg, vm_b, METER_SEA);
	agg_count(agg, NULL, METER_RECORD);
	for (int m = 0; m < METER_MAX; m++) {
		assert_int_equal(agg_row(agg, vm_a)->counts[m], m + 1);
		assert_int_equal(agg_row(agg, vm_b)->counts[m], m == METER_SEA);
		assert_int_equal(agg_row(agg, NULL)->counts[m], m == METER_RECORD);
	}
	is_empty(agg_row(agg, vm_c));
}

static void laps_are_distributions(void **state)
{
	const struct hist *h;

	(void)state;
	agg_lap(agg, vm_a, LAP_PHASE1, 1000);
	agg_lap(agg, vm_a, LAP_PHASE1, 3000);
	agg_lap(agg, vm_a, LAP_TOTAL, 7);
	agg_lap(agg, NULL, LAP_PHASE1, 9);
	h = agg_row(agg, vm_a)->laps[LAP_PHASE1];
	assert_int_equal(h->count, 2);
	assert_int_equal(h->sum, 4000);
	assert_int_equal(h->min, 1000);
	assert_int_equal(h->max, 3000);
	assert_int_equal(agg_row(agg, vm_a)->laps[LAP_TOTAL]->count, 1);
	assert_int_equal(agg_row(agg, NULL)->laps[LAP_PHASE1]->sum, 9);
	assert_null(agg_row(agg, vm_a)->laps[LAP_CLAIM]);
	assert_null(agg_row(agg, NULL)->laps[LAP_TOTAL]);
}

static void outcomes_are_counted_and_moved(void **state)
{
	const struct agg_row *row;

	(void)state;
	agg_outcome(agg, vm_a, OUTCOME_RECOVERED);
	agg_outcome(agg, vm_a, OUTCOME_RECOVERED);
	agg_change_outcome(agg, vm_a, OUTCOME_RECOVERED, OUTCOME_NOTIFIED);
	row = agg_row(agg, vm_a);
	assert_int_equal(row->outcomes[OUTCOME_RECOVERED], 1);
	assert_int_equal(row->outcomes[OUTCOME_NOTIFIED], 1);
	agg_change_outcome(agg, vm_a, OUTCOME_NOTIFIED, OUTCOME_NOTIFIED);
	assert_int_equal(row->outcomes[OUTCOME_NOTIFIED], 1);
}

/* The outcome was another VM's of the same process id: nothing goes below zero. */
static void outcome_that_is_not_there(void **state)
{
	(void)state;
	agg_change_outcome(agg, vm_b, OUTCOME_RECOVERED, OUTCOME_VMM_KILLED);
	assert_int_equal(agg_row(agg, vm_b)->outcomes[OUTCOME_RECOVERED], 0);
	assert_int_equal(agg_row(agg, vm_b)->outcomes[OUTCOME_VMM_KILLED], 1);
}

/* Whatever is added, and nothing else, is something new to show. */
static void generation(void **state)
{
	uint64_t last = agg_generation(agg);

	(void)state;
#define IS_NEWS(call)                                    \
	do {                                             \
		call;                                    \
		assert_true(agg_generation(agg) > last); \
		last = agg_generation(agg);              \
	} while (0)
	IS_NEWS(agg_row(agg, vm_a));
	IS_NEWS(agg_count(agg, vm_a, METER_SEA));
	IS_NEWS(agg_lap(agg, vm_a, LAP_CLAIM, 1));
	IS_NEWS(agg_outcome(agg, NULL, OUTCOME_OPEN));
	IS_NEWS(agg_change_outcome(agg, NULL, OUTCOME_OPEN, OUTCOME_FAILED));
	agg_row(agg, vm_a);
	agg_row(agg, NULL);
	agg_at(agg, 0);
	assert_int_equal(agg_generation(agg), last);
}

/* Ids are dense, but a VM may be heard of after many others. */
static void many_vms(void **state)
{
	static struct fake_vm many[300];

	(void)state;
	for (size_t i = 0; i < UTIL_COUNT(many); i++)
		many[i].vm.id = (i * 7 + 299) % UTIL_COUNT(many);
	for (size_t i = 0; i < UTIL_COUNT(many); i++)
		for (size_t n = 0; n <= i; n++)
			agg_count(agg, &many[i].vm, METER_SEA);
	assert_int_equal(agg_size(agg), UTIL_COUNT(many) + 1);
	for (size_t i = 0; i < UTIL_COUNT(many); i++) {
		assert_ptr_equal(agg_at(agg, i + 1)->vm, &many[i].vm);
		assert_int_equal(agg_row(agg, &many[i].vm)->counts[METER_SEA], i + 1);
		assert_int_equal(many[i].holds, 1);
	}
}

/* --- VMs that are gone ------------------------------------------------------------------------ */

#define KEEP 100

static void fold(uint64_t now_ns, unsigned most)
{
	agg_fold(agg, now_ns, KEEP, most, NULL, NULL);
}

static void lives_are_not_folded(void **state)
{
	(void)state;
	agg_count(agg, vm_a, METER_SEA);
	fold(1000, 0);
	fold(1000 + 10 * KEEP, 0);
	assert_int_equal(agg_size(agg), 2);
	assert_int_equal(agg_row(agg, vm_a)->counts[METER_SEA], 1);
}

/* Untouched for KEEP, from the first look on; until then a touch begins it anew. */
static void gone_are_folded(void **state)
{
	const struct agg_row *folded;

	(void)state;
	agg_count(agg, vm_a, METER_SEA);
	agg_lap(agg, vm_a, LAP_CLAIM, 7);
	agg_count(agg, vm_b, METER_RECORD);
	vm_a->gone = true;
	fold(1000, 10);
	fold(1000 + KEEP - 1, 10);
	agg_outcome(agg, vm_a, OUTCOME_RECOVERED);
	fold(1000 + KEEP, 10);
	assert_int_equal(agg_size(agg), 3);
	fold(1000 + 2 * KEEP - 1, 10);
	assert_ptr_equal(agg_at(agg, 1)->vm, vm_a);
	assert_int_equal(fake_vms[0].holds, 1);
	fold(1000 + 2 * KEEP, 10);
	assert_int_equal(fake_vms[0].holds, 0);
	assert_int_equal(agg_size(agg), 3);
	assert_ptr_equal(agg_at(agg, 1)->vm, vm_b);
	assert_int_equal(agg_row(agg, vm_b)->counts[METER_RECORD], 1);
	folded = agg_at(agg, 2);
	assert_null(folded->vm);
	assert_int_equal(folded->n_folded, 1);
	assert_int_equal(folded->counts[METER_SEA], 1);
	assert_int_equal(folded->laps[LAP_CLAIM]->sum, 7);
	assert_int_equal(folded->outcomes[OUTCOME_RECOVERED], 1);
	assert_null(agg_at(agg, 3));
	vm_a->gone = false;
}

/* Of the one that came back late the outcome was counted in there; then it is a row again. */
static void folded_and_touched(void **state)
{
	(void)state;
	agg_outcome(agg, vm_a, OUTCOME_RECOVERED);
	vm_a->gone = true;
	fold(1000, 10);
	fold(1000 + KEEP, 10);
	agg_change_outcome(agg, vm_a, OUTCOME_RECOVERED, OUTCOME_NOTIFIED);
	assert_int_equal(agg_size(agg), 3);
	assert_int_equal(agg_at(agg, 1)->outcomes[OUTCOME_NOTIFIED], 1);
	assert_int_equal(agg_at(agg, 2)->outcomes[OUTCOME_RECOVERED], 0);
	fold(2000, 10);
	fold(2000 + KEEP, 10);
	assert_int_equal(agg_at(agg, 1)->n_folded, 2);
	assert_int_equal(agg_at(agg, 1)->outcomes[OUTCOME_NOTIFIED], 1);
	vm_a->gone = false;
}

static void fold_is_told(void *ctx, const struct agg_row *row)
{
	*(uint64_t *)ctx = *(uint64_t *)ctx * 10 + row->vm->id;
}

/* Above the limit those go that were quiet longest, of equals the first; each is told. */
static void too_many_are_folded(void **state)
{
	static struct fake_vm many[6];
	uint64_t told = 0;

	(void)state;
	for (unsigned i = 0; i < 6; i++) {
		many[i].vm.id = i + 1;
		agg_count(agg, &many[i].vm, METER_SEA);
	}
	many[3].vm.gone = true;
	agg_fold(agg, 1000, KEEP, 4, fold_is_told, &told);
	for (unsigned i = 0; i < 6; i++)
		many[i].vm.gone = i != 2;
	agg_fold(agg, 1001, KEEP, 5, fold_is_told, &told);
	assert_int_equal(told, 0);
	agg_fold(agg, 1002, KEEP, 2, fold_is_told, &told);
	assert_int_equal(told, 124);
	assert_int_equal(agg_at(agg, agg_size(agg) - 1)->n_folded, 3);
	assert_int_equal(agg_row(agg, &many[5].vm)->counts[METER_SEA], 1);
	assert_int_equal(agg_row(agg, &many[2].vm)->counts[METER_SEA], 1);
	assert_int_equal(agg_size(agg), 1 + 3 + 1);
}

static void names(const char *const *of, int n)
{
	for (int i = 0; i < n; i++) {
		assert_non_null(of[i]);
		for (int j = 0; j < i; j++)
			assert_string_not_equal(of[i], of[j]);
	}
}

static void everything_has_a_name(void **state)
{
	(void)state;
	names(meter_names, METER_MAX);
	names(outcome_names, OUTCOME_MAX);
	names(lap_names, LAP_MAX);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(host_is_always_there),
		TEST(rows_in_order_of_appearance),
		TEST(counts_go_to_their_row),
		TEST(laps_are_distributions),
		TEST(outcomes_are_counted_and_moved),
		TEST(outcome_that_is_not_there),
		TEST(generation),
		TEST(many_vms),
		TEST(lives_are_not_folded),
		TEST(gone_are_folded),
		TEST(folded_and_touched),
		TEST(too_many_are_folded),
		TEST(everything_has_a_name),
	};

	agg_free(NULL);
	return cmocka_run_group_tests_name("agg", tests, NULL, NULL);
}
