/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The lists of an entry of `shots`, value by value.
 * Layer: inject, behind campaign_group.h. Must not know: what is done with them.
 */
#ifndef INJECT_CAMPAIGN_LIST_H
#define INJECT_CAMPAIGN_LIST_H

#include "inject/campaign_group.h"

/*
 * All lists of `file` into the group; of one that is not given what it stands for. `targets` are the
 * names of the campaign's, NULL-terminated. A value that is none, or stands there twice, is a mistake.
 */
void list_take_all(struct group *group, const struct file_group *file, const char *const *targets,
		   struct mistakes *m);

#endif
