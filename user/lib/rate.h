/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A token bucket: `burst` at once, then one every `every_ns`.
 * Layer: lib. Must not know: what is limited; reads no clock.
 */
#ifndef LIB_RATE_H
#define LIB_RATE_H

#include <stdbool.h>
#include <stdint.h>

struct rate {
	unsigned burst;    /* at least 1 */
	uint64_t every_ns; /* 0: no limit */
	unsigned tokens;
	uint64_t last_ns; /* up to then tokens have been given */
};

/* Full. */
void rate_init(struct rate *rate, unsigned burst, uint64_t every_ns, uint64_t now_ns);

/* Whether there was a token; takes it. Time does not run backwards. */
bool rate_take(struct rate *rate, uint64_t now_ns);

#endif
