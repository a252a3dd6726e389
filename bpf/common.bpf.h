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
#include "bpf/compat.bpf.h"
#include "bpf/kernel.bpf.h"

/* One ring and one table of losses for all programs: the linker folds the weak definitions. */
struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4 * 1024 * 1024); /* bytes; --ring-size sets it before loading */
} sea_marks __weak SEC(".maps");

/* By mark. In memory that user space maps: it is read without a system call, and its privilege. */
__u64 sea_lost[SEA_MARK_ID_MAX] __weak;

static __always_inline void *mark_lost(__u32 id)
{
	__sync_fetch_and_add(&sea_lost[id], 1);
	return NULL;
}

/*
 * While marks come user space looks by itself every few milliseconds, and sets this: none of them has to
 * wake it. Else a mark wakes a reader who has caught up.
 */
volatile __u32 sea_quiet __weak;

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

#define SUBMIT(m) bpf_ringbuf_submit(m, sea_quiet ? BPF_RB_NO_WAKEUP : 0)

#endif
