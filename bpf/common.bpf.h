/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How a program hands over a mark: reserve in the ring, stamp, fill, submit; count what is lost.
 * Must not know: which function is traced.
 */
#ifndef SEA_COMMON_BPF_H
#define SEA_COMMON_BPF_H

#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>
#include <sea/mark.h>
#include "bpf/kernel.bpf.h"

/* One ring and one table of losses for all programs: the linker folds the weak definitions. */
struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4 * 1024 * 1024); /* bytes; --ring-size sets it before loading */
} sea_marks __weak SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, SEA_MARK_ID_MAX);
	__type(key, __u32);
	__type(value, __u64);
} sea_lost __weak SEC(".maps");

static __always_inline void *mark_lost(__u32 id)
{
	__u64 *lost = bpf_map_lookup_elem(&sea_lost, &id);

	if (lost)
		++*lost; /* per CPU; an NMI in between may cost one count, never a wild one */
	return NULL;
}

/*
 * The stamp is taken after the place is: a mark that stalls between the two holds up the reader
 * instead of arriving after it has moved on.
 */
static __always_inline void *mark_reserve(__u32 id, __u32 size)
{
	struct sea_hdr *hdr = bpf_ringbuf_reserve(&sea_marks, size, 0);
	__u64 pid_tgid;

	if (!hdr)
		return mark_lost(id);
	pid_tgid = bpf_get_current_pid_tgid();
	hdr->type = id;
	hdr->size = size;
	hdr->cpu = bpf_get_smp_processor_id();
	hdr->ts_ns = bpf_ktime_get_ns();
	hdr->tgid = pid_tgid >> 32;
	hdr->tid = (__u32)pid_tgid;
	return hdr;
}

/* Declares `m`, a reserved struct sea_STEM. The ring hands out dirty memory: fill every field. */
/* clang-format off */
#define MARK(stem, m) \
	struct sea_##stem *m = mark_reserve(SEA_MARK_ID_##stem, sizeof(struct sea_##stem)); \
	if (!m) \
		return 0
/* clang-format on */

#define SUBMIT(m) bpf_ringbuf_submit(m, 0)

/*
 * Where there are no trampolines (arm64 before 6.4), kprobes: a kretprobe does not see the arguments,
 * so a kprobe puts them aside, by thread and program. One call of a function per thread is under way
 * at a time: none of those we look at calls itself.
 */
enum stash_id {
	STASH_sea_claim_exit,
	STASH_sea_inject_vabt,
	STASH_sea_inject_serror,
	STASH_sea_inject_handled,
	STASH_sea_estatus,
	STASH_sea_record_exit,
	STASH_sea_record_isra_exit,
	STASH_sea_failure_exit,
	STASH_sea_events_exit,
};

struct stash_key {
	__u32 tid;
	__u32 id; /* enum stash_id */
};

struct stash {
	__u64 a0, a1;
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH); /* preallocated: kprobes may hit in NMI-like context */
	__uint(max_entries, 8192);
	__type(key, struct stash_key);
	__type(value, struct stash);
} sea_stash __weak SEC(".maps");

static __always_inline int stash_put(enum stash_id id, __u64 a0, __u64 a1)
{
	struct stash_key key = {.tid = (__u32)bpf_get_current_pid_tgid(), .id = id};
	struct stash stash = {.a0 = a0, .a1 = a1};

	bpf_map_update_elem(&sea_stash, &key, &stash, BPF_ANY);
	return 0;
}

/* False: attached while the call was under way, or the table was full. */
static __always_inline bool stash_take(enum stash_id id, struct stash *stash)
{
	struct stash_key key = {.tid = (__u32)bpf_get_current_pid_tgid(), .id = id};
	struct stash *found = bpf_map_lookup_elem(&sea_stash, &key);

	if (!found)
		return false;
	*stash = *found;
	bpf_map_delete_elem(&sea_stash, &key);
	return true;
}

/* clang-format off */
/*
 * The kprobe form of a fexit program `prog`: `call` may use the arguments a0, a1 and the result ret.
 * user/trace/attach.c finds the two programs by their names.
 */
#define PROBE_EXIT(prog, target, call) \
	SEC("kprobe/" target) \
	int BPF_KPROBE(prog##_args, unsigned long a0, unsigned long a1) \
	{ \
		return stash_put(STASH_##prog, a0, a1); \
	} \
	SEC("kretprobe/" target) \
	int BPF_KRETPROBE(prog##_probe, long ret) \
	{ \
		unsigned long a0, a1; \
		struct stash stash; \
		if (!stash_take(STASH_##prog, &stash)) \
			return 0; \
		a0 = stash.a0; \
		a1 = stash.a1; \
		(void)a0, (void)a1, (void)ret; /* not every call has use for all */ \
		return call; \
	}
/* clang-format on */

#endif
