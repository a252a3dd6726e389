// SPDX-License-Identifier: GPL-2.0-only
/* An SEA is taken for claimed though no record was read: the guest is sent back to it. */
#include "inject/method.h"

const struct method method_claim_grant = {
	.name = "claim-grant",
	.family = METHOD_OVERRIDE,
	.does = "answers that firmware claims a guest's SEA, without looking: the guest executes "
		"the same "
		"instruction again",
	.needs = "a real SEA of the guest",
	.undo = "a record stays unread until the next SEA",
	.note = "where the error is still there the guest is back at once: it is bounded",
	.danger = DANGER_GUEST,
	.expected = OUTCOME_BIT(SHOT_TRANSPARENT) | OUTCOME_BIT(SHOT_GUEST_NOTIFIED),
	.target = SEA_TARGET_ID_claim,
	.leaves_record = true,
	.volley_max = 100,
	.values = {{"claimed", 0}},
};
