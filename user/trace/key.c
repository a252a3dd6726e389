// SPDX-License-Identifier: GPL-2.0-only
/*
 * Keys to incidents, on glibc's balanced tree; each incident's own keys are chained, so that a
 * close costs as many steps as it has keys.
 * Must not: know what a key means.
 */
#include "trace/key.h"

#include <errno.h>
#include <search.h>
#include <stdlib.h>

#include "trace/incident.h"

struct key_node {
	struct key key;
	struct incident *inc;
	struct key_node *next_of_incident; /* all entries of one incident */
};

struct keymap {
	void *by_key;      /* tree of struct key_node */
	void *by_incident; /* tree of struct chain */
};

struct chain {
	const struct incident *inc;
	struct key_node *first;
};

static int compare_key(const void *pa, const void *pb)
{
	const struct key *a = &((const struct key_node *)pa)->key,
			 *b = &((const struct key_node *)pb)->key;

	if (a->kind != b->kind)
		return a->kind < b->kind ? -1 : 1;
	if (a->a != b->a)
		return a->a < b->a ? -1 : 1;
	return a->b < b->b ? -1 : a->b > b->b;
}

static int compare_chain(const void *pa, const void *pb)
{
	uintptr_t a = (uintptr_t)((const struct chain *)pa)->inc;
	uintptr_t b = (uintptr_t)((const struct chain *)pb)->inc;

	return a < b ? -1 : a > b;
}

struct keymap *keymap_new(void)
{
	return calloc(1, sizeof(struct keymap));
}

static void free_entry(void *node)
{
	struct key_node *entry = node;

	incident_put(entry->inc);
	free(entry);
}

void keymap_free(struct keymap *map)
{
	if (!map)
		return;
	tdestroy(map->by_incident, free);
	tdestroy(map->by_key, free_entry);
	free(map);
}

static struct key_node *find_entry(const struct keymap *map, struct key key)
{
	struct key_node probe = {.key = key};
	struct key_node **node = tfind(&probe, &map->by_key, compare_key);

	return node ? *node : NULL;
}

static struct chain *find_chain(const struct keymap *map, const struct incident *inc)
{
	struct chain probe = {.inc = inc};
	struct chain **node = tfind(&probe, &map->by_incident, compare_chain);

	return node ? *node : NULL;
}

/* The incident's chain, made when it has none yet. */
static struct chain *make_chain(struct keymap *map, struct incident *inc)
{
	struct chain *chain = find_chain(map, inc);

	if (chain)
		return chain;
	chain = calloc(1, sizeof(*chain));
	if (!chain)
		return NULL;
	chain->inc = inc;
	if (!tsearch(chain, &map->by_incident, compare_chain)) {
		free(chain);
		return NULL;
	}
	return chain;
}

static void drop_chain(struct keymap *map, struct chain *chain)
{
	tdelete(chain, &map->by_incident, compare_chain);
	free(chain);
}

int keymap_set(struct keymap *map, struct key key, struct incident *inc)
{
	struct key_node *entry = find_entry(map, key);
	struct chain *chain;

	if (entry && entry->inc == inc)
		return 0;
	keymap_forget(map, key);
	chain = make_chain(map, inc);
	entry = calloc(1, sizeof(*entry));
	if (!chain || !entry)
		goto no_memory;
	entry->key = key;
	if (!tsearch(entry, &map->by_key, compare_key))
		goto no_memory;
	entry->inc = incident_get(inc);
	entry->next_of_incident = chain->first;
	chain->first = entry;
	return 0;

no_memory:
	free(entry);
	if (chain && !chain->first)
		drop_chain(map, chain);
	return -ENOMEM;
}

struct incident *keymap_find(const struct keymap *map, struct key key)
{
	struct key_node *entry = find_entry(map, key);

	return entry ? entry->inc : NULL;
}

void keymap_forget(struct keymap *map, struct key key)
{
	struct key_node *entry = find_entry(map, key), **link;
	struct chain *chain;

	if (!entry)
		return;
	chain = find_chain(map, entry->inc);
	for (link = &chain->first; *link != entry; link = &(*link)->next_of_incident)
		;
	*link = entry->next_of_incident;
	if (!chain->first)
		drop_chain(map, chain);
	tdelete(entry, &map->by_key, compare_key);
	free_entry(entry);
}

void keymap_forget_incident(struct keymap *map, const struct incident *inc)
{
	struct chain *chain = find_chain(map, inc);
	struct key_node *entry, *next;

	if (!chain)
		return;
	for (entry = chain->first; entry; entry = next) {
		next = entry->next_of_incident;
		tdelete(entry, &map->by_key, compare_key);
		free_entry(entry);
	}
	drop_chain(map, chain);
}

int keymap_move(struct keymap *map, const struct incident *from, struct incident *to)
{
	struct chain *chain;
	int err = 0;

	while (!err && (chain = find_chain(map, from)))
		err = keymap_set(map, chain->first->key, to);
	keymap_forget_incident(map, from);
	return err;
}
