/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Where marks come from: checked, in the order of their time stamps, one at a time.
 * Layer: trace. Must not know: what a mark means.
 *
 * CPUs share one ring and stamp after they reserved their place, so neighbours may come slightly
 * out of order; the source holds each mark for a moment and sorts.
 */
#ifndef TRACE_SOURCE_H
#define TRACE_SOURCE_H

#include <sea/mark.h>
#include <stdbool.h>
#include <stdint.h>

struct source;

struct source_stats {
	uint64_t delivered; /* marks handed on */
	uint64_t refused;   /* unknown type or wrong size */
	uint64_t dropped;   /* by source_drop */
	uint64_t disorder;  /* came after a later mark had been handed on */
};

/* `mark` is valid during the call only. */
typedef void (*source_fn)(void *ctx, const struct sea_hdr *mark);

/* Marks are held for `hold_ns`. Returns NULL without memory. */
struct source *source_new(uint64_t hold_ns, source_fn fn, void *ctx);
void source_free(struct source *src);

/*
 * `fn` also hears of every mark when it is taken, out of order: what is true only at the moment, such
 * as the name of a process that may soon end, is not to be asked for after the hold.
 */
void source_on_arrival(struct source *src, source_fn fn);

/* Drops the `nth` mark (1 is the first) of a type: lets a test see that a loss is noticed. */
void source_drop(struct source *src, unsigned type, uint64_t nth);

/* Takes a copy of one mark. 0, -EPROTO (counted as refused) or -ENOMEM. */
int source_push(struct source *src, const void *mark, size_t len);

/* Hands on, in order, every mark older than now_ns - hold_ns; UINT64_MAX hands on all. */
void source_release(struct source *src, uint64_t now_ns);

/* Marks that are held at the moment. */
size_t source_pending(const struct source *src);

struct source_stats source_stats(const struct source *src);

/*
 * Reads marks from a BPF ring buffer map, whose fd stays the caller's; `quiet` is its programs' sea_quiet.
 * 0 or -errno.
 */
int source_open_ring(struct source *src, int map_fd, volatile uint32_t *quiet);

/* A descriptor that is readable when the ring has marks and nobody reads them; -1 without a ring. */
int source_fd(const struct source *src);

/* When to drain though the descriptor is not readable; UINT64_MAX: no need. */
uint64_t source_deadline(const struct source *src);

/* Takes what the ring holds, or much of it: a storm can fill it as fast as it is read. 0 or -errno. */
int source_drain(struct source *src, uint64_t now_ns);

/* The last drain left marks in the ring. */
bool source_behind(const struct source *src);

/* The time up to which all marks have come: now, or when behind, that of the newest that was taken. */
uint64_t source_now(const struct source *src, uint64_t now_ns);

#endif
