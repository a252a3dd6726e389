// SPDX-License-Identifier: GPL-2.0-only
/*
 * A list over a fixed number of slots.
 * Must not: grow.
 */
#include "trace/history.h"

#include <stdlib.h>
#include <sys/queue.h>

#include "lib/util.h"

struct slot {
	TAILQ_ENTRY(slot) link;
	struct history_item item;
};

struct history {
	TAILQ_HEAD(slots, slot) list; /* newest first */
	unsigned max, n;
	uint64_t beyond;
	struct slot slots[];
};

struct history *history_new(unsigned max)
{
	struct history *h = calloc(1, sizeof(*h) + max * sizeof(h->slots[0]));

	if (!h)
		return NULL;
	h->max = max;
	TAILQ_INIT(&h->list);
	return h;
}

static void clear(struct history_item *item)
{
	incident_put(item->first);
	incident_put(item->last);
}

void history_free(struct history *h)
{
	if (!h)
		return;
	for (unsigned i = 0; i < h->n; i++)
		clear(&h->slots[i].item);
	free(h);
}

/* The oldest that is closed; else the oldest. */
static struct slot *oldest(const struct history *h)
{
	struct slot *slot;

	TAILQ_FOREACH_REVERSE(slot, &h->list, slots, link)
	if (slot->item.last->closed)
		return slot;
	return TAILQ_LAST(&h->list, slots);
}

/* Taken out of the list, or never in it yet; empty. */
static struct slot *free_slot(struct history *h)
{
	struct slot *slot;

	if (h->n < h->max)
		return &h->slots[h->n++];
	slot = oldest(h);
	TAILQ_REMOVE(&h->list, slot, link);
	clear(&slot->item);
	h->beyond++;
	return slot;
}

static struct slot *find_slot(const struct history *h, uint64_t id)
{
	struct slot *slot;

	TAILQ_FOREACH(slot, &h->list, link)
	if (slot->item.last->id == id)
		break;
	return slot;
}

/* To the front: as the last of what is known of it, or as a new one. */
static struct history_item *put(struct history *h, const struct incident *last, bool known)
{
	/* to be held is no change of what it says */
	struct incident *inc = incident_get((struct incident *)last);
	struct slot *slot = known ? find_slot(h, inc->id) : NULL;

	if (slot) {
		TAILQ_REMOVE(&h->list, slot, link);
		incident_put(slot->item.last);
		slot->item.last = inc;
	} else {
		slot = free_slot(h);
		slot->item = (struct history_item){inc, incident_get(inc), 0};
	}
	TAILQ_INSERT_HEAD(&h->list, slot, link);
	return &slot->item;
}

/* An id closes again only as a late one, or was open here: few of these, so a walk will do. */
void history_add(struct history *h, const struct incident *inc)
{
	put(h, inc, inc->late || inc->retried)->closes++;
}

void history_open(struct history *h, const struct incident *inc)
{
	put(h, inc, inc->late);
}

uint64_t history_between(const struct history_item *item)
{
	bool again = item->last != item->first;

	return item->closes - item->first->closed - (again && item->last->closed);
}

uint64_t history_late(const struct history_item *item)
{
	return item->closes - item->last->closed;
}

const struct history_item *history_next(const struct history *h, const struct history_item *after)
{
	const struct slot *slot = after ? TAILQ_NEXT(UTIL_CONTAINER(after, struct slot, item), link)
					: TAILQ_FIRST(&h->list);

	return slot ? &slot->item : NULL;
}

const struct history_item *history_next_of(const struct history *h,
					   const struct history_item *after, const struct vm *vm)
{
	do
		after = history_next(h, after);
	while (after && after->last->vm != vm);
	return after;
}

const struct history_item *history_find(const struct history *h, uint64_t id)
{
	const struct slot *slot = find_slot(h, id);

	return slot ? &slot->item : NULL;
}

unsigned history_size(const struct history *h)
{
	return h->n;
}

uint64_t history_beyond(const struct history *h)
{
	return h->beyond;
}
