// SPDX-License-Identifier: GPL-2.0-only
/* An abort is taken for handled: the guest executes the same instruction again. */
#include "inject/method.h"

const struct method method_abort_retry = {
	.name = "abort-retry",
	.family = METHOD_OVERRIDE,
	.does = "answers a guest's abort as handled: the guest executes the same instruction again",
	.needs = "an abort of the guest, an SEA included",
	.undo = "nothing is left: the next abort is handled",
	.note = "a real SEA that it answers is lost to everybody, until the guest comes by again",
	.danger = DANGER_GUEST,
	.expected = OUTCOME_BIT(SHOT_TRANSPARENT),
	.target = SEA_TARGET_ID_abort,
	.volley_max = 100,
	.values = {{"handled", 1}},
};
