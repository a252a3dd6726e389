// SPDX-License-Identifier: GPL-2.0-only
/* KVM is made to inject an SEA where a fault would have been resolved. */
#include "inject/method.h"

#include <errno.h>

const struct method method_guest_sea = {
	.name = "guest-sea",
	.family = METHOD_OVERRIDE,
	.does = "answers a guest's fault as one without memory behind it: KVM injects an SEA",
	.needs = "a fault of the guest: a page that it touches for the first time",
	.undo = "nothing is left: the next touch finds the page",
	.note = "always an instruction abort (ESR 0x86000010 of a guest's kernel), for data too: "
		"that "
		"is all that KVM has for it",
	.danger = DANGER_GUEST,
	.expected = OUTCOME_BIT(SHOT_GUEST_NOTIFIED) | OUTCOME_BIT(SHOT_APP_KILLED),
	.target = SEA_TARGET_ID_fault,
	/* kvm_handle_guest_abort, arch/arm64/kvm/mmu.c */
	.values = {{"ENOEXEC", -ENOEXEC}},
};
