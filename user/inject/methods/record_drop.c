// SPDX-License-Identifier: GPL-2.0-only
/* A memory error section is parsed, and what it asks for is not done. */
#include "inject/method.h"

const struct method method_record_drop = {
	.name = "record-drop",
	.family = METHOD_OVERRIDE,
	.does = "drops a record's memory error before the page is taken away",
	.needs = "an error record for one of the VM's pages",
	.undo = "nothing is left: the record was read and acknowledged, the page is intact",
	.note = "newer kernels (6.17; 6.1 and 6.12 of late) send a claimed SEA's VMM a SIGBUS "
		"without an address",
	.danger = DANGER_GUEST | DANGER_VMM,
	.expected = OUTCOME_BIT(SHOT_TRANSPARENT) | OUTCOME_BIT(SHOT_GUEST_NOTIFIED) |
		    OUTCOME_BIT(SHOT_VMM_KILLED),
	.target = SEA_TARGET_ID_record,
	.needs_place = true,
	.values = {{"false", 0}},
};
