// SPDX-License-Identifier: GPL-2.0-only
/*
 * A table of type ids, at most half full: each lies at the hash of its name, or behind it.
 * Must not: copy a name.
 */
#include "lib/types.h"

#include <bpf/btf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct types {
	const struct btf *btf;
	uint32_t mask;  /* places - 1, which are a power of two */
	uint32_t ids[]; /* 0: free */
};

static const char *name_of(const struct btf *btf, const struct btf_type *type)
{
	return btf__name_by_offset(btf, type->name_off);
}

/* FNV-1a, http://www.isthe.com/chongo/tech/comp/fnv/ */
static uint32_t hash_of(const char *name)
{
	uint32_t hash = 2166136261;

	while (*name)
		hash = (hash ^ (unsigned char)*name++) * 16777619;
	return hash;
}

static void put(struct types *types, uint32_t id, const char *name)
{
	uint32_t at = hash_of(name) & types->mask;

	while (types->ids[at])
		at = (at + 1) & types->mask;
	types->ids[at] = id;
}

struct types *types_new(const struct btf *btf)
{
	uint32_t count = btf__type_cnt(btf), places = 1;
	struct types *types;

	while (places < 2 * count)
		places *= 2;
	types = calloc(1, sizeof(*types) + places * sizeof(*types->ids));
	if (!types)
		return NULL;
	types->btf = btf;
	types->mask = places - 1;
	for (uint32_t id = 1; id < count; id++) {
		const struct btf_type *type = btf__type_by_id(btf, id);

		if (type->name_off)
			put(types, id, name_of(btf, type));
	}
	return types;
}

void types_free(struct types *types)
{
	free(types);
}

int types_find(const struct types *types, const char *name, uint32_t kind)
{
	for (uint32_t at = hash_of(name) & types->mask; types->ids[at];
	     at = (at + 1) & types->mask) {
		const struct btf_type *type = btf__type_by_id(types->btf, types->ids[at]);

		if (btf_kind(type) == kind && !strcmp(name_of(types->btf, type), name))
			return types->ids[at];
	}
	return -ENOENT;
}
