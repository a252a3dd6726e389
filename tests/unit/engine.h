/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The joining engine as a test sees it: marks in; real rows (trace/agg) and a copy of each closed
 * incident out, and one of each that was told of as retried. What must hold of any story is checked at
 * every close and at the end of each test: spans and waits add up to the total exactly; the marks are in
 * order; what the rows were told is what the incidents counted, of records no more than that; each
 * incident ended once, and was told of as retried once at most while it was open; every VM that was held
 * is put back.
 */
#ifndef TESTS_UNIT_ENGINE_H
#define TESTS_UNIT_ENGINE_H

#include "tests/unit/marks.h"
#include "tests/unit/vms.h"

#include "trace/agg.h"
#include "trace/join.h"
#include "trace/mark.h"

#include <inttypes.h>
#include <string.h>

#define UNUSED __attribute__((unused))
#define US     UTIL_NS_PER_US
#define SEC    UTIL_NS_PER_S

/* Two vCPUs and the main thread of vm-a, one vCPU of each of the others; a process without a VM. */
static const struct who a0 = {100, 101, 0, 0xa000, 0}, a1 = {100, 102, 1, 0xa000, 1};
static const struct who a_main UNUSED = {100, 100, 1, 0xa000, 0};
static const struct who b0 UNUSED = {200, 201, 1, 0xb000, 0}, c0 UNUSED = {300, 301, 0, 0xc000, 0};
/* Another VM of vm-a's process. */
static const struct who d0 UNUSED = {100, 150, 0, 0xd000, 0};
static const struct who b_main UNUSED = {200, 200, 0, 0xb000, 0};
static const struct who plain UNUSED = {400, 401, 0, 0, 0};
/* An interrupt finds the idle task; pages are taken away in a kworker of another CPU. */
static const struct who idle UNUSED = {0, 0, 0, 0, 0}, kworker UNUSED = {55, 55, 1, 0, 0};

/* A frame, its physical address, and where its VMM has it. */
#define PFN(n) (0x80000ULL + (n))
#define PA(n)  (PFN(n) << MARK_PAGE_SHIFT)
#define HVA(n) (0xffff00000000ULL + ((uint64_t)(n) << MARK_PAGE_SHIFT))

struct ended {
	struct incident inc; /* without the points of its time line */
	enum outcome outcome;
	uint64_t spans[SPAN_MAX], total;
};

#define ENDED_KEPT 64

static struct join *join;
static struct agg *agg;
static struct ended ended[ENDED_KEPT]; /* in the order of their close */
static uint64_t n_ended, n_late;
static struct incident *retried[ENDED_KEPT]; /* as they were then */
static uint64_t n_retried, n_ended_retried;
static uint64_t ended_counts[VMS + 1][METER_MAX], ended_first[VMS + 1]; /* [0] is the host */

/* --- what the engine calls ------------------------------------------------------------------- */

/* kvm 0: the VM of the process that the thread belongs to. */
static struct vm *find_vm(void *ctx, uint32_t tid, uint64_t kvm)
{
	(void)ctx;
	for (size_t i = 0; i < VMS; i++)
		if (kvm ? fake_vms[i].vm.kvm == kvm : fake_vms[i].vm.tgid == tid / 100 * 100)
			return &fake_vms[i].vm;
	return NULL;
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

static void check_timeline(const struct timeline *tl)
{
	assert_true(tl->n_points <= TIMELINE_POINTS);
	for (unsigned i = 0; i < tl->n_points; i++) {
		assert_int_equal(mark_check(tl->points[i], tl->points[i]->size), 0);
		assert_in_range(tl->points[i]->ts_ns, tl->first_ns, tl->last_ns);
		assert_true(!i || tl->points[i - 1]->ts_ns <= tl->points[i]->ts_ns);
	}
}

static void on_retried(void *ctx, const struct incident *inc)
{
	(void)ctx;
	assert_true(inc->retried);
	assert_false(inc->closed);
	assert_true(inc->counts[METER_SEA] > 1);
	if (n_retried < ENDED_KEPT) {
		retried[n_retried] = incident_copy(inc);
		assert_non_null(retried[n_retried]);
	}
	n_retried++;
}

static void on_closed(void *ctx, const struct incident *inc)
{
	struct ended now = {.inc = *inc, .outcome = incident_outcome(inc)};
	size_t row = inc->vm ? inc->vm->id + 1 : 0;
	uint64_t sum = 0;

	(void)ctx;
	assert_true(inc->closed);
	assert_null(inc->joined);
	check_timeline(&inc->time);
	timeline_spans(&inc->time, now.spans);
	now.total = timeline_total(&inc->time);
	for (int s = 0; s < SPAN_MAX; s++)
		sum += now.spans[s];
	assert_int_equal(sum, now.total);
	for (int m = 0; m < METER_MAX; m++)
		ended_counts[row][m] += inc->counts[m];
	/* as the watch does it */
	if (inc->late && inc->vm)
		agg_change_outcome(agg, inc->vm, inc->before, now.outcome);
	else
		agg_outcome(agg, inc->vm, now.outcome);
	ended_first[row] += !inc->late;
	n_late += inc->late;
	n_ended_retried += inc->retried;
	if (n_ended < ENDED_KEPT)
		ended[n_ended] = now;
	n_ended++;
}

/* --- a test's life ---------------------------------------------------------------------------- */

UNUSED static const struct join_limits usual_limits = {
	.timeout_ns = 10 * SEC,
	.open_max = 4096,
	.poisoned_max = 4096,
	.vcpus_max = 4096,
	.page_shift = MARK_PAGE_SHIFT,
};

static void engine_open(const struct join_limits *limits)
{
	static const struct join_ops ops = {.find_vm = find_vm,
					    .count = on_count,
					    .lap = on_lap,
					    .retried = on_retried,
					    .closed = on_closed};

	for (size_t i = 0; i < VMS; i++)
		fake_vms[i].holds = 0; /* after a test that failed */
	n_ended = n_late = n_retried = n_ended_retried = 0;
	memset(ended_counts, 0, sizeof(ended_counts));
	memset(ended_first, 0, sizeof(ended_first));
	agg = agg_new();
	join = join_new(&ops, NULL, limits);
	assert_non_null(agg);
	assert_non_null(join);
}

/* Frees everything; whatever is open is lost. */
static void engine_drop(void)
{
	join_free(join);
	agg_free(agg);
	for (uint64_t i = 0; i < n_retried && i < ENDED_KEPT; i++)
		incident_put(retried[i]);
	join = NULL;
	agg = NULL;
	vms_are_free();
}

/* Everything is over: nothing more will come. */
UNUSED static void over(void)
{
	join_expire(join, UINT64_MAX);
	assert_true(join_deadline(join) == UINT64_MAX);
	assert_int_equal(join_dropped(join), 0);
}

static void check_row(size_t row, const struct agg_row *got)
{
	uint64_t outcomes = 0;

	/* of a record that is several incidents' of a VM, it was told once */
	assert_true(got->counts[METER_RECORD] <= ended_counts[row][METER_RECORD]);
	assert_true(!got->counts[METER_RECORD] == !ended_counts[row][METER_RECORD]);
	for (int m = 0; m < METER_MAX; m++)
		if (m != METER_RECORD)
			assert_int_equal(got->counts[m], ended_counts[row][m]);
	for (int o = 0; o < OUTCOME_MAX; o++) {
		assert_true(got->outcomes[o] <=
			    n_ended); /* none was taken off that was not there */
		outcomes += got->outcomes[o];
	}
	assert_int_equal(outcomes, ended_first[row]);
	assert_int_equal(got->counts[METER_INCIDENT], ended_first[row]);
}

UNUSED static void engine_close(void)
{
	over();
	for (unsigned i = 0; i < agg_size(agg); i++) {
		const struct agg_row *row = agg_at(agg, i);

		check_row(row->vm ? row->vm->id + 1 : 0, row);
	}
	assert_int_equal(agg_dropped(agg), 0);
	assert_true(n_retried <= n_ended_retried);
	engine_drop();
}

UNUSED static int engine_setup(void **state)
{
	(void)state;
	engine_open(&usual_limits);
	return 0;
}

UNUSED static int engine_teardown(void **state)
{
	(void)state;
	engine_close();
	return 0;
}

/* --- a story ---------------------------------------------------------------------------------- */

UNUSED static void feed(const struct sea_hdr *const *marks)
{
	for (; *marks; marks++) {
		assert_int_equal(mark_check(*marks, (*marks)->size), 0);
		join_mark(join, *marks);
	}
}

/* Marks, in the order in which the engine gets them. */
#define MARKS(...) ((const struct sea_hdr *const[]){__VA_ARGS__, NULL})
#define FEED(...)  feed(MARKS(__VA_ARGS__))

UNUSED static const struct ended *incident(uint64_t i)
{
	assert_true(i < n_ended && i < ENDED_KEPT);
	return &ended[i];
}

/* --- what came of it -------------------------------------------------------------------------- */

UNUSED static void check_numbers(const char *const *names, const uint64_t *got,
				 const uint64_t *want, size_t n, const char *file, int line)
{
	bool same = true;

	for (size_t i = 0; i < n; i++) {
		if (got[i] == want[i])
			continue;
		print_error("%s is %" PRIu64 ", not %" PRIu64 "\n", names[i], got[i], want[i]);
		same = false;
	}
	if (!same)
		_fail(file, line);
}

/* All of them: who is not named is 0. */
#define CHECK_NUMBERS(names, n, got, ...) \
	check_numbers(names, got, (const uint64_t[n]){__VA_ARGS__}, n, __FILE__, __LINE__)
#define assert_spans(e, ...)  CHECK_NUMBERS(span_names, SPAN_MAX, (e)->spans, __VA_ARGS__)
#define assert_counts(e, ...) CHECK_NUMBERS(meter_names, METER_MAX, (e)->inc.counts, __VA_ARGS__)
#define assert_row(vm, ...) \
	CHECK_NUMBERS(meter_names, METER_MAX, agg_row(agg, vm)->counts, __VA_ARGS__)
#define assert_outcomes(vm, ...) \
	CHECK_NUMBERS(outcome_names, OUTCOME_MAX, agg_row(agg, vm)->outcomes, __VA_ARGS__)
#define NOTHING [0] = 0
#define NOT_ONE [0] = {0, 0}

/* How often, and nanoseconds together. */
struct laps {
	uint64_t count, sum;
};

UNUSED static void check_laps(struct vm *vm, const struct laps *want, const char *file, int line)
{
	uint64_t counts[2][LAP_MAX], sums[2][LAP_MAX];

	for (int l = 0; l < LAP_MAX; l++) {
		const struct hist *h = agg_row(agg, vm)->laps[l];

		counts[0][l] = h ? h->count : 0;
		counts[1][l] = want[l].count;
		sums[0][l] = h ? h->sum : 0;
		sums[1][l] = want[l].sum;
	}
	check_numbers(lap_names, counts[0], counts[1], LAP_MAX, file, line);
	check_numbers(lap_names, sums[0], sums[1], LAP_MAX, file, line);
}

#define assert_laps(vm, ...) \
	check_laps(vm, (const struct laps[LAP_MAX]){__VA_ARGS__}, __FILE__, __LINE__)

#endif
