/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which bucket of a log-linear histogram a number of nanoseconds goes to: 16 sub-buckets per power
 * of two. Below 16 every value has its own; above, a bucket is at most 1/16 of its lower end wide.
 * Layer: below bpf/ and user/ alike. Must not know: what is measured, how buckets are stored.
 */
#ifndef SEA_HIST_H
#define SEA_HIST_H

#include <sea/types.h>

#define SEA_HIST_SUB_BITS 4
#define SEA_HIST_SUB      (1u << SEA_HIST_SUB_BITS)

/*
 * The highest `shift` that leaves the leading bit and SEA_HIST_SUB_BITS below it, found bit by bit:
 * BPF has no instruction that counts leading zeros, and the verifier no patience for a loop. The
 * empty asm keeps clang from computing both sides of each branch.
 */
#define SEA_HIST_STEP(ns, shift, bits)                \
	do {                                          \
		if ((ns) >> (bits) >= SEA_HIST_SUB) { \
			(ns) >>= (bits);              \
			(shift) += (bits);            \
			__asm__("" : "+r"(ns));       \
		}                                     \
	} while (0)

static inline __attribute__((always_inline)) __u32 sea_hist_bucket(__u64 ns)
{
	__u32 shift = 0;

	SEA_HIST_STEP(ns, shift, 32);
	SEA_HIST_STEP(ns, shift, 16);
	SEA_HIST_STEP(ns, shift, 8);
	SEA_HIST_STEP(ns, shift, 4);
	SEA_HIST_STEP(ns, shift, 2);
	SEA_HIST_STEP(ns, shift, 1);
	return shift * SEA_HIST_SUB + (__u32)ns;
}

#endif
