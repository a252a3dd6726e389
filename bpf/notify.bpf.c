// SPDX-License-Identifier: GPL-2.0-only
/*
 * The VMM tells the guest: KVM_SET_VCPU_EVENTS.
 * Must not: decide whether a call means a notification; QEMU makes it at every register put.
 */
#include "bpf/common.bpf.h"

static __always_inline int events(struct kvm_vcpu *vcpu, void *events_in, enum sea_edge edge,
				  int ret)
{
	struct sea_vcpu_events in = {};

	bpf_probe_read_kernel(&in, sizeof(in), events_in);
	MARK(events, m);
	m->kvm = (__u64)BPF_CORE_READ(vcpu, kvm);
	m->serror_esr = in.serror_has_esr ? in.serror_esr : 0;
	m->vcpu = BPF_CORE_READ(vcpu, vcpu_id);
	m->pending = (in.serror_pending ? SEA_PENDING_SERROR : 0) |
		     (in.ext_dabt_pending ? SEA_PENDING_DABT : 0);
	m->edge = edge;
	m->ret = ret;
	SUBMIT(m);
	return 0;
}

SEC("fentry/__kvm_arm_vcpu_set_events")
int BPF_PROG(sea_events_enter, struct kvm_vcpu *vcpu, void *in)
{
	return events(vcpu, in, SEA_ENTER, 0);
}

SEC("fexit/__kvm_arm_vcpu_set_events")
int BPF_PROG(sea_events_exit, struct kvm_vcpu *vcpu, void *in, int ret)
{
	return events(vcpu, in, SEA_EXIT, ret);
}

SEC("kprobe/__kvm_arm_vcpu_set_events")
int BPF_KPROBE(sea_events_enter_probe, struct kvm_vcpu *vcpu, void *in)
{
	return events(vcpu, in, SEA_ENTER, 0);
}

PROBE_EXIT(sea_events_exit, "__kvm_arm_vcpu_set_events",
	   events((void *)a0, (void *)a1, SEA_EXIT, ret))
