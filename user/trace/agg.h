/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Per VM: what was counted, how incidents ended, how long things took.
 * Layer: trace. Must not know: marks, incidents' inside, output; does no I/O.
 */
#ifndef TRACE_AGG_H
#define TRACE_AGG_H

#include <stdint.h>

#include "trace/filter.h"
#include "trace/hist.h"
#include "trace/incident.h"
#include "trace/join.h"

struct agg_row {
	struct vm *vm;     /* held; NULL: the host, what belongs to no VM, or what was folded */
	uint64_t n_folded; /* rows of VMs that are gone and in this one; 0: it is no such row */
	uint64_t counts[METER_MAX];
	uint64_t outcomes[OUTCOME_MAX]; /* of closed incidents */
	struct hist *laps[LAP_MAX];     /* NULL while nothing was timed */
	/* agg's own, of a VM that is gone */
	uint64_t activity, seen_activity; /* additions, now and at the last fold */
	uint64_t quiet_ns;                /* since this fold there were none; 0: not looked at */
};

/* Adds all of `from`; laps that `to` has not yet are allocated. 0 or -ENOMEM: not all is added. */
int agg_row_add(struct agg_row *to, const struct agg_row *from);

/* Frees what a row holds, but not the row. */
void agg_row_clear(struct agg_row *row);

struct agg;

struct agg *agg_new(void);

/* From now on agg_size() and agg_at() give only rows of these VMs; what is counted stays the same. */
void agg_show(struct agg *agg, const struct filter *filter);

/* All rows of VMs, shown or not; NULL past the end. */
const struct agg_row *agg_vm_row(const struct agg *agg, unsigned i);

void agg_free(struct agg *agg);

/* The row of a VM, made with zeros when new. NULL without memory. */
struct agg_row *agg_row(struct agg *agg, struct vm *vm);

/* Without memory these count into agg_dropped(). */
void agg_count(struct agg *agg, struct vm *vm, enum meter meter);
void agg_lap(struct agg *agg, struct vm *vm, enum lap lap, uint64_t ns);
void agg_merge_lap(struct agg *agg, struct vm *vm, enum lap lap, const struct hist *more);
void agg_outcome(struct agg *agg, struct vm *vm, enum outcome outcome);

/* An incident that was counted as `from` turned out as `to`. */
void agg_change_outcome(struct agg *agg, struct vm *vm, enum outcome from, enum outcome to);

/*
 * VMs come and go: what belonged to those that are gone goes into one row, so that memory is bounded
 * and no total falls. Due are rows untouched for keep_ns, as seen by these calls, and the longest
 * untouched above `most`. `folded` (or NULL) is told of each row before it goes.
 */
void agg_fold(struct agg *agg, uint64_t now_ns, uint64_t keep_ns, unsigned most,
	      void (*folded)(void *ctx, const struct agg_row *row), void *ctx);

uint64_t agg_dropped(const struct agg *agg);

/*
 * Grows with everything that is added but merged laps, which come all the time: tells whether there
 * is something new to show.
 */
uint64_t agg_generation(const struct agg *agg);

/*
 * The rows in order of appearance, the host's first, what was folded last, if anything:
 * agg_at(agg, 0 .. agg_size(agg) - 1).
 */
unsigned agg_size(const struct agg *agg);
const struct agg_row *agg_at(const struct agg *agg, unsigned i);

#endif
