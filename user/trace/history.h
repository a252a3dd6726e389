/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The incidents that closed last, and open ones that there is something to say of, for whoever shows a
 * list of them.
 * Layer: trace. Must not know: how incidents come about, output; does no I/O, reads no clock.
 *
 * Bounded: the one that closed longest ago is forgotten, and counted. An incident that closes again
 * (late) stays one item and moves to the front: who looks at the list looks for what is new, and what
 * is touched again and again is what should be forgotten last. One that is open is forgotten only when
 * all are.
 */
#ifndef TRACE_HISTORY_H
#define TRACE_HISTORY_H

#include <stdint.h>

#include "trace/incident.h"

struct history;

/* One error in one VM. */
struct history_item {
	/* held; as it closed last: its outcome is the one that holds. Or it is open, and changes */
	struct incident *last;
	struct incident
		*first;  /* held; as it closed first, with its time line; often the same one */
	uint64_t closes; /* how often it closed; those between first and last are not kept */
};

/* For up to `max` (at least 1) incidents. NULL without memory. */
struct history *history_new(unsigned max);
void history_free(struct history *h);

/* To be called at each close. Needs no memory: cannot fail. */
void history_add(struct history *h, const struct incident *inc);

/* The same of one that is open: until it closes, and is added. */
void history_open(struct history *h, const struct incident *inc);

/* How often it closed between the two that are kept; how often it was reopened and closed again. */
uint64_t history_between(const struct history_item *item);
uint64_t history_late(const struct history_item *item);

/* Newest first: NULL starts, NULL ends. No history_add() in between. */
const struct history_item *history_next(const struct history *h, const struct history_item *after);

/* The same, of one VM; NULL: of the host. */
const struct history_item *history_next_of(const struct history *h,
					   const struct history_item *after, const struct vm *vm);

/* The incident with this id, or NULL. */
const struct history_item *history_find(const struct history *h, uint64_t id);

unsigned history_size(const struct history *h);

/* Incidents that were forgotten. */
uint64_t history_beyond(const struct history *h);

#endif
