// SPDX-License-Identifier: GPL-2.0-only
/*
 * Phase 2: memory_failure takes the page away, unmaps it from its VMs, signals their VMMs.
 * Must not: know which record or VM asked for it; that is joined in user space.
 */
#include "bpf/common.bpf.h"

#define SIGBUS_NUMBER 7 /* arm64 and x86 alike: include/uapi/asm-generic/signal.h */
#define BUS_OBJERR    3
#define BUS_MCEERR_AR 4
#define BUS_MCEERR_AO 5

/* log2 of the running kernel's page size; set before loading */
const volatile __u32 sea_page_shift = 12;

/* tid -> pfn of the threads that are inside memory_failure (mf_mutex lets in one at a time) */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1024);
	__type(key, __u32);
	__type(value, __u64);
} failing SEC(".maps");

/* How many there are: lets the MMU notifier, which every munmap calls, leave after one load. */
__u64 failures;

static __always_inline int failure(__u64 pfn, __u32 flags, enum sea_edge edge, int ret)
{
	MARK(failure, m);
	m->pfn = pfn;
	m->edge = edge;
	m->ret = ret;
	m->flags = flags;
	m->reserved = 0;
	SUBMIT(m);
	return 0;
}

static __always_inline int failure_enter(__u64 pfn, int flags)
{
	__u32 tid = bpf_get_current_pid_tgid();

	if (!bpf_map_update_elem(&failing, &tid, &pfn, BPF_ANY))
		__sync_fetch_and_add(&failures, 1);
	return failure(pfn, flags, SEA_ENTER, 0);
}

static __always_inline int failure_exit(__u64 pfn, int flags, int ret)
{
	__u32 tid = bpf_get_current_pid_tgid();

	/* no entry: attached while this call was under way, and not counted either */
	if (!bpf_map_delete_elem(&failing, &tid))
		__sync_fetch_and_add(&failures, -1);
	return failure(pfn, flags, SEA_EXIT, ret);
}

SEC("fentry/memory_failure")
int BPF_PROG(sea_failure_enter, unsigned long pfn, int flags)
{
	return failure_enter(pfn, flags);
}

SEC("kprobe/memory_failure")
int BPF_KPROBE(sea_failure_enter_probe, unsigned long pfn, int flags)
{
	return failure_enter(pfn, flags);
}

SEC("fexit/memory_failure")
int BPF_PROG(sea_failure_exit, unsigned long pfn, int flags, int ret)
{
	return failure_exit(pfn, flags, ret);
}

PROBE_EXIT(sea_failure_exit, "memory_failure", failure_exit(a0, a1, ret))

static __always_inline enum sea_page_result page_result(__u64 result)
{
	if (result == bpf_core_enum_value(enum mf_result, MF_IGNORED))
		return SEA_PAGE_IGNORED;
	if (result == bpf_core_enum_value(enum mf_result, MF_FAILED))
		return SEA_PAGE_FAILED;
	if (result == bpf_core_enum_value(enum mf_result, MF_DELAYED))
		return SEA_PAGE_DELAYED;
	if (result == bpf_core_enum_value(enum mf_result, MF_RECOVERED))
		return SEA_PAGE_RECOVERED;
	return SEA_PAGE_UNKNOWN;
}

SEC("tp_btf/memory_failure_event")
int BPF_PROG(sea_page, unsigned long pfn, int type, int result)
{
	MARK(page, m);
	m->pfn = pfn;
	m->kind = type;
	m->result = page_result(result);
	m->raw = result;
	m->reserved = 0;
	SUBMIT(m);
	return 0;
}

/* The page frame that this thread is taking away; NULL, after one load mostly: none. */
static __always_inline __u64 *failing_pfn(void)
{
	__u32 tid;

	if (!failures)
		return NULL;
	tid = bpf_get_current_pid_tgid();
	return bpf_map_lookup_elem(&failing, &tid);
}

static __always_inline int unmap(struct kvm *kvm, struct kvm_gfn_range *range)
{
	__u64 *pfn = failing_pfn(), start;
	__u32 shift = sea_page_shift;

	if (!pfn)
		return 0;
	start = BPF_CORE_READ(range, start);
	MARK(unmap, m);
	m->kvm = (__u64)kvm;
	m->pfn = *pfn;
	m->gpa = start << shift;
	m->hva = BPF_CORE_READ(range, slot, userspace_addr) +
		 ((start - BPF_CORE_READ(range, slot, base_gfn)) << shift);
	m->len = (BPF_CORE_READ(range, end) - start) << shift;
	m->owner = BPF_CORE_READ(kvm, userspace_pid);
	m->gpa_valid = 1;
	SUBMIT(m);
	return 0;
}

SEC("fentry/kvm_unmap_gfn_range")
int BPF_PROG(sea_unmap, struct kvm *kvm, struct kvm_gfn_range *range)
{
	return unmap(kvm, range);
}

SEC("kprobe/kvm_unmap_gfn_range")
int BPF_KPROBE(sea_unmap_probe, struct kvm *kvm, struct kvm_gfn_range *range)
{
	return unmap(kvm, range);
}

/* 5.10: by the VMM's addresses, before the memslots are looked up */
SEC("kprobe/kvm_unmap_hva_range")
int BPF_KPROBE(sea_unmap_hva_probe, struct kvm *kvm, unsigned long start, unsigned long end)
{
	__u64 *pfn = failing_pfn();

	if (!pfn)
		return 0;
	MARK(unmap, m);
	m->kvm = (__u64)kvm;
	m->pfn = *pfn;
	m->gpa = 0;
	m->hva = start;
	m->len = end - start;
	m->owner = BPF_CORE_READ(kvm, userspace_pid);
	m->gpa_valid = 0;
	SUBMIT(m);
	return 0;
}

static __always_inline int signal(int code, void *addr, short lsb, __u64 to, bool forced)
{
	MARK(signal, m);
	m->addr = (__u64)addr;
	m->code = code;
	m->lsb = lsb;
	m->to_tgid = to >> 32;
	m->to_tid = (__u32)to;
	m->forced = forced;
	m->reserved = 0;
	SUBMIT(m);
	return 0;
}

static __always_inline int signal_send(int code, void *addr, short lsb, struct task_struct *task)
{
	__u64 to = (__u64)BPF_CORE_READ(task, tgid) << 32 | (__u32)BPF_CORE_READ(task, pid);

	return signal(code, addr, lsb, to, false);
}

SEC("fentry/send_sig_mceerr")
int BPF_PROG(sea_signal_send, int code, void *addr, short lsb, struct task_struct *task)
{
	return signal_send(code, addr, lsb, task);
}

SEC("kprobe/send_sig_mceerr")
int BPF_KPROBE(sea_signal_send_probe, int code, void *addr, short lsb, struct task_struct *task)
{
	return signal_send(code, addr, lsb, task);
}

SEC("fentry/force_sig_mceerr")
int BPF_PROG(sea_signal_force, int code, void *addr, short lsb)
{
	return signal(code, addr, lsb, bpf_get_current_pid_tgid(), true);
}

SEC("kprobe/force_sig_mceerr")
int BPF_KPROBE(sea_signal_force_probe, int code, void *addr, short lsb)
{
	return signal(code, addr, lsb, bpf_get_current_pid_tgid(), true);
}

static __always_inline enum sea_action action(struct k_sigaction *ka)
{
	__u64 handler = (__u64)BPF_CORE_READ(ka, sa.sa_handler);

	/* SIG_DFL 0, SIG_IGN 1: include/uapi/asm-generic/signal-defs.h */
	if (handler == 0)
		return SEA_ACTION_DEFAULT;
	return handler == 1 ? SEA_ACTION_IGNORE : SEA_ACTION_HANDLER;
}

SEC("tp_btf/signal_deliver")
int BPF_PROG(sea_deliver, int sig, void *siginfo, struct k_sigaction *ka)
{
	struct sea_siginfo info = {};

	if (sig != SIGBUS_NUMBER)
		return 0;
	bpf_probe_read_kernel(&info, sizeof(info), siginfo);
	if (info.si_code != BUS_MCEERR_AR && info.si_code != BUS_MCEERR_AO &&
	    info.si_code != BUS_OBJERR)
		return 0;
	MARK(deliver, m);
	m->addr = info.si_addr;
	m->code = info.si_code;
	m->action = action(ka);
	SUBMIT(m);
	return 0;
}
