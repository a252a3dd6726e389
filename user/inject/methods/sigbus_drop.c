// SPDX-License-Identifier: GPL-2.0-only
/* A SIGBUS for a memory error is taken for sent. */
#include "inject/method.h"

const struct method method_sigbus_drop = {
	.name = "sigbus-drop",
	.family = METHOD_OVERRIDE,
	.does = "answers that the VMM was sent its SIGBUS for a memory error, and sends none",
	.needs = "a page of the VM that is taken away, or is touched after it was",
	.undo = "nothing is left: the next touch sends another",
	.note = "a guest that touches the page is sent back to it as long as this goes on: it is "
		"bounded",
	.danger = DANGER_GUEST,
	.expected = OUTCOME_BIT(SHOT_TRANSPARENT) | OUTCOME_BIT(SHOT_GUEST_NOTIFIED),
	.target = SEA_TARGET_ID_signal,
	.volley_max = 100,
	.values = {{"sent", 0}},
};
