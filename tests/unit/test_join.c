/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * trace/join: the stories that kernels tell (6.12 and 7.3), each with the incidents, counts, laps
 * and spans it must give, to the nanosecond.
 */
#include "tests/unit/stories.h"

/* --- phase 1 alone ---------------------------------------------------------------------------- */

static void unclaimed_sea(void **state)
{
	const struct ended *e;

	(void)state;
	FEED(UNCLAIMED(1000, a0, .far = 0x7000));
	over();
	assert_int_equal(n_ended, 1);
	e = incident(0);
	assert_int_equal(e->outcome, OUTCOME_SERROR);
	assert_ptr_equal(e->inc.vm, vm_a);
	assert_int_equal(e->inc.id, 1);
	assert_int_equal(e->inc.error_id, 1);
	assert_int_equal(e->inc.fields, INCIDENT_FIELD_SEA | INCIDENT_FIELD_VCPU);
	assert_int_equal(e->inc.vcpu, 0);
	assert_int_equal(e->inc.esr, MARK_ESR);
	assert_int_equal(e->inc.far, 0x7000);
	assert_int_equal(e->inc.pc, MARK_PC);
	assert_false(e->inc.incomplete);
	assert_false(e->inc.late);
	assert_int_equal(e->inc.time.first_ns, 1000);
	assert_int_equal(e->total, 1000);
	assert_spans(e, [SPAN_PHASE1] = 500, [SPAN_CLAIM] = 500);
	assert_counts(e, [METER_INCIDENT] = 1, [METER_SEA] = 1, [METER_SERROR] = 1);
	assert_row(vm_a, [METER_INCIDENT] = 1, [METER_SEA] = 1, [METER_SERROR] = 1);
	assert_laps(
		vm_a, [LAP_PHASE1] = {1, 1000}, [LAP_CLAIM] = {1, 500}, [LAP_TOTAL] = {1, 1000});
	assert_outcomes(vm_a, [OUTCOME_SERROR] = 1);
	assert_row(vm_b, NOTHING);
	assert_row(NULL, NOTHING);
}

/* Two CPUs at once, each mark of the one beside the same of the other. */
static void seas_of_two_vms(void **state)
{
	(void)state;
	for (uint64_t i = 0; i < 23; i++) {
		uint64_t t = 1000000 * (i + 1), far = 0x1000 * (i + 1);
		const struct sea_hdr *const a[] = {UNCLAIMED(t, a0, .far = far)};
		const struct sea_hdr *const b[] = {UNCLAIMED(t + 50, b0, .far = far)};

		for (size_t m = 0; m < UTIL_COUNT(a); m++)
			FEED(a[m], i < 7 ? b[m] : NULL);
	}
	over();
	assert_int_equal(n_ended, 30);
	assert_row(vm_a, [METER_INCIDENT] = 23, [METER_SEA] = 23, [METER_SERROR] = 23);
	assert_row(vm_b, [METER_INCIDENT] = 7, [METER_SEA] = 7, [METER_SERROR] = 7);
	assert_row(vm_c, NOTHING);
	assert_row(NULL, NOTHING);
	assert_outcomes(vm_a, [OUTCOME_SERROR] = 23);
	assert_outcomes(vm_b, [OUTCOME_SERROR] = 7);
	assert_laps(vm_a, [LAP_PHASE1] = {23, 23000}, [LAP_CLAIM] = {23, 11500},
		    [LAP_TOTAL] = {23, 23000});
	assert_laps(
		vm_b, [LAP_PHASE1] = {7, 7000}, [LAP_CLAIM] = {7, 3500}, [LAP_TOTAL] = {7, 7000});
	for (uint64_t i = 0; i < 30; i++)
		assert_int_equal(incident(i)->inc.counts[METER_SEA], 1);
}

static void retries_fold(void **state)
{
	(void)state;
	for (uint64_t i = 0; i < 5; i++)
		FEED(UNCLAIMED(10000 * (i + 1), a0, ));
	over();
	assert_int_equal(n_ended, 1);
	assert_counts(incident(0), [METER_INCIDENT] = 1, [METER_SEA] = 5, [METER_SERROR] = 5);
	assert_int_equal(incident(0)->total, 41000);
	assert_spans(incident(0), [SPAN_PHASE1] = 2500, [SPAN_CLAIM] = 2500, [SPAN_WAIT] = 36000);
	assert_laps(
		vm_a, [LAP_PHASE1] = {5, 5000}, [LAP_CLAIM] = {5, 2500}, [LAP_TOTAL] = {1, 41000});
}

/* At once, and no more while it is open. */
static void a_retry_is_told_once(void **state)
{
	(void)state;
	FEED(UNCLAIMED(10000, a0, ));
	assert_int_equal(n_retried, 0);
	FEED(mark_abort(20000, a0, ));
	assert_int_equal(n_retried, 1);
	for (uint64_t i = 3; i < 9; i++)
		FEED(UNCLAIMED(10000 * i, a0, ));
	assert_int_equal(n_retried, 1);
	assert_int_equal(n_ended, 0);
	assert_int_equal(retried[0]->id, 1);
	assert_ptr_equal(retried[0]->vm, vm_a);
	assert_int_equal(retried[0]->counts[METER_SEA], 2);
	assert_int_equal(retried[0]->time.n_points, 5);
	assert_int_equal(timeline_total(&retried[0]->time), 10000);
	over();
	assert_true(incident(0)->inc.retried);
	/* the next one is another one */
	FEED(UNCLAIMED(SEC, a0, ), UNCLAIMED(2 * SEC, a0, ));
	assert_int_equal(n_retried, 2);
	assert_int_equal(retried[1]->id, 2);
}

/* Who wants long ones only is told when it is one. */
static void a_retry_is_told_when_it_is_long(void **state)
{
	struct join_limits limits = usual_limits;

	(void)state;
	engine_close();
	limits.retried_ns = 20000;
	engine_open(&limits);
	FEED(UNCLAIMED(10000, a0, ), UNCLAIMED(20000, a0, ));
	assert_int_equal(n_retried, 0);
	FEED(UNCLAIMED(30000, a0, ), UNCLAIMED(40000, a0, ));
	assert_int_equal(n_retried, 1);
	assert_int_equal(retried[0]->counts[METER_SEA], 3);
}

/* Also those of which nobody knows yet whose they are. */
static void open_ones_of_a_process(void **state)
{
	(void)state;
	FEED(UNCLAIMED(1000, a0, ), UNCLAIMED(1000, b0, ), RECORD(3000, idle, 5));
	assert_int_equal(join_n_open(join), 3);
	assert_int_equal(join_n_open_of(join, 100), 2);
	assert_int_equal(join_n_open_of(join, 300), 1);
	over();
	assert_int_equal(join_n_open_of(join, 100), 0);
}

/* Only the same vCPU at the same instruction and address is sent back: all else is hit anew. */
static void other_seas_do_not_fold(void **state)
{
	struct who other_vm = a0;

	(void)state;
	other_vm.kvm = vm_b->kvm;
	FEED(UNCLAIMED(10000, a0, ), UNCLAIMED(20000, a1, ), UNCLAIMED(30000, other_vm, ),
	     UNCLAIMED(40000, a0, .far = 0x2000), UNCLAIMED(50000, a0, .far = 0x2000),
	     UNCLAIMED(60000, a0, .far = 0x2000, .pc = 0x4000), UNCLAIMED(70000, a0, ));
	assert_int_equal(n_retried, 1);
	over();
	assert_int_equal(n_ended, 6);
	assert_row(vm_a, [METER_INCIDENT] = 5, [METER_SEA] = 6, [METER_SERROR] = 6);
	assert_row(vm_b, [METER_INCIDENT] = 1, [METER_SEA] = 1, [METER_SERROR] = 1);
	for (uint64_t i = 0; i < 6; i++)
		assert_int_equal(incident(i)->inc.counts[METER_SEA], i == 3 ? 2 : 1);
}

static void retry_after_the_timeout_is_new(void **state)
{
	(void)state;
	FEED(UNCLAIMED(1000, a0, ));
	assert_int_equal(join_deadline(join), 2000 + 10 * SEC);
	join_expire(join, 2000 + 10 * SEC - 1);
	assert_int_equal(n_ended, 0);
	join_expire(join, 2000 + 10 * SEC);
	assert_int_equal(n_ended, 1);
	FEED(UNCLAIMED(11 * SEC, a0, ));
	over();
	assert_int_equal(n_ended, 2);
	assert_int_equal(incident(1)->inc.id, 2);
	assert_false(incident(1)->inc.late);
}

/* The one that was quiet longest goes first; a mark in between makes it younger. */
static void quiet_ones_close_first(void **state)
{
	(void)state;
	FEED(UNCLAIMED(1 * SEC, a0, ), UNCLAIMED(2 * SEC, b0, ), UNCLAIMED(3 * SEC, a0, ));
	join_expire(join, 12 * SEC + 1000);
	assert_int_equal(n_ended, 1);
	assert_ptr_equal(incident(0)->inc.vm, vm_b);
	assert_int_equal(join_deadline(join), 13 * SEC + 1000);
}

static void injection_that_fails(void **state)
{
	(void)state;
	FEED(mark_abort(1000, a0, ), mark_inject(1500, a0, SEA_INJECT_ERROR, .ret = -EFAULT));
	over();
	assert_int_equal(incident(0)->outcome, OUTCOME_OPEN);
	assert_counts(incident(0), [METER_INCIDENT] = 1, [METER_SEA] = 1);
	assert_laps(vm_a, [LAP_PHASE1] = {1, 500}, [LAP_TOTAL] = {1, 500});
}

/* --- exit to the VMM -------------------------------------------------------------------------- */

static void exit_to_vmm(void **state)
{
	(void)state;
	FEED(TO_VMM(1000, a0));
	over();
	assert_int_equal(incident(0)->outcome, OUTCOME_TO_VMM);
	assert_counts(incident(0), [METER_INCIDENT] = 1, [METER_SEA] = 1, [METER_TO_VMM] = 1);
}

static void exit_to_vmm_that_tells(void **state)
{
	const struct ended *e;

	(void)state;
	FEED(TO_VMM(1000, a0), mark_events_enter(5000, a0, .pending = SEA_PENDING_DABT),
	     mark_events_exit(5300, a0, .pending = SEA_PENDING_DABT));
	over();
	assert_int_equal(n_ended, 1);
	e = incident(0);
	assert_int_equal(e->outcome, OUTCOME_NOTIFIED);
	assert_true(e->inc.explicit_notify);
	assert_counts(
		e, [METER_INCIDENT] = 1, [METER_SEA] = 1, [METER_TO_VMM] = 1, [METER_NOTIFIED] = 1);
	assert_spans(e, [SPAN_PHASE1] = 500, [SPAN_CLAIM] = 500, [SPAN_NOTIFY] = 3300);
	assert_laps(vm_a, [LAP_PHASE1] = {1, 1000}, [LAP_CLAIM] = {1, 500},
		    [LAP_NOTIFY] = {1, 3300}, [LAP_TOTAL] = {1, 4300});
}

/* QEMU puts its registers: nothing is pending. Only the first time tells something. */
static void telling_is_inferred_once(void **state)
{
	(void)state;
	FEED(TO_VMM(1000, a0), mark_events_enter(5000, a0, ), mark_events_exit(5300, a0, ),
	     mark_events_enter(6000, a0, .pending = SEA_PENDING_DABT),
	     mark_events_exit(6300, a0, .pending = SEA_PENDING_DABT));
	over();
	assert_int_equal(incident(0)->outcome, OUTCOME_NOTIFIED);
	assert_false(incident(0)->inc.explicit_notify);
	assert_int_equal(incident(0)->inc.counts[METER_NOTIFIED], 1);
	assert_int_equal(incident(0)->total, 4300);
}

/* Another vCPU's registers, a call that fails, a call with nothing before: no notification. */
static void telling_that_is_none(void **state)
{
	(void)state;
	FEED(mark_events_enter(500, a0, ), mark_events_exit(600, a0, ), TO_VMM(1000, a0),
	     mark_events_enter(5000, a1, ), mark_events_exit(5300, a1, ),
	     mark_events_enter(6000, a0, ), mark_events_exit(6300, a0, .ret = -EINVAL));
	over();
	assert_int_equal(n_ended, 1);
	assert_int_equal(incident(0)->outcome, OUTCOME_TO_VMM);
	assert_int_equal(incident(0)->inc.counts[METER_NOTIFIED], 0);
	assert_int_equal(incident(0)->total, 5300);
}

/* --- phase 2 by interrupt --------------------------------------------------------------------- */

static void record_then_touch(void **state)
{
	const struct ended *e;

	(void)state;
	FEED(RECORD(1000, idle, 1));
	assert_row(NULL, NOTHING); /* whose it is will show */
	FEED(TAKEN(5000, 1, a0, a_main), TOUCHED(SEC, 1, a0));
	over();
	assert_int_equal(n_ended, 1);
	e = incident(0);
	assert_int_equal(e->outcome, OUTCOME_NOTIFIED);
	assert_true(e->inc.explicit_notify);
	assert_ptr_equal(e->inc.vm, vm_a);
	assert_int_equal(e->inc.fields, INCIDENT_FIELD_RECORD | INCIDENT_FIELD_PA |
						INCIDENT_FIELD_HVA | INCIDENT_FIELD_GPA |
						INCIDENT_FIELD_PAGE);
	assert_int_equal(e->inc.pa, PA(1));
	assert_int_equal(e->inc.hva, HVA(1));
	assert_int_equal(e->inc.gpa, 0x40001000);
	assert_int_equal(e->inc.notify, 10);
	assert_int_equal(e->inc.page_result, SEA_PAGE_RECOVERED);
	assert_spans(e, [SPAN_PARSE] = 1000, [SPAN_RECOVERY] = 2500, [SPAN_SIGNAL] = 1500 + 500,
		     [SPAN_NOTIFY] = 1500, [SPAN_WAIT] = 2900 + (SEC - 9000));
	assert_int_equal(e->total, SEC + 2000 - 1100);
}

/* Counted before the VM was known: told to it all the same, and to nobody else. */
static void record_is_told_to_its_vm(void **state)
{
	(void)state;
	FEED(RECORD(1000, idle, 1), TAKEN(5000, 1, a0, a_main), TOUCHED(SEC, 1, a0));
	over();
	assert_row(vm_a, [METER_INCIDENT] = 1, [METER_RECORD] = 1, [METER_FAILURE] = 1,
		   [METER_SIGNAL_AO] = 1, [METER_SIGNAL_AR] = 1, [METER_DELIVERED] = 2,
		   [METER_NOTIFIED] = 1);
	assert_laps(
		vm_a, [LAP_PARSE] = {1, 1000}, [LAP_RECOVERY] = {1, 4000}, [LAP_PHASE2] = {1, 5000},
		[LAP_SIGNAL] = {2, 2000}, [LAP_NOTIFY] = {1, 1500}, [LAP_TOTAL] = {1, SEC + 900});
	assert_outcomes(vm_a, [OUTCOME_NOTIFIED] = 1);
	assert_row(NULL, NOTHING);
	assert_laps(NULL, NOT_ONE);
	assert_outcomes(NULL, NOTHING);
	assert_row(vm_b, NOTHING);
}

/* The page is not mapped in the guest: the signal alone says whose it is. */
static void signal_tells_the_vm(void **state)
{
	(void)state;
	FEED(RECORD(1000, idle, 1), mark_failure_enter(5000, kworker, PFN(1)),
	     mark_signal(6000, kworker, BUS_MCEERR_AO, HVA(1), b_main, ),
	     mark_page(6500, kworker, PFN(1), SEA_PAGE_RECOVERED),
	     mark_failure_exit(7000, kworker, PFN(1), ));
	over();
	assert_int_equal(n_ended, 1);
	assert_ptr_equal(incident(0)->inc.vm, vm_b);
	assert_int_equal(incident(0)->outcome, OUTCOME_RECOVERED);
	assert_row(vm_b, [METER_INCIDENT] = 1, [METER_RECORD] = 1, [METER_FAILURE] = 1,
		   [METER_SIGNAL_AO] = 1);
	assert_row(NULL, NOTHING);
}

/* 5.10 unmaps by the VMM's addresses: where the guest had it is not known. */
static void unmapped_by_the_vmms_address(void **state)
{
	(void)state;
	FEED(mark_failure_enter(5000, kworker, PFN(1)),
	     mark_unmap(5500, kworker, PFN(1), a0, HVA(1), .gpa_valid = 0, .gpa = 0),
	     mark_failure_exit(7000, kworker, PFN(1), ));
	over();
	assert_ptr_equal(incident(0)->inc.vm, vm_a);
	assert_int_equal(incident(0)->inc.fields, INCIDENT_FIELD_PA | INCIDENT_FIELD_HVA);
}

/* An AR gives the touched byte, an AO the page. */
static void touch_inside_the_page(void **state)
{
	(void)state;
	FEED(RECORD(1000, idle, 1), TAKEN(5000, 1, a0, a_main),
	     mark_signal(20000, a0, BUS_MCEERR_AR, HVA(1) + 0xabc, a0, ),
	     mark_signal(30000, a1, BUS_MCEERR_AR, HVA(2), a1, ));
	over();
	assert_int_equal(n_ended, 2);
	assert_int_equal(incident(0)->inc.counts[METER_SIGNAL_AR], 1);
	assert_int_equal(incident(0)->inc.counts[METER_SIGNAL_AO], 1);
	assert_int_equal(incident(1)->inc.counts[METER_RECORD], 0);
}

/* The same address in another process is another page. */
static void touch_in_another_vm(void **state)
{
	(void)state;
	FEED(RECORD(1000, idle, 1), TAKEN(5000, 1, a0, a_main),
	     mark_signal(20000, b0, BUS_MCEERR_AR, HVA(1), b0, ));
	over();
	assert_int_equal(n_ended, 2);
	assert_row(vm_a, [METER_INCIDENT] = 1, [METER_RECORD] = 1, [METER_FAILURE] = 1,
		   [METER_SIGNAL_AO] = 1, [METER_DELIVERED] = 1);
	assert_row(vm_b, [METER_INCIDENT] = 1, [METER_SIGNAL_AR] = 1);
}

/*
 * SIGBUS is not queued: while one is pending for a thread, the kernel forgets the next, though
 * send_sig_mceerr answers 0.
 */
static void asynchronous_signals_coalesce(void **state)
{
	(void)state;
	FEED(mark_failure_enter(1000, kworker, PFN(1)),
	     mark_signal(2000, kworker, BUS_MCEERR_AO, HVA(1), a_main, ),
	     mark_failure_exit(3000, kworker, PFN(1), ), mark_failure_enter(4000, kworker, PFN(2)),
	     mark_signal(5000, kworker, BUS_MCEERR_AO, HVA(2), a_main, ),
	     mark_failure_exit(6000, kworker, PFN(2), ),
	     mark_deliver(7000, a_main, BUS_MCEERR_AO, HVA(1), ));
	over();
	assert_int_equal(n_ended, 2);
	assert_row(vm_a, [METER_INCIDENT] = 2, [METER_FAILURE] = 2, [METER_SIGNAL_AO] = 2,
		   [METER_DELIVERED] = 1);
	for (int i = 0; i < 2; i++)
		assert_int_equal(incident(i)->inc.counts[METER_DELIVERED],
				 incident(i)->inc.hva == HVA(1));
	assert_laps(vm_a, [LAP_RECOVERY] = {2, 4000}, [LAP_PHASE2] = {2, 4000},
		    [LAP_SIGNAL] = {1, 5000}, [LAP_TOTAL] = {2, 6000 + 2000});
}

/* ... and the next one after the delivery arrives. */
static void signals_one_after_another(void **state)
{
	(void)state;
	FEED(mark_failure_enter(1000, kworker, PFN(1)),
	     mark_signal(2000, kworker, BUS_MCEERR_AO, HVA(1), a_main, ),
	     mark_failure_exit(3000, kworker, PFN(1), ),
	     mark_deliver(3500, a_main, BUS_MCEERR_AO, HVA(1), ),
	     mark_failure_enter(4000, kworker, PFN(2)),
	     mark_signal(5000, kworker, BUS_MCEERR_AO, HVA(2), a_main, ),
	     mark_failure_exit(6000, kworker, PFN(2), ),
	     mark_deliver(7000, a_main, BUS_MCEERR_AO, HVA(2), ));
	over();
	assert_int_equal(n_ended, 2);
	assert_laps(vm_a, [LAP_RECOVERY] = {2, 4000}, [LAP_PHASE2] = {2, 4000},
		    [LAP_SIGNAL] = {2, 3500}, [LAP_TOTAL] = {2, 2500 + 3000});
}

/* Marked while the one before it was still to be delivered, queued when it was not any more. */
static void signal_that_only_seemed_to_coalesce(void **state)
{
	(void)state;
	FEED(mark_failure_enter(1000, kworker, PFN(1)),
	     mark_signal(2000, kworker, BUS_MCEERR_AO, HVA(1), a_main, ),
	     mark_failure_exit(3000, kworker, PFN(1), ), mark_failure_enter(4000, kworker, PFN(2)),
	     mark_signal(5000, kworker, BUS_MCEERR_AO, HVA(2), a_main, ),
	     mark_deliver(5500, a_main, BUS_MCEERR_AO, HVA(1), ),
	     mark_failure_exit(6000, kworker, PFN(2), ),
	     mark_deliver(7000, a_main, BUS_MCEERR_AO, HVA(2), ));
	over();
	assert_int_equal(n_ended, 2);
	assert_row(vm_a, [METER_INCIDENT] = 2, [METER_FAILURE] = 2, [METER_SIGNAL_AO] = 2,
		   [METER_DELIVERED] = 2);
	for (int i = 0; i < 2; i++)
		assert_false(incident(i)->inc.incomplete);
}

/* Likewise; but then the next one coalesces with it, and its delivery is no loss of that one's. */
static void signal_that_coalesces_with_one_that_seemed_to(void **state)
{
	(void)state;
	FEED(mark_failure_enter(1000, kworker, PFN(1)),
	     mark_signal(2000, kworker, BUS_MCEERR_AO, HVA(1), a_main, ),
	     mark_failure_exit(3000, kworker, PFN(1), ), mark_failure_enter(4000, kworker, PFN(2)),
	     mark_signal(5000, kworker, BUS_MCEERR_AO, HVA(2), a_main, ),
	     mark_deliver(5500, a_main, BUS_MCEERR_AO, HVA(1), ),
	     mark_failure_exit(6000, kworker, PFN(2), ), mark_failure_enter(6100, kworker, PFN(3)),
	     mark_signal(6200, kworker, BUS_MCEERR_AO, HVA(3), a_main, ),
	     mark_deliver(7000, a_main, BUS_MCEERR_AO, HVA(2), ),
	     mark_failure_exit(8000, kworker, PFN(3), ));
	over();
	assert_int_equal(n_ended, 3);
	assert_row(vm_a, [METER_INCIDENT] = 3, [METER_FAILURE] = 3, [METER_SIGNAL_AO] = 3,
		   [METER_DELIVERED] = 2);
	for (int i = 0; i < 3; i++)
		assert_false(incident(i)->inc.incomplete);
}

static void page_results(void **state)
{
	static const struct {
		uint32_t result;
		enum outcome outcome;
	} cases[] = {
		{SEA_PAGE_RECOVERED, OUTCOME_RECOVERED}, {SEA_PAGE_DELAYED, OUTCOME_RECOVERED},
		{SEA_PAGE_FAILED, OUTCOME_FAILED},       {SEA_PAGE_IGNORED, OUTCOME_IGNORED},
		{SEA_PAGE_UNKNOWN, OUTCOME_IGNORED},
	};

	(void)state;
	for (size_t i = 0; i < UTIL_COUNT(cases); i++)
		FEED(mark_failure_enter(1000 * (i + 1), kworker, PFN(i)),
		     mark_page(1000 * (i + 1) + 100, kworker, PFN(i), cases[i].result),
		     mark_failure_exit(1000 * (i + 1) + 200, kworker, PFN(i), ));
	over();
	for (size_t i = 0; i < UTIL_COUNT(cases); i++)
		assert_int_equal(incident(i)->outcome, cases[i].outcome);
}

/* A corrected error: nothing is taken away. Without a page: nothing can be. */
static void record_without_consequence(void **state)
{
	(void)state;
	FEED(mark_record_enter(1000, idle, BLOCK, .severity = 2),
	     mark_section(1100, idle, BLOCK, 0, .pa_valid = 0, .kind = SEA_SECTION_OTHER),
	     mark_record_exit(1500, idle, BLOCK, .severity = 2), RECORD(10000, idle, 1));
	over();
	assert_int_equal(n_ended, 2);
	assert_int_equal(incident(0)->outcome, OUTCOME_DROPPED);
	assert_int_equal(incident(0)->inc.fields, INCIDENT_FIELD_RECORD);
	assert_int_equal(incident(0)->inc.severity, 2);
	assert_int_equal(incident(1)->outcome, OUTCOME_DROPPED);
	assert_row(NULL, [METER_INCIDENT] = 2, [METER_RECORD] = 2);
	assert_laps(NULL, [LAP_PARSE] = {2, 1500}, [LAP_TOTAL] = {2, 1500});
}

/* --- a touch after the close ------------------------------------------------------------------ */

static void late_touch_reopens(void **state)
{
	const struct ended *first, *late;

	(void)state;
	FEED(RECORD(1000, idle, 1), TAKEN(5000, 1, a0, a_main));
	join_expire(join, 60 * SEC);
	assert_int_equal(n_ended, 1);
	assert_outcomes(vm_a, [OUTCOME_RECOVERED] = 1);
	FEED(TOUCHED(60 * SEC, 1, a0));
	over();
	assert_int_equal(n_ended, 2);
	first = incident(0);
	late = incident(1);
	assert_false(first->inc.late);
	assert_true(late->inc.late);
	assert_int_equal(late->inc.id, first->inc.id);
	assert_int_equal(late->inc.error_id, first->inc.error_id);
	assert_ptr_equal(late->inc.vm, vm_a);
	assert_int_equal(late->inc.before, OUTCOME_RECOVERED);
	assert_int_equal(late->outcome, OUTCOME_NOTIFIED);
	assert_counts(late, [METER_SIGNAL_AR] = 1, [METER_DELIVERED] = 1, [METER_NOTIFIED] = 1);
	assert_spans(late, [SPAN_SIGNAL] = 500, [SPAN_NOTIFY] = 1500);
	assert_outcomes(vm_a, [OUTCOME_NOTIFIED] = 1); /* moved, not added */
	assert_int_equal(agg_row(agg, vm_a)->counts[METER_INCIDENT], 1);
}

/* What an outcome was worth, it stays: a worse one replaces it, a lesser one does not. */
static void late_touches_again(void **state)
{
	(void)state;
	FEED(RECORD(1000, idle, 1), TAKEN(5000, 1, a0, a_main));
	join_expire(join, 60 * SEC);
	FEED(TOUCHED(60 * SEC, 1, a0));
	join_expire(join, 120 * SEC);
	FEED(mark_signal(120 * SEC, a1, BUS_MCEERR_AR, HVA(1), a1, ));
	join_expire(join, 180 * SEC);
	assert_int_equal(incident(2)->outcome, OUTCOME_NOTIFIED);
	assert_true(incident(2)->inc.explicit_notify);
	FEED(mark_signal(180 * SEC, a0, BUS_MCEERR_AR, HVA(1), a0, ),
	     mark_deliver(180 * SEC + 100, a0, BUS_MCEERR_AR, HVA(1),
			  .action = SEA_ACTION_DEFAULT));
	over();
	assert_int_equal(n_ended, 4);
	assert_int_equal(n_late, 3);
	assert_int_equal(incident(3)->inc.before, OUTCOME_NOTIFIED);
	assert_int_equal(incident(3)->outcome, OUTCOME_VMM_KILLED);
	assert_int_equal(incident(3)->inc.id, 1);
	assert_outcomes(vm_a, [OUTCOME_VMM_KILLED] = 1);
}

/* Each of the pages is known by itself; what was never poisoned is new. */
static void late_touch_finds_its_page(void **state)
{
	(void)state;
	FEED(RECORD(1000, idle, 1), TAKEN(5000, 1, a0, a_main), RECORD(20000, idle, 2),
	     TAKEN(25000, 2, b0, b_main));
	join_expire(join, 60 * SEC);
	assert_int_equal(n_ended, 2);
	FEED(TOUCHED(60 * SEC, 2, b0), TOUCHED(61 * SEC, 1, b0), TOUCHED(62 * SEC, 1, a0));
	over();
	assert_int_equal(n_ended, 5);
	assert_int_equal(incident(2)->inc.id, 2);
	assert_true(incident(2)->inc.late);
	assert_int_equal(incident(3)->inc.id, 3);
	assert_false(incident(3)->inc.late);
	assert_int_equal(incident(4)->inc.id, 1);
	assert_true(incident(4)->inc.late);
}

/* A process may run several VMs: which of them had the page is remembered too. */
static void late_touch_finds_its_vm(void **state)
{
	(void)state;
	FEED(RECORD(1000, idle, 1), TAKEN(5000, 1, d0, a_main));
	join_expire(join, 60 * SEC);
	FEED(TOUCHED(60 * SEC, 1, d0));
	over();
	assert_int_equal(n_ended, 2);
	assert_true(incident(1)->inc.late);
	assert_outcomes(vm_d, [OUTCOME_NOTIFIED] = 1);
	assert_row(vm_a, NOTHING);
}

/* Memory is bounded: of two pages the older is forgotten, and its touch is a new incident. */
static void late_touch_is_forgotten(void **state)
{
	struct join_limits one = usual_limits;

	(void)state;
	engine_drop();
	one.poisoned_max = 1;
	engine_open(&one);
	FEED(RECORD(1000, idle, 1), TAKEN(5000, 1, a0, a_main), RECORD(20000, idle, 2),
	     TAKEN(25000, 2, a0, a_main));
	join_expire(join, 60 * SEC);
	FEED(TOUCHED(60 * SEC, 1, a0), TOUCHED(61 * SEC, 2, a0));
	over();
	assert_int_equal(n_ended, 4);
	assert_false(incident(2)->inc.late);
	assert_int_equal(incident(2)->inc.id, 3);
	assert_true(incident(3)->inc.late);
	assert_int_equal(incident(3)->inc.id, 2);
}

/* --- claimed SEAs ----------------------------------------------------------------------------- */

/* 6.12: a kworker takes the page away; the guest runs into it again, and no record is left. */
static void claimed_sea(void **state)
{
	const struct ended *e;

	(void)state;
	FEED(CLAIMED(1000, a0, 1), TAKEN(5000, 1, a0, a_main), UNCLAIMED(20000, a0, ));
	over();
	assert_int_equal(n_ended, 1);
	e = incident(0);
	assert_int_equal(e->outcome, OUTCOME_SERROR);
	assert_counts(e, [METER_INCIDENT] = 1, [METER_SEA] = 2, [METER_CLAIMED] = 1,
		      [METER_SERROR] = 1, [METER_RECORD] = 1, [METER_FAILURE] = 1,
		      [METER_SIGNAL_AO] = 1, [METER_DELIVERED] = 1);
	assert_int_equal(e->inc.fields, INCIDENT_FIELD_SEA | INCIDENT_FIELD_VCPU |
						INCIDENT_FIELD_RECORD | INCIDENT_FIELD_PA |
						INCIDENT_FIELD_HVA | INCIDENT_FIELD_GPA |
						INCIDENT_FIELD_PAGE);
	assert_int_equal(e->inc.notify, 8);
	assert_spans(
		e, [SPAN_PHASE1] = 100 + 500, [SPAN_CLAIM] = 200 + 300 + 500, [SPAN_PARSE] = 1000,
		[SPAN_RECOVERY] = 2500, [SPAN_SIGNAL] = 1500, [SPAN_WAIT] = 2400 + 11000);
	assert_int_equal(e->total, 20000);
	assert_laps(vm_a, [LAP_PHASE1] = {2, 600 + 1000}, [LAP_CLAIM] = {2, 500 + 500},
		    [LAP_PARSE] = {1, 1000}, [LAP_RECOVERY] = {1, 4000}, [LAP_PHASE2] = {1, 5000},
		    [LAP_SIGNAL] = {1, 1500}, [LAP_TOTAL] = {1, 20000});
	assert_outcomes(vm_a, [OUTCOME_SERROR] = 1);
	assert_row(NULL, NOTHING);
}

static void claimed_sea_in_task_work(void **state)
{
	const struct ended *e;

	(void)state;
	/* kvm_handle_guest_sea answers 1 once the claim was granted: no injection */
	FEED(CLAIMED(1000, a0, 1), mark_inject(2700, a0, SEA_INJECT_SERROR, .ret = 1),
	     TAKEN_IN_VCPU(3000, 1, a0));
	over();
	assert_int_equal(n_ended, 1);
	e = incident(0);
	assert_int_equal(e->outcome, OUTCOME_NOTIFIED);
	assert_true(e->inc.explicit_notify);
	assert_false(e->inc.host_consumed);
	assert_counts(e, [METER_INCIDENT] = 1, [METER_SEA] = 1, [METER_CLAIMED] = 1,
		      [METER_RECORD] = 1, [METER_FAILURE] = 1, [METER_SIGNAL_AR] = 1,
		      [METER_DELIVERED] = 1, [METER_NOTIFIED] = 1);
	assert_spans(
		e, [SPAN_PHASE1] = 100, [SPAN_CLAIM] = 500, [SPAN_PARSE] = 1000, [SPAN_WAIT] = 400,
		[SPAN_RECOVERY] = 500, [SPAN_SIGNAL] = 700, [SPAN_NOTIFY] = 1300);
	assert_laps(vm_a, [LAP_PHASE1] = {1, 600}, [LAP_CLAIM] = {1, 500}, [LAP_PARSE] = {1, 1000},
		    [LAP_RECOVERY] = {1, 1000}, [LAP_PHASE2] = {1, 2000}, [LAP_SIGNAL] = {1, 700},
		    [LAP_NOTIFY] = {1, 1300}, [LAP_TOTAL] = {1, 4500});
}

/* Asked for again after parsing, the block's address ties nothing: it is free to be used again. */
static void block_is_consumed_once(void **state)
{
	(void)state;
	FEED(CLAIMED(1000, a0, 1), mark_record_enter(5000, idle, BLOCK, ),
	     mark_section(5100, idle, BLOCK, PA(2), ), mark_record_exit(5200, idle, BLOCK, ));
	over();
	assert_int_equal(n_ended, 2);
	assert_row(vm_a, [METER_INCIDENT] = 1, [METER_SEA] = 1, [METER_CLAIMED] = 1,
		   [METER_RECORD] = 1);
	assert_row(NULL, [METER_INCIDENT] = 1, [METER_RECORD] = 1);
	assert_true(incident(0)->inc.error_id != incident(1)->inc.error_id);
}

/* Of two claims under way one thread parses both records: each belongs to who claimed it. */
static void record_drained_by_another_cpu(void **state)
{
	const uint64_t of_a = BLOCK, of_b = BLOCK + 0x1000;

	(void)state;
	FEED(mark_abort(1000, a0, ), mark_abort(1050, b0, ), mark_claim_enter(1100, a0),
	     mark_claim_enter(1150, b0), mark_estatus(1200, a0, of_a, 0),
	     mark_estatus(1250, b0, of_b, 0), mark_record_enter(1300, b0, of_a, ),
	     mark_section(1350, b0, of_a, PA(1), ), mark_record_exit(1400, b0, of_a, ),
	     mark_estatus(1450, b0, of_a, 1), mark_record_enter(1500, b0, of_b, ),
	     mark_section(1550, b0, of_b, PA(2), ), mark_record_exit(1600, b0, of_b, ),
	     mark_estatus(1650, b0, of_b, 0), mark_claim_exit(1700, a0, 0),
	     mark_claim_exit(1750, b0, 0), TAKEN(5000, 1, a0, a_main), TAKEN(10000, 2, b0, b_main));
	over();
	assert_int_equal(n_ended, 2);
	assert_row(vm_a, [METER_INCIDENT] = 1, [METER_SEA] = 1, [METER_CLAIMED] = 1,
		   [METER_RECORD] = 1, [METER_FAILURE] = 1, [METER_SIGNAL_AO] = 1,
		   [METER_DELIVERED] = 1);
	assert_row(vm_b, [METER_INCIDENT] = 1, [METER_SEA] = 1, [METER_CLAIMED] = 1,
		   [METER_RECORD] = 1, [METER_FAILURE] = 1, [METER_SIGNAL_AO] = 1,
		   [METER_DELIVERED] = 1);
	assert_int_equal(incident(0)->inc.pa, PA(1));
	assert_int_equal(incident(1)->inc.pa, PA(2));
	/* the parsing thread's claim is shorter by both */
	assert_laps(vm_a, [LAP_PHASE1] = {1, 700}, [LAP_CLAIM] = {1, 600}, [LAP_PARSE] = {1, 100},
		    [LAP_RECOVERY] = {1, 4000}, [LAP_PHASE2] = {1, 4100}, [LAP_SIGNAL] = {1, 1500},
		    [LAP_TOTAL] = {1, 8000});
	assert_laps(vm_b, [LAP_PHASE1] = {1, 500}, [LAP_CLAIM] = {1, 400}, [LAP_PARSE] = {1, 100},
		    [LAP_RECOVERY] = {1, 4000}, [LAP_PHASE2] = {1, 4100}, [LAP_SIGNAL] = {1, 1500},
		    [LAP_TOTAL] = {1, 12950});
}

/* What is looked up after parsing ties no block to the claim it happens in. */
static void drained_block_is_not_the_drainers(void **state)
{
	const uint64_t of_a = BLOCK, of_b = BLOCK + 0x1000;

	(void)state;
	FEED(mark_abort(1000, b0, ), mark_claim_enter(1100, b0), mark_estatus(1200, b0, of_b, 0),
	     mark_record_enter(1300, b0, of_a, ), mark_record_exit(1400, b0, of_a, ),
	     mark_estatus(1450, b0, of_a, 0), mark_record_enter(1500, b0, of_b, ),
	     mark_record_exit(1600, b0, of_b, ), mark_estatus(1650, b0, of_b, 0),
	     mark_claim_exit(1700, b0, 0), mark_record_enter(5000, idle, of_a, ),
	     mark_record_exit(5100, idle, of_a, ), mark_record_enter(6000, idle, of_b, ),
	     mark_record_exit(6100, idle, of_b, ));
	over();
	assert_row(vm_b, [METER_INCIDENT] = 1, [METER_SEA] = 1, [METER_CLAIMED] = 1,
		   [METER_RECORD] = 1);
	assert_row(NULL, [METER_INCIDENT] = 3, [METER_RECORD] = 3);
}

/* The kernel had the same record within 10 s: it is neither parsed nor forgotten here. */
static void claim_that_is_cached(void **state)
{
	(void)state;
	FEED(mark_abort(1000, a0, ), mark_claim_enter(1100, a0), mark_estatus(1200, a0, BLOCK, 1),
	     mark_claim_exit(1300, a0, 0), mark_record_enter(5000, idle, BLOCK, ),
	     mark_record_exit(5100, idle, BLOCK, ));
	over();
	assert_int_equal(n_ended, 2);
	assert_row(vm_a, [METER_INCIDENT] = 1, [METER_SEA] = 1, [METER_CLAIMED] = 1,
		   [METER_DUPLICATE] = 1);
	assert_row(NULL, [METER_INCIDENT] = 1, [METER_RECORD] = 1);
}

/* --- records of several pages, pages of several VMs ------------------------------------------- */

static void record_of_two_pages(void **state)
{
	const struct ended *a, *b;

	(void)state;
	FEED(mark_record_enter(1000, idle, BLOCK, ), mark_section(1100, idle, BLOCK, PA(1), ),
	     mark_section(1200, idle, BLOCK, PA(2), .index = 1),
	     mark_record_exit(2000, idle, BLOCK, ), TAKEN(5000, 1, a0, a_main),
	     TAKEN(10000, 2, b0, b_main));
	over();
	assert_int_equal(n_ended, 2);
	a = incident(0);
	b = incident(1);
	assert_ptr_equal(a->inc.vm, vm_a);
	assert_ptr_equal(b->inc.vm, vm_b);
	assert_int_equal(a->inc.pa, PA(1));
	assert_int_equal(b->inc.pa, PA(2));
	assert_int_equal(a->inc.error_id, b->inc.error_id);
	assert_true(a->inc.id != b->inc.id);
	assert_counts(a, [METER_INCIDENT] = 1, [METER_RECORD] = 1, [METER_FAILURE] = 1,
		      [METER_SIGNAL_AO] = 1, [METER_DELIVERED] = 1);
	assert_counts(b, [METER_INCIDENT] = 1, [METER_RECORD] = 1, [METER_FAILURE] = 1,
		      [METER_SIGNAL_AO] = 1, [METER_DELIVERED] = 1);
	assert_spans(a, [SPAN_PARSE] = 1000, [SPAN_WAIT] = 3000, [SPAN_RECOVERY] = 2500,
		     [SPAN_SIGNAL] = 1500);
	assert_spans(b, [SPAN_PARSE] = 1000, [SPAN_WAIT] = 8000, [SPAN_RECOVERY] = 2500,
		     [SPAN_SIGNAL] = 1500);
	/* it was parsed once, but is part of either's phase 2 */
	assert_laps(vm_a, [LAP_PARSE] = {1, 1000}, [LAP_RECOVERY] = {1, 4000},
		    [LAP_PHASE2] = {1, 5000}, [LAP_SIGNAL] = {1, 1500}, [LAP_TOTAL] = {1, 8000});
	assert_laps(vm_b, [LAP_RECOVERY] = {1, 4000}, [LAP_PHASE2] = {1, 5000},
		    [LAP_SIGNAL] = {1, 1500}, [LAP_TOTAL] = {1, 13000});
}

/* Each page is an incident; of the VM it is one record. */
static void record_of_two_pages_of_a_vm(void **state)
{
	(void)state;
	FEED(mark_record_enter(1000, idle, BLOCK, ), mark_section(1100, idle, BLOCK, PA(1), ),
	     mark_section(1200, idle, BLOCK, PA(2), .index = 1),
	     mark_record_exit(2000, idle, BLOCK, ), TAKEN(5000, 1, a0, a_main),
	     TAKEN(10000, 2, a1, a_main));
	assert_row(vm_a, [METER_INCIDENT] = 2, [METER_RECORD] = 1, [METER_FAILURE] = 2,
		   [METER_SIGNAL_AO] = 2, [METER_DELIVERED] = 2);
	over();
	assert_int_equal(n_ended, 2);
	for (int i = 0; i < 2; i++)
		assert_int_equal(incident(i)->inc.counts[METER_RECORD], 1);
	/* another record is another one */
	FEED(RECORD(SEC, idle, 3), TAKEN(SEC + 5000, 3, a0, a_main));
	assert_int_equal(agg_row(agg, vm_a)->counts[METER_RECORD], 2);
}

/* The VM that claimed it is told at once, and not again when its second page turns out to be its own. */
static void claimed_record_of_two_pages(void **state)
{
	(void)state;
	FEED(mark_abort(1000, a0, ), mark_claim_enter(1100, a0), mark_estatus(1200, a0, BLOCK, 0),
	     mark_record_enter(1300, a0, BLOCK, ), mark_section(1400, a0, BLOCK, PA(1), ),
	     mark_section(1500, a0, BLOCK, PA(2), .index = 1),
	     mark_section(1600, a0, BLOCK, PA(3), .index = 2), mark_record_exit(1700, a0, BLOCK, ),
	     mark_claim_exit(1800, a0, 0));
	assert_int_equal(agg_row(agg, vm_a)->counts[METER_RECORD], 1);
	FEED(TAKEN(5000, 1, a0, a_main), TAKEN(10000, 2, a0, a_main), TAKEN(15000, 3, b0, b_main));
	over();
	assert_int_equal(n_ended, 3);
	assert_int_equal(agg_row(agg, vm_a)->counts[METER_INCIDENT], 2);
	assert_int_equal(agg_row(agg, vm_a)->counts[METER_RECORD], 1);
	assert_int_equal(agg_row(agg, vm_b)->counts[METER_RECORD], 1);
	assert_row(NULL, NOTHING);
}

/* Of pages that are nobody's it is one of the host's. */
static void record_of_nobodys_pages(void **state)
{
	(void)state;
	FEED(mark_record_enter(1000, idle, BLOCK, ), mark_section(1100, idle, BLOCK, PA(1), ),
	     mark_section(1200, idle, BLOCK, PA(2), .index = 1),
	     mark_section(1300, idle, BLOCK, PA(3), .index = 2),
	     mark_record_exit(2000, idle, BLOCK, ), TAKEN(5000, 2, c0, c0));
	over();
	assert_row(NULL, [METER_INCIDENT] = 2, [METER_RECORD] = 1);
	assert_int_equal(agg_row(agg, vm_c)->counts[METER_RECORD], 1);
}

/* Pages that are known already, whichever comes first in it: each VM has one more record. */
static void record_of_known_pages(void **state)
{
	(void)state;
	FEED(RECORD(1000, idle, 1), RECORD(3000, idle, 2), TAKEN(5000, 1, a0, a_main),
	     TAKEN(10000, 2, b0, b_main), mark_record_enter(20000, idle, BLOCK, ),
	     mark_section(20100, idle, BLOCK, PA(1), ),
	     mark_section(20200, idle, BLOCK, PA(2), .index = 1),
	     mark_section(20300, idle, BLOCK, PA(2), .index = 2),
	     mark_record_exit(20400, idle, BLOCK, ));
	over();
	assert_int_equal(n_ended, 2);
	assert_row(vm_a, [METER_INCIDENT] = 1, [METER_RECORD] = 2, [METER_DUPLICATE] = 1,
		   [METER_FAILURE] = 1, [METER_SIGNAL_AO] = 1, [METER_DELIVERED] = 1);
	assert_row(vm_b, [METER_INCIDENT] = 1, [METER_RECORD] = 2, [METER_DUPLICATE] = 1,
		   [METER_FAILURE] = 1, [METER_SIGNAL_AO] = 1, [METER_DELIVERED] = 1);
}

/* One record may queue a page twice. */
static void page_named_twice(void **state)
{
	(void)state;
	FEED(mark_record_enter(1000, idle, BLOCK, ), mark_section(1100, idle, BLOCK, PA(1), ),
	     mark_section(1200, idle, BLOCK, PA(1) + 64, .index = 1),
	     mark_section(1300, idle, BLOCK, PA(2), .index = 2),
	     mark_section(1400, idle, BLOCK, PA(2), .index = 3),
	     mark_record_exit(2000, idle, BLOCK, ), TAKEN(5000, 1, a0, a_main),
	     TAKEN(10000, 2, b0, b_main));
	over();
	assert_int_equal(n_ended, 2);
	assert_int_equal(incident(0)->inc.pa >> MARK_PAGE_SHIFT, PFN(1));
	assert_int_equal(incident(1)->inc.pa >> MARK_PAGE_SHIFT, PFN(2));
	assert_row(vm_a, [METER_INCIDENT] = 1, [METER_RECORD] = 1, [METER_FAILURE] = 1,
		   [METER_SIGNAL_AO] = 1, [METER_DELIVERED] = 1);
	assert_row(vm_b, [METER_INCIDENT] = 1, [METER_RECORD] = 1, [METER_FAILURE] = 1,
		   [METER_SIGNAL_AO] = 1, [METER_DELIVERED] = 1);
	assert_row(NULL, NOTHING);
}

/* KSM, shared memory: the page is unmapped from each VM, each VMM is signalled. */
static void page_of_two_vms(void **state)
{
	const struct ended *a, *b;

	(void)state;
	FEED(RECORD(1000, idle, 1), mark_failure_enter(5000, kworker, PFN(1)),
	     mark_unmap(5500, kworker, PFN(1), a0, HVA(1), ),
	     mark_unmap(5600, kworker, PFN(1), b0, HVA(7), ),
	     mark_signal(6000, kworker, BUS_MCEERR_AO, HVA(1), a_main, ),
	     mark_signal(6100, kworker, BUS_MCEERR_AO, HVA(7), b_main, ),
	     mark_page(6500, kworker, PFN(1), SEA_PAGE_RECOVERED),
	     mark_failure_exit(7000, kworker, PFN(1), ),
	     mark_deliver(8000, b_main, BUS_MCEERR_AO, HVA(7), ));
	over();
	assert_int_equal(n_ended, 2);
	a = incident(0);
	b = incident(1);
	assert_ptr_equal(a->inc.vm, vm_a);
	assert_ptr_equal(b->inc.vm, vm_b);
	assert_int_equal(a->inc.error_id, b->inc.error_id);
	assert_true(a->inc.id != b->inc.id);
	assert_int_equal(a->inc.hva, HVA(1));
	assert_int_equal(b->inc.hva, HVA(7));
	assert_int_equal(a->outcome, OUTCOME_RECOVERED);
	assert_int_equal(b->outcome, OUTCOME_RECOVERED);
	assert_row(vm_a, [METER_INCIDENT] = 1, [METER_RECORD] = 1, [METER_FAILURE] = 1,
		   [METER_SIGNAL_AO] = 1);
	assert_row(vm_b, [METER_INCIDENT] = 1, [METER_RECORD] = 1, [METER_FAILURE] = 1,
		   [METER_SIGNAL_AO] = 1, [METER_DELIVERED] = 1);
	assert_spans(a, [SPAN_PARSE] = 1000, [SPAN_WAIT] = 2900, [SPAN_RECOVERY] = 2000);
	assert_spans(b, [SPAN_PARSE] = 1000, [SPAN_WAIT] = 2900, [SPAN_RECOVERY] = 1100,
		     [SPAN_SIGNAL] = 1900);
	assert_laps(vm_a, [LAP_PARSE] = {1, 1000}, [LAP_RECOVERY] = {1, 2000},
		    [LAP_PHASE2] = {1, 3000}, [LAP_TOTAL] = {1, 5900});
	assert_laps(vm_b, [LAP_RECOVERY] = {1, 2000}, [LAP_PHASE2] = {1, 3000},
		    [LAP_SIGNAL] = {1, 1900}, [LAP_TOTAL] = {1, 6900});
}

/* One vCPU consumes it, another VM has it too: the error is that one's as well, the SEA is not. */
static void claimed_page_of_two_vms(void **state)
{
	(void)state;
	FEED(CLAIMED(1000, a0, 1), mark_failure_enter(5000, kworker, PFN(1)),
	     mark_unmap(5500, kworker, PFN(1), b0, HVA(7), ),
	     mark_unmap(5600, kworker, PFN(1), a0, HVA(1), ),
	     mark_page(6500, kworker, PFN(1), SEA_PAGE_RECOVERED),
	     mark_failure_exit(7000, kworker, PFN(1), ));
	over();
	assert_int_equal(n_ended, 2);
	assert_int_equal(incident(0)->inc.error_id, incident(1)->inc.error_id);
	assert_row(vm_a, [METER_INCIDENT] = 1, [METER_SEA] = 1, [METER_CLAIMED] = 1,
		   [METER_RECORD] = 1, [METER_FAILURE] = 1);
	assert_row(vm_b, [METER_INCIDENT] = 1, [METER_RECORD] = 1, [METER_FAILURE] = 1);
	assert_int_equal(incident(0)->inc.hva, HVA(1));
	assert_int_equal(incident(1)->inc.hva, HVA(7));
}

/* The same, but neither guest has touched it yet: only the signals say who has the page. */
static void page_of_two_vms_unmapped_in_neither(void **state)
{
	(void)state;
	FEED(RECORD(1000, idle, 1), mark_failure_enter(5000, kworker, PFN(1)),
	     mark_signal(6000, kworker, BUS_MCEERR_AO, HVA(1), a_main, ),
	     mark_signal(6100, kworker, BUS_MCEERR_AO, HVA(7), b_main, ),
	     mark_page(6500, kworker, PFN(1), SEA_PAGE_RECOVERED),
	     mark_failure_exit(7000, kworker, PFN(1), ));
	over();
	assert_int_equal(n_ended, 2);
	assert_int_equal(incident(0)->inc.error_id, incident(1)->inc.error_id);
	assert_row(vm_a, [METER_INCIDENT] = 1, [METER_RECORD] = 1, [METER_FAILURE] = 1,
		   [METER_SIGNAL_AO] = 1);
	assert_row(vm_b, [METER_INCIDENT] = 1, [METER_RECORD] = 1, [METER_FAILURE] = 1,
		   [METER_SIGNAL_AO] = 1);
	assert_row(NULL, NOTHING);
}

/* Of a record's two pages only the first is being taken away when somebody else is signalled. */
static void signal_belongs_to_the_failing_page(void **state)
{
	(void)state;
	FEED(mark_record_enter(1000, idle, BLOCK, ), mark_section(1100, idle, BLOCK, PA(1), ),
	     mark_section(1200, idle, BLOCK, PA(2), .index = 1),
	     mark_record_exit(2000, idle, BLOCK, ), mark_failure_enter(5000, kworker, PFN(1)),
	     mark_unmap(5500, kworker, PFN(1), a0, HVA(1), ),
	     mark_signal(6000, kworker, BUS_MCEERR_AO, HVA(1), b_main, ),
	     mark_failure_exit(7000, kworker, PFN(1), ), TAKEN(10000, 2, c0, c0));
	over();
	assert_int_equal(n_ended, 3);
	for (int i = 0; i < 3; i++)
		assert_int_equal(incident(i)->inc.pa, incident(i)->inc.vm == vm_c ? PA(2) : PA(1));
	assert_row(vm_b, [METER_INCIDENT] = 1, [METER_RECORD] = 1, [METER_FAILURE] = 1,
		   [METER_SIGNAL_AO] = 1);
	assert_row(vm_c, [METER_INCIDENT] = 1, [METER_RECORD] = 1, [METER_FAILURE] = 1,
		   [METER_SIGNAL_AO] = 1, [METER_DELIVERED] = 1);
}

/* --- reported again --------------------------------------------------------------------------- */

static void page_reported_again(void **state)
{
	const struct ended *e;

	(void)state;
	FEED(RECORD(1000, idle, 1), TAKEN(5000, 1, a0, a_main), RECORD(20000, idle, 1));
	over();
	assert_int_equal(n_ended, 1);
	e = incident(0);
	assert_counts(e, [METER_INCIDENT] = 1, [METER_RECORD] = 2, [METER_DUPLICATE] = 1,
		      [METER_FAILURE] = 1, [METER_SIGNAL_AO] = 1, [METER_DELIVERED] = 1);
	assert_spans(e, [SPAN_PARSE] = 2000, [SPAN_RECOVERY] = 2500, [SPAN_SIGNAL] = 1500,
		     [SPAN_WAIT] = 2900 + 11100);
	assert_row(NULL, NOTHING);
	assert_laps(NULL, NOT_ONE);
}

/* Taken away twice: to each time belongs the record before it. */
static void page_taken_away_again(void **state)
{
	(void)state;
	FEED(RECORD(1000, idle, 1), TAKEN(5000, 1, a0, a_main), RECORD(20000, idle, 1),
	     TAKEN(25000, 1, a0, a_main), TAKEN(35000, 1, a0, a_main));
	over();
	assert_int_equal(n_ended, 1);
	assert_laps(vm_a, [LAP_PARSE] = {2, 2000}, [LAP_RECOVERY] = {3, 12000},
		    [LAP_PHASE2] = {3, 5000 + 5000 + 4000}, [LAP_SIGNAL] = {3, 4500},
		    [LAP_TOTAL] = {1, 39000 - 1100});
}

/* A page poisoned by software has no record; now it gets one. */
static void record_of_a_poisoned_page(void **state)
{
	(void)state;
	FEED(TAKEN(1000, 1, a0, a_main), RECORD(20000, idle, 1));
	over();
	assert_int_equal(n_ended, 1);
	assert_int_equal(incident(0)->inc.counts[METER_RECORD], 1);
	assert_true(incident(0)->inc.fields & INCIDENT_FIELD_RECORD);
	assert_int_equal(incident(0)->inc.notify, 10);
}

/* A second record with the two pages of the first: both incidents go on, none loses its page. */
static void two_pages_reported_again(void **state)
{
	(void)state;
	for (uint64_t t = 1000; t <= 11000; t += 10000)
		FEED(mark_record_enter(t, idle, BLOCK, ),
		     mark_section(t + 100, idle, BLOCK, PA(1), ),
		     mark_section(t + 200, idle, BLOCK, PA(2), .index = 1),
		     mark_record_exit(t + 1000, idle, BLOCK, ));
	FEED(TAKEN(20000, 1, a0, a_main), TAKEN(30000, 2, b0, b_main));
	over();
	assert_int_equal(n_ended, 2);
	assert_int_equal(incident(0)->inc.pa, PA(1));
	assert_ptr_equal(incident(0)->inc.vm, vm_a);
	assert_int_equal(incident(0)->outcome, OUTCOME_RECOVERED);
	assert_int_equal(incident(1)->inc.pa, PA(2));
	assert_ptr_equal(incident(1)->inc.vm, vm_b);
	assert_int_equal(incident(1)->outcome, OUTCOME_RECOVERED);
	assert_row(NULL, NOTHING);
}

/* A known page and a new one in one record: the new one's past is not the known one's. */
static void known_page_and_new_page(void **state)
{
	(void)state;
	FEED(RECORD(1000, idle, 1), TAKEN(5000, 1, a0, a_main),
	     mark_record_enter(20000, idle, BLOCK, ), mark_section(20100, idle, BLOCK, PA(1), ),
	     mark_section(20200, idle, BLOCK, PA(2), .index = 1),
	     mark_record_exit(21000, idle, BLOCK, ), TAKEN(30000, 2, b0, b_main));
	over();
	assert_int_equal(n_ended, 2);
	assert_row(vm_b, [METER_INCIDENT] = 1, [METER_RECORD] = 1, [METER_FAILURE] = 1,
		   [METER_SIGNAL_AO] = 1, [METER_DELIVERED] = 1);
	assert_true(incident(1)->inc.time.first_ns >= 20000);
	assert_row(vm_a, [METER_INCIDENT] = 1, [METER_RECORD] = 2, [METER_DUPLICATE] = 1,
		   [METER_FAILURE] = 1, [METER_SIGNAL_AO] = 1, [METER_DELIVERED] = 1);
}

/* One of two pages of a record is reported again: that is no news of the other. */
static void one_of_two_pages_reported_again(void **state)
{
	(void)state;
	FEED(mark_record_enter(1000, idle, BLOCK, ), mark_section(1100, idle, BLOCK, PA(1), ),
	     mark_section(1200, idle, BLOCK, PA(2), .index = 1),
	     mark_record_exit(2000, idle, BLOCK, ), TAKEN(5000, 1, a0, a_main),
	     TAKEN(10000, 2, b0, b_main), RECORD(5 * SEC, idle, 1));
	join_expire(join, 11 * SEC);
	assert_int_equal(n_ended, 1);
	assert_ptr_equal(incident(0)->inc.vm, vm_b);
	assert_int_equal(incident(0)->total, 13000);
	assert_int_equal(incident(0)->spans[SPAN_PARSE], 1000);
	over();
	assert_int_equal(incident(1)->spans[SPAN_PARSE], 2000);
}

/* An interrupt reports the page, and before it is taken away the guest runs into it. */
static void reported_then_consumed(void **state)
{
	(void)state;
	FEED(mark_record_enter(500, idle, BLOCK + 0x1000, ),
	     mark_section(600, idle, BLOCK + 0x1000, PA(1), ),
	     mark_record_exit(900, idle, BLOCK + 0x1000, ), CLAIMED(1000, a0, 1),
	     TAKEN(5000, 1, a0, a_main));
	over();
	assert_int_equal(n_ended, 1);
	assert_int_equal(incident(0)->total, 8500);
	assert_laps(vm_a, [LAP_PHASE1] = {1, 600}, [LAP_CLAIM] = {1, 500}, [LAP_PARSE] = {2, 1400},
		    [LAP_RECOVERY] = {1, 4000}, [LAP_PHASE2] = {1, 5400}, [LAP_SIGNAL] = {1, 1500},
		    [LAP_TOTAL] = {1, 8500});
	assert_row(vm_a, [METER_INCIDENT] = 1, [METER_SEA] = 1, [METER_CLAIMED] = 1,
		   [METER_RECORD] = 2, [METER_DUPLICATE] = 1, [METER_FAILURE] = 1,
		   [METER_SIGNAL_AO] = 1, [METER_DELIVERED] = 1);
	assert_row(NULL, NOTHING);
}

/* --- what is worth more ----------------------------------------------------------------------- */

/* Of all that happened the first in the order of enum outcome; each is taken off in turn. */
static void outcomes_in_their_order(void **state)
{
	struct incident *inc = incident_new(1, NULL);
	uint64_t *n = inc->counts;

	(void)state;
	for (int m = 0; m < METER_MAX; m++)
		n[m] = 1;
	inc->vmm_killed = inc->host_consumed = true;
	assert_int_equal(incident_outcome(inc), OUTCOME_VMM_KILLED);
	inc->vmm_killed = false;
	assert_int_equal(incident_outcome(inc), OUTCOME_NOTIFIED);
	n[METER_NOTIFIED] = 0;
	assert_int_equal(incident_outcome(inc), OUTCOME_SERROR);
	n[METER_SERROR] = 0;
	assert_int_equal(incident_outcome(inc), OUTCOME_TO_VMM);
	n[METER_TO_VMM] = 0;
	assert_int_equal(incident_outcome(inc), OUTCOME_HOST_CONSUMED);
	inc->host_consumed = false;
	assert_int_equal(incident_outcome(inc), OUTCOME_VMM_SIGNALLED);
	n[METER_SIGNAL_AR] = 0;
	assert_int_equal(incident_outcome(inc), OUTCOME_IGNORED); /* no page's result */
	n[METER_FAILURE] = 0;
	assert_int_equal(incident_outcome(inc), OUTCOME_DROPPED);
	n[METER_CLAIMED] = 0;
	assert_int_equal(incident_outcome(inc), OUTCOME_DROPPED);
	n[METER_RECORD] = 0;
	assert_int_equal(incident_outcome(inc), OUTCOME_OPEN);
	incident_put(inc);
}

/* What it was before counts too. */
static void outcome_of_a_late_one(void **state)
{
	struct incident *inc = incident_new(1, NULL);

	(void)state;
	inc->counts[METER_SIGNAL_AR] = 1;
	inc->before = OUTCOME_NOTIFIED;
	assert_int_equal(incident_outcome(inc), OUTCOME_VMM_SIGNALLED);
	inc->late = true;
	assert_int_equal(incident_outcome(inc), OUTCOME_NOTIFIED);
	inc->before = OUTCOME_RECOVERED;
	assert_int_equal(incident_outcome(inc), OUTCOME_VMM_SIGNALLED);
	incident_put(inc);
}

/* --- the host --------------------------------------------------------------------------------- */

/* hard_offline_page, MADV_HWPOISON: no record. */
static void poisoned_by_software(void **state)
{
	(void)state;
	FEED(TAKEN(1000, 1, a0, a_main));
	over();
	assert_int_equal(n_ended, 1);
	assert_int_equal(incident(0)->outcome, OUTCOME_RECOVERED);
	assert_int_equal(incident(0)->inc.pa, PA(1));
	assert_row(vm_a, [METER_INCIDENT] = 1, [METER_FAILURE] = 1, [METER_SIGNAL_AO] = 1,
		   [METER_DELIVERED] = 1);
	assert_laps(vm_a, [LAP_RECOVERY] = {1, 4000}, [LAP_PHASE2] = {1, 4000},
		    [LAP_SIGNAL] = {1, 1500}, [LAP_TOTAL] = {1, 4000});
}

/* A process without a VM: the host's. */
static void poisoned_under_a_plain_process(void **state)
{
	(void)state;
	FEED(mark_failure_enter(1000, plain, PFN(1)),
	     mark_signal(2000, plain, BUS_MCEERR_AR, HVA(1), plain, .forced = 1),
	     mark_page(2500, plain, PFN(1), SEA_PAGE_RECOVERED),
	     mark_failure_exit(3000, plain, PFN(1), ),
	     mark_deliver(3500, plain, BUS_MCEERR_AR, HVA(1), .action = SEA_ACTION_DEFAULT));
	over();
	assert_int_equal(n_ended, 1);
	assert_null(incident(0)->inc.vm);
	assert_row(NULL, [METER_INCIDENT] = 1, [METER_FAILURE] = 1, [METER_SIGNAL_AR] = 1,
		   [METER_DELIVERED] = 1);
	assert_outcomes(NULL, [OUTCOME_VMM_KILLED] = 1);
	assert_laps(NULL, [LAP_RECOVERY] = {1, 2000}, [LAP_PHASE2] = {1, 2000},
		    [LAP_SIGNAL] = {1, 1500}, [LAP_TOTAL] = {1, 2500});
}

/* A thread of the VMM reads the page itself: force_sig_mceerr outside of memory_failure. */
static void consumed_by_the_host(void **state)
{
	(void)state;
	FEED(mark_signal(1000, a_main, BUS_MCEERR_AR, HVA(1), a_main, .forced = 1),
	     mark_deliver(1500, a_main, BUS_MCEERR_AR, HVA(1), ));
	over();
	assert_int_equal(n_ended, 1);
	assert_ptr_equal(incident(0)->inc.vm, vm_a);
	assert_int_equal(incident(0)->outcome, OUTCOME_HOST_CONSUMED);
}

/* A thread of the VMM takes an SEA, APEI claims it: the signal comes out of its own task work. */
static void claimed_by_the_host(void **state)
{
	(void)state;
	FEED(mark_host_enter(1000, a_main), mark_estatus(1100, a_main, BLOCK, 0),
	     mark_record_enter(1200, a_main, BLOCK, .notify = 8),
	     mark_section(1300, a_main, BLOCK, PA(1), ),
	     mark_record_exit(1500, a_main, BLOCK, .notify = 8), mark_host_exit(1600, a_main, 0),
	     mark_failure_enter(2000, a_main, PFN(1)),
	     mark_unmap(2100, a_main, PFN(1), a0, HVA(1), ),
	     mark_signal(2200, a_main, BUS_MCEERR_AR, HVA(1), a_main, .forced = 1),
	     mark_page(2300, a_main, PFN(1), SEA_PAGE_RECOVERED),
	     mark_failure_exit(2400, a_main, PFN(1), ),
	     mark_deliver(2600, a_main, BUS_MCEERR_AR, HVA(1), ));
	over();
	assert_int_equal(n_ended, 1);
	assert_ptr_equal(incident(0)->inc.vm, vm_a);
	assert_int_equal(incident(0)->outcome, OUTCOME_HOST_CONSUMED);
	assert_false(incident(0)->inc.incomplete);
	assert_row(vm_a, [METER_INCIDENT] = 1, [METER_CLAIMED] = 1, [METER_RECORD] = 1,
		   [METER_FAILURE] = 1, [METER_SIGNAL_AR] = 1, [METER_DELIVERED] = 1);
}

/* Nobody claims it: the thread gets a SIGBUS that names no memory error, at whatever address. */
static void unclaimed_by_the_host(void **state)
{
	(void)state;
	FEED(mark_deliver(500, a_main, BUS_OBJERR, HVA(9), ), /* a driver's */
	     mark_host_enter(1000, a_main), mark_host_exit(1200, a_main, -ENOENT),
	     mark_deliver(1500, a_main, BUS_OBJERR, 0, ), mark_host_enter(5000, b_main),
	     mark_host_exit(5200, b_main, -ENOENT),
	     mark_deliver(5500, b_main, BUS_OBJERR, HVA(1), .action = SEA_ACTION_DEFAULT));
	over();
	assert_int_equal(n_ended, 2);
	assert_ptr_equal(incident(0)->inc.vm, vm_a);
	assert_int_equal(incident(0)->outcome, OUTCOME_HOST_CONSUMED);
	assert_spans(incident(0), [SPAN_CLAIM] = 200, [SPAN_SIGNAL] = 300);
	assert_ptr_equal(incident(1)->inc.vm, vm_b);
	assert_int_equal(incident(1)->outcome, OUTCOME_VMM_KILLED);
	assert_row(vm_a, [METER_INCIDENT] = 1);
}

/* A process without VMs does: the host's own. */
static void consumed_by_a_plain_process(void **state)
{
	(void)state;
	FEED(mark_host_enter(1000, kworker), mark_host_exit(1200, kworker, -ENOENT));
	over();
	assert_int_equal(n_ended, 1);
	assert_null(incident(0)->inc.vm);
	assert_int_equal(incident(0)->outcome, OUTCOME_HOST_CONSUMED);
	assert_row(NULL, [METER_INCIDENT] = 1);
}

/* KVM's own AR to a vCPU thread is not forced; nobody tells the guest. */
static void vmm_signalled(void **state)
{
	(void)state;
	FEED(mark_signal(1000, a0, BUS_MCEERR_AR, HVA(1), a0, ),
	     mark_deliver(1500, a0, BUS_MCEERR_AR, HVA(1), ));
	over();
	assert_int_equal(incident(0)->outcome, OUTCOME_VMM_SIGNALLED);
}

static void vmm_killed(void **state)
{
	(void)state;
	FEED(RECORD(1000, idle, 1), TAKEN(5000, 1, a0, a_main),
	     mark_signal(20000, a0, BUS_MCEERR_AR, HVA(1), a0, ),
	     mark_deliver(20500, a0, BUS_MCEERR_AR, HVA(1), .action = SEA_ACTION_DEFAULT));
	over();
	assert_int_equal(n_ended, 1);
	assert_int_equal(incident(0)->outcome, OUTCOME_VMM_KILLED);
	assert_outcomes(vm_a, [OUTCOME_VMM_KILLED] = 1);
}

/* A SIGBUS that the VMM ignores tells nobody: what its vCPU does next is no notification. */
static void signal_that_is_ignored(void **state)
{
	(void)state;
	FEED(mark_signal(1000, a0, BUS_MCEERR_AR, HVA(1), a0, ),
	     mark_deliver(1500, a0, BUS_MCEERR_AR, HVA(1), .action = SEA_ACTION_IGNORE),
	     mark_events_enter(2000, a0, ), mark_events_exit(2500, a0, ));
	over();
	assert_int_equal(incident(0)->outcome, OUTCOME_VMM_SIGNALLED);
	assert_int_equal(incident(0)->inc.counts[METER_NOTIFIED], 0);
}

/* An AO to the main thread is no reason to think that the guest was told. */
static void asynchronous_signal_tells_nobody(void **state)
{
	(void)state;
	FEED(RECORD(1000, idle, 1), TAKEN(5000, 1, a0, a0), mark_events_enter(20000, a0, ),
	     mark_events_exit(20500, a0, ));
	over();
	assert_int_equal(incident(0)->outcome, OUTCOME_RECOVERED);
	assert_int_equal(incident(0)->inc.counts[METER_NOTIFIED], 0);
}

#define STORY(name) cmocka_unit_test_setup_teardown(name, engine_setup, engine_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		STORY(unclaimed_sea),
		STORY(seas_of_two_vms),
		STORY(retries_fold),
		STORY(a_retry_is_told_once),
		STORY(a_retry_is_told_when_it_is_long),
		STORY(open_ones_of_a_process),
		STORY(other_seas_do_not_fold),
		STORY(retry_after_the_timeout_is_new),
		STORY(quiet_ones_close_first),
		STORY(injection_that_fails),
		STORY(exit_to_vmm),
		STORY(exit_to_vmm_that_tells),
		STORY(telling_is_inferred_once),
		STORY(telling_that_is_none),
		STORY(record_then_touch),
		STORY(record_is_told_to_its_vm),
		STORY(signal_tells_the_vm),
		STORY(unmapped_by_the_vmms_address),
		STORY(touch_inside_the_page),
		STORY(touch_in_another_vm),
		STORY(asynchronous_signals_coalesce),
		STORY(signal_that_only_seemed_to_coalesce),
		STORY(signal_that_coalesces_with_one_that_seemed_to),
		STORY(signals_one_after_another),
		STORY(page_results),
		STORY(record_without_consequence),
		STORY(late_touch_reopens),
		STORY(late_touches_again),
		STORY(late_touch_finds_its_page),
		STORY(late_touch_finds_its_vm),
		STORY(late_touch_is_forgotten),
		STORY(claimed_sea),
		STORY(claimed_sea_in_task_work),
		STORY(block_is_consumed_once),
		STORY(record_drained_by_another_cpu),
		STORY(drained_block_is_not_the_drainers),
		STORY(claim_that_is_cached),
		STORY(record_of_two_pages),
		STORY(record_of_two_pages_of_a_vm),
		STORY(claimed_record_of_two_pages),
		STORY(record_of_nobodys_pages),
		STORY(record_of_known_pages),
		STORY(page_named_twice),
		STORY(page_of_two_vms),
		STORY(claimed_page_of_two_vms),
		STORY(page_of_two_vms_unmapped_in_neither),
		STORY(signal_belongs_to_the_failing_page),
		STORY(page_reported_again),
		STORY(page_taken_away_again),
		STORY(record_of_a_poisoned_page),
		STORY(two_pages_reported_again),
		STORY(known_page_and_new_page),
		STORY(one_of_two_pages_reported_again),
		STORY(reported_then_consumed),
		STORY(outcomes_in_their_order),
		STORY(outcome_of_a_late_one),
		STORY(poisoned_by_software),
		STORY(poisoned_under_a_plain_process),
		STORY(consumed_by_the_host),
		STORY(claimed_by_the_host),
		STORY(unclaimed_by_the_host),
		STORY(consumed_by_a_plain_process),
		STORY(vmm_signalled),
		STORY(vmm_killed),
		STORY(signal_that_is_ignored),
		STORY(asynchronous_signal_tells_nobody),
	};

	return cmocka_run_group_tests_name("join", tests, NULL, NULL);
}
