/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Token buckets (rate.h).
 */
#include "lib/rate.h"

void rate_init(struct rate *rate, unsigned burst, uint64_t every_ns, uint64_t now_ns)
{
	*rate = (struct rate){
		.burst = burst,
		.every_ns = every_ns,
		.tokens = burst,
		.last_ns = now_ns,
	};
}

/* What is left of an interval counts towards the next token, except while the bucket is full. */
static void refill(struct rate *rate, uint64_t now_ns)
{
	uint64_t due = (now_ns - rate->last_ns) / rate->every_ns;

	if (due >= rate->burst - rate->tokens) {
		rate->tokens = rate->burst;
		rate->last_ns = now_ns;
		return;
	}
	rate->tokens += due;
	rate->last_ns += due * rate->every_ns;
}

bool rate_take(struct rate *rate, uint64_t now_ns)
{
	if (!rate->every_ns)
		return true;
	refill(rate, now_ns);
	if (!rate->tokens)
		return false;
	rate->tokens--;
	return true;
}
