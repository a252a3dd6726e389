/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Log-linear histograms (hist.h).
 */
#include "trace/hist.h"

static uint64_t add_saturated(uint64_t a, uint64_t b)
{
	uint64_t sum;

	return __builtin_add_overflow(a, b, &sum) ? UINT64_MAX : sum;
}

unsigned hist_bucket(uint64_t ns)
{
	return sea_hist_bucket(ns);
}

uint64_t hist_bucket_low(unsigned bucket)
{
	unsigned shift;

	if (bucket < 2 * HIST_SUB)
		return bucket;
	shift = bucket / HIST_SUB - 1;
	return (uint64_t)(bucket - shift * HIST_SUB) << shift;
}

uint64_t hist_bucket_high(unsigned bucket)
{
	return bucket + 1 < HIST_BUCKETS ? hist_bucket_low(bucket + 1) - 1 : UINT64_MAX;
}

void hist_add(struct hist *h, uint64_t ns)
{
	if (!h->count || ns < h->min)
		h->min = ns;
	if (ns > h->max)
		h->max = ns;
	h->count++;
	h->sum = add_saturated(h->sum, ns);
	h->bucket[hist_bucket(ns)]++;
}

void hist_merge(struct hist *to, const struct hist *from)
{
	if (from->count && (!to->count || from->min < to->min))
		to->min = from->min;
	if (from->max > to->max)
		to->max = from->max;
	to->count += from->count;
	to->sum = add_saturated(to->sum, from->sum);
	for (unsigned i = 0; i < HIST_BUCKETS; i++)
		to->bucket[i] += from->bucket[i];
}

/* ceil(q * count), where 0.07 * 100 is 7 and not a little more. */
static uint64_t rank_of(double q, uint64_t count)
{
	double exact = q * (double)count;
	uint64_t rank = (uint64_t)exact;

	if (exact - (double)rank > exact * 1e-12)
		rank++;
	return rank;
}

uint64_t hist_quantile(const struct hist *h, double q)
{
	uint64_t rank, seen = 0;

	if (!h->count)
		return 0;
	if (!(q > 0))
		return h->min;
	if (q >= 1)
		return h->max;
	rank = rank_of(q, h->count);
	for (unsigned i = 0; i < HIST_BUCKETS; i++) {
		seen += h->bucket[i];
		if (seen >= rank) {
			uint64_t high = hist_bucket_high(i);

			return high < h->max ? high : h->max;
		}
	}
	return h->max;
}
