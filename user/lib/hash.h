/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A hash table of things that carry a link: finding one costs the same however many there are, and
 * putting one in needs no memory. Whoever has the things compares their keys, and owns them.
 * Layer: lib. Must not know: what a key is.
 */
#ifndef LIB_HASH_H
#define LIB_HASH_H

#include <stddef.h>
#include <stdint.h>

struct hash_link {
	struct hash_link *next;
	uint64_t hash;
};

struct hash {
	struct hash_link **chains;
	unsigned bits; /* 2^bits chains */
	size_t n;      /* links */
};

/* For about so many at first. 0 or -ENOMEM. */
int hash_init(struct hash *h, size_t expected);

/* The links stay as they are. Also of a zeroed struct. */
void hash_clear(struct hash *h);

/* Several may have the same hash. More chains are made as links come; without memory, later. */
void hash_add(struct hash *h, struct hash_link *link, uint64_t hash);

/* It must be in the table. */
void hash_remove(struct hash *h, struct hash_link *link);

/* Every link, in no order; each may be freed as it is given. The table is cleared. */
void hash_drain(struct hash *h, void (*each)(struct hash_link *link));

/* The hash of a key of several numbers: from 0 on, one after the other. */
static inline uint64_t hash_mix(uint64_t hash, uint64_t number)
{
	hash = (hash ^ number) * 0x9e3779b97f4a7c15; /* 2^64 / golden ratio: neighbours part */
	return hash ^ hash >> 32;
}

/* The first of this hash from `link` on, or NULL. */
static inline struct hash_link *hash_same(struct hash_link *link, uint64_t hash)
{
	while (link && link->hash != hash)
		link = link->next;
	return link;
}

/* One that has this hash; the next one that has. NULL: none. */
static inline struct hash_link *hash_first(const struct hash *h, uint64_t hash)
{
	return hash_same(h->chains[hash >> (64 - h->bits)], hash);
}

static inline struct hash_link *hash_next(const struct hash_link *link)
{
	return hash_same(link->next, link->hash);
}

#define HASH_EACH(link, h, of) \
	for (struct hash_link *link = hash_first(h, of); link; link = hash_next(link))

#endif
