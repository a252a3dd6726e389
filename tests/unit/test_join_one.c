/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * trace/join: what is one incident, and whose. One page reported and consumed, one page of several VMs,
 * work that is queued, processes by the same number, signals that go astray, vCPUs.
 */
#include "tests/unit/stories.h"

#include <sea/rule.h>

#include "lib/util.h"
#include "trace/vcpu.h"

/* --- one error in one VM ---------------------------------------------------------------------- */

/*
 * The page has been reported, and the guest runs into it before it is unmapped: that SEA's own record
 * names the same page. One incident, which began with the first report.
 */
static void consumed_while_known(void **state)
{
	const struct ended *e;

	(void)state;
	FEED(RECORD(1000, idle, 1), TAKEN(5000, 1, a0, a_main), CLAIMED(20000, a0, 1));
	assert_row(vm_a, [METER_INCIDENT] = 1, [METER_SEA] = 1, [METER_CLAIMED] = 1,
		   [METER_RECORD] = 2, [METER_DUPLICATE] = 1, [METER_FAILURE] = 1,
		   [METER_SIGNAL_AO] = 1, [METER_DELIVERED] = 1);
	/* it goes on as one: memory_failure again, and the same instruction again */
	FEED(mark_failure_enter(23000, kworker, PFN(1)),
	     mark_failure_exit(24000, kworker, PFN(1), ), UNCLAIMED(30000, a0, ));
	over();
	assert_int_equal(n_ended, 1);
	e = incident(0);
	assert_int_equal(e->inc.id, 1);
	assert_int_equal(e->outcome, OUTCOME_SERROR);
	assert_counts(e, [METER_INCIDENT] = 1, [METER_SEA] = 2, [METER_CLAIMED] = 1,
		      [METER_SERROR] = 1, [METER_RECORD] = 2, [METER_DUPLICATE] = 1,
		      [METER_FAILURE] = 2, [METER_SIGNAL_AO] = 1, [METER_DELIVERED] = 1);
	assert_true(e->inc.fields & INCIDENT_FIELD_SEA && e->inc.fields & INCIDENT_FIELD_VCPU);
	assert_int_equal(e->inc.esr, MARK_ESR);
	assert_int_equal(e->inc.notify, 10); /* the first record's */
	assert_int_equal(e->total, 30000 + 1000 - 1100);
	assert_laps(vm_a, [LAP_PHASE1] = {2, 600 + 1000}, [LAP_CLAIM] = {2, 500 + 500},
		    [LAP_PARSE] = {2, 2000}, [LAP_RECOVERY] = {2, 5000}, [LAP_PHASE2] = {2, 7000},
		    [LAP_SIGNAL] = {1, 1500}, [LAP_TOTAL] = {1, 29900});
}

/* Two vCPUs of it: each is sent back to its own instruction, and goes on in the one incident. */
static void consumed_by_two_vcpus(void **state)
{
	(void)state;
	FEED(CLAIMED(1000, a0, 1), TAKEN(5000, 1, a0, a_main), mark_abort(10000, a1, .far = 0x9000),
	     mark_claim_enter(10100, a1), mark_estatus(10200, a1, BLOCK, 0),
	     mark_record_enter(10300, a1, BLOCK, .notify = 8),
	     mark_section(10400, a1, BLOCK, PA(1), ),
	     mark_record_exit(10500, a1, BLOCK, .notify = 8), mark_claim_exit(10600, a1, 0),
	     UNCLAIMED(20000, a0, ), UNCLAIMED(30000, a1, .far = 0x9000));
	over();
	assert_int_equal(n_ended, 1);
	assert_int_equal(incident(0)->inc.counts[METER_SEA], 4);
	assert_int_equal(incident(0)->inc.vcpu, 0);
}

/*
 * The vCPU is sent back before the record of its SEA is parsed, which names a page that is known: it is
 * told of as what it turns out to be, and under that one's number.
 */
static void retried_before_it_is_known(void **state)
{
	(void)state;
	FEED(RECORD(1000, idle, 1), TAKEN(5000, 1, a0, a_main), mark_abort(20000, a0, ),
	     mark_claim_enter(20100, a0), mark_estatus(20200, a0, BLOCK, 0),
	     mark_claim_exit(20300, a0, 0), mark_abort(20400, a0, ));
	assert_int_equal(n_retried, 0);
	FEED(mark_record_enter(21000, idle, BLOCK, ), mark_section(21100, idle, BLOCK, PA(1), ));
	assert_int_equal(n_retried, 1);
	assert_int_equal(retried[0]->id, 1);
	assert_int_equal(retried[0]->counts[METER_SEA], 2);
	FEED(mark_record_exit(21200, idle, BLOCK, ), UNCLAIMED(30000, a0, ));
	over();
	assert_int_equal(n_retried, 1);
	assert_int_equal(n_ended, 1);
	assert_int_equal(incident(0)->inc.counts[METER_SEA], 3);
}

/* The same of a record that names another page: it is told of when the record is known. */
static void retried_before_its_record(void **state)
{
	(void)state;
	FEED(mark_abort(20000, a0, ), mark_claim_enter(20100, a0),
	     mark_estatus(20200, a0, BLOCK, 0), mark_claim_exit(20300, a0, 0),
	     mark_abort(20400, a0, ), mark_record_enter(21000, idle, BLOCK, ),
	     mark_section(21100, idle, BLOCK, PA(1), ));
	assert_int_equal(n_retried, 0);
	FEED(mark_record_exit(21200, idle, BLOCK, ));
	assert_int_equal(n_retried, 1);
	assert_true(retried[0]->fields & INCIDENT_FIELD_PA);
}

/* What was told is told: an SEA that was answered is an incident, whatever is reported later. */
static void answered_before_it_is_known(void **state)
{
	(void)state;
	FEED(RECORD(1000, idle, 1), TAKEN(5000, 1, a0, a_main), mark_abort(20000, a0, ),
	     mark_claim_enter(20100, a0), mark_estatus(20200, a0, BLOCK, 0),
	     mark_claim_exit(20300, a0, -ENOENT), mark_inject(20400, a0, SEA_INJECT_SERROR),
	     mark_record_enter(21000, idle, BLOCK, ), mark_section(21100, idle, BLOCK, PA(1), ),
	     mark_record_exit(21200, idle, BLOCK, ));
	over();
	assert_int_equal(n_ended, 2);
	assert_int_equal(incident(0)->inc.error_id, incident(1)->inc.error_id);
	assert_int_equal(agg_row(agg, vm_a)->counts[METER_INCIDENT], 2);
}

/* Another VM's SEA on a page that is known: an incident of its own, of the same error. */
static void consumed_by_another_vm(void **state)
{
	(void)state;
	FEED(CLAIMED(1000, a0, 1), CLAIMED(10000, b0, 1),
	     mark_failure_enter(15000, kworker, PFN(1)),
	     mark_unmap(15100, kworker, PFN(1), a0, HVA(1), ),
	     mark_unmap(15200, kworker, PFN(1), b0, HVA(7), ),
	     mark_page(15300, kworker, PFN(1), SEA_PAGE_RECOVERED),
	     mark_failure_exit(16000, kworker, PFN(1), ));
	over();
	assert_int_equal(n_ended, 2);
	assert_int_equal(incident(0)->inc.error_id, 1);
	assert_int_equal(incident(1)->inc.error_id, 1);
	assert_row(vm_a, [METER_INCIDENT] = 1, [METER_SEA] = 1, [METER_CLAIMED] = 1,
		   [METER_RECORD] = 1, [METER_FAILURE] = 1);
	assert_row(vm_b, [METER_INCIDENT] = 1, [METER_SEA] = 1, [METER_CLAIMED] = 1,
		   [METER_RECORD] = 1, [METER_FAILURE] = 1);
}

/* --- one page of two VMs, over time ----------------------------------------------------------- */

/* memory_failure waits: none of the VMs that have the page is over until it is done. */
static void twins_wait_together(void **state)
{
	(void)state;
	FEED(RECORD(1000, idle, 1), mark_failure_enter(5000, kworker, PFN(1)),
	     mark_unmap(6000, kworker, PFN(1), a0, HVA(1), ),
	     mark_unmap(7000, kworker, PFN(1), b0, HVA(7), ));
	join_expire(join, 60 * SEC);
	assert_int_equal(n_ended, 0);
	FEED(mark_page(60 * SEC, kworker, PFN(1), SEA_PAGE_RECOVERED),
	     mark_failure_exit(60 * SEC + 1, kworker, PFN(1), ));
	over();
	assert_int_equal(n_ended, 2);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(incident(i)->outcome, OUTCOME_RECOVERED);
		assert_false(incident(i)->inc.incomplete);
		assert_int_equal(incident(i)->inc.counts[METER_FAILURE], 1);
	}
}

/* The first is closed, the other is not: the page is still known by its frame. */
static void page_outlives_its_first_vm(void **state)
{
	(void)state;
	FEED(RECORD(1000, idle, 1), mark_failure_enter(5000, kworker, PFN(1)),
	     mark_unmap(6000, kworker, PFN(1), a0, HVA(1), ),
	     mark_unmap(7000, kworker, PFN(1), b0, HVA(7), ),
	     mark_failure_exit(8000, kworker, PFN(1), ),
	     mark_signal(9 * SEC, b0, BUS_MCEERR_AR, HVA(7), b0, ));
	join_expire(join, 12 * SEC);
	assert_int_equal(n_ended, 1);
	assert_ptr_equal(incident(0)->inc.vm, vm_a);
	FEED(mark_failure_enter(12 * SEC, kworker, PFN(1)),
	     mark_failure_exit(12 * SEC + 1, kworker, PFN(1), ));
	over();
	assert_int_equal(n_ended, 2);
	assert_ptr_equal(incident(1)->inc.vm, vm_b);
	assert_int_equal(incident(1)->inc.counts[METER_FAILURE], 2);
}

/* --- work that is queued ---------------------------------------------------------------------- */

static void open_for_a_second(void)
{
	struct join_limits limits = usual_limits;

	engine_drop();
	limits.timeout_ns = SEC;
	engine_open(&limits);
}

/* The kworker comes later than the timeout: the record has asked for it, so it is awaited. */
static void queued_work_is_awaited(void **state)
{
	(void)state;
	open_for_a_second();
	FEED(RECORD(1000, idle, 1));
	join_expire(join, 9 * SEC);
	assert_int_equal(n_ended, 0);
	FEED(TAKEN(9 * SEC, 1, a0, a_main));
	join_expire(join, 9 * SEC + SEC);
	assert_int_equal(n_ended, 0);
	join_expire(join, 9 * SEC + SEC + 5000);
	assert_int_equal(n_ended, 1);
	assert_int_equal(incident(0)->outcome, OUTCOME_RECOVERED);
}

/* ... for a time; and nothing is queued for what is not recoverable, or names no page. */
static void queued_work_that_never_comes(void **state)
{
	(void)state;
	open_for_a_second();
	FEED(RECORD(1000, idle, 1), mark_record_enter(2000, idle, BLOCK, .severity = 2),
	     mark_section(2100, idle, BLOCK, PA(2), .severity = 2),
	     mark_record_exit(2200, idle, BLOCK, .severity = 2),
	     mark_record_enter(3000, idle, BLOCK, ),
	     mark_section(3100, idle, BLOCK, 0, .pa_valid = 0),
	     mark_record_exit(3200, idle, BLOCK, ));
	join_expire(join, 2 * SEC);
	assert_int_equal(n_ended, 2);
	join_expire(join, 12 * SEC);
	assert_int_equal(n_ended, 3);
	assert_int_equal(incident(2)->inc.pa, PA(1));
	assert_int_equal(incident(2)->outcome, OUTCOME_DROPPED);
	assert_false(incident(2)->inc.incomplete);
}

/* Of a page whose memory_failure a shot has answered, or that no one was asked to take away, none comes. */
static void queued_work_that_was_shot(void **state)
{
	static const struct {
		uint32_t target, flags;
		uint64_t pfn;
		unsigned ended; /* after a timeout */
	} cases[] = {
		{SEA_TARGET_ID_failure, 0, PFN(1), 1},
		{SEA_TARGET_ID_record, 0, PFN(1), 1},
		{SEA_TARGET_ID_failure, SEA_RULE_DRY, PFN(1), 0}, /* it was let by */
		{SEA_TARGET_ID_failure, 0, PFN(2), 0},
		{SEA_TARGET_ID_signal, 0, PFN(1), 0}, /* an address by the same number */
	};

	(void)state;
	for (size_t i = 0; i < UTIL_COUNT(cases); i++) {
		open_for_a_second();
		FEED(RECORD(1000, idle, 1), MARK(shot, 5000, kworker, .target = cases[i].target,
						 .flags = cases[i].flags, .addr = cases[i].pfn));
		join_expire(join, 2 * SEC);
		assert_int_equal(n_ended, cases[i].ended);
		join_expire(join, 12 * SEC);
		assert_int_equal(n_ended, 1);
		assert_int_equal(incident(0)->outcome, OUTCOME_DROPPED);
	}
}

/* --- processes by the same number ------------------------------------------------------------- */

static void late_touch_of_another_process(void **state)
{
	(void)state;
	FEED(RECORD(1000, idle, 1), TAKEN(5000, 1, a0, a_main));
	join_expire(join, 60 * SEC);
	vm_a->start_ticks = 77;
	FEED(TOUCHED(60 * SEC, 1, a0));
	over();
	vm_a->start_ticks = 0;
	assert_int_equal(n_ended, 2);
	assert_false(incident(1)->inc.late);
	assert_int_equal(incident(1)->inc.id, 2);
}

static void touch_of_another_process(void **state)
{
	struct vm before = *vm_a;

	(void)state;
	FEED(RECORD(1000, idle, 1), TAKEN(5000, 1, d0, a_main));
	vm_a->start_ticks = 77; /* a new VM, where vm_d's process was */
	FEED(TOUCHED(1 * SEC, 1, a0));
	over();
	*vm_a = before;
	assert_int_equal(n_ended, 2);
	assert_row(vm_d, [METER_INCIDENT] = 1, [METER_RECORD] = 1, [METER_FAILURE] = 1,
		   [METER_SIGNAL_AO] = 1, [METER_DELIVERED] = 1);
	assert_row(vm_a, [METER_INCIDENT] = 1, [METER_SIGNAL_AR] = 1, [METER_DELIVERED] = 1,
		   [METER_NOTIFIED] = 1);
}

/* --- signals that go astray ------------------------------------------------------------------- */

/* vm-b's thread parses vm-a's record, takes vm-a's page away, and its own VMM gets the SIGBUS. */
#define DRAINED(t)                                                                        \
	mark_abort((t), a0, ), mark_claim_enter((t) + 100, a0),                           \
		mark_estatus((t) + 200, a0, BLOCK, 0), mark_claim_exit((t) + 300, a0, 0), \
		mark_record_enter((t) + 400, b0, BLOCK, .notify = 8),                     \
		mark_section((t) + 500, b0, BLOCK, PA(1), ),                              \
		mark_record_exit((t) + 600, b0, BLOCK, .notify = 8),                      \
		mark_failure_enter((t) + 1000, b0, PFN(1)),                               \
		mark_unmap((t) + 1100, b0, PFN(1), a0, HVA(1), ),                         \
		mark_page((t) + 1200, b0, PFN(1), SEA_PAGE_RECOVERED)

static void drained_and_signalled(void **state)
{
	const struct ended *e;

	(void)state;
	FEED(DRAINED(1000), mark_signal(2300, b0, BUS_MCEERR_AR, HVA(9), b0, .forced = 1),
	     mark_failure_exit(2400, b0, PFN(1), ), mark_deliver(2500, b0, BUS_MCEERR_AR, HVA(9), ),
	     mark_events_enter(3000, b0, .pending = SEA_PENDING_DABT),
	     mark_events_exit(3100, b0, .pending = SEA_PENDING_DABT));
	over();
	assert_int_equal(n_ended, 1);
	e = incident(0);
	assert_ptr_equal(e->inc.vm, vm_a);
	assert_ptr_equal(e->inc.delivered_to, vm_b);
	assert_int_equal(e->inc.delivered_tgid, vm_b->tgid);
	assert_int_equal(e->inc.hva, HVA(1));
	/* vm-b's guest was told of an error that it does not have; vm-a's was not told */
	assert_int_equal(e->outcome, OUTCOME_RECOVERED);
	assert_counts(
		e, [METER_INCIDENT] = 1, [METER_SEA] = 1, [METER_CLAIMED] = 1, [METER_RECORD] = 1,
		[METER_FAILURE] = 1, [METER_SIGNAL_AR] = 1, [METER_DELIVERED] = 1);
	assert_row(vm_b, NOTHING);
}

/* It is killed for it. vm-a, which touches its page now, is signalled itself. */
static void drained_and_killed(void **state)
{
	(void)state;
	FEED(DRAINED(1000), mark_signal(2300, b0, BUS_MCEERR_AR, HVA(9), b0, .forced = 1),
	     mark_failure_exit(2400, b0, PFN(1), ),
	     mark_deliver(2500, b0, BUS_MCEERR_AR, HVA(9), .action = SEA_ACTION_DEFAULT),
	     TOUCHED(SEC, 1, a0));
	over();
	assert_int_equal(n_ended, 1);
	assert_int_equal(incident(0)->outcome, OUTCOME_VMM_KILLED);
	assert_ptr_equal(incident(0)->inc.delivered_to, vm_b);
	assert_int_equal(incident(0)->inc.counts[METER_NOTIFIED], 1);
}

/* Another VM's work in vm-b's thread, and vm-b has the page too: the signal is its own. */
static void drained_and_shared(void **state)
{
	(void)state;
	FEED(DRAINED(1000), mark_unmap(2250, b0, PFN(1), b0, HVA(9), ),
	     mark_signal(2300, b0, BUS_MCEERR_AR, HVA(9), b0, .forced = 1),
	     mark_failure_exit(2400, b0, PFN(1), ));
	over();
	assert_int_equal(n_ended, 2);
	assert_null(incident(0)->inc.delivered_to);
	assert_null(incident(1)->inc.delivered_to);
	assert_int_equal(agg_row(agg, vm_b)->counts[METER_SIGNAL_AR], 1);
}

/* Who drains need not be a VM at all. */
static void drained_by_a_plain_process(void **state)
{
	(void)state;
	FEED(CLAIMED(1000, a0, 1), mark_failure_enter(5000, plain, PFN(1)),
	     mark_signal(5300, plain, BUS_MCEERR_AR, HVA(9), plain, .forced = 1),
	     mark_failure_exit(5400, plain, PFN(1), ));
	over();
	assert_int_equal(n_ended, 1);
	assert_null(incident(0)->inc.delivered_to);
	assert_int_equal(incident(0)->inc.delivered_tgid, plain.tgid);
	assert_row(NULL, NOTHING);
}

/* --- vCPUs ------------------------------------------------------------------------------------ */

static int asked;

static int thread_names(void *ctx, uint32_t tgid, uint32_t tid)
{
	(void)ctx;
	asked++;
	return tgid == 100 && tid == 102 ? 5 : -1;
}

static void open_with_names(void)
{
	static const struct join_ops ops = {.find_vm = find_vm,
					    .find_vcpu = thread_names,
					    .count = on_count,
					    .lap = on_lap,
					    .closed = on_closed};

	join_free(join);
	join = join_new(&ops, NULL, &usual_limits);
	assert_non_null(join);
	asked = 0;
}

/* A touch is a vCPU's: which one is known by what that thread did before, or by its name. */
static void touch_names_its_vcpu(void **state)
{
	(void)state;
	open_with_names();
	FEED(mark_events_exit(500, a0, .vcpu = 3), RECORD(1000, idle, 1),
	     TAKEN(5000, 1, a0, a_main));
	assert_int_equal(asked, 0); /* an AO is nobody's touch */
	FEED(TOUCHED(SEC, 1, a0), RECORD(2 * SEC, idle, 2), TAKEN(2 * SEC + 5000, 2, a1, a_main),
	     mark_signal(3 * SEC, a1, BUS_MCEERR_AR, HVA(2), a1, ),
	     mark_signal(4 * SEC, a_main, BUS_MCEERR_AR, HVA(3), a_main, ));
	assert_int_equal(asked, 2);
	over();
	assert_int_equal(n_ended, 3);
	assert_true(incident(0)->inc.fields & INCIDENT_FIELD_VCPU);
	assert_int_equal(incident(0)->inc.vcpu, 3);
	assert_int_equal(incident(1)->inc.vcpu, 5);
	assert_false(incident(2)->inc.fields & INCIDENT_FIELD_VCPU);
}

/* A thread's number comes again, in another VM or for another vCPU. */
static void vcpus_come_and_go(void **state)
{
	struct vcpus *v = vcpus_new(2);
	struct vcpu *first;

	(void)state;
	assert_non_null(v);
	assert_null(vcpus_find(v, 100, 0));
	first = vcpus_learn(v, 100, 101, 0xa000, 1);
	first->hit = true;
	assert_ptr_equal(vcpus_learn(v, 100, 101, 0xa000, 1), first);
	assert_true(first->hit);
	assert_ptr_equal(vcpus_find(v, 100, 101), first);
	assert_null(vcpus_find(v, 200, 101));
	assert_false(vcpus_learn(v, 100, 101, 0xa000, 2)->hit);
	assert_int_equal(vcpus_find(v, 100, 101)->vcpu, 2);
	vcpus_learn(v, 0, 0, 0, 0);
	vcpus_learn(v, 200, 201, 0xb000, 7); /* one too many */
	assert_null(vcpus_find(v, 100, 101));
	vcpus_learn(v, 300, 301, 0xb000, 8);
	assert_null(vcpus_find(v, 0, 0));
	assert_int_equal(vcpus_find(v, 200, 201)->vcpu, 7);
	vcpus_free(v);
	vcpus_free(NULL);
}

/* --- what sections say ------------------------------------------------------------------------ */

/* Each of the page that it names; without one, of the record's own incident. */
static void sections_in_full(void **state)
{
	(void)state;
	FEED(mark_record_enter(1000, idle, BLOCK, ), mark_section(1100, idle, BLOCK, PA(1), ),
	     MARK(memory, 1110, idle, .estatus = BLOCK, .valid = SEA_MEMORY_VALID_PA, .pa = PA(1),
		  .bank = 7),
	     mark_section(1200, idle, BLOCK, PA(2), .index = 1),
	     MARK(memory, 1210, idle, .estatus = BLOCK, .valid = SEA_MEMORY_VALID_PA, .pa = PA(2),
		  .bank = 8),
	     MARK(processor, 1300, idle, .estatus = BLOCK, .error = 4, .pa = PA(2)),
	     MARK(processor, 1310, idle, .estatus = BLOCK + 1, .error = 5),
	     mark_record_exit(2000, idle, BLOCK, ),
	     MARK(memory, 2100, idle, .estatus = BLOCK, .valid = SEA_MEMORY_VALID_PA, .pa = PA(1)));
	over();
	assert_int_equal(n_ended, 2);
	assert_int_equal(incident(0)->inc.memory.bank, 7);
	assert_int_equal(incident(1)->inc.memory.bank, 8);
	assert_true(incident(0)->inc.fields & INCIDENT_FIELD_MEMORY);
	assert_true(incident(0)->inc.fields & INCIDENT_FIELD_PROCESSOR);
	assert_int_equal(incident(0)->inc.processor.error, 4);
	assert_false(incident(1)->inc.fields & INCIDENT_FIELD_PROCESSOR);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, engine_setup, engine_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(consumed_while_known),        TEST(consumed_by_two_vcpus),
		TEST(retried_before_it_is_known),  TEST(retried_before_its_record),
		TEST(answered_before_it_is_known), TEST(consumed_by_another_vm),
		TEST(twins_wait_together),         TEST(page_outlives_its_first_vm),
		TEST(queued_work_is_awaited),      TEST(queued_work_that_never_comes),
		TEST(queued_work_that_was_shot),   TEST(late_touch_of_another_process),
		TEST(touch_of_another_process),    TEST(drained_and_signalled),
		TEST(drained_and_killed),          TEST(drained_and_shared),
		TEST(drained_by_a_plain_process),  TEST(sections_in_full),
		TEST(touch_names_its_vcpu),        cmocka_unit_test(vcpus_come_and_go),
	};

	return cmocka_run_group_tests_name("join_one", tests, NULL, NULL);
}
