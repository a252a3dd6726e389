/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What became of a shot, in one word.
 * Layer: inject. Must not know: how that is found out (verdict.h).
 */
#ifndef INJECT_OUTCOME_H
#define INJECT_OUTCOME_H

/* The first that applies, in this order. */
enum shot_outcome {
	SHOT_LOST,           /* marks were lost, or the observer broke: nothing can be said */
	SHOT_HOST_AFFECTED,  /* something happened to the host or to another VM */
	SHOT_NOT_ACTIVATED,  /* it never found its trigger */
	SHOT_VMM_KILLED,     /* the VMM's process has ended */
	SHOT_GUEST_DEAD,     /* the VMM lives, the guest does not answer */
	SHOT_VMM_ERROR,      /* KVM_RUN or another call of the VMM failed */
	SHOT_APP_KILLED,     /* the guest lives, and has killed a program of its own */
	SHOT_GUEST_NOTIFIED, /* the guest was told, and lives */
	SHOT_TRANSPARENT,    /* the guest noticed nothing, whatever host and VMM did */
	SHOT_MAX,
};

#define OUTCOME_BIT(outcome) (1u << (outcome))

extern const char *const shot_outcomes[SHOT_MAX]; /* "not-activated" */

#endif
