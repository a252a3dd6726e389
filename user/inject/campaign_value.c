// SPDX-License-Identifier: GPL-2.0-only
/*
 * Values by rows of options (campaign_value.h).
 */
#include "inject/campaign_value.h"

#include <string.h>

#include "lib/near.h"
#include "lib/opt_value.h"

const char *const value_bools[] = {"false", "true", NULL};

static const char *text_of(const cyaml_schema_field_t *keys, const void *file, const char *key)
{
	while (strcmp(keys->key, key))
		keys++;
	return *(char *const *)((const char *)file + keys->data_offset);
}

bool value_is_missing(const struct node *map, const char *key)
{
	const char *const words[] = {key, NULL};

	for (const struct node *node = map->first; node; node = node->next)
		if (near_word(node->key, words))
			return false;
	return true;
}

struct spot value_spot(const struct node *map, const char *key)
{
	const struct node *node = tree_find(map, key);

	return node ? node->at : map->at;
}

void value_take(const struct node *map, const cyaml_schema_field_t *keys, const void *file,
		const struct opt *rows, void *out, struct mistakes *m)
{
	char why[MISTAKE_TEXT - 32];

	for (; rows->name; rows++) {
		const char *text = text_of(keys, file, rows->name);

		if (text && opt_read(rows, text, out, why, sizeof(why)))
			mistakes_add(m, value_spot(map, rows->name), "%s: %s", rows->name, why);
	}
}
