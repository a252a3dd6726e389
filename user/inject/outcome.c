// SPDX-License-Identifier: GPL-2.0-only
/*
 * The words that a campaign's file and every output have for outcomes.
 * Must not: decide.
 */
#include "inject/outcome.h"

const char *const shot_outcomes[SHOT_MAX] = {
	[SHOT_LOST] = "lost",
	[SHOT_HOST_AFFECTED] = "host-affected",
	[SHOT_NOT_ACTIVATED] = "not-activated",
	[SHOT_VMM_KILLED] = "vmm-killed",
	[SHOT_GUEST_DEAD] = "guest-dead",
	[SHOT_VMM_ERROR] = "vmm-error",
	[SHOT_APP_KILLED] = "app-killed",
	[SHOT_GUEST_NOTIFIED] = "guest-notified",
	[SHOT_TRANSPARENT] = "transparent",
};
