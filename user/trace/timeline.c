// SPDX-License-Identifier: GPL-2.0-only
/*
 * Marks in order and intervals swept into exclusive spans.
 * Must not: interpret a mark.
 */
#include "trace/timeline.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "lib/util.h"

const char *const span_names[SPAN_MAX] = {
	[SPAN_PHASE1] = "phase1",     [SPAN_CLAIM] = "claim",   [SPAN_PARSE] = "parse",
	[SPAN_RECOVERY] = "recovery", [SPAN_SIGNAL] = "signal", [SPAN_NOTIFY] = "notify",
	[SPAN_WAIT] = "wait",
};

/* Copies of marks are made several to an allocation, which costs more than they do. */
#define COPIES_BYTES 480 /* a mark is far below, and eight or nine are */

struct timeline_copies {
	struct timeline_copies *before;
	size_t used;
	char bytes[COPIES_BYTES] __attribute__((aligned(8)));
};

void timeline_clear(struct timeline *tl)
{
	for (struct timeline_copies *copies = tl->copies, *before; copies; copies = before) {
		before = copies->before;
		free(copies);
	}
	free(tl->points);
	free(tl->intervals);
	memset(tl, 0, sizeof(*tl));
}

/* The array, with room for more than n: twice as much each time. NULL: at `most`, or without memory. */
static void *grow(void *array, unsigned *room, unsigned n, size_t size, unsigned most)
{
	unsigned more = *room ? 2 * *room : most / 4;

	if (n < *room)
		return array;
	array = n < most ? reallocarray(array, more, size) : NULL;
	if (array)
		*room = more;
	return array;
}

static struct sea_hdr *copy_of(struct timeline *tl, const struct sea_hdr *mark)
{
	struct timeline_copies *copies = tl->copies;
	struct sea_hdr *copy;

	if (!copies || COPIES_BYTES - copies->used < mark->size) {
		copies = malloc(sizeof(*copies));
		if (!copies)
			return NULL;
		copies->before = tl->copies;
		copies->used = 0;
		tl->copies = copies;
	}
	copy = (struct sea_hdr *)(copies->bytes + copies->used);
	copies->used += mark->size;
	return memcpy(copy, mark, mark->size);
}

/* Keeps a copy in its place by time; without memory the point is counted as not kept. */
static void keep_point(struct timeline *tl, const struct sea_hdr *mark)
{
	unsigned at = tl->n_points;
	struct sea_hdr **points, *copy;

	points = grow(tl->points, &tl->points_room, at, sizeof(*points), TIMELINE_POINTS);
	if (points)
		tl->points = points;
	copy = points ? copy_of(tl, mark) : NULL;
	if (!copy) {
		tl->points_beyond++;
		return;
	}
	for (; at && tl->points[at - 1]->ts_ns > copy->ts_ns; at--)
		tl->points[at] = tl->points[at - 1];
	tl->points[at] = copy;
	tl->n_points++;
}

/* First to last comprises this instant too. Before the first, nobody was at work that we know of. */
static void reach(struct timeline *tl, uint64_t ns)
{
	if (!tl->first_ns)
		tl->first_ns = tl->last_ns = tl->settled_ns = ns;
	if (ns < tl->first_ns) {
		if (tl->settled_ns == tl->first_ns)
			tl->settled_ns = ns;
		else
			tl->settled[SPAN_WAIT] += tl->first_ns - ns;
		tl->first_ns = ns;
	}
	if (ns > tl->last_ns)
		tl->last_ns = ns;
}

void timeline_mark(struct timeline *tl, const struct sea_hdr *mark)
{
	reach(tl, mark->ts_ns);
	keep_point(tl, mark);
}

/* Of the intervals over `at`, the one that began last; brings *until down to where that may change. */
static enum span owner(const struct timeline *tl, uint64_t at, uint64_t *until)
{
	enum span span = SPAN_WAIT;
	uint64_t latest = 0, edge = *until;

	for (unsigned i = 0; i < tl->n_intervals; i++) {
		uint64_t begin = tl->intervals[i].begin_ns, end = tl->intervals[i].end_ns;

		if (begin > at)
			edge = UTIL_MIN(edge, begin);
		if (begin > at || end <= at)
			continue;
		edge = UTIL_MIN(edge, end);
		if (span == SPAN_WAIT || begin >= latest) {
			latest = begin;
			span = tl->intervals[i].span;
		}
	}
	*until = edge;
	return span;
}

enum span timeline_owner(const struct timeline *tl, uint64_t at, uint64_t *until)
{
	*until = tl->last_ns;
	return owner(tl, at, until);
}

static void sweep(const struct timeline *tl, uint64_t end, uint64_t spans[SPAN_MAX])
{
	for (uint64_t at = tl->settled_ns, next; at < end; at = next) {
		enum span span;

		next = end;
		span = owner(tl, at, &next);
		spans[span] += next - at;
	}
}

/* Up to `until` it is settled whose the time is; intervals that reach beyond stay. */
static void settle(struct timeline *tl, uint64_t until)
{
	unsigned kept = 0;

	sweep(tl, until, tl->settled);
	tl->settled_ns = until;
	for (unsigned i = 0; i < tl->n_intervals; i++)
		if (tl->intervals[i].end_ns > until)
			tl->intervals[kept++] = tl->intervals[i];
	tl->n_intervals = kept;
}

/* Where the newer half of a full time line begins. */
static uint64_t newer_half(const struct timeline *tl)
{
	uint64_t begin = tl->last_ns;

	for (unsigned i = tl->n_intervals / 2; i < tl->n_intervals; i++)
		begin = UTIL_MIN(begin, tl->intervals[i].begin_ns);
	return UTIL_MAX(begin, tl->settled_ns);
}

/*
 * An interval is told when it ends. A long story is settled up to the newer half, so that one that
 * began before its neighbours and ends after them loses nothing; if that makes no room, up to this.
 */
void timeline_interval(struct timeline *tl, enum span span, uint64_t begin_ns, uint64_t end_ns)
{
	struct timeline_interval *intervals =
		grow(tl->intervals, &tl->intervals_room, tl->n_intervals, sizeof(*intervals),
		     TIMELINE_INTERVALS);

	if (intervals)
		tl->intervals = intervals;
	else
		settle(tl, newer_half(tl));
	if (tl->n_intervals == tl->intervals_room) {
		settle(tl, UTIL_MIN(UTIL_MAX(begin_ns, tl->settled_ns), tl->last_ns));
		tl->n_intervals = 0;
	}
	if (tl->intervals_room)
		tl->intervals[tl->n_intervals++] =
			(struct timeline_interval){begin_ns, end_ns, span};
}

void timeline_spans(const struct timeline *tl, uint64_t spans[SPAN_MAX])
{
	memcpy(spans, tl->settled, sizeof(tl->settled));
	sweep(tl, tl->last_ns, spans);
}

uint64_t timeline_total(const struct timeline *tl)
{
	return tl->last_ns - tl->first_ns;
}

void timeline_copy(struct timeline *to, const struct timeline *from)
{
	*to = *from;
	to->points = NULL;
	to->n_points = to->points_room = 0;
	to->intervals = NULL;
	to->n_intervals = to->intervals_room = 0;
	to->copies = NULL;
	for (unsigned i = 0; i < from->n_intervals; i++)
		timeline_interval(to, from->intervals[i].span, from->intervals[i].begin_ns,
				  from->intervals[i].end_ns);
	for (unsigned i = 0; i < from->n_points; i++)
		keep_point(to, from->points[i]);
}

void timeline_absorb(struct timeline *to, struct timeline *from)
{
	if (from->first_ns) { /* marks that were not kept count too */
		reach(to, from->first_ns);
		reach(to, from->last_ns);
	}
	for (unsigned i = 0; i < from->n_points; i++)
		keep_point(to, from->points[i]);
	for (unsigned i = 0; i < from->n_intervals; i++)
		timeline_interval(to, from->intervals[i].span, from->intervals[i].begin_ns,
				  from->intervals[i].end_ns);
	to->points_beyond += from->points_beyond;
	timeline_clear(from);
}
