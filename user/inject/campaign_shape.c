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

static bool check_text(const struct node *node, const cyaml_schema_value_t *schema,
		       struct mistakes *m)
{
	size_t len = strlen(node->text);

	if (len >= schema->string.min && len <= schema->string.max)
		return true;
	if (len < schema->string.min)
		mistakes_add(m, node->at, "an empty text; write a value or remove it");
	else
		mistakes_add(m, node->at, "a text of %zu bytes; at most %u are taken", len,
			     schema->string.max);
	return false;
}

static bool check_length(const struct node *node, const cyaml_schema_value_t *schema,
			 struct mistakes *m)
{
	if (node->n >= schema->sequence.min && node->n <= schema->sequence.max)
		return true;
	if (node->n < schema->sequence.min)
		mistakes_add(m, node->at, "an empty list; write a value or remove it");
	else
		mistakes_add(m, node->at, "a list of %u values; at most %u are taken", node->n,
			     schema->sequence.max);
	return false;
}

static bool check_kind(const struct node *node, enum node_kind wanted, struct mistakes *m)
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

static bool check_map(const struct node *map, const cyaml_schema_field_t *fields,
		      struct mistakes *m)
{
	bool loads = map->first;

	if (!map->first)
		mistakes_add(m, map->at,
			     "an empty mapping; write a key and its value, or remove it");
	for (const struct node *node = map->first; node; node = node->next) {
		const cyaml_schema_field_t *field = find_field(fields, node->key);

		if (field) {
			loads &= shape_check(node, &field->value, m);
		} else {
			refuse_key(node, fields, m);
		}
	}
	return loads;
}

static bool check_list(const struct node *list, const cyaml_schema_value_t *schema,
		       struct mistakes *m)
{
	bool loads = check_length(list, schema, m);

	for (const struct node *node = list->first; node; node = node->next)
		loads &= shape_check(node, schema->sequence.entry, m);
	return loads;
}

/* As deep as the schema. */
bool shape_check(const struct node *node, const cyaml_schema_value_t *schema, struct mistakes *m)
{
	if (!check_kind(node, kind_of(schema), m))
		return false;
	switch (node->kind) {
	case NODE_MAP:
		return check_map(node, schema->mapping.fields, m);
	case NODE_LIST:
		return check_list(node, schema, m);
	default:
		return check_text(node, schema, m);
	}
}
