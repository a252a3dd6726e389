// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a shot can lead to that no mark tells, of one process: calls of the VMM that fail, aborts that KVM
 * injects, its end. Counted, not told one by one: in a storm of them their number is all there is to know.
 * Loaded by seainject alone. Must not: look at any other process.
 */
#include <linux/bpf.h>
#include <linux/errno.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>
#include <sea/witness.h>
#include "bpf/kernel.bpf.h"

/* Memory that user space maps. 0: nobody is watched. */
volatile __u32 sea_watched;
struct sea_witnessed sea_witnessed;

static __always_inline bool is_watched(void)
{
	return sea_watched && bpf_get_current_pid_tgid() >> 32 == sea_watched;
}

/* kvm_vcpu_ioctl, virt/kvm/kvm_main.c: behind each KVM_RUN, with what it answers. */
SEC("tp_btf/kvm_userspace_exit")
int BPF_PROG(witness_run, __u32 reason, int error)
{
	if (error >= 0 || error == -EINTR || error == -EAGAIN || !is_watched())
		return 0;
	sea_witnessed.error = error;
	__sync_fetch_and_add(&sea_witnessed.failed, 1);
	return 0;
}

static __always_inline int told(void)
{
	if (is_watched())
		__sync_fetch_and_add(&sea_witnessed.told, 1);
	return 0;
}

/* To 6.16. Data aborts come from KVM_SET_VCPU_EVENTS too, and are told of by its mark. */
SEC("kprobe/kvm_inject_pabt")
int BPF_KPROBE(witness_pabt)
{
	return told();
}

/* From 6.17 on. */
SEC("kprobe/kvm_inject_sea")
int BPF_KPROBE(witness_sea, struct kvm_vcpu *vcpu, bool iabt)
{
	return iabt ? told() : 0;
}

/* do_exit, kernel/exit.c: the first thread's exit code is the process's. */
SEC("tp_btf/sched_process_exit")
int BPF_PROG(witness_end, struct task_struct *task)
{
	if (!is_watched() || (__u32)bpf_get_current_pid_tgid() != sea_watched)
		return 0;
	sea_witnessed.status = BPF_CORE_READ(task, exit_code);
	sea_witnessed.ended = 1;
	return 0;
}
