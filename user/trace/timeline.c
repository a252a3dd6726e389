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

void timeline_clear(struct timeline *tl)
{
	for (unsigned i = 0; i < tl->n_points; i++)
		free(tl->points[i]);
	free(tl->points);
	memset(tl, 0, sizeof(*tl));
}

/* Keeps a copy in its place by time; without memory the point is counted as not kept. */
static void keep_point(struct timeline *tl, const struct sea_hdr *mark)
{
	struct sea_hdr **points, *copy;
	unsigned at = tl->n_points;

	if (tl->n_points >= TIMELINE_POINTS) {
		tl->points_beyond++;
		return;
	}
	points = reallocarray(tl->points, tl->n_points + 1, sizeof(*points));
	if (points)
		tl->points = points;
	copy = points ? malloc(mark->size) : NULL;
	if (!copy) {
		tl->points_beyond++;
		return;
	}
	memcpy(copy, mark, mark->size);
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

/* Of the intervals over `at`, the one that began last. */
static enum span owner(const struct timeline *tl, uint64_t at)
{
	enum span span = SPAN_WAIT;
	uint64_t latest = 0;

	for (unsigned i = 0; i < tl->n_intervals; i++) {
		if (tl->intervals[i].begin_ns > at || tl->intervals[i].end_ns <= at)
			continue;
		if (span == SPAN_WAIT || tl->intervals[i].begin_ns >= latest) {
			latest = tl->intervals[i].begin_ns;
			span = tl->intervals[i].span;
		}
	}
	return span;
}

/* Where ownership can change next after `at`. */
static uint64_t next_edge(const struct timeline *tl, uint64_t at, uint64_t end)
{
	for (unsigned i = 0; i < tl->n_intervals; i++) {
		uint64_t edges[] = {tl->intervals[i].begin_ns, tl->intervals[i].end_ns};

		for (int e = 0; e < 2; e++)
			if (edges[e] > at && edges[e] < end)
				end = edges[e];
	}
	return end;
}

enum span timeline_owner(const struct timeline *tl, uint64_t at, uint64_t *until)
{
	*until = next_edge(tl, at, tl->last_ns);
	return owner(tl, at);
}

static void sweep(const struct timeline *tl, uint64_t end, uint64_t spans[SPAN_MAX])
{
	for (uint64_t at = tl->settled_ns, next; at < end; at = next) {
		next = next_edge(tl, at, end);
		spans[owner(tl, at)] += next - at;
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

	for (unsigned i = TIMELINE_INTERVALS / 2; i < tl->n_intervals; i++)
		begin = UTIL_MIN(begin, tl->intervals[i].begin_ns);
	return UTIL_MAX(begin, tl->settled_ns);
}

/*
 * An interval is told when it ends. A long story is settled up to the newer half, so that one that
 * began before its neighbours and ends after them loses nothing; if that makes no room, up to this.
 */
void timeline_interval(struct timeline *tl, enum span span, uint64_t begin_ns, uint64_t end_ns)
{
	if (tl->n_intervals == TIMELINE_INTERVALS)
		settle(tl, newer_half(tl));
	if (tl->n_intervals == TIMELINE_INTERVALS) {
		settle(tl, UTIL_MIN(UTIL_MAX(begin_ns, tl->settled_ns), tl->last_ns));
		tl->n_intervals = 0;
	}
	tl->intervals[tl->n_intervals].begin_ns = begin_ns;
	tl->intervals[tl->n_intervals].end_ns = end_ns;
	tl->intervals[tl->n_intervals++].span = span;
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
	to->n_points = 0;
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
