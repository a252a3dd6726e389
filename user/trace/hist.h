/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A histogram of nanoseconds: log-linear, 16 sub-buckets per power of two.
 * Layer: trace. Must not know: what is measured, BPF, output; no allocation, no I/O.
 *
 * Values below 16 are exact; above, a bucket is at most 1/16 of its lower end wide, so a quantile
 * is at most 6.25 % above the true value and never below it. Count, sum, min and max are exact.
 * An all-zero struct is an empty histogram.
 */
#ifndef TRACE_HIST_H
#define TRACE_HIST_H

#include <stdint.h>

#include <sea/hist.h>

#define HIST_SUB_BITS SEA_HIST_SUB_BITS
#define HIST_SUB      SEA_HIST_SUB
/* 0..15, then 16 for each leading bit from 4 to 63. */
#define HIST_BUCKETS (HIST_SUB + (64 - HIST_SUB_BITS) * HIST_SUB)

struct hist {
	uint64_t count;
	uint64_t sum; /* ns; stays at 2^64-1 when it would wrap (584 years) */
	uint64_t min; /* ns; meaningless while count is 0 */
	uint64_t max; /* ns */
	uint64_t bucket[HIST_BUCKETS];
};

void hist_add(struct hist *h, uint64_t ns);

/*
 * Adds all of `from` to `to`: the same as adding each of its values. A `from` of count 0 may bring a
 * sum and a max that came late.
 */
void hist_merge(struct hist *to, const struct hist *from);

/*
 * The value that ceil(q * count) of all values do not exceed: the highest value of its bucket, not
 * above max. q <= 0 gives min, q >= 1 gives max, both exactly; an empty histogram gives 0.
 */
uint64_t hist_quantile(const struct hist *h, double q);

/* For renderers that show buckets: index of a value; lowest and highest value of a bucket. */
unsigned hist_bucket(uint64_t ns);
uint64_t hist_bucket_low(unsigned bucket);
uint64_t hist_bucket_high(unsigned bucket);

#endif
