// SPDX-License-Identifier: GPL-2.0-only
/*
 * Marks in time order, out of a BPF ring buffer or whoever pushes them.
 * Must not: look into a mark beyond its header.
 */
#include "trace/source.h"

#include <bpf/libbpf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lib/pool.h"
#include "lib/util.h"
#include "trace/mark.h"
#include "trace/nap.h"

/* Marks of one drain: a millisecond or two, after which others have their turn. */
#define DRAIN_MAX 4096

/* Room for any mark. */
struct slot {
	union {
		struct sea_hdr hdr;
#define SEA_MARK(stem, id, help) struct sea_##stem stem;
#include <sea/marks.def>
#undef SEA_MARK
	};
};

struct held {
	uint64_t ts_ns;
	struct slot *slot;
};

struct source {
	source_fn fn, arrived; /* the second may be NULL */
	void *ctx;
	uint64_t hold_ns, last_ns;
	uint64_t newest_ns; /* of all that were pushed */
	unsigned to_take;   /* of this drain */
	bool behind;
	struct held *held; /* a ring, in the order of time, of equal ones in the order of arrival */
	size_t first, n, cap; /* cap is a power of two */
	struct pool slots;
	unsigned drop_type;
	uint64_t drop_nth;
	struct source_stats stats;
	struct ring_buffer *ring;
	struct nap nap; /* of the ring's reader */
};

struct source *source_new(uint64_t hold_ns, source_fn fn, void *ctx)
{
	struct source *src = calloc(1, sizeof(*src));

	if (!src)
		return NULL;
	src->slots.size = sizeof(struct slot);
	src->hold_ns = hold_ns;
	src->fn = fn;
	src->ctx = ctx;
	return src;
}

static struct held *at(const struct source *src, size_t i)
{
	return &src->held[(src->first + i) & (src->cap - 1)];
}

static struct slot *take_first(struct source *src)
{
	struct slot *slot = at(src, 0)->slot;

	src->first++;
	src->n--;
	return slot;
}

void source_free(struct source *src)
{
	if (!src)
		return;
	while (src->n)
		free(take_first(src));
	pool_clear(&src->slots);
	free(src->held);
	ring_buffer__free(src->ring);
	free(src);
}

void source_on_arrival(struct source *src, source_fn fn)
{
	src->arrived = fn;
}

void source_drop(struct source *src, unsigned type, uint64_t nth)
{
	src->drop_type = type;
	src->drop_nth = nth;
}

static int grow(struct source *src)
{
	size_t cap = src->cap ? 2 * src->cap : 256;
	struct held *held = calloc(cap, sizeof(*held));

	if (!held)
		return -ENOMEM;
	for (size_t i = 0; i < src->n; i++)
		held[i] = *at(src, i);
	free(src->held);
	src->held = held;
	src->first = 0;
	src->cap = cap;
	return 0;
}

/* From the end: nearly all come in order. */
static void insert(struct source *src, uint64_t ts_ns, struct slot *slot)
{
	size_t i = src->n++;

	for (; i && at(src, i - 1)->ts_ns > ts_ns; i--)
		*at(src, i) = *at(src, i - 1);
	*at(src, i) = (struct held){ts_ns, slot};
}

static bool is_dropped(struct source *src, const struct sea_hdr *hdr)
{
	if (!src->drop_nth || hdr->type != src->drop_type || --src->drop_nth)
		return false;
	src->stats.dropped++;
	return true;
}

int source_push(struct source *src, const void *mark, size_t len)
{
	const struct sea_hdr *hdr = mark;
	struct slot *slot;

	if (mark_check(mark, len)) {
		src->stats.refused++;
		return -EPROTO;
	}
	if (is_dropped(src, hdr))
		return 0;
	if (src->n == src->cap && grow(src))
		return -ENOMEM;
	slot = pool_take(&src->slots);
	if (!slot)
		return -ENOMEM;
	memcpy(slot, mark, hdr->size);
	insert(src, hdr->ts_ns, slot);
	if (src->arrived)
		src->arrived(src->ctx, &slot->hdr);
	src->newest_ns = UTIL_MAX(src->newest_ns, hdr->ts_ns);
	return 0;
}

static void hand_on(struct source *src)
{
	struct slot *slot = take_first(src);

	if (slot->hdr.ts_ns < src->last_ns)
		src->stats.disorder++;
	else
		src->last_ns = slot->hdr.ts_ns;
	src->stats.delivered++;
	src->fn(src->ctx, &slot->hdr);
	pool_give(&src->slots, slot);
}

uint64_t source_now(const struct source *src, uint64_t now_ns)
{
	return src->behind ? UTIL_MIN(src->newest_ns, now_ns) : now_ns;
}

void source_release(struct source *src, uint64_t now_ns)
{
	uint64_t until = source_now(src, now_ns);

	if (until != UINT64_MAX)
		until = until > src->hold_ns ? until - src->hold_ns : 0;
	while (src->n && at(src, 0)->ts_ns <= until)
		hand_on(src);
}

size_t source_pending(const struct source *src)
{
	return src->n;
}

struct source_stats source_stats(const struct source *src)
{
	return src->stats;
}

static int on_ring(void *ctx, void *data, size_t len)
{
	struct source *src = ctx;
	int err = source_push(src, data, len);

	if (err == -ENOMEM)
		return err;
	return --src->to_take ? 0 : -EAGAIN; /* this one is taken all the same */
}

int source_open_ring(struct source *src, int map_fd, volatile uint32_t *quiet)
{
	src->ring = ring_buffer__new(map_fd, on_ring, src, NULL);
	if (!src->ring)
		return -errno;
	nap_init(&src->nap, quiet);
	return 0;
}

int source_fd(const struct source *src)
{
	return src->ring ? ring_buffer__epoll_fd(src->ring) : -1;
}

uint64_t source_deadline(const struct source *src)
{
	return src->ring ? src->nap.due_ns : UINT64_MAX;
}

int source_drain(struct source *src, uint64_t now_ns)
{
	int n;

	if (!src->ring)
		return 0;
	src->to_take = DRAIN_MAX;
	n = ring_buffer__consume(src->ring);
	src->behind = n == -EAGAIN;
	nap_looked(&src->nap, DRAIN_MAX - src->to_take, now_ns);
	return n < 0 && !src->behind ? n : 0;
}

bool source_behind(const struct source *src)
{
	return src->behind;
}
