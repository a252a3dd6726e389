// SPDX-License-Identifier: GPL-2.0-only
/*
 * A ring of poisoned pages with a hash table over it.
 * Must not: grow.
 */
#include "trace/poisoned.h"

#include <stdlib.h>

#include "lib/hash.h"
#include "lib/util.h"

struct slot {
	struct hash_link link;
	struct poisoned_page page;
};

struct poisoned {
	unsigned max, next, n;
	struct hash by_page; /* of the n slots that are in use */
	struct slot ring[];
};

struct poisoned *poisoned_new(unsigned max)
{
	struct poisoned *p = calloc(1, sizeof(*p) + max * sizeof(p->ring[0]));

	if (!p)
		return NULL;
	p->max = max;
	if (hash_init(&p->by_page, max)) {
		free(p);
		return NULL;
	}
	return p;
}

void poisoned_free(struct poisoned *p)
{
	if (!p)
		return;
	hash_clear(&p->by_page);
	free(p);
}

static uint64_t hash_of(const struct poisoned_page *page)
{
	return hash_mix(hash_mix(0, page->tgid), page->page);
}

static struct poisoned_page *find(const struct poisoned *p, const struct poisoned_page *page)
{
	HASH_EACH(link, &p->by_page, hash_of(page))
	{
		struct slot *slot = UTIL_CONTAINER(link, struct slot, link);

		if (slot->page.tgid == page->tgid && slot->page.page == page->page)
			return &slot->page;
	}
	return NULL;
}

void poisoned_add(struct poisoned *p, const struct poisoned_page *page)
{
	struct poisoned_page *known = find(p, page);
	struct slot *slot = &p->ring[p->next];

	if (known) {
		*known = *page;
		return;
	}
	if (p->n == p->max)
		hash_remove(&p->by_page, &slot->link);
	else
		p->n++;
	slot->page = *page;
	hash_add(&p->by_page, &slot->link, hash_of(page));
	p->next = (p->next + 1) % p->max;
}

bool poisoned_find(const struct poisoned *p, struct poisoned_page *page)
{
	const struct poisoned_page *known = find(p, page);

	if (!known)
		return false;
	*page = *known;
	return true;
}
