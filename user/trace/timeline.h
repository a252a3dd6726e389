/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The time line of one incident: its marks in order, and where its time went.
 * Layer: trace. Must not know: incidents, VMs, how a span is recognised.
 *
 * Intervals may overlap (a record is parsed inside a claim, a kworker recovers while the vCPU takes
 * the next SEA). Each instant belongs to the interval that began last, and to waiting where there
 * is none: so spans and waits are exclusive, and add up to the total exactly.
 */
#ifndef TRACE_TIMELINE_H
#define TRACE_TIMELINE_H

#include <sea/mark.h>
#include <stdint.h>

enum span {
	SPAN_PHASE1,   /* abort to what KVM did about it */
	SPAN_CLAIM,    /* apei_claim_sea */
	SPAN_PARSE,    /* ghes_do_proc */
	SPAN_RECOVERY, /* memory_failure */
	SPAN_SIGNAL,   /* SIGBUS generated to delivered */
	SPAN_NOTIFY,   /* the VMM knows to KVM_SET_VCPU_EVENTS done */
	SPAN_WAIT,     /* nobody worked on it */
	SPAN_MAX,
};

extern const char *const span_names[SPAN_MAX];

#define TIMELINE_POINTS    64 /* marks kept; later ones are counted */
#define TIMELINE_INTERVALS 32

struct timeline_copies;

struct timeline {
	uint64_t first_ns, last_ns; /* of its marks, CLOCK_MONOTONIC */
	struct sea_hdr **points;    /* copies of marks, in time order; owned */
	unsigned n_points, points_room;
	struct timeline_copies *copies; /* where they are: timeline's own */
	uint64_t points_beyond;         /* marks that were not kept */
	struct timeline_interval {
		uint64_t begin_ns, end_ns;
		enum span span;
	} * intervals; /* owned */
	unsigned n_intervals, intervals_room;
	uint64_t settled_ns; /* up to here the time is in `settled` */
	uint64_t settled[SPAN_MAX];
};

/* A zeroed struct is an empty time line. */
void timeline_clear(struct timeline *tl);

/* Adds a mark, in its place by time. */
void timeline_mark(struct timeline *tl, const struct sea_hdr *mark);

/*
 * Somebody worked on it from begin_ns to end_ns, both times of marks of this time line. Without memory
 * this may become waiting.
 */
void timeline_interval(struct timeline *tl, enum span span, uint64_t begin_ns, uint64_t end_ns);

/* Nanoseconds per span; their sum is timeline_total(). */
void timeline_spans(const struct timeline *tl, uint64_t spans[SPAN_MAX]);

/*
 * The span that the instant `at` belongs to, and until when at least; from settled_ns up to, without,
 * last_ns. What came before settled_ns is known as sums only.
 */
enum span timeline_owner(const struct timeline *tl, uint64_t at, uint64_t *until);

uint64_t timeline_total(const struct timeline *tl);

/* A copy of what `from` knows so far, into an empty time line. */
void timeline_copy(struct timeline *to, const struct timeline *from);

/* Moves all of `from` into `to`; `from` is empty afterwards. What it had settled becomes waiting. */
void timeline_absorb(struct timeline *to, struct timeline *from);

#endif
