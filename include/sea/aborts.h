/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the BPF programs count of one vCPU's aborts (--aborts), and user space folds into VMs.
 * Layer: below bpf/ and user/ alike. Must not know: names of VMs, output.
 *
 * A slot is taken by a thread at its first abort, is written by this thread alone, and given back by
 * user space when it has ended. Sum, max and buckets only grow, the buckets modulo 2^32.
 */
#ifndef SEA_ABORTS_H
#define SEA_ABORTS_H

#include <sea/hist.h>
#include <sea/types.h>

/* Up to 17.2 s an abort goes to the bucket that any histogram has for it, beyond to one for all. */
#define SEA_ABORTS_BITS   34
#define SEA_ABORTS_BEYOND ((SEA_ABORTS_BITS - SEA_HIST_SUB_BITS + 1) * SEA_HIST_SUB)

#define SEA_ABORTS_CLOSED (~0ULL)

struct sea_aborts {
	__u64 thread;   /* tgid << 32 | tid; 0: the slot is free, or about to be taken */
	__u64 kvm;      /* struct kvm *: whose aborts they are; 0: likewise */
	__u64 serves;   /* the same, or SEA_ABORTS_CLOSED: the thread went over to another VM */
	__u64 start_ns; /* of the abort under way; 0: none */
	__u64 sum_ns;
	__u64 max_ns;
	__u32 bucket[SEA_ABORTS_BEYOND + 1];
	__u32 reserved;
};
SEA_ASSERT_SIZE(struct sea_aborts, 2040);

static inline __attribute__((always_inline)) __u32 sea_aborts_bucket(__u64 ns)
{
	return ns >> SEA_ABORTS_BITS ? SEA_ABORTS_BEYOND : sea_hist_bucket(ns);
}

#endif
