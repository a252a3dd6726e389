// SPDX-License-Identifier: GPL-2.0-only
/* APEI is made not to claim an SEA that it could have claimed. */
#include "inject/method.h"

#include <errno.h>

const struct method method_claim_deny = {
	.name = "claim-deny",
	.family = METHOD_OVERRIDE,
	.does = "answers that no firmware record claims a guest's SEA: the guest gets an SError, "
		"or its "
		"VMM the SEA",
	.needs = "a real SEA of the guest",
	.undo = "a record stays unread, and the next SEA of any VM would claim it: it is "
		"acknowledged "
		"and cleared before the rule is disarmed, else by seainject undo",
	.note = "the record is never parsed: no memory is taken away",
	.danger = DANGER_GUEST,
	.expected = OUTCOME_BIT(SHOT_GUEST_NOTIFIED) | OUTCOME_BIT(SHOT_APP_KILLED),
	.target = SEA_TARGET_ID_claim,
	.leaves_record = true,
	.values = {{"ENOENT", -ENOENT}},
};
