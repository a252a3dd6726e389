/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The targets of a campaign as VMs that run: each one found, none twice, and nobody else's meanwhile.
 * Layer: main of seainject. Must not know: shots.
 */
#ifndef VICTIMS_H
#define VICTIMS_H

#include "inject/campaign.h"
#include "inject/vmlock.h"
#include "volley.h"

struct victims {
	struct victim {
		struct volley_vm vm;
		struct vmlock *lock;
	} * list; /* as the campaign's */
	unsigned n;
};

/* What is wrong with one of them is said with the place in the file, or as of --vm when there is none. */

/*
 * Finds the VM of each among those of the table, which is up to date. 0; EXIT_USAGE after one line on
 * stderr per target that means none or several, or the same as another; or EXIT_ENVIRONMENT.
 */
int victims_find(struct victims *out, const struct campaign *campaign, struct vmtab *vms);

/* EXIT_ENVIRONMENT after one line on stderr when another seainject is at one of them. */
int victims_lock(struct victims *t, const struct campaign *campaign);

/* Zeros are none. */
void victims_free(struct victims *t);

#endif
