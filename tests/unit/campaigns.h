/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A campaign with one shot of everything, for whatever renders or compares it. For tests only.
 */
#ifndef TESTS_UNIT_CAMPAIGNS_H
#define TESTS_UNIT_CAMPAIGNS_H

#include <string.h>

#include "inject/result.h"
#include "lib/util.h"

#define SHOTS 7

static struct shot_result shots[SHOTS];
static struct campaign_result result;

/* What evidence gives of it; `wanted` as in the shot. */
static void judge(struct shot_result *shot)
{
	shot->fired = shot->evidence.fired;
	shot->outcome = verdict_outcome(&shot->evidence);
	shot->verdict = verdict_of(&shot->evidence, shot->expected, shot->wanted);
	verdict_reason(&shot->evidence, shot->reason);
}

static void is_not_fired(struct shot_result *shot, enum verdict verdict, const char *reason)
{
	shot->verdict = verdict;
	strcpy(shot->reason, reason);
}

static void ask(unsigned i, const char *vm, const char *method, const char *value,
		const char *place, uint64_t wanted)
{
	shots[i] = (struct shot_result){
		.number = i + 1,
		.vm = vm,
		.method = method,
		.value = value,
		.place = place,
		.wanted = wanted,
		.started_ns = 1000 + i * UTIL_NS_PER_S,
		.took_ns = 250 * UTIL_NS_PER_MS,
	};
}

/* Two passes, a failure, an unactivated one, one that cannot be had, one that was not come to. */
static void fill_campaign(void)
{
	ask(0, "vm-a", "pfn-hwpoison", NULL, "any", 5);
	shots[0].expected = OUTCOME_BIT(SHOT_GUEST_NOTIFIED);
	shots[0].evidence = (struct evidence){.fired = 5,
					      .matched = 9,
					      .incidents = 5,
					      .counts[METER_INCIDENT] = 5,
					      .counts[METER_SIGNAL_AR] = 5,
					      .counts[METER_DELIVERED] = 5,
					      .counts[METER_NOTIFIED] = 5,
					      .outcomes[OUTCOME_NOTIFIED] = 5,
					      .explicit_notified = 5,
					      .probe = PROBE_ALIVE};
	hist_add(&shots[0].phase2, 10200000);
	ask(1, "vm-b", "abort-errno", "EFAULT", "0x40000000", 1);
	shots[1].expected = OUTCOME_BIT(SHOT_VMM_ERROR);
	shots[1].evidence =
		(struct evidence){.fired = 1, .matched = 1, .calls_failed = 1, .call_errno = 14};
	ask(2, "vm-a", "guest-sea", NULL, "any", 5);
	shots[2].expected = OUTCOME_BIT(SHOT_GUEST_NOTIFIED) | OUTCOME_BIT(SHOT_APP_KILLED);
	shots[2].evidence =
		(struct evidence){.fired = 3, .matched = 3, .told_guest = 3, .probe = PROBE_DEAD};
	hist_add(&shots[2].phase1, 25000);
	hist_add(&shots[2].phase1, 6910000);
	ask(3, "vm-a", "abort-retry", NULL, "0x40200000", 100000);
	shots[3].expected = OUTCOME_BIT(SHOT_TRANSPARENT);
	shots[3].evidence = (struct evidence){.matched = 12, .probe = PROBE_ALIVE};
	for (unsigned i = 0; i < 4; i++)
		judge(&shots[i]);
	ask(4, "vm-a", "einj", NULL, "any", 1);
	is_not_fired(&shots[4], VERDICT_UNAVAILABLE,
		     "no ACPI table EINJ (/sys/firmware/acpi/tables)");
	ask(5, "vm-a", "pfn-hwpoison", NULL, "any", 5);
	is_not_fired(&shots[5], VERDICT_SKIPPED, "stopped after 2 failures");
	ask(6, "vm-b", "abort-errno", "EFAULT", "0x40000000", 1);
	is_not_fired(&shots[6], VERDICT_SKIPPED, "stopped after 2 failures");
	result = (struct campaign_result){
		.name = "smoke",
		.kernel = "6.12.107-override",
		.seed = 0x5ea,
		.budget = 1000,
		.budget_left = 991,
		.shots = shots,
		.n_shots = SHOTS,
		.started_ns = 1 * UTIL_NS_PER_S,
		.took_ns = 12300 * UTIL_NS_PER_MS,
	};
	result_count(&result);
}

/* The same, had it been a dry run. */
__attribute__((unused)) static void dry_campaign(void)
{
	fill_campaign();
	result.dry_run = true;
	for (unsigned i = 0; i < 4; i++) {
		shots[i].evidence = (struct evidence){.dry_run = true, .matched = 9, .would = i};
		judge(&shots[i]);
	}
	result_count(&result);
}

#endif
