/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Rows by the name that the outside knows: all VMs of one label are one group.
 * Layer: trace. Must not know: output formats; does no I/O, reads no clock.
 *
 * A label outlives processes: it is the VM's name, `unnamed` for all that have none, `host` for
 * what belongs to no VM. A VM that is really called so goes by `host#1`, `unnamed#1`; the table of
 * VMs gives no such name to a second one.
 *
 * The numbers of a group never fall, also when a late touch changes how an incident ended.
 */
#ifndef TRACE_GROUP_H
#define TRACE_GROUP_H

#include <stdint.h>

#include "trace/agg.h"
#include "trace/vm.h"

struct group {
	char label[sizeof(((struct vm *)0)->name) + 2];
	unsigned live; /* VMs of it that run */
	uint64_t counts[METER_MAX];
	uint64_t closed[OUTCOME_MAX];     /* times that an incident closed with this outcome ... */
	uint64_t changed[OUTCOME_MAX];    /* ... and times that it did not remain its outcome */
	const struct hist *laps[LAP_MAX]; /* NULL while nothing was timed */
};

struct groups;

/*
 * A group whose VMs are all gone is left out once nothing has happened to it for keep_ns. It comes
 * back, with all its counts, when something does. NULL without memory.
 */
struct groups *groups_new(uint64_t keep_ns);
void groups_free(struct groups *groups);

/*
 * Takes the rows as they are now. 0, or -ENOMEM: there are no groups until the next update.
 * What groups_at() gives is valid until the rows or the groups change.
 */
int groups_update(struct groups *groups, const struct agg *agg, uint64_t now_ns);

/*
 * Goes with every row that agg_fold() folds: if its label lives on, so do its counts. The row that
 * they are folded into is no group: it has no label.
 */
void groups_folded(struct groups *groups, const struct agg_row *row);

/* Goes with every agg_change_outcome(): what had been counted as `from` turned out otherwise. */
void groups_changed(struct groups *groups, const struct vm *vm, enum outcome from);

/* Changes that could not be remembered for want of memory. */
uint64_t groups_dropped(const struct groups *groups);

/* VMs that run, of all groups. */
unsigned groups_live(const struct groups *groups);

/* By label, ascending: groups_at(groups, 0 .. groups_size(groups) - 1). */
unsigned groups_size(const struct groups *groups);
const struct group *groups_at(const struct groups *groups, unsigned i);

#endif
