/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * From the matrix of an entry to shots.
 * Layer: inject, behind campaign.h. Must not know: texts, files.
 *
 * The order: targets, in each its methods, in each its places, in each its vCPUs, in each its counts, all
 * as they stand in the entry. The number of a shot, from 1, is also the id of its rule.
 */
#ifndef INJECT_CAMPAIGN_LAYOUT_H
#define INJECT_CAMPAIGN_LAYOUT_H

#include "inject/campaign.h"
#include "inject/campaign_group.h"

#define LAYOUT_SHOTS_MAX 10000

/*
 * Adds the shots of a group that is without mistakes to the campaign. More than LAYOUT_SHOTS_MAX in all,
 * or an order that its method cannot carry out, is a mistake. 0 or -ENOMEM.
 */
int layout_add(struct campaign *c, const struct group *group, struct mistakes *m);

void layout_free(struct campaign *c);

#endif
