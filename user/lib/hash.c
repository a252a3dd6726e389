// SPDX-License-Identifier: GPL-2.0-only
/*
 * Chains by the upper bits of the hash, about one link each.
 * Must not: allocate a link.
 */
#include "lib/hash.h"

#include <errno.h>
#include <stdlib.h>

#define BITS_MIN 4

int hash_init(struct hash *h, size_t expected)
{
	h->n = 0;
	for (h->bits = BITS_MIN; expected >> h->bits > 1;)
		h->bits++;
	h->chains = calloc((size_t)1 << h->bits, sizeof(*h->chains));
	return h->chains ? 0 : -ENOMEM;
}

void hash_clear(struct hash *h)
{
	free(h->chains);
	*h = (struct hash){0};
}

static struct hash_link **chain_of(const struct hash *h, uint64_t hash)
{
	return &h->chains[hash >> (64 - h->bits)];
}

static void put(struct hash *h, struct hash_link *link)
{
	struct hash_link **chain = chain_of(h, link->hash);

	link->next = *chain;
	*chain = link;
	h->n++;
}

static void move(struct hash *to, struct hash *from)
{
	for (size_t i = 0; i < (size_t)1 << from->bits; i++) {
		for (struct hash_link *link = from->chains[i], *next; link; link = next) {
			next = link->next;
			put(to, link);
		}
	}
}

static void grow(struct hash *h)
{
	struct hash more;

	if (hash_init(&more, (size_t)2 << h->bits))
		return;
	move(&more, h);
	hash_clear(h);
	*h = more;
}

void hash_add(struct hash *h, struct hash_link *link, uint64_t hash)
{
	if (h->n >> h->bits)
		grow(h);
	link->hash = hash;
	put(h, link);
}

void hash_remove(struct hash *h, struct hash_link *link)
{
	struct hash_link **at = chain_of(h, link->hash);

	while (*at != link)
		at = &(*at)->next;
	*at = link->next;
	h->n--;
}

void hash_drain(struct hash *h, void (*each)(struct hash_link *link))
{
	for (size_t i = 0; h->chains && i < (size_t)1 << h->bits; i++) {
		for (struct hash_link *link = h->chains[i], *next; link; link = next) {
			next = link->next;
			each(link);
		}
	}
	hash_clear(h);
}
