/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * trace/join where things go wrong: marks that are lost, late or senseless, storms, incidents that
 * end early. Nothing crashes or leaks, sums stay exact, and what is missing is said.
 */
#include "tests/unit/stories.h"

#define STORY(name) cmocka_unit_test_setup_teardown(name, engine_setup, engine_teardown)

static void start_over(struct join_limits limits)
{
	engine_drop();
	engine_open(&limits);
}

/* --- a mark is missing ------------------------------------------------------------------------ */

static void claim_without_abort(void **state)
{
	(void)state;
	FEED(mark_claim_enter(1000, a0), mark_claim_exit(1500, a0, -ENOENT),
	     mark_inject(1700, a0, SEA_INJECT_SERROR));
	over();
	assert_int_equal(n_ended, 1);
	assert_true(incident(0)->inc.incomplete);
	assert_ptr_equal(incident(0)->inc.vm, vm_a);
	assert_int_equal(incident(0)->inc.fields, 0);
	assert_int_equal(incident(0)->outcome, OUTCOME_OPEN);
	assert_counts(incident(0), [METER_INCIDENT] = 1);
	assert_spans(incident(0), [SPAN_CLAIM] = 500);
}

static void claim_without_exit(void **state)
{
	(void)state;
	FEED(mark_abort(1000, a0, ), mark_claim_enter(1200, a0),
	     mark_inject(2000, a0, SEA_INJECT_SERROR));
	/* an interrupt in the vCPU's thread has nothing to do with that claim */
	FEED(RECORD(3000, a0, 1));
	over();
	assert_int_equal(n_ended, 2);
	assert_true(incident(0)->inc.incomplete);
	assert_int_equal(incident(0)->outcome, OUTCOME_SERROR);
	assert_spans(incident(0), [SPAN_PHASE1] = 1000);
	assert_row(NULL, [METER_INCIDENT] = 1, [METER_RECORD] = 1);
}

/* Whether another SEA follows or not, its end is missing. */
static void sea_without_injection(void **state)
{
	(void)state;
	FEED(mark_abort(1000, a0, ), mark_claim_enter(1200, a0), mark_claim_exit(1500, a0, -ENOENT),
	     mark_abort(1000, b0, ), UNCLAIMED(5000, b0, .far = 0x9000));
	over();
	assert_int_equal(n_ended, 3);
	for (int i = 0; i < 3; i++)
		assert_int_equal(incident(i)->inc.incomplete, incident(i)->inc.far != 0x9000);
	assert_laps(vm_a, [LAP_CLAIM] = {1, 300}, [LAP_TOTAL] = {1, 500});
	assert_outcomes(vm_a, [OUTCOME_OPEN] = 1);
	assert_outcomes(vm_b, [OUTCOME_OPEN] = 1, [OUTCOME_SERROR] = 1);
}

static void sea_without_claim_is_whole(void **state)
{
	(void)state;
	FEED(mark_abort(1000, a0, ), mark_inject(2000, a0, SEA_INJECT_SERROR));
	over();
	assert_false(incident(0)->inc.incomplete);
	assert_laps(vm_a, [LAP_PHASE1] = {1, 1000}, [LAP_TOTAL] = {1, 1000});
}

/* What was provoked is joined as if nobody had provoked it; a shot that led to nothing is nothing. */
static void shots_are_no_incidents(void **state)
{
	(void)state;
	FEED(MARK(shot, 900, b0, .kvm = b0.kvm, .match = 1, .rule = 1), mark_abort(1000, a0, ),
	     MARK(shot, 1500, a0, .kvm = a0.kvm, .match = 1, .rule = 2),
	     mark_inject(2000, a0, SEA_INJECT_SERROR),
	     MARK(shot, 2500, a0, .kvm = a0.kvm, .match = 2, .rule = 2));
	over();
	assert_int_equal(n_ended, 1);
	assert_ptr_equal(incident(0)->inc.vm, vm_a);
	assert_int_equal(incident(0)->inc.time.n_points, 2);
	assert_laps(vm_a, [LAP_PHASE1] = {1, 1000}, [LAP_TOTAL] = {1, 1000});
}

/* Four marks between two claims of a thread are missing. */
static void claim_after_claim(void **state)
{
	(void)state;
	FEED(mark_abort(1000, a0, ), mark_claim_enter(1200, a0), mark_claim_enter(5000, a0),
	     mark_claim_exit(5300, a0, -ENOENT), mark_inject(5500, a0, SEA_INJECT_SERROR));
	over();
	assert_int_equal(n_ended, 1);
	assert_true(incident(0)->inc.incomplete);
	assert_laps(
		vm_a, [LAP_PHASE1] = {1, 4500}, [LAP_CLAIM] = {1, 300}, [LAP_TOTAL] = {1, 4500});
}

/* A vCPU that takes an SEA is neither in a claim nor taking a page away, whatever was lost. */
static void back_in_the_guest(void **state)
{
	(void)state;
	FEED(mark_abort(1000, b0, ), mark_claim_enter(1100, b0),
	     mark_failure_enter(1000, a0, PFN(1)), mark_unmap(1500, a0, PFN(1), a0, HVA(1), ),
	     UNCLAIMED(5000, a0, ), mark_signal(9000, a0, BUS_MCEERR_AR, HVA(2), a0, ),
	     mark_abort(9000, b0, .far = 0x9000), mark_estatus(9100, b0, BLOCK, 0),
	     mark_inject(9200, b0, SEA_INJECT_SERROR), RECORD(9300, idle, 3));
	over();
	assert_int_equal(n_ended, 6);
	for (uint64_t i = 0; i < 6; i++) /* the claim and the page of the beginning */
		assert_int_equal(incident(i)->inc.incomplete, i < 2);
	assert_outcomes(
		vm_a, [OUTCOME_SERROR] = 1, [OUTCOME_VMM_SIGNALLED] = 1, [OUTCOME_IGNORED] = 1);
	assert_outcomes(vm_b, [OUTCOME_SERROR] = 1, [OUTCOME_OPEN] = 1);
	assert_row(NULL, [METER_INCIDENT] = 1, [METER_RECORD] = 1);
}

static void failure_without_exit(void **state)
{
	(void)state;
	FEED(mark_failure_enter(1000, kworker, PFN(1)),
	     mark_unmap(1500, kworker, PFN(1), a0, HVA(1), ),
	     mark_page(2000, kworker, PFN(1), SEA_PAGE_RECOVERED), TAKEN(5000, 2, b0, b_main));
	over();
	assert_int_equal(n_ended, 2);
	assert_true(incident(0)->inc.incomplete);
	assert_int_equal(incident(0)->outcome, OUTCOME_RECOVERED);
	assert_false(incident(1)->inc.incomplete);
	assert_ptr_equal(incident(1)->inc.vm, vm_b);
	assert_laps(vm_a, [LAP_TOTAL] = {1, 1000});
}

static void record_without_exit(void **state)
{
	(void)state;
	FEED(mark_record_enter(1000, idle, BLOCK, ), mark_section(1100, idle, BLOCK, PA(1), ),
	     RECORD(5000, idle, 2), TAKEN(10000, 1, a0, a_main), TAKEN(20000, 2, b0, b_main));
	over();
	assert_int_equal(n_ended, 2);
	assert_true(incident(0)->inc.incomplete);
	assert_ptr_equal(incident(0)->inc.vm, vm_a);
	assert_false(incident(1)->inc.incomplete);
	assert_ptr_equal(incident(1)->inc.vm, vm_b);
	assert_int_equal(incident(0)->inc.error_id, 1);
	assert_int_equal(incident(1)->inc.error_id, 2);
}

/* None of these begins anything. */
static void ends_without_beginnings(void **state)
{
	(void)state;
	FEED(mark_claim_exit(1000, a0, 0), mark_claim_exit(1010, a0, -ENOENT),
	     mark_inject(1100, a0, SEA_INJECT_SERROR), mark_estatus(1200, a0, BLOCK, 0),
	     mark_section(1300, a0, BLOCK, PA(1), ), mark_record_exit(1400, a0, BLOCK, ),
	     mark_unmap(1500, kworker, PFN(1), a0, HVA(1), ),
	     mark_page(1600, kworker, PFN(1), SEA_PAGE_RECOVERED),
	     mark_failure_exit(1700, kworker, PFN(1), ),
	     mark_deliver(1800, a0, BUS_MCEERR_AR, HVA(1), ),
	     mark_deliver(1900, a_main, BUS_MCEERR_AO, HVA(1), .action = SEA_ACTION_DEFAULT),
	     mark_events_enter(2000, a0, ), mark_events_exit(2100, a0, ));
	over();
	assert_int_equal(n_ended, 0);
	for (unsigned i = 0; i < agg_size(agg); i++)
		assert_row(agg_at(agg, i)->vm, NOTHING);
}

/* Exits of another record, another page, in the same thread. */
static void ends_of_something_else(void **state)
{
	(void)state;
	FEED(mark_record_enter(1000, idle, BLOCK, ),
	     mark_section(1100, idle, BLOCK + 0x1000, PA(1), ),
	     mark_record_exit(1200, idle, BLOCK + 0x1000, ),
	     mark_failure_enter(2000, kworker, PFN(1)),
	     mark_page(2100, kworker, PFN(2), SEA_PAGE_FAILED),
	     mark_failure_exit(2200, kworker, PFN(2), ));
	over();
	assert_int_equal(n_ended, 2);
	assert_int_equal(incident(0)->inc.fields, INCIDENT_FIELD_RECORD);
	assert_true(incident(0)->inc.incomplete);
	assert_int_equal(incident(1)->outcome, OUTCOME_IGNORED);
	assert_true(incident(1)->inc.incomplete);
	assert_laps(NULL, [LAP_TOTAL] = {2, 0});
}

/* The page is known, so the delivery finds it; for how long it was under way is not known. */
static void delivery_without_signal(void **state)
{
	(void)state;
	FEED(mark_failure_enter(1000, kworker, PFN(1)),
	     mark_unmap(1500, kworker, PFN(1), a0, HVA(1), ),
	     mark_failure_exit(2000, kworker, PFN(1), ),
	     mark_deliver(3000, a0, BUS_MCEERR_AR, HVA(1) + 8, ), mark_events_enter(4000, a0, ),
	     mark_events_exit(4500, a0, .pending = SEA_PENDING_DABT));
	over();
	assert_int_equal(n_ended, 1);
	assert_true(incident(0)->inc.incomplete);
	assert_int_equal(incident(0)->outcome, OUTCOME_NOTIFIED);
	assert_row(vm_a, [METER_INCIDENT] = 1, [METER_FAILURE] = 1, [METER_DELIVERED] = 1,
		   [METER_NOTIFIED] = 1);
	assert_spans(incident(0), [SPAN_RECOVERY] = 1000, [SPAN_WAIT] = 1000, [SPAN_NOTIFY] = 1500);
}

/* The first delivery's mark is lost: the second signal's does not pass for it, nor go astray. */
static void delivery_after_a_lost_one(void **state)
{
	(void)state;
	FEED(mark_failure_enter(1000, kworker, PFN(1)),
	     mark_signal(2000, kworker, BUS_MCEERR_AO, HVA(1), a_main, ),
	     mark_failure_exit(3000, kworker, PFN(1), ), mark_failure_enter(4000, kworker, PFN(2)),
	     mark_signal(5000, kworker, BUS_MCEERR_AO, HVA(2), a_main, ),
	     mark_failure_exit(6000, kworker, PFN(2), ),
	     mark_deliver(7000, a_main, BUS_MCEERR_AO, HVA(2), ), TAKEN(10000, 3, a0, a_main));
	over();
	assert_int_equal(n_ended, 3);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(incident(i)->inc.counts[METER_DELIVERED], i > 0);
		assert_int_equal(incident(i)->inc.incomplete, i == 1);
	}
	assert_int_equal(agg_row(agg, vm_a)->laps[LAP_SIGNAL]->count, 1);
}

/* --- any mark is missing, any two change places ----------------------------------------------- */

#define WHOLE_STORY_END 40000

/* Everything that can happen to vm-a, once. */
#define WHOLE_STORY                                                                             \
	MARKS(CLAIMED(1000, a0, 1), TAKEN(5000, 1, a0, a_main), TOUCHED(12000, 1, a0),          \
	      RECORD(15000, idle, 2), TAKEN(17000, 2, a0, a_main), CLAIMED(22000, a1, 3),       \
	      TAKEN_IN_VCPU(24000, 3, a1), RECORD(28000, idle, 3), UNCLAIMED(30000, a1, ),      \
	      TO_VMM(32000, a0), mark_events_enter(34000, a0, ), mark_events_exit(35000, a0, ), \
	      TOUCHED(WHOLE_STORY_END - 2000, 2, a1))

#define STORY_MAX 80

static size_t copy_story(const struct sea_hdr *out[STORY_MAX], const struct sea_hdr *const *in)
{
	size_t n = 0;

	while (in[n]) {
		assert_true(n < STORY_MAX - 1);
		out[n] = in[n];
		n++;
	}
	out[n] = NULL;
	return n;
}

/* What holds however much is missing: nobody else is drawn in, and no time is longer than all. */
static void check_sanity(void)
{
	over();
	assert_true(n_ended <= 12);
	assert_row(vm_b, NOTHING);
	assert_row(vm_c, NOTHING);
	for (unsigned i = 0; i < agg_size(agg); i++)
		for (int l = 0; l < LAP_MAX; l++)
			if (agg_at(agg, i)->laps[l])
				assert_true(agg_at(agg, i)->laps[l]->max <= WHOLE_STORY_END);
	engine_close();
	engine_open(&usual_limits);
}

static void whole_story(void **state)
{
	(void)state;
	feed(WHOLE_STORY);
	over();
	assert_int_equal(n_ended, 3);
	for (int i = 0; i < 3; i++)
		assert_false(incident(i)->inc.incomplete);
	assert_row(vm_a, [METER_INCIDENT] = 3, [METER_SEA] = 4, [METER_CLAIMED] = 2,
		   [METER_SERROR] = 1, [METER_TO_VMM] = 1, [METER_RECORD] = 4,
		   [METER_DUPLICATE] = 1, [METER_FAILURE] = 3, [METER_SIGNAL_AO] = 2,
		   [METER_SIGNAL_AR] = 3, [METER_DELIVERED] = 5, [METER_NOTIFIED] = 4);
	assert_row(NULL, NOTHING);
}

static void one_or_two_missing(void **state)
{
	const struct sea_hdr *story[STORY_MAX], *left[STORY_MAX];
	size_t n = copy_story(story, WHOLE_STORY);

	(void)state;
	for (size_t i = 0; i < n; i++) {
		for (size_t j = i; j < n; j++) {
			size_t to = 0;

			for (size_t m = 0; m < n; m++)
				if (m != i && m != j)
					left[to++] = story[m];
			left[to] = NULL;
			feed(left);
			check_sanity();
		}
	}
}

/* The source hands on what came too late; time stamps and order differ then. */
static void any_two_change_places(void **state)
{
	const struct sea_hdr *story[STORY_MAX], *swapped[STORY_MAX];
	size_t n = copy_story(story, WHOLE_STORY);

	(void)state;
	for (size_t i = 0; i < n; i++) {
		for (size_t j = i + 1; j < n; j++) {
			copy_story(swapped, story);
			swapped[i] = story[j];
			swapped[j] = story[i];
			feed(swapped);
			check_sanity();
		}
	}
}

/* --- any marks at all ------------------------------------------------------------------------- */

static uint64_t seed;

static uint64_t any(uint64_t below)
{
	seed = seed * 6364136223846793005 + 1442695040888963407;
	return (seed >> 33) % below;
}

static const struct who *anybody(void)
{
	static const struct who *const all[] = {&a0, &a1,    &a_main, &b0,
						&c0, &plain, &idle,   &kworker};

	return all[any(UTIL_COUNT(all))];
}

static void feed_any(uint64_t t)
{
	const struct who *w = anybody(), *to = anybody(), *of = any(2) ? &a0 : &b0;
	uint64_t n = any(4), block = BLOCK + any(3);
	uint32_t edge = any(2), code = any(2) ? BUS_MCEERR_AR : BUS_MCEERR_AO;

	switch (1 + any(12)) {
	case SEA_MARK_ID_abort:
		FEED(mark_abort(t, *w, .far = n, .kvm = of->kvm));
		break;
	case SEA_MARK_ID_claim:
		FEED(MARK(claim, t, *w, .edge = edge, .ret = any(2) ? 0 : -ENOENT));
		break;
	case SEA_MARK_ID_inject:
		FEED(mark_inject(t, *w, any(3)));
		break;
	case SEA_MARK_ID_estatus:
		FEED(mark_estatus(t, *w, block, any(2)));
		break;
	case SEA_MARK_ID_record:
		FEED(mark_record(t, *w, block, edge));
		break;
	case SEA_MARK_ID_section:
		FEED(mark_section(t, *w, block, PA(n), .pa_valid = any(8) > 0));
		break;
	case SEA_MARK_ID_failure:
		FEED(MARK(failure, t, *w, .pfn = PFN(n), .edge = edge));
		break;
	case SEA_MARK_ID_page:
		FEED(mark_page(t, *w, PFN(n), any(5)));
		break;
	case SEA_MARK_ID_unmap:
		FEED(mark_unmap(t, *w, PFN(n), *of, HVA(n), ));
		break;
	case SEA_MARK_ID_signal:
		FEED(mark_signal(t, *w, code, HVA(n), *to, .forced = any(2)));
		break;
	case SEA_MARK_ID_deliver:
		FEED(mark_deliver(t, *w, code, HVA(n), .action = any(3)));
		break;
	case SEA_MARK_ID_events:
		FEED(mark_events(t, *w, edge, .pending = any(2), .ret = -(int)any(2)));
		break;
	}
}

/* The engine's own checks (engine.h) are the test. */
static void any_marks_in_any_order(void **state)
{
	static const unsigned open_max[] = {1, 2, 3, 8, 4096};

	(void)state;
	for (size_t round = 0; round < 4 * UTIL_COUNT(open_max); round++) {
		uint64_t t = SEC;

		start_over((struct join_limits){.timeout_ns = 1 + any(20000),
						.vcpus_max = 1 + any(4),
						.open_max = open_max[round % 5],
						.poisoned_max = 1 + any(3),
						.page_shift = MARK_PAGE_SHIFT});
		for (int i = 0; i < 2500; i++) {
			t += any(1000);
			feed_any(any(20) ? t : t - any(3000));
			if (!any(50))
				join_expire(join, t);
		}
		engine_close();
		engine_open(&usual_limits);
	}
}

/* --- storms ----------------------------------------------------------------------------------- */

#define STORM 100000

/* A guest that masks SError is sent back to the same load for ever. */
static void storm_in_one_incident(void **state)
{
	const struct ended *e;

	(void)state;
	for (uint64_t i = 0; i < STORM; i++)
		FEED(UNCLAIMED(10000 * (i + 1), a0, ));
	assert_int_equal(n_retried, 1);
	over();
	assert_int_equal(n_ended, 1);
	e = incident(0);
	assert_counts(e, [METER_INCIDENT] = 1, [METER_SEA] = STORM, [METER_SERROR] = STORM);
	assert_int_equal(e->inc.time.n_points, TIMELINE_POINTS);
	assert_int_equal(e->inc.time.points_beyond, 4 * STORM - TIMELINE_POINTS);
	assert_spans(e, [SPAN_PHASE1] = 500 * STORM, [SPAN_CLAIM] = 500 * STORM,
		     [SPAN_WAIT] = 9000ULL * (STORM - 1));
	assert_laps(vm_a, [LAP_PHASE1] = {STORM, 1000 * STORM}, [LAP_CLAIM] = {STORM, 500 * STORM},
		    [LAP_TOTAL] = {1, 10000ULL * (STORM - 1) + 1000});
}

/* As many errors: of those open no more than allowed, and none is lost. */
static void storm_of_incidents(void **state)
{
	struct join_limits limits = usual_limits;

	(void)state;
	limits.open_max = 64;
	start_over(limits);
	for (uint64_t i = 0; i < STORM; i++) {
		FEED(UNCLAIMED(10000 * (i + 1), a0, .far = i * 64));
		assert_int_equal(n_ended, i < 64 ? 0 : i + 1 - 64);
	}
	over();
	assert_int_equal(n_ended, STORM);
	assert_row(vm_a, [METER_INCIDENT] = STORM, [METER_SEA] = STORM, [METER_SERROR] = STORM);
	assert_outcomes(vm_a, [OUTCOME_SERROR] = STORM);
	assert_laps(vm_a, [LAP_PHASE1] = {STORM, 1000 * STORM}, [LAP_CLAIM] = {STORM, 500 * STORM},
		    [LAP_TOTAL] = {STORM, 1000 * STORM});
	for (uint64_t i = 0; i < ENDED_KEPT; i++)
		assert_false(incident(i)->inc.incomplete);
}

/* Poisoned pages, each remembered for a while, and twins by the thousand on one incident. */
static void storm_of_pages(void **state)
{
	struct join_limits limits = usual_limits;

	(void)state;
	limits.open_max = 16;
	limits.poisoned_max = 32;
	start_over(limits);
	for (uint64_t i = 1; i <= 5000; i++) {
		uint64_t t = 100000 * i;

		FEED(mark_record_enter(t, idle, BLOCK, ), mark_section(t + 1, idle, BLOCK, PA(0), ),
		     mark_section(t + 2, idle, BLOCK, PA(i), ),
		     mark_record_exit(t + 3, idle, BLOCK, ), TAKEN(t + 1000, i, a0, a_main));
		assert_true(fake_vms[0].holds <= 16 + 1); /* by those open, and by the row */
	}
	over();
	assert_int_equal(n_ended, 5001);
	assert_int_equal(agg_row(agg, vm_a)->counts[METER_FAILURE], 5000);
	assert_int_equal(agg_row(agg, vm_a)->counts[METER_RECORD], 5000);
	assert_int_equal(agg_row(agg, vm_a)->counts[METER_DELIVERED], 5000);
	assert_row(NULL, [METER_INCIDENT] = 1, [METER_RECORD] = 5000, [METER_DUPLICATE] = 4999);
}

/* --- early and forced ends -------------------------------------------------------------------- */

/* The kernel is still taking the page away: that may last longer than the timeout. */
static void busy_ones_stay_open(void **state)
{
	(void)state;
	FEED(mark_failure_enter(SEC, kworker, PFN(1)),
	     mark_unmap(SEC, kworker, PFN(1), a0, HVA(1), ));
	for (uint64_t t = 11 * SEC; t < 100 * SEC; t += 10 * SEC)
		join_expire(join, t);
	assert_int_equal(n_ended, 0);
	FEED(mark_failure_exit(100 * SEC, kworker, PFN(1), ));
	join_expire(join, 110 * SEC - 1);
	assert_int_equal(n_ended, 0);
	join_expire(join, 110 * SEC);
	assert_int_equal(n_ended, 1);
	assert_int_equal(incident(0)->total, 99 * SEC);
	assert_false(incident(0)->inc.incomplete);
}

/* ... but not for ever: the mark of its end may be lost. */
static void busy_ones_end(void **state)
{
	(void)state;
	FEED(mark_failure_enter(SEC, kworker, PFN(1)));
	for (uint64_t t = 11 * SEC; !n_ended && t < 1000 * SEC; t += 10 * SEC)
		join_expire(join, t);
	assert_int_equal(n_ended, 1);
	assert_true(incident(0)->inc.incomplete);
	FEED(mark_failure_exit(2000 * SEC, kworker, PFN(1), ));
	over();
	assert_int_equal(n_ended, 1);
}

/* Room is made in the midst of a record of several pages, of a page of several VMs. */
static void one_open_at_a_time(void **state)
{
	struct join_limits limits = usual_limits;

	(void)state;
	limits.open_max = 1;
	start_over(limits);
	FEED(mark_record_enter(1000, idle, BLOCK, ), mark_section(1100, idle, BLOCK, PA(1), ),
	     mark_section(1200, idle, BLOCK, PA(2), ), mark_section(1300, idle, BLOCK, PA(3), ),
	     mark_record_exit(2000, idle, BLOCK, ), mark_failure_enter(3000, kworker, PFN(1)),
	     mark_unmap(3100, kworker, PFN(1), a0, HVA(1), ),
	     mark_unmap(3200, kworker, PFN(1), b0, HVA(1), ),
	     mark_unmap(3300, kworker, PFN(1), c0, HVA(1), ),
	     mark_failure_exit(4000, kworker, PFN(1), ));
	over();
	assert_true(n_ended >= 4);
	for (uint64_t i = 0; i < n_ended; i++)
		assert_int_equal(incident(i)->inc.counts[METER_INCIDENT], 1);
}

/* What was under way for an incident that is closed now: nothing of it is found any more. */
static void windows_of_closed_incidents(void **state)
{
	(void)state;
	FEED(RECORD(1000, idle, 1), mark_failure_enter(5000, kworker, PFN(1)),
	     mark_signal(5100, kworker, BUS_MCEERR_AO, HVA(1), a_main, ),
	     mark_signal(5200, kworker, BUS_MCEERR_AR, HVA(1), a0, ), TO_VMM(6000, a1),
	     mark_abort(7000, b0, ), mark_claim_enter(7100, b0), mark_estatus(7200, b0, BLOCK, 0));
	over();
	assert_int_equal(n_ended, 3);
	FEED(mark_page(20000, kworker, PFN(1), SEA_PAGE_FAILED),
	     mark_failure_exit(20100, kworker, PFN(1), ),
	     mark_deliver(20200, a_main, BUS_MCEERR_AO, HVA(1), ),
	     mark_deliver(20300, a0, BUS_MCEERR_AR, HVA(1), ), mark_events_enter(20400, a1, ),
	     mark_events_exit(20500, a1, ), mark_claim_exit(20600, b0, 0),
	     mark_inject(20700, b0, SEA_INJECT_SERROR));
	over();
	assert_int_equal(n_ended, 3);
	FEED(mark_record_enter(30000, idle, BLOCK, ), mark_record_exit(30100, idle, BLOCK, ));
	over();
	assert_int_equal(n_ended, 4);
	assert_null(incident(3)->inc.vm);
}

static void timeout_of_centuries(void **state)
{
	struct join_limits limits = usual_limits;

	(void)state;
	limits.timeout_ns = UINT64_MAX;
	start_over(limits);
	FEED(UNCLAIMED(SEC, a0, ));
	assert_true(join_deadline(join) == UINT64_MAX);
	join_expire(join, UINT64_MAX - 1);
	assert_int_equal(n_ended, 0);
	over();
	assert_int_equal(n_ended, 1);
}

/* Everything that can be open is: freed all the same. The teardown closes another, empty one. */
static void freed_with_everything_open(void **state)
{
	(void)state;
	FEED(UNCLAIMED(1000, a1, ), mark_abort(1000, a0, ), mark_claim_enter(1100, a0),
	     mark_estatus(1200, a0, BLOCK + 1, 0), mark_record_enter(1300, a0, BLOCK, ),
	     mark_section(1400, a0, BLOCK, PA(1), ), mark_section(1500, a0, BLOCK, PA(2), ),
	     mark_failure_enter(2000, kworker, PFN(1)),
	     mark_unmap(2100, kworker, PFN(1), a0, HVA(1), ),
	     mark_unmap(2200, kworker, PFN(1), b0, HVA(1), ),
	     mark_signal(2300, kworker, BUS_MCEERR_AO, HVA(1), a_main, ),
	     mark_signal(2400, kworker, BUS_MCEERR_AR, HVA(1), b0, ), TO_VMM(3000, c0));
	start_over(usual_limits);
	join_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		/* clang-format off */
		STORY(claim_without_abort),
		STORY(claim_without_exit),
		STORY(sea_without_injection),
		STORY(sea_without_claim_is_whole),
		STORY(shots_are_no_incidents),
		STORY(claim_after_claim),
		STORY(back_in_the_guest),
		STORY(failure_without_exit),
		STORY(record_without_exit),
		STORY(ends_without_beginnings),
		STORY(ends_of_something_else),
		STORY(delivery_without_signal),
		STORY(delivery_after_a_lost_one),
		STORY(whole_story),
		STORY(one_or_two_missing),
		STORY(any_two_change_places),
		STORY(any_marks_in_any_order),
		STORY(storm_in_one_incident),
		STORY(storm_of_incidents),
		STORY(storm_of_pages),
		STORY(busy_ones_stay_open),
		STORY(busy_ones_end),
		STORY(one_open_at_a_time),
		STORY(windows_of_closed_incidents),
		STORY(timeout_of_centuries),
		STORY(freed_with_everything_open),
		/* clang-format on */
	};

	return cmocka_run_group_tests_name("join_rough", tests, NULL, NULL);
}
