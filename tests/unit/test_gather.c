/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * inject/gather: what of marks and incidents becomes evidence of a shot at vm-a. The marks go through the
 * real joining engine; each incident that closes goes to gather as the session would hand it on.
 */
#include "tests/unit/stories.h"

#include <sea/rule.h>

#include "inject/gather.h"

#define RULE 7

static struct gather gather;
static uint64_t n_told; /* incidents that gather has been told of */

/* --- a shot ----------------------------------------------------------------------------------- */

static int setup(void **state)
{
	engine_setup(state);
	gather = (struct gather){0};
	n_told = 0;
	return 0;
}

static void begin_with(uint64_t at, const uint64_t *frames, size_t n_frames)
{
	gather_begin(&gather, &(struct gather_scope){
				      .tgid = 100,
				      .rule = RULE,
				      .began_ns = at,
				      .frames = frames,
				      .n_frames = n_frames,
				      .page_shift = MARK_PAGE_SHIFT,
			      });
}

static void begin(uint64_t at)
{
	begin_with(at, NULL, 0);
}

static void tell_closed(void)
{
	for (; n_told < n_ended; n_told++)
		gather_incident(&gather, &incident(n_told)->inc);
}

static void see(const struct sea_hdr *const *marks)
{
	feed(marks);
	for (; *marks; marks++)
		gather_mark(&gather, *marks);
	tell_closed();
}

#define SEE(...) see(MARKS(__VA_ARGS__))

/* All is quiet: what is open closes. */
static void settle(void)
{
	over();
	tell_closed();
}

#define SHOT(at, who, what, ret, ...)                                                             \
	MARK(shot, at, who, .kvm = (who).kvm, .vcpu = (who).vcpu, .target = (what), .rule = RULE, \
	     .value = (ret), __VA_ARGS__)

/* --- incidents -------------------------------------------------------------------------------- */

static void counts_what_is_its_vms(void **state)
{
	const struct evidence *e = &gather.evidence;

	(void)state;
	begin(1000);
	SEE(UNCLAIMED(2000, a0, ), UNCLAIMED(4000, a1, .far = 0x1000), TOUCHED(10000, 1, a1));
	settle();
	assert_int_equal(e->incidents, 3);
	assert_int_equal(e->counts[METER_SEA], 2);
	assert_int_equal(e->counts[METER_SERROR], 2);
	assert_int_equal(e->counts[METER_SIGNAL_AR], 1);
	assert_int_equal(e->counts[METER_NOTIFIED], 1);
	assert_int_equal(e->outcomes[OUTCOME_SERROR], 2);
	assert_int_equal(e->outcomes[OUTCOME_NOTIFIED], 1);
	assert_int_equal(e->explicit_notified, 1);
	assert_int_equal(e->elsewhere, 0);
	assert_int_equal(gather.last_ns, 12000);
}

static void others_are_elsewhere(void **state)
{
	(void)state;
	begin(1000);
	SEE(UNCLAIMED(2000, b0, ), UNCLAIMED(4000, c0, ), RECORD(10000, idle, 5));
	settle();
	assert_int_equal(gather.evidence.incidents, 0);
	assert_int_equal(gather.evidence.counts[METER_SEA], 0);
	assert_int_equal(gather.evidence.elsewhere, 3);
	assert_int_equal(gather.last_ns, 1000);
}

/* What began before is no consequence, wherever; nor is what comes after. */
static void only_in_its_time(void **state)
{
	(void)state;
	SEE(UNCLAIMED(1000, a0, ), UNCLAIMED(1000, b0, ));
	begin(1500);
	SEE(mark_abort(2600, b0, ));
	settle();
	assert_int_equal(gather.evidence.elsewhere, 0);
	assert_int_equal(gather.evidence.incidents, 1); /* it was still going on */
	gather_end(&gather);
	SEE(UNCLAIMED(20 * SEC, a0, ), UNCLAIMED(20 * SEC, b0, ));
	settle();
	assert_int_equal(gather.evidence.incidents, 1);
	assert_int_equal(gather.evidence.elsewhere, 0);
}

/* Its record was dropped, so nobody says whose page it was. */
static void its_own_frames_without_a_vm(void **state)
{
	const uint64_t frames[] = {PFN(4), PFN(5)};

	(void)state;
	begin_with(1000, frames, 2);
	SEE(RECORD(10000, idle, 5));
	settle();
	assert_int_equal(gather.evidence.incidents, 1);
	assert_int_equal(gather.evidence.outcomes[OUTCOME_DROPPED], 1);
	assert_int_equal(gather.evidence.elsewhere, 0);
	begin_with(20 * SEC, frames, 2);
	SEE(RECORD(20 * SEC, idle, 6));
	settle();
	assert_int_equal(gather.evidence.incidents, 0);
	assert_int_equal(gather.evidence.elsewhere, 1);
}

/* One frame of two VMs: the other one was hit, too. */
static void a_shared_page_is_elsewhere_too(void **state)
{
	const uint64_t frames[] = {PFN(1)};

	(void)state;
	begin_with(1000, frames, 1);
	SEE(mark_failure_enter(2000, kworker, PFN(1)),
	    mark_unmap(2100, kworker, PFN(1), a0, HVA(1), ),
	    mark_unmap(2200, kworker, PFN(1), b0, HVA(9), ),
	    mark_page(2300, kworker, PFN(1), SEA_PAGE_RECOVERED),
	    mark_failure_exit(2400, kworker, PFN(1), ));
	settle();
	assert_int_equal(gather.evidence.incidents, 1);
	assert_int_equal(gather.evidence.elsewhere, 1);
}

/* The same page by two shots: the second one's evidence is its own. */
static void late_touches(void **state)
{
	const struct evidence *e = &gather.evidence;

	(void)state;
	begin(1000);
	SEE(TOUCHED(2000, 1, a0));
	settle();
	assert_int_equal(e->outcomes[OUTCOME_NOTIFIED], 1);
	begin(20 * SEC);
	SEE(mark_signal(20 * SEC + 1, a0, BUS_MCEERR_AR, HVA(1), a0, ),
	    mark_deliver(20 * SEC + 500, a0, BUS_MCEERR_AR, HVA(1), ));
	settle();
	assert_true(incident(1)->inc.late);
	assert_int_equal(e->incidents, 1);
	assert_int_equal(e->counts[METER_NOTIFIED], 0);
	assert_int_equal(e->outcomes[OUTCOME_NOTIFIED], 0);
	assert_int_equal(e->outcomes[OUTCOME_VMM_SIGNALLED], 1);
	/* and of one shot, which closed in between, it is one that turned out otherwise */
	begin(40 * SEC);
	SEE(mark_signal(40 * SEC + 1, a0, BUS_MCEERR_AR, HVA(2), a0, ),
	    mark_deliver(40 * SEC + 500, a0, BUS_MCEERR_AR, HVA(2), ));
	settle();
	SEE(TOUCHED(60 * SEC, 2, a0));
	settle();
	assert_int_equal(e->incidents, 1);
	assert_int_equal(e->counts[METER_SIGNAL_AR], 2);
	assert_int_equal(e->outcomes[OUTCOME_VMM_SIGNALLED], 0);
	assert_int_equal(e->outcomes[OUTCOME_NOTIFIED], 1);
}

/* The kernel told another VM of it: that one is affected. */
static void a_signal_gone_astray(void **state)
{
	(void)state;
	begin(1000);
	SEE(mark_abort(10000, a0, ), mark_claim_enter(10100, a0), mark_estatus(10200, a0, BLOCK, 0),
	    mark_claim_exit(10300, a0, 0), mark_record_enter(11000, b0, BLOCK, .notify = 8),
	    mark_section(11100, b0, BLOCK, PA(1), ),
	    mark_record_exit(11200, b0, BLOCK, .notify = 8), mark_failure_enter(12000, b0, PFN(1)),
	    mark_unmap(12100, b0, PFN(1), a0, HVA(1), ),
	    mark_signal(12200, b0, BUS_MCEERR_AR, HVA(1), b0, .forced = 1),
	    mark_page(12300, b0, PFN(1), SEA_PAGE_RECOVERED),
	    mark_failure_exit(12400, b0, PFN(1), ));
	settle();
	assert_int_equal(gather.evidence.incidents, 1);
	assert_int_equal(gather.evidence.elsewhere, 1);
}

/* --- calls ------------------------------------------------------------------------------------ */

static void failed_calls(void **state)
{
	const struct evidence *e = &gather.evidence;

	(void)state;
	begin(1000);
	SEE(mark_events_exit(2000, a0, .pending = SEA_PENDING_DABT, .ret = -EINVAL),
	    mark_events_exit(2100, a0, .pending = 0),
	    mark_events_exit(2200, b0, .pending = SEA_PENDING_DABT));
	assert_int_equal(e->calls_failed, 1);
	assert_int_equal(e->call_errno, EINVAL);
	assert_int_equal(e->explicit_notified, 0);
	/* what was answered for the kernel has no other mark */
	SEE(SHOT(3000, a0, SEA_TARGET_ID_run, -EFAULT, ),
	    SHOT(3100, a0, SEA_TARGET_ID_run, -EINTR, ),
	    SHOT(3200, a0, SEA_TARGET_ID_events, -EIO, .flags = SEA_RULE_DRY),
	    SHOT(3300, a0, SEA_TARGET_ID_faultin, -EFAULT, ));
	assert_int_equal(e->calls_failed, 2);
	assert_int_equal(e->call_errno, EFAULT);
	assert_int_equal(gather.shots, 4);
	assert_int_equal(gather.last_ns, 3300);
}

/* Another rule's shot is not ours; ours is, also where no thread of the VM runs. */
static void shots_by_rule(void **state)
{
	(void)state;
	begin(1000);
	SEE(SHOT(2000, kworker, SEA_TARGET_ID_failure, -EBUSY, ),
	    SHOT(3000, kworker, SEA_TARGET_ID_failure, -EBUSY, .rule = RULE + 1));
	assert_int_equal(gather.shots, 1);
	assert_int_equal(gather.last_ns, 2000);
	settle();
	assert_int_equal(gather.evidence.elsewhere, 0);
}

static void laps_of_its_vm(void **state)
{
	(void)state;
	gather_lap(&gather, vm_a, LAP_PHASE1, 5);
	begin(1000);
	gather_lap(&gather, vm_a, LAP_PHASE1, 6);
	gather_lap(&gather, vm_a, LAP_CLAIM, 7);
	gather_lap(&gather, vm_a, LAP_PHASE2, 8);
	gather_lap(&gather, vm_b, LAP_PHASE1, 9);
	gather_lap(&gather, NULL, LAP_PHASE2, 10);
	gather_end(&gather);
	gather_lap(&gather, vm_a, LAP_PHASE2, 11);
	assert_int_equal(gather.phase1.count, 1);
	assert_int_equal(gather.phase1.sum, 6);
	assert_int_equal(gather.phase2.count, 1);
	assert_int_equal(gather.phase2.sum, 8);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, engine_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(counts_what_is_its_vms),
		TEST(others_are_elsewhere),
		TEST(only_in_its_time),
		TEST(its_own_frames_without_a_vm),
		TEST(a_shared_page_is_elsewhere_too),
		TEST(late_touches),
		TEST(a_signal_gone_astray),
		TEST(failed_calls),
		TEST(shots_by_rule),
		TEST(laps_of_its_vm),
	};

	return cmocka_run_group_tests_name("gather", tests, NULL, NULL);
}
