// SPDX-License-Identifier: GPL-2.0-only
/*
 * Keys to incidents, in a hash table; each incident's own keys are chained, so that a close costs as
 * many steps as it has keys.
 * Must not: know what a key means.
 */
#include "trace/key.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>

#include "lib/hash.h"
#include "lib/pool.h"
#include "lib/util.h"
#include "trace/incident.h"

#define EXPECTED 1024

struct key_node {
	struct hash_link link;
	struct key key;
	struct incident *inc; /* held */
	LIST_ENTRY(key_node) of_incident;
};

struct keymap {
	struct hash nodes;
	struct pool pool; /* of nodes */
};

struct keymap *keymap_new(void)
{
	struct keymap *map = calloc(1, sizeof(*map));

	if (!map)
		return NULL;
	map->pool.size = sizeof(struct key_node);
	if (hash_init(&map->nodes, EXPECTED)) {
		free(map);
		return NULL;
	}
	return map;
}

static struct key_node *node_of(struct hash_link *link)
{
	return UTIL_CONTAINER(link, struct key_node, link);
}

/* Its incident does not have it any more. */
static void take_off(struct key_node *node)
{
	LIST_REMOVE(node, of_incident);
	incident_put(node->inc);
}

static void free_node(struct hash_link *link)
{
	take_off(node_of(link));
	free(node_of(link));
}

void keymap_free(struct keymap *map)
{
	if (!map)
		return;
	hash_drain(&map->nodes, free_node);
	pool_clear(&map->pool);
	free(map);
}

static uint64_t hash_of(struct key key)
{
	return hash_mix(hash_mix(hash_mix(0, key.kind), key.a), key.b);
}

static bool is_key(const struct key *key, struct key other)
{
	return key->kind == other.kind && key->a == other.a && key->b == other.b;
}

static struct key_node *find_node(const struct keymap *map, struct key key)
{
	HASH_EACH(link, &map->nodes, hash_of(key))
	if (is_key(&node_of(link)->key, key))
		return node_of(link);
	return NULL;
}

static void forget(struct keymap *map, struct key_node *node)
{
	hash_remove(&map->nodes, &node->link);
	take_off(node);
	pool_give(&map->pool, node);
}

int keymap_set(struct keymap *map, struct key key, struct incident *inc)
{
	struct key_node *node = find_node(map, key);

	if (node && node->inc == inc)
		return 0;
	if (node)
		forget(map, node);
	node = pool_take(&map->pool);
	if (!node)
		return -ENOMEM;
	node->key = key;
	node->inc = incident_get(inc);
	LIST_INSERT_HEAD(&inc->keys, node, of_incident);
	hash_add(&map->nodes, &node->link, hash_of(key));
	return 0;
}

struct incident *keymap_find(const struct keymap *map, struct key key)
{
	struct key_node *node = find_node(map, key);

	return node ? node->inc : NULL;
}

void keymap_forget(struct keymap *map, struct key key)
{
	struct key_node *node = find_node(map, key);

	if (node)
		forget(map, node);
}

void keymap_forget_incident(struct keymap *map, const struct incident *inc)
{
	struct key_node *node, *next;

	for (node = LIST_FIRST(&inc->keys); node; node = next) {
		next = LIST_NEXT(node, of_incident); /* with its last key the incident may go */
		forget(map, node);
	}
}

int keymap_move(struct keymap *map, const struct incident *from, struct incident *to)
{
	struct key_node *node;
	int err = 0;

	while (!err && (node = LIST_FIRST(&from->keys)))
		err = keymap_set(map, node->key, to);
	keymap_forget_incident(map, from);
	return err;
}
