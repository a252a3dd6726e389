/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A YAML text as a tree of values that know where they stand.
 * Layer: inject, behind campaign.h; the only one that knows libyaml. Must not know: which keys there
 * are, what they mean.
 *
 * Taken is what somebody writes down by hand: one document of mappings, lists and texts. What can blow
 * up or mean something else than it looks like is refused: anchors and aliases, tags, keys that are no
 * text, a key twice, characters that do not print, more than TREE_DEPTH_MAX, _KEYS_MAX, _NODES_MAX.
 */
#ifndef INJECT_CAMPAIGN_TREE_H
#define INJECT_CAMPAIGN_TREE_H

#include <stdbool.h>
#include <stddef.h>

#include "inject/campaign_mistakes.h"

#define TREE_DEPTH_MAX 8
#define TREE_KEYS_MAX  64 /* of a mapping */
#define TREE_NODES_MAX 65536

enum node_kind { NODE_TEXT, NODE_LIST, NODE_MAP };

struct node {
	enum node_kind kind;
	struct spot at; /* of the value */
	char *key;      /* in a mapping; else NULL */
	struct spot key_at;
	char *text; /* NODE_TEXT */
	bool empty; /* NODE_TEXT: nothing stands there, not even "" */
	bool bad;   /* has been said to be wrong: as if it were not there */
	unsigned n;
	struct node *first, *last; /* of its own values */
	struct node *next;         /* beside it */
};

/*
 * *out is the root, to be tree_free()d; NULL when the text has none, or is not YAML, which is a mistake.
 * Other mistakes leave a tree, of which the second of two equal keys is bad. 0 or -ENOMEM.
 */
int tree_parse(struct node **out, const char *text, size_t len, struct mistakes *m);

void tree_free(struct node *root); /* accepts NULL */

/* The value of a key, or NULL. Also NULL of what is no mapping, or NULL. Not a bad one. */
const struct node *tree_find(const struct node *map, const char *key);

/* The first of a list, or NULL, also of NULL; the one after it, or NULL. No bad ones. */
const struct node *tree_first(const struct node *list);
const struct node *tree_next(const struct node *item);

/* Whether nothing in it is bad. */
bool tree_is_whole(const struct node *node);

/*
 * What is not bad of it, as YAML again: how it was written is gone. *out is free()d by the caller.
 * 0 or -ENOMEM.
 */
int tree_write(const struct node *root, char **out, size_t *len);

#endif
