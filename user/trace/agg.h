/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Per VM: what was counted, how incidents ended, how long things took.
 * Layer: trace. Must not know: marks, incidents' inside, output; does no I/O.
 */
#ifndef TRACE_AGG_H
#define TRACE_AGG_H

#include <stdint.h>

#include "trace/hist.h"
#include "trace/incident.h"
#include "trace/join.h"

struct agg_row {
	struct vm *vm; /* held; NULL: the host, what belongs to no VM */
	uint64_t counts[METER_MAX];
	uint64_t outcomes[OUTCOME_MAX]; /* of closed incidents */
	struct hist *laps[LAP_MAX];     /* NULL while nothing was timed */
};

struct agg;

struct agg *agg_new(void);
void agg_free(struct agg *agg);

/* The row of a VM, made with zeros when new. NULL without memory. */
struct agg_row *agg_row(struct agg *agg, struct vm *vm);

/* Without memory these count into agg_dropped(). */
void agg_count(struct agg *agg, struct vm *vm, enum meter meter);
void agg_lap(struct agg *agg, struct vm *vm, enum lap lap, uint64_t ns);
void agg_outcome(struct agg *agg, struct vm *vm, enum outcome outcome);

/* An incident that was counted as `from` turned out as `to`. */
void agg_change_outcome(struct agg *agg, struct vm *vm, enum outcome from, enum outcome to);

uint64_t agg_dropped(const struct agg *agg);

/* Grows with everything that is added: tells whether there is something new to show. */
uint64_t agg_generation(const struct agg *agg);

/* The rows in order of appearance, the host's first: agg_at(agg, 0 .. agg_size(agg) - 1). */
unsigned agg_size(const struct agg *agg);
const struct agg_row *agg_at(const struct agg *agg, unsigned i);

#endif
