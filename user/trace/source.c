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

#include "trace/mark.h"

struct held {
	struct sea_hdr *mark;
	uint64_t seq; /* arrival: ties keep it */
};

struct source {
	source_fn fn;
	void *ctx;
	uint64_t hold_ns, seq, last_ns;
	struct held *heap; /* binary min-heap by (ts_ns, seq) */
	size_t n, cap;
	unsigned drop_type;
	uint64_t drop_nth;
	struct source_stats stats;
	struct ring_buffer *ring;
};

struct source *source_new(uint64_t hold_ns, source_fn fn, void *ctx)
{
	struct source *src = calloc(1, sizeof(*src));

	if (!src)
		return NULL;
	src->hold_ns = hold_ns;
	src->fn = fn;
	src->ctx = ctx;
	return src;
}

void source_free(struct source *src)
{
	if (!src)
		return;
	for (size_t i = 0; i < src->n; i++)
		free(src->heap[i].mark);
	free(src->heap);
	ring_buffer__free(src->ring);
	free(src);
}

void source_drop(struct source *src, unsigned type, uint64_t nth)
{
	src->drop_type = type;
	src->drop_nth = nth;
}

static bool before(const struct held *a, const struct held *b)
{
	if (a->mark->ts_ns != b->mark->ts_ns)
		return a->mark->ts_ns < b->mark->ts_ns;
	return a->seq < b->seq;
}

static void swap(struct held *a, struct held *b)
{
	struct held tmp = *a;

	*a = *b;
	*b = tmp;
}

static void sift_up(struct source *src, size_t i)
{
	for (; i && before(&src->heap[i], &src->heap[(i - 1) / 2]); i = (i - 1) / 2)
		swap(&src->heap[i], &src->heap[(i - 1) / 2]);
}

static void sift_down(struct source *src)
{
	for (size_t i = 0, least;; i = least) {
		least = i;
		for (size_t child = 2 * i + 1; child <= 2 * i + 2 && child < src->n; child++)
			if (before(&src->heap[child], &src->heap[least]))
				least = child;
		if (least == i)
			return;
		swap(&src->heap[i], &src->heap[least]);
	}
}

static int grow(struct source *src)
{
	size_t cap = src->cap ? 2 * src->cap : 256;
	struct held *heap = reallocarray(src->heap, cap, sizeof(*heap));

	if (!heap)
		return -ENOMEM;
	src->heap = heap;
	src->cap = cap;
	return 0;
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
	struct sea_hdr *copy;

	if (mark_check(mark, len)) {
		src->stats.refused++;
		return -EPROTO;
	}
	if (is_dropped(src, hdr))
		return 0;
	if (src->n == src->cap && grow(src))
		return -ENOMEM;
	copy = malloc(hdr->size);
	if (!copy)
		return -ENOMEM;
	memcpy(copy, mark, hdr->size);
	src->heap[src->n] = (struct held){.mark = copy, .seq = src->seq++};
	sift_up(src, src->n++);
	return 0;
}

static void hand_on(struct source *src)
{
	struct sea_hdr *mark = src->heap[0].mark;

	src->heap[0] = src->heap[--src->n];
	sift_down(src);
	if (mark->ts_ns < src->last_ns)
		src->stats.disorder++;
	else
		src->last_ns = mark->ts_ns;
	src->stats.delivered++;
	src->fn(src->ctx, mark);
	free(mark);
}

void source_release(struct source *src, uint64_t now_ns)
{
	uint64_t until = now_ns;

	if (now_ns != UINT64_MAX)
		until = now_ns > src->hold_ns ? now_ns - src->hold_ns : 0;
	while (src->n && src->heap[0].mark->ts_ns <= until)
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
	int err = source_push(ctx, data, len);

	return err == -ENOMEM ? err : 0;
}

int source_open_ring(struct source *src, int map_fd)
{
	src->ring = ring_buffer__new(map_fd, on_ring, src, NULL);
	return src->ring ? 0 : -errno;
}

int source_fd(const struct source *src)
{
	return src->ring ? ring_buffer__epoll_fd(src->ring) : -1;
}

int source_drain(struct source *src)
{
	int n = src->ring ? ring_buffer__consume(src->ring) : 0;

	return n < 0 ? n : 0;
}
