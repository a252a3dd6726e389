/* SPDX-License-Identifier: GPL-2.0-only */
/* inject/verdict: each class from what shows it, the order between them, what no evidence never gives. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "inject/verdict.h"
#include "lib/util.h"

#include <errno.h>
#include <signal.h>
#include <string.h>

#define ALL     ((1u << SHOT_MAX) - 1)
#define ONLY(o) OUTCOME_BIT(o)

/* What every shot of these tests has, unless it says otherwise. */
#define FIRED .fired = 1, .matched = 1

static void is(struct evidence e, enum shot_outcome outcome, const char *reason)
{
	char text[200];

	assert_string_equal(shot_outcomes[verdict_outcome(&e)], shot_outcomes[outcome]);
	verdict_reason(&e, text);
	assert_string_equal(text, reason);
}

static void judged(struct evidence e, unsigned expected, uint64_t wanted, enum verdict verdict)
{
	assert_string_equal(verdict_names[verdict_of(&e, expected, wanted)],
			    verdict_names[verdict]);
}

/* A macro, so that an initializer with commas is one argument. */
#define EVIDENCE(...) ((struct evidence){__VA_ARGS__})

/* --- each class ------------------------------------------------------------------------------- */

static void lost(void **state)
{
	(void)state;
	is(EVIDENCE(FIRED, .lost = 1), SHOT_LOST, "1 mark was lost, nothing can be said");
	is(EVIDENCE(FIRED, .lost = 3, .probe = PROBE_ALIVE), SHOT_LOST,
	   "3 marks were lost, nothing can be said");
	is(EVIDENCE(.observer_lost = true), SHOT_LOST, "the observer failed, nothing can be said");
	is(EVIDENCE(.observer_lost = true, .lost = 2), SHOT_LOST,
	   "the observer failed, 2 marks were lost, nothing can be said");
}

static void host_affected(void **state)
{
	(void)state;
	is(EVIDENCE(FIRED, .elsewhere = 1, .probe = PROBE_ALIVE), SHOT_HOST_AFFECTED,
	   "1 incident of the host or of other VMs began meanwhile, the guest answers");
	is(EVIDENCE(.elsewhere = 2), SHOT_HOST_AFFECTED,
	   "2 incidents of the host or of other VMs began meanwhile, it never fired: nothing "
	   "matched, "
	   "the guest was not probed");
}

static void not_activated(void **state)
{
	(void)state;
	is(EVIDENCE(.probe = PROBE_ALIVE), SHOT_NOT_ACTIVATED,
	   "it never fired: nothing matched, the guest answers");
	is(EVIDENCE(.matched = 1, .probe = PROBE_ALIVE), SHOT_NOT_ACTIVATED,
	   "it never fired, though 1 call matched, the guest answers");
	is(EVIDENCE(.matched = 40, .vmm_gone = true), SHOT_NOT_ACTIVATED,
	   "it never fired, though 40 calls matched, the VMM's process has ended");
	is(EVIDENCE(.dry_run = true, .matched = 40, .would = 4), SHOT_NOT_ACTIVATED,
	   "dry run: of 40 calls 4 would have been shots, the guest was not probed");
}

static void vmm_killed(void **state)
{
	(void)state;
	is(EVIDENCE(FIRED, .vmm_gone = true), SHOT_VMM_KILLED,
	   "no consequence was seen, the VMM's process has ended");
	is(EVIDENCE(FIRED, .counts[METER_SIGNAL_AR] = 1, .counts[METER_DELIVERED] = 1,
		    .outcomes[OUTCOME_VMM_KILLED] = 1, .vmm_gone = true, .probe = PROBE_DEAD),
	   SHOT_VMM_KILLED,
	   "SIGBUS AR delivered, SIGBUS met the default action, the VMM's process has ended");
	is(EVIDENCE(FIRED, .vmm_gone = true, .vmm_signal = SIGBUS), SHOT_VMM_KILLED,
	   "no consequence was seen, the VMM's process was ended by SIGBUS");
	is(EVIDENCE(FIRED, .vmm_gone = true, .vmm_signal = 99), SHOT_VMM_KILLED,
	   "no consequence was seen, the VMM's process was ended by signal 99");
	/* still writing its core */
	is(EVIDENCE(FIRED, .outcomes[OUTCOME_VMM_KILLED] = 1, .probe = PROBE_ALIVE),
	   SHOT_VMM_KILLED, "SIGBUS met the default action, the VMM's process is ending");
}

static void guest_dead(void **state)
{
	(void)state;
	is(EVIDENCE(FIRED, .counts[METER_SEA] = 2, .counts[METER_SERROR] = 2, .probe = PROBE_DEAD),
	   SHOT_GUEST_DEAD,
	   "2 SEAs were taken, 2 SErrors were injected by KVM, the VMM lives, the guest does not "
	   "answer");
}

static void vmm_error(void **state)
{
	(void)state;
	is(EVIDENCE(FIRED, .calls_failed = 1, .call_errno = EFAULT), SHOT_VMM_ERROR,
	   "a call of the VMM failed with EFAULT, the guest was not probed");
	is(EVIDENCE(FIRED, .calls_failed = 7, .call_errno = EINVAL, .probe = PROBE_ALIVE),
	   SHOT_VMM_ERROR, "7 calls of the VMM failed, the last with EINVAL, the guest answers");
}

static void app_killed(void **state)
{
	(void)state;
	is(EVIDENCE(FIRED, .counts[METER_SIGNAL_AR] = 1, .counts[METER_DELIVERED] = 1,
		    .counts[METER_NOTIFIED] = 1, .probe = PROBE_APP_KILLED),
	   SHOT_APP_KILLED,
	   "SIGBUS AR delivered, the VMM set the guest's registers, "
	   "the guest answers, and has killed a program of its own");
}

/* Any of the four ways in which a guest hears of it. */
static void guest_notified(void **state)
{
	(void)state;
	is(EVIDENCE(FIRED, .told_guest = 1, .probe = PROBE_ALIVE), SHOT_GUEST_NOTIFIED,
	   "KVM injected an abort, the guest answers");
	is(EVIDENCE(FIRED, .counts[METER_SEA] = 1, .counts[METER_CLAIMED] = 1,
		    .counts[METER_SERROR] = 1, .probe = PROBE_ALIVE),
	   SHOT_GUEST_NOTIFIED,
	   "an SEA was taken, APEI claimed one, KVM injected an SError, the guest answers");
	is(EVIDENCE(FIRED, .counts[METER_SIGNAL_AR] = 1, .counts[METER_DELIVERED] = 1,
		    .counts[METER_NOTIFIED] = 1, .explicit_notified = 1, .probe = PROBE_ALIVE),
	   SHOT_GUEST_NOTIFIED,
	   "SIGBUS AR delivered, the VMM set a pending exception, the guest answers");
	is(EVIDENCE(FIRED, .counts[METER_NOTIFIED] = 1), SHOT_GUEST_NOTIFIED,
	   "the VMM set the guest's registers, the guest was not probed");
}

static void transparent(void **state)
{
	(void)state;
	is(EVIDENCE(FIRED, .probe = PROBE_ALIVE), SHOT_TRANSPARENT,
	   "no consequence was seen, the guest answers");
	is(EVIDENCE(FIRED), SHOT_TRANSPARENT, "no consequence was seen, the guest was not probed");
	is(EVIDENCE(FIRED, .counts[METER_RECORD] = 1, .counts[METER_FAILURE] = 1,
		    .counts[METER_SIGNAL_AO] = 1, .outcomes[OUTCOME_RECOVERED] = 1,
		    .probe = PROBE_ALIVE),
	   SHOT_TRANSPARENT,
	   "a record was parsed, memory_failure ran, a page was taken away, SIGBUS AO not "
	   "delivered, "
	   "the guest answers");
	is(EVIDENCE(FIRED, .counts[METER_SIGNAL_AO] = 2, .counts[METER_SIGNAL_AR] = 3,
		    .counts[METER_DELIVERED] = 4, .counts[METER_TO_VMM] = 1,
		    .outcomes[OUTCOME_HOST_CONSUMED] = 2, .probe = PROBE_ALIVE),
	   SHOT_TRANSPARENT,
	   "2 pages were touched by the VMM, 5 SIGBUS AO and AR, 4 of them delivered, KVM exited "
	   "to the "
	   "VMM, "
	   "the guest answers");
	/* an incident of long ago that is touched again brings its old end, and no new count */
	is(EVIDENCE(FIRED, .outcomes[OUTCOME_NOTIFIED] = 1, .outcomes[OUTCOME_SERROR] = 1,
		    .counts[METER_DELIVERED] = 1, .probe = PROBE_ALIVE),
	   SHOT_TRANSPARENT, "SIGBUS delivered, the guest answers");
}

/* --- the order between them -------------------------------------------------------------------- */

/* Adds to the evidence what shows a class; there may be several ways. */
static void show(struct evidence *e, enum shot_outcome outcome, unsigned way)
{
	switch (outcome) {
	case SHOT_LOST:
		e->lost |= way & 1;
		e->observer_lost |= !(way & 1);
		break;
	case SHOT_HOST_AFFECTED:
		e->elsewhere = 1;
		break;
	case SHOT_NOT_ACTIVATED:
		e->fired = 0;
		break;
	case SHOT_VMM_KILLED:
		e->vmm_gone |= way & 1;
		e->outcomes[OUTCOME_VMM_KILLED] |= !(way & 1);
		break;
	case SHOT_GUEST_DEAD:
		e->probe = PROBE_DEAD;
		break;
	case SHOT_VMM_ERROR:
		e->calls_failed = 1;
		break;
	case SHOT_APP_KILLED:
		e->probe = e->probe == PROBE_DEAD ? PROBE_DEAD : PROBE_APP_KILLED;
		break;
	case SHOT_GUEST_NOTIFIED:
		e->counts[way & 1 ? METER_SERROR : METER_NOTIFIED] = 1;
		e->told_guest = way >> 1 & 1;
		break;
	default:
		break;
	}
}

/* Whatever else is seen, the first class that is shown is the one. */
static void the_first_that_applies(void **state)
{
	(void)state;
	for (unsigned set = 0; set < ONLY(SHOT_TRANSPARENT); set++)
		for (unsigned way = 0; way < 4; way++) {
			struct evidence e = {FIRED, .probe = PROBE_ALIVE};
			enum shot_outcome first = SHOT_TRANSPARENT;

			for (int o = SHOT_TRANSPARENT - 1; o >= 0; o--)
				if (set & ONLY(o))
					first = o;
			for (int o = 0; o < SHOT_TRANSPARENT; o++)
				if (set & ONLY(o))
					show(&e, o, way);
			assert_string_equal(shot_outcomes[verdict_outcome(&e)],
					    shot_outcomes[first]);
		}
}

/* --- verdicts --------------------------------------------------------------------------------- */

static void a_pass_is_what_was_expected(void **state)
{
	(void)state;
	for (int o = 0; o < SHOT_MAX; o++) {
		struct evidence e = {FIRED, .probe = PROBE_ALIVE};

		show(&e, o, 1);
		judged(e, ALL & ~ONLY(o), 1, VERDICT_FAIL);
		judged(e, 0, 1, VERDICT_FAIL);
		judged(e, ALL, 1, o == SHOT_LOST ? VERDICT_FAIL : VERDICT_PASS);
		judged(e, ONLY(o), 1, o == SHOT_LOST ? VERDICT_FAIL : VERDICT_PASS);
	}
}

static void as_many_shots_as_were_asked_for(void **state)
{
	(void)state;
	for (uint64_t fired = 1; fired < 8; fired++)
		judged(EVIDENCE(.fired = fired, .told_guest = fired, .probe = PROBE_ALIVE), ALL, 4,
		       fired == 4 ? VERDICT_PASS : VERDICT_FAIL);
}

static void not_activated_is_no_pass_unless_expected(void **state)
{
	(void)state;
	judged(EVIDENCE(.probe = PROBE_ALIVE), ALL & ~ONLY(SHOT_NOT_ACTIVATED), 1, VERDICT_FAIL);
	judged(EVIDENCE(.probe = PROBE_ALIVE), ONLY(SHOT_NOT_ACTIVATED), 5, VERDICT_PASS);
	judged(EVIDENCE(.matched = 9), ONLY(SHOT_NOT_ACTIVATED), 5, VERDICT_PASS);
	/* one shot is not none */
	judged(EVIDENCE(FIRED, .probe = PROBE_ALIVE), ONLY(SHOT_NOT_ACTIVATED), 5, VERDICT_FAIL);
	/* whether it would have found its trigger nobody knows */
	judged(EVIDENCE(.vmm_gone = true), ONLY(SHOT_NOT_ACTIVATED), 1, VERDICT_FAIL);
	judged(EVIDENCE(.probe = PROBE_DEAD), ONLY(SHOT_NOT_ACTIVATED), 1, VERDICT_FAIL);
	judged(EVIDENCE(.probe = PROBE_APP_KILLED), ONLY(SHOT_NOT_ACTIVATED), 1, VERDICT_FAIL);
}

static void transparent_takes_an_answer(void **state)
{
	(void)state;
	judged(EVIDENCE(FIRED), ONLY(SHOT_TRANSPARENT), 1, VERDICT_FAIL);
	judged(EVIDENCE(FIRED), ALL, 1, VERDICT_FAIL);
	judged(EVIDENCE(FIRED, .probe = PROBE_ALIVE), ONLY(SHOT_TRANSPARENT), 1, VERDICT_PASS);
	/* what marks show needs none */
	judged(EVIDENCE(FIRED, .told_guest = 1), ONLY(SHOT_GUEST_NOTIFIED), 1, VERDICT_PASS);
	judged(EVIDENCE(FIRED, .calls_failed = 1), ONLY(SHOT_VMM_ERROR), 1, VERDICT_PASS);
	judged(EVIDENCE(FIRED, .vmm_gone = true), ONLY(SHOT_VMM_KILLED), 1, VERDICT_PASS);
}

static void a_dry_run_claims_nothing(void **state)
{
	(void)state;
	judged(EVIDENCE(.dry_run = true), ALL, 1, VERDICT_DRY);
	judged(EVIDENCE(.dry_run = true, .matched = 9, .would = 1), ALL, 1, VERDICT_DRY);
	judged(EVIDENCE(.dry_run = true, .lost = 1), ALL, 1, VERDICT_DRY);
	judged(EVIDENCE(.dry_run = true, .vmm_gone = true), 0, 1, VERDICT_DRY);
	/* it was none */
	judged(EVIDENCE(.dry_run = true, FIRED), ALL, 1, VERDICT_FAIL);
}

/* --- properties ------------------------------------------------------------------------------- */

static uint64_t next(uint64_t *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 7;
	*seed ^= *seed << 17;
	return *seed;
}

/* Nothing, or anything: each field is 0 in two cases of three. */
static uint64_t some(uint64_t *seed)
{
	uint64_t value = next(seed);

	return value % 3 ? 0 : value >> (value % 64);
}

static struct evidence any(uint64_t *seed)
{
	struct evidence e = {
		.fired = some(seed) % 4,
		.matched = some(seed),
		.would = some(seed),
		.lost = some(seed),
		.vmm_gone = some(seed),
		.dry_run = some(seed) % 2,
		.observer_lost = some(seed) % 2,
		.incidents = some(seed),
		.explicit_notified = some(seed),
		.calls_failed = some(seed),
		.call_errno = some(seed) % 200,
		.told_guest = some(seed),
		.elsewhere = some(seed),
		.probe = next(seed) % (PROBE_DEAD + 1),
	};

	for (int m = 0; m < METER_MAX; m++)
		e.counts[m] = some(seed);
	for (int o = 0; o < OUTCOME_MAX; o++)
		e.outcomes[o] = some(seed);
	return e;
}

/* Nobody looked: but for "not-activated", which says just that, there is no expectation that passes. */
static void no_evidence_never_passes(void **state)
{
	(void)state;
	for (unsigned expected = 0; expected <= ALL; expected++) {
		if (!(expected & ONLY(SHOT_NOT_ACTIVATED)))
			judged(EVIDENCE(.probe = PROBE_NONE), expected, 1, VERDICT_FAIL);
		judged(EVIDENCE(FIRED), expected, 1, VERDICT_FAIL);
	}
}

static void what_passes(void **state)
{
	uint64_t seed = 1, passes = 0;

	(void)state;
	for (int i = 0; i < 200000; i++) {
		struct evidence e = any(&seed);
		unsigned expected = next(&seed) & ALL;
		uint64_t wanted = 1 + next(&seed) % 3;
		enum shot_outcome outcome = verdict_outcome(&e);

		if (verdict_of(&e, expected, wanted) != VERDICT_PASS)
			continue;
		passes++;
		assert_true(expected & ONLY(outcome));
		assert_false(e.lost || e.observer_lost || e.dry_run);
		assert_true(e.fired == wanted || (outcome == SHOT_NOT_ACTIVATED && !e.fired));
		assert_true(!e.elsewhere || outcome == SHOT_HOST_AFFECTED);
		assert_true(!e.vmm_gone || outcome <= SHOT_VMM_KILLED);
		assert_true(e.probe != PROBE_DEAD || outcome <= SHOT_GUEST_DEAD);
		assert_true(!e.calls_failed || outcome <= SHOT_VMM_ERROR);
		assert_true(outcome != SHOT_TRANSPARENT || e.probe == PROBE_ALIVE);
	}
	assert_true(passes > 1000);
}

/* Clauses are left out where there is no room, the end never; nothing is written beyond. */
static void reasons_fit(void **state)
{
	static const char end[] = "the VMM lives, the guest does not answer";
	uint64_t seed = 2, cut = 0;
	char text[204];
	struct evidence e;

	(void)state;
	for (int i = 0; i < 20000; i++) {
		e = any(&seed);
		memset(text, '#', sizeof(text));
		verdict_reason(&e, text);
		assert_memory_equal(text + 200, "####", 4);
		assert_true(strlen(text) < 200);
		assert_true(*text && *text != ',');
		cut += strstr(text, ", ..., ") != NULL;
	}
	assert_true(cut > 1000);
	e = EVIDENCE(FIRED, .counts[METER_SEA] = 1000000000, .counts[METER_CLAIMED] = 1000000000,
		     .counts[METER_RECORD] = 1000000000, .counts[METER_FAILURE] = 1000000000,
		     .counts[METER_SIGNAL_AR] = 1, .counts[METER_DELIVERED] = 1,
		     .outcomes[OUTCOME_RECOVERED] = 1000000000);
	is(e, SHOT_TRANSPARENT,
	   "1000000000 SEAs were taken, 1000000000 were claimed by APEI, 1000000000 records were "
	   "parsed, 1000000000 memory_failures ran, 1000000000 pages were taken away, ..., the "
	   "guest was not probed");
	memset(&e, 0xff, sizeof(e));
	e.lost = e.observer_lost = e.dry_run = e.vmm_gone = 0;
	e.call_errno = EFAULT;
	e.outcomes[OUTCOME_VMM_KILLED] = 0;
	e.probe = PROBE_DEAD;
	verdict_reason(&e, text);
	assert_string_equal(text + strlen(text) - strlen(end), end);
}

static void names_are_told_apart(void **state)
{
	(void)state;
	for (int a = 0; a < SHOT_MAX; a++)
		for (int b = 0; b < a; b++)
			assert_string_not_equal(shot_outcomes[a], shot_outcomes[b]);
	for (int a = 0; a < VERDICT_MAX; a++)
		for (int b = 0; b < a; b++)
			assert_string_not_equal(verdict_names[a], verdict_names[b]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lost),
		cmocka_unit_test(host_affected),
		cmocka_unit_test(not_activated),
		cmocka_unit_test(vmm_killed),
		cmocka_unit_test(guest_dead),
		cmocka_unit_test(vmm_error),
		cmocka_unit_test(app_killed),
		cmocka_unit_test(guest_notified),
		cmocka_unit_test(transparent),
		cmocka_unit_test(the_first_that_applies),
		cmocka_unit_test(a_pass_is_what_was_expected),
		cmocka_unit_test(as_many_shots_as_were_asked_for),
		cmocka_unit_test(not_activated_is_no_pass_unless_expected),
		cmocka_unit_test(transparent_takes_an_answer),
		cmocka_unit_test(a_dry_run_claims_nothing),
		cmocka_unit_test(no_evidence_never_passes),
		cmocka_unit_test(what_passes),
		cmocka_unit_test(reasons_fit),
		cmocka_unit_test(names_are_told_apart),
	};

	return cmocka_run_group_tests_name("verdict", tests, NULL, NULL);
}
