/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How long each abort takes, counted in the kernel: one element per vCPU thread holds the start of
 * the abort under way and the buckets. An abort may sleep and wake up on another CPU, so nothing
 * here is per CPU; the thread itself is the only writer, so nothing is atomic.
 * Must not know: SEAs, marks.
 */
#ifndef SEA_ABORTS_BPF_H
#define SEA_ABORTS_BPF_H

#include "bpf/common.bpf.h"
#include <sea/aborts.h>

/*
 * By thread, not by struct kvm_vcpu: a kretprobe sees no arguments, and a thread id does not come
 * again as soon as the slab's next vCPU. User space deletes what threads leave behind.
 */
struct {
	__uint(type, BPF_MAP_TYPE_HASH); /* preallocated: nothing is allocated on the way */
	__uint(max_entries, 4096);       /* --abort-slots sets it before loading */
	__type(key, __u64);
	__type(value, struct sea_aborts);
} sea_aborts SEC(".maps");

/* Aborts that found no element: more threads than elements, or a thread that changed its VM. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u64);
} sea_untimed SEC(".maps");

static const struct sea_aborts aborts_none;

static __noinline int aborts_untimed(void)
{
	__u32 zero = 0;
	__u64 *n = bpf_map_lookup_elem(&sea_untimed, &zero);

	if (n)
		++*n;
	return 0;
}

/* The first abort of a thread. */
static __noinline int aborts_insert(__u64 thread, __u64 kvm)
{
	struct sea_aborts *e;

	bpf_map_update_elem(&sea_aborts, &thread, &aborts_none, BPF_NOEXIST);
	e = bpf_map_lookup_elem(&sea_aborts, &thread);
	if (!e)
		return aborts_untimed();
	e->kvm = e->serves = kvm;
	e->start_ns = bpf_ktime_get_ns();
	return 0;
}

/* The last thing that an entry program does: its own time is not the abort's. */
static __always_inline int aborts_begin(__u64 kvm)
{
	__u64 thread = bpf_get_current_pid_tgid();
	struct sea_aborts *e = bpf_map_lookup_elem(&sea_aborts, &thread);

	if (!e)
		return aborts_insert(thread, kvm);
	if (e->serves != kvm) {
		e->serves =
			SEA_ABORTS_CLOSED; /* nothing changes until user space has taken it away */
		e->start_ns = 0;
		return aborts_untimed();
	}
	if (e->start_ns) /* no exit was seen: a kretprobe found no instance */
		aborts_untimed();
	e->start_ns = bpf_ktime_get_ns();
	return 0;
}

static __always_inline int aborts_end(void)
{
	__u64 now = bpf_ktime_get_ns(), thread = bpf_get_current_pid_tgid(), ns;
	struct sea_aborts *e = bpf_map_lookup_elem(&sea_aborts, &thread);
	__u32 bucket;

	if (!e || !e->start_ns)
		return 0;
	ns = now - e->start_ns;
	e->start_ns = 0;
	e->sum_ns += ns;
	if (ns > e->max_ns)
		e->max_ns = ns;
	bucket = sea_aborts_bucket(ns);
	if (bucket <= SEA_ABORTS_BEYOND) /* the verifier wants to hear it */
		e->bucket[bucket]++;
	return 0;
}

#endif
