// SPDX-License-Identifier: GPL-2.0-only
/* memory_failure answers with an error and does nothing. */
#include "inject/method.h"

#include <errno.h>

const struct method method_recovery_fail = {
	.name = "recovery-fail",
	.family = METHOD_OVERRIDE,
	.does = "answers that a page could not be taken away: it stays mapped, nobody is told by "
		"it",
	.needs = "an error record, or a request, for one of the VM's pages",
	.undo = "nothing is left: the page is not marked, the next error of it is handled",
	.note = "up to Linux 6.16 nobody looks at the answer; since then a claimed SEA's VMM gets "
		"a SIGBUS without an address, but for EHWPOISON and EOPNOTSUPP. Who is not "
		"killed is sent back to the load, whose next SEA nobody claims: an SError. Calls "
		"that hold the page (madvise) are let by: it would leak",
	.danger = DANGER_GUEST | DANGER_VMM,
	.expected = OUTCOME_BIT(SHOT_TRANSPARENT) | OUTCOME_BIT(SHOT_GUEST_NOTIFIED) |
		    OUTCOME_BIT(SHOT_VMM_KILLED),
	.target = SEA_TARGET_ID_failure,
	.needs_place = true,
	.values = {{"EBUSY", -EBUSY},
		   {"EIO", -EIO},
		   {"ENOMEM", -ENOMEM},
		   {"EOPNOTSUPP", -EOPNOTSUPP},
		   {"EHWPOISON", -EHWPOISON}},
};
