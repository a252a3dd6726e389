/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The VMs of a campaign, and the command by which each is asked whether it is alive.
 * Layer: inject, behind campaign.h. Must not know: VMs that run.
 */
#ifndef INJECT_CAMPAIGN_TARGET_H
#define INJECT_CAMPAIGN_TARGET_H

#include "inject/campaign.h"
#include "inject/campaign_schema.h"
#include "inject/campaign_tree.h"

/*
 * The file's targets into the campaign, each with its own probe, or a copy of the file's, or none; what is
 * wrong is a mistake. `root` is the file's tree. 0 or -ENOMEM; what is there goes with targets_free().
 */
int targets_take(struct campaign *c, const struct file_campaign *file, const struct node *root,
		 struct mistakes *m);

void targets_free(struct campaign *c);

#endif
