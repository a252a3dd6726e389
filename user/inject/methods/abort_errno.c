// SPDX-License-Identifier: GPL-2.0-only
/* An abort ends in an error: KVM_RUN fails, in the way that KVM itself makes it fail. */
#include "inject/method.h"

#include <errno.h>

const struct method method_abort_errno = {
	.name = "abort-errno",
	.family = METHOD_OVERRIDE,
	.does = "answers a guest's abort with an error: KVM_RUN fails, the guest stays where it is",
	.needs = "an abort of the guest, a load or store of a device's register included",
	.undo = "nothing is left: if the VMM calls KVM_RUN again, the guest goes on",
	.note = "QEMU stops the VM; after EAGAIN it goes on by itself",
	.danger = DANGER_GUEST | DANGER_VMM,
	.expected = OUTCOME_BIT(SHOT_VMM_ERROR) | OUTCOME_BIT(SHOT_VMM_KILLED),
	.target = SEA_TARGET_ID_abort,
	.values = {{"EFAULT", -EFAULT},
		   {"ENOMEM", -ENOMEM},
		   {"EIO", -EIO},
		   {"EINVAL", -EINVAL},
		   {"EAGAIN", -EAGAIN}},
};
