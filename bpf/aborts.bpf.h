/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How long each abort takes, counted in the kernel: a slot per vCPU thread holds the start of the
 * abort under way and the buckets. An abort may sleep and wake up on another CPU, so nothing here is
 * per CPU; a thread writes its own slot only, so nothing is atomic.
 * Must not know: SEAs, marks.
 *
 * Arrays, as their lookups are a few inlined instructions and those of a hash map more than a
 * hundred. By thread, not by struct kvm_vcpu: a kretprobe sees no arguments, and a thread id does not
 * come again as soon as the next object of a slab.
 */
#ifndef SEA_ABORTS_BPF_H
#define SEA_ABORTS_BPF_H

#include "bpf/common.bpf.h"
#include <sea/aborts.h>

/* What user space sets before loading is called 1 here. Slot 0 is nobody's. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1); /* slots */
	__type(key, __u32);
	__type(value, struct sea_aborts);
} sea_aborts SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1); /* thread ids */
	__type(key, __u32);
	__type(value, __u32); /* slot; 0: none yet */
} sea_abort_threads SEC(".maps");

struct {
	__uint(type,
	       BPF_MAP_TYPE_STACK); /* the lowest slot on top, as long as none was given back */
	__uint(max_entries, 1);
	__type(value, __u32);
} sea_abort_free SEC(".maps");

/* Aborts without a slot: more threads than slots, or a thread that went over to another VM. */
__u64 sea_untimed;

static __noinline int aborts_untimed(void)
{
	__sync_fetch_and_add(&sea_untimed, 1);
	return 0;
}

/*
 * The current thread, which is cheaper to ask for where there are trampolines; the helper that it
 * takes came with 5.11.
 */
static __always_inline __u32 aborts_tid(void)
{
	return bpf_get_current_task_btf()->pid;
}

static __always_inline __u32 aborts_tid_probe(void)
{
	return (__u32)bpf_get_current_pid_tgid();
}

static __always_inline struct sea_aborts *aborts_of(__u32 tid)
{
	__u32 *slot = bpf_map_lookup_elem(&sea_abort_threads, &tid);

	return slot ? bpf_map_lookup_elem(&sea_aborts, slot) : NULL;
}

/* The slot is another VM's: closed until user space comes. */
static __noinline int aborts_close(__u32 slot)
{
	struct sea_aborts *e = bpf_map_lookup_elem(&sea_aborts, &slot);

	if (e) {
		e->serves = SEA_ABORTS_CLOSED;
		e->start_ns = 0;
	}
	return aborts_untimed();
}

/* The first abort of a thread, as a rule. */
static __noinline int aborts_first(__u64 kvm)
{
	__u64 thread = bpf_get_current_pid_tgid();
	__u32 tid = (__u32)thread, *slot = bpf_map_lookup_elem(&sea_abort_threads, &tid), taken = 0;
	struct sea_aborts *e;

	if (slot && *slot)
		return aborts_close(*slot);
	if (!slot || bpf_map_pop_elem(&sea_abort_free, &taken))
		return aborts_untimed();
	e = bpf_map_lookup_elem(&sea_aborts, &taken);
	if (!e)
		return aborts_untimed();
	*slot = taken;
	e->kvm = e->serves = kvm;
	e->thread = thread;
	e->start_ns = bpf_ktime_get_ns();
	return 0;
}

/* The last thing that an entry program does: its own time is not the abort's. */
static __always_inline int aborts_begin(__u32 tid, __u64 kvm)
{
	struct sea_aborts *e = aborts_of(tid);

	if (!e || e->serves != kvm)
		return aborts_first(kvm);
	if (e->start_ns) /* no exit was seen: a kretprobe found no instance */
		aborts_untimed();
	e->start_ns = bpf_ktime_get_ns();
	return 0;
}

/* `now` is taken before anything else. */
static __always_inline int aborts_end(__u64 now, __u32 tid)
{
	struct sea_aborts *e = aborts_of(tid);
	__u32 bucket;
	__u64 ns;

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
