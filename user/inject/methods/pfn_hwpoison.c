// SPDX-License-Identifier: GPL-2.0-only
/* What finds the page of a fault answers that it is poisoned: nothing is lost, everybody is told. */
#include "inject/method.h"

const struct method method_pfn_hwpoison = {
	.name = "pfn-hwpoison",
	.family = METHOD_OVERRIDE,
	.does = "answers a guest's fault as if its page were poisoned: the VMM gets SIGBUS (AR) "
		"and "
		"tells its guest",
	.needs = "a fault of the guest: a page that it touches for the first time",
	.undo = "nothing is left: the page is intact, the next touch finds it",
	.note = "a page that is mapped by now gives no fault: aim at memory that is new to the "
		"guest",
	.danger = DANGER_GUEST | DANGER_VMM,
	.expected = OUTCOME_BIT(SHOT_GUEST_NOTIFIED) | OUTCOME_BIT(SHOT_APP_KILLED),
	.target = SEA_TARGET_ID_faultin,
	/* KVM_PFN_ERR_HWPOISON, include/linux/kvm_host.h: the same from 5.10 to 7.3 */
	.values = {{"hwpoison", 0x7ff0000000000001}},
};
