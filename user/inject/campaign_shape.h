/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Whether a file has the shape that the schema wants: no other keys, lists where lists belong, no value
 * missing, none too long.
 * Layer: inject, behind campaign.h. Must not know: any key by its name.
 */
#ifndef INJECT_CAMPAIGN_SHAPE_H
#define INJECT_CAMPAIGN_SHAPE_H

#include <stdbool.h>

#include "inject/campaign_schema.h"
#include "inject/campaign_tree.h"

/*
 * Every deviation is a mistake, and what deviates is bad: a key that is unknown, a value that is missing,
 * no list, too long. What is not bad libcyaml can load.
 */
void shape_check(struct node *root, const cyaml_schema_value_t *schema, struct mistakes *m);

#endif
