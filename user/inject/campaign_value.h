/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Single values of a mapping, out of the texts that libcyaml left, described as options are.
 * Layer: inject, behind campaign.h. Must not know: any key by its name.
 */
#ifndef INJECT_CAMPAIGN_VALUE_H
#define INJECT_CAMPAIGN_VALUE_H

#include <stdbool.h>

#include "inject/campaign_schema.h"
#include "inject/campaign_tree.h"
#include "lib/opt.h"

/* OPT_ENUM: 0 and 1. YAML's yes, on and the like are none. */
extern const char *const value_bools[];

/*
 * Each row of `rows` whose key is given in `file`, a struct that `keys` describes, into `out`, at the
 * row's offset. What is not given keeps its value there. A text that is no such value is a mistake at its
 * place in `map`.
 */
void value_take(const struct node *map, const cyaml_schema_field_t *keys, const void *file,
		const struct opt *rows, void *out, struct mistakes *m);

/*
 * Whether a key is not there; not so when another one is nearly the same: that is an unknown key, of which
 * has been said which one was meant.
 */
bool value_is_missing(const struct node *map, const char *key);

/* Where the value of a key stands; of one that is not given, the mapping. */
struct spot value_spot(const struct node *map, const char *key);

#endif
