// SPDX-License-Identifier: GPL-2.0-only
/* KVM_RUN fails before it has begun. */
#include "inject/method.h"

#include <errno.h>

const struct method method_run_errno = {
	.name = "run-errno",
	.family = METHOD_OVERRIDE,
	.does = "makes KVM_RUN fail at once: the guest is not entered",
	.needs = "a call of KVM_RUN: a vCPU that is not inside the guest all the time",
	.undo = "nothing is left: if the VMM calls KVM_RUN again, the guest goes on",
	.note = "its cost falls on every ioctl of the host; EINTR and EAGAIN are no errors for "
		"most VMMs",
	.danger = DANGER_GUEST | DANGER_VMM,
	.expected = OUTCOME_BIT(SHOT_VMM_ERROR) | OUTCOME_BIT(SHOT_VMM_KILLED),
	.target = SEA_TARGET_ID_run,
	.values = {{"EFAULT", -EFAULT},
		   {"ENOMEM", -ENOMEM},
		   {"EIO", -EIO},
		   {"EINVAL", -EINVAL},
		   {"ENOEXEC", -ENOEXEC},
		   {"EPERM", -EPERM},
		   {"EAGAIN", -EAGAIN},
		   {"EINTR", -EINTR}},
};
