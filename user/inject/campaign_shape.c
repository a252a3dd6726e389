// SPDX-License-Identifier: GPL-2.0-only
/*
 * A tree beside libcyaml's tables (campaign_shape.h). libcyaml would do the same, but stops at the first
 * mistake and does not say where that is.
 */
#include "inject/campaign_shape.h"

#include <string.h>

/* Of messages: what a value is, and how it is written. */
static const char *const kinds[] = {
	[NODE_TEXT] = "a text",
	[NODE_LIST] = "a list",
	[NODE_MAP] = "a mapping",
};
static const char *const written[] = {
	[NODE_TEXT] = "write one value, without brackets",
	[NODE_LIST] = "write [A, B] or a line '- A' for each",
	[NODE_MAP] = "write 'KEY: VALUE' lines below it",
};

static enum node_kind kind_of(const cyaml_schema_value_t *schema)
{
	switch (schema->type) {
	case CYAML_SEQUENCE:
		return NODE_LIST;
	case CYAML_MAPPING:
		return NODE_MAP;
	default:
		return NODE_TEXT;
	}
}

/* --- keys ------------------------------------------------------------------------------------- */

static const cyaml_schema_field_t *find_field(const cyaml_schema_field_t *fields, const char *key)
{
	for (; fields->key; fields++)
		if (!strcmp(fields->key, key))
			return fields;
	return NULL;
}

static void refuse_key(const struct node *node, const cyaml_schema_field_t *fields,
		       struct mistakes *m)
{
	const char *words[TREE_KEYS_MAX + 1] = {NULL};

	for (unsigned i = 0; i < TREE_KEYS_MAX && fields[i].key; i++)
		words[i] = fields[i].key;
	mistakes_unknown(m, node->key_at, "key", node->key, words);
}

/* --- values ----------------------------------------------------------------------------------- */

static bool is_text(const struct node *node, const cyaml_schema_value_t *schema, struct mistakes *m)
{
	size_t len = strlen(node->text);

	if (len < schema->string.min)
		mistakes_add(m, node->at, "an empty text; write a value or remove it");
	else if (len > schema->string.max)
		mistakes_add(m, node->at, "a text of %zu bytes; at most %u are taken", len,
			     schema->string.max);
	return len >= schema->string.min && len <= schema->string.max;
}

static bool is_length(const struct node *node, const cyaml_schema_value_t *schema,
		      struct mistakes *m)
{
	if (node->n < schema->sequence.min)
		mistakes_add(m, node->at, "an empty list; write a value or remove it");
	else if (node->n > schema->sequence.max)
		mistakes_add(m, node->at, "a list of %u values; at most %u are taken", node->n,
			     schema->sequence.max);
	return node->n >= schema->sequence.min && node->n <= schema->sequence.max;
}

static bool is_kind(const struct node *node, enum node_kind wanted, struct mistakes *m)
{
	if (node->kind == wanted && !(node->kind == NODE_TEXT && node->empty))
		return true;
	if (node->kind == NODE_TEXT && node->empty)
		mistakes_add(m, node->key ? node->key_at : node->at, "no value; %s",
			     written[wanted]);
	else
		mistakes_add(m, node->at, "%s where %s belongs; %s", kinds[node->kind],
			     kinds[wanted], written[wanted]);
	return false;
}

static bool is_map(struct node *map, const cyaml_schema_field_t *fields, struct mistakes *m)
{
	if (!map->first)
		mistakes_add(m, map->at,
			     "an empty mapping; write a key and its value, or remove it");
	for (struct node *node = map->first; node; node = node->next) {
		const cyaml_schema_field_t *field = find_field(fields, node->key);

		if (field) {
			shape_check(node, &field->value, m);
		} else {
			refuse_key(node, fields, m);
			node->bad = true;
		}
	}
	return map->first;
}

/* One of which nothing is left is none. */
static bool is_list(struct node *list, const cyaml_schema_value_t *schema, struct mistakes *m)
{
	bool good = is_length(list, schema, m);

	for (struct node *node = list->first; node; node = node->next)
		shape_check(node, schema->sequence.entry, m);
	return good && tree_first(list);
}

/* As deep as the schema. What is bad already stays so. */
void shape_check(struct node *node, const cyaml_schema_value_t *schema, struct mistakes *m)
{
	bool good = is_kind(node, kind_of(schema), m);

	if (good && node->kind == NODE_MAP)
		good = is_map(node, schema->mapping.fields, m);
	else if (good && node->kind == NODE_LIST)
		good = is_list(node, schema, m);
	else if (good)
		good = is_text(node, schema, m);
	node->bad |= !good;
}
