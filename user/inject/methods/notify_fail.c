// SPDX-License-Identifier: GPL-2.0-only
/* The VMM cannot set what its guest is to be told. */
#include "inject/method.h"

#include <errno.h>

const struct method method_notify_fail = {
	.name = "notify-fail",
	.family = METHOD_OVERRIDE,
	.does = "makes KVM_SET_VCPU_EVENTS fail: the VMM cannot tell its guest",
	.needs = "a call of KVM_SET_VCPU_EVENTS, which QEMU makes at every register put",
	.undo = "nothing is left",
	.note = "where it is done by fmod_ret its cost falls on every ioctl of the host",
	.danger = DANGER_GUEST | DANGER_VMM,
	.expected = OUTCOME_BIT(SHOT_VMM_ERROR) | OUTCOME_BIT(SHOT_VMM_KILLED),
	.target = SEA_TARGET_ID_events,
	.values = {{"EINVAL", -EINVAL}, {"EIO", -EIO}, {"ENOMEM", -ENOMEM}, {"EFAULT", -EFAULT}},
};
