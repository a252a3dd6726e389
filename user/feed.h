/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Feeds a live session, and writes down what it is fed: in the order in which replay (replay.h) feeds
 * it again. The only one that does both, so that a recording gives what the live session gave.
 * Layer: main of seatrace. Must not know: the kernel, the clock, /proc, options.
 */
#ifndef FEED_H
#define FEED_H

#include "session.h"

struct feed;
struct recorder;

/*
 * A new session, fed through here alone. The answers of find_vm and find_vcpu are written down too.
 * recorder NULL: nothing is. Recorder and sinks stay the caller's and outlive the feed. NULL without
 * memory.
 */
struct feed *feed_new(const struct session_config *config, struct sinks *sinks,
		      struct recorder *recorder);
void feed_free(struct feed *f);

/* For whoever looks at what came of it. */
const struct session *feed_session(const struct feed *f);

/* Each of them as its namesake of the session. */
void feed_mark(struct feed *f, const struct sea_hdr *mark);
void feed_aborts(struct feed *f, struct vm *vm, const struct hist *fresh);
void feed_seen(struct feed *f, struct vm *vm);
void feed_tidy(struct feed *f, uint64_t now_ns);
void feed_rows(struct feed *f, enum sinks_rows when, struct out_losses *losses, uint64_t now_ns);

/* Closes what is due, if anything is. */
void feed_expire(struct feed *f, uint64_t now_ns);

#endif
