// SPDX-License-Identifier: GPL-2.0-only
/*
 * What can be armed, or what a method finds out by itself.
 * Must not: try anything that leaves a trace.
 */
#include "inject/available.h"

#include <stdio.h>

static void from_target(const struct arm_target *target, struct method_state *state)
{
	static const char *const how[] = {
		[ARM_OVERRIDE] = "kprobe override of",
		[ARM_MODIFY] = "fmod_ret of",
	};

	if (target->mechanism == ARM_NONE) {
		snprintf(state->why, sizeof(state->why), "%s", target->why);
		return;
	}
	state->available = true;
	snprintf(state->mechanism, sizeof(state->mechanism), "%s %s", how[target->mechanism],
		 target->function);
}

void available(const struct method *method, const struct arm *arm, const char *why_not,
	       struct method_state *state)
{
	struct arm_target target;

	*state = (struct method_state){0};
	if (method->family != METHOD_OVERRIDE) {
		method->probe(method, state);
	} else if (!arm) {
		snprintf(state->why, sizeof(state->why), "%s", why_not);
	} else {
		target = arm_target(arm, method->target);
		from_target(&target, state);
	}
}
