/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Twenty thousand VMs that come and go, each with an error: memory stays bounded, and nothing that was
 * counted is forgotten.
 */
#include "tests/unit/marks.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "lib/util.h"
#include "trace/agg.h"
#include "trace/group.h"
#include "trace/join.h"
#include "trace/vm.h"

#include <malloc.h>
#include <stdio.h>

#define CHURN_VMS 20000u
#define LIVE      50u /* at a time */
#define KEEP_NS   (600 * UTIL_NS_PER_S)
#define GONE_MAX  4096u

static struct vmtab *tab;
static struct agg *agg;
static struct groups *groups;
static struct vm *live[LIVE];

static struct vm *find_vm(void *ctx, uint32_t tid, uint64_t kvm)
{
	(void)ctx, (void)kvm;
	return vmtab_find(tab, tid);
}

static void on_count(void *ctx, struct vm *vm, enum meter meter)
{
	(void)ctx;
	agg_count(agg, vm, meter);
}

static void on_lap(void *ctx, struct vm *vm, enum lap lap, uint64_t ns)
{
	(void)ctx;
	agg_lap(agg, vm, lap, ns);
}

static void on_closed(void *ctx, const struct incident *inc)
{
	(void)ctx;
	agg_outcome(agg, inc->vm, incident_outcome(inc));
}

static void on_folded(void *ctx, const struct agg_row *row)
{
	(void)ctx;
	groups_folded(groups, row);
}

/* What the program holds; the sanitizer's allocator keeps its own accounts. */
#ifdef __SANITIZE_ADDRESS__
size_t __sanitizer_get_current_allocated_bytes(void);
static size_t allocated(void)
{
	return __sanitizer_get_current_allocated_bytes();
}
#else
static size_t allocated(void)
{
	struct mallinfo2 info = mallinfo2();

	return info.uordblks + info.hblkhd;
}
#endif

/* The next VM takes the place of one that ends; every third process id comes again at once. */
static struct vm *next_vm(unsigned n)
{
	struct vm told = {.start_ticks = n + 1, .kvm = 0x1000 + n, .named = true}, ends;
	struct vm **at = &live[n % LIVE];

	if (*at) {
		ends = **at;
		ends.gone = true;
		vmtab_told(tab, *at, &ends);
	}
	told.tgid = *at && n % 3 == 0 ? (*at)->tgid : 1000 + n;
	snprintf(told.name, sizeof(told.name), "vm-%u", n % 300); /* many are started again */
	*at = vmtab_told(tab, NULL, &told);
	assert_non_null(*at);
	return *at;
}

/* An SEA, a record of a page that is taken away, its signal that nobody ever gets. */
static void error_of(struct join *join, uint64_t t, const struct vm *vm, unsigned n)
{
	const struct who vcpu = {vm->tgid, vm->tgid, 0, vm->kvm, 0}, kworker = {55, 55, 1, 0, 0};
	const uint64_t pfn = 0x80000 + n, hva = 0xffff00000000 + ((uint64_t)n << 12);
	const struct sea_hdr *const marks[] = {
		mark_abort(t, vcpu, ),
		mark_inject(t + 100, vcpu, SEA_INJECT_TO_VMM),
		mark_failure_enter(t + 200, kworker, pfn),
		mark_unmap(t + 300, kworker, pfn, vcpu, hva, ),
		mark_signal(t + 400, kworker, BUS_MCEERR_AO, hva, vcpu, ),
		mark_page(t + 500, kworker, pfn, SEA_PAGE_RECOVERED),
		mark_failure_exit(t + 600, kworker, pfn, ),
	};

	for (size_t i = 0; i < UTIL_COUNT(marks); i++)
		join_mark(join, marks[i]);
}

static uint64_t total(enum meter meter)
{
	uint64_t sum = 0;

	for (unsigned i = 0; i < agg_size(agg); i++)
		sum += agg_at(agg, i)->counts[meter];
	return sum;
}

static void check_totals(void)
{
	uint64_t outcomes[OUTCOME_MAX] = {0}, laps = 0, folded = 0;

	for (unsigned i = 0; i < agg_size(agg); i++) {
		const struct agg_row *row = agg_at(agg, i);

		for (int o = 0; o < OUTCOME_MAX; o++)
			outcomes[o] += row->outcomes[o];
		laps += row->laps[LAP_RECOVERY] ? row->laps[LAP_RECOVERY]->count : 0;
		folded += row->n_folded;
	}
	assert_int_equal(total(METER_SEA), CHURN_VMS);
	assert_int_equal(total(METER_FAILURE), CHURN_VMS);
	assert_int_equal(total(METER_INCIDENT), 2 * CHURN_VMS);
	assert_int_equal(outcomes[OUTCOME_TO_VMM], CHURN_VMS);
	assert_int_equal(outcomes[OUTCOME_RECOVERED], CHURN_VMS);
	assert_int_equal(laps, CHURN_VMS);
	assert_true(folded >= CHURN_VMS - LIVE - GONE_MAX);
}

/* A name that is started again and again counts on, through every row that is folded. */
static void check_groups(uint64_t now_ns)
{
	uint64_t seas = 0;

	assert_int_equal(groups_update(groups, agg, now_ns), 0);
	for (unsigned i = 0; i < groups_size(groups); i++)
		seas += groups_at(groups, i)->counts[METER_SEA];
	assert_in_range(groups_size(groups), 1, 301);
	assert_int_equal(seas, CHURN_VMS);
	assert_int_equal(groups_dropped(groups), 0);
}

static void churn(void **state)
{
	static const struct join_ops ops = {
		.find_vm = find_vm, .count = on_count, .lap = on_lap, .closed = on_closed};
	const struct join_limits limits = {.timeout_ns = 10 * UTIL_NS_PER_S,
					   .open_max = 4096,
					   .poisoned_max = 4096,
					   .vcpus_max = 4096,
					   .page_shift = MARK_PAGE_SHIFT};
	struct join *join = join_new(&ops, NULL, &limits);
	size_t middle = 0, most = 0;
	uint64_t t = UTIL_NS_PER_S;

	(void)state;
	tab = vmtab_new("/nonexistent/proc");
	agg = agg_new();
	groups = groups_new(KEEP_NS);
	assert_true(join && tab && agg && groups);
	for (unsigned n = 0; n < CHURN_VMS; n++, t += UTIL_NS_PER_S / 4) {
		error_of(join, t, next_vm(n), n);
		join_expire(join, t);
		if (n % 40 == 0) {
			agg_fold(agg, t, KEEP_NS, GONE_MAX, on_folded, NULL);
			assert_int_equal(groups_update(groups, agg, t), 0);
		}
		if (n == CHURN_VMS / 2)
			middle = allocated();
		if (n > CHURN_VMS / 2)
			most = UTIL_MAX(most, allocated());
	}
	/* By the middle all is as full as it gets; a VM alone is 300 bytes, its row 20 KiB. */
	assert_in_range(most, 0, middle + middle / 20);
	join_expire(join, UINT64_MAX);
	check_totals();
	check_groups(t);
	join_free(join);
	agg_free(agg);
	groups_free(groups);
	vmtab_free(tab);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(churn),
	};

	return cmocka_run_group_tests_name("churn", tests, NULL, NULL);
}
