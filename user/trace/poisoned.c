// SPDX-License-Identifier: GPL-2.0-only
/*
 * A ring of poisoned pages with a tree over it.
 * Must not: grow.
 */
#include "trace/poisoned.h"

#include <search.h>
#include <stdlib.h>

struct poisoned {
	struct poisoned_page *ring;
	unsigned max, next;
	void *tree; /* of struct poisoned_page in the ring */
};

static int compare(const void *pa, const void *pb)
{
	const struct poisoned_page *a = pa, *b = pb;

	if (a->tgid != b->tgid)
		return a->tgid < b->tgid ? -1 : 1;
	return a->page < b->page ? -1 : a->page > b->page;
}

struct poisoned *poisoned_new(unsigned max)
{
	struct poisoned *p = calloc(1, sizeof(*p));

	if (!p)
		return NULL;
	p->max = max;
	p->ring = calloc(max, sizeof(*p->ring));
	if (!p->ring) {
		free(p);
		return NULL;
	}
	return p;
}

static void keep(void *node)
{
	(void)node; /* the ring owns the pages */
}

void poisoned_free(struct poisoned *p)
{
	if (!p)
		return;
	tdestroy(p->tree, keep);
	free(p->ring);
	free(p);
}

void poisoned_add(struct poisoned *p, const struct poisoned_page *page)
{
	struct poisoned_page **known = tfind(page, &p->tree, compare), *slot;

	if (known) {
		**known = *page;
		return;
	}
	slot = &p->ring[p->next];
	p->next = (p->next + 1) % p->max;
	if (slot->id)
		tdelete(slot, &p->tree, compare);
	*slot = *page;
	if (!tsearch(slot, &p->tree, compare))
		slot->id = 0; /* no memory: forgotten at once */
}

bool poisoned_find(const struct poisoned *p, struct poisoned_page *page)
{
	struct poisoned_page **known = tfind(page, &p->tree, compare);

	if (!known)
		return false;
	*page = **known;
	return true;
}
