// SPDX-License-Identifier: GPL-2.0-only
/*
 * Phase 1: an SEA comes from a guest, APEI may claim it, otherwise KVM passes it on.
 * Must not: do anything for an abort that is no SEA but look at its fault status.
 */
#include "bpf/common.bpf.h"
#include <sea/esr.h>

SEC("fentry/kvm_handle_guest_abort")
int BPF_PROG(sea_abort, struct kvm_vcpu *vcpu)
{
	__u64 esr = vcpu->arch.fault.esr_el2;

	if (!SEA_FSC_IS_SEA(esr))
		return 0;
	MARK(abort, m);
	m->kvm = (__u64)vcpu->kvm;
	m->esr = esr;
	m->far = vcpu->arch.fault.far_el2;
	m->hpfar = vcpu->arch.fault.hpfar_el2;
	m->pc = vcpu->arch.ctxt.regs.pc;
	m->vcpu = vcpu->vcpu_id;
	m->owner = vcpu->kvm->userspace_pid;
	SUBMIT(m);
	return 0;
}

static __always_inline int claim(enum sea_edge edge, int ret)
{
	MARK(claim, m);
	m->edge = edge;
	m->ret = ret;
	SUBMIT(m);
	return 0;
}

/* KVM passes NULL, the host's own SEA handler its registers: those are not a guest's. */
SEC("fentry/apei_claim_sea")
int BPF_PROG(sea_claim_enter, void *regs)
{
	return regs ? 0 : claim(SEA_ENTER, 0);
}

SEC("fexit/apei_claim_sea")
int BPF_PROG(sea_claim_exit, void *regs, int ret)
{
	return regs ? 0 : claim(SEA_EXIT, ret);
}

static __always_inline int inject(struct kvm_vcpu *vcpu, enum sea_inject_how how, int ret)
{
	MARK(inject, m);
	m->kvm = (__u64)vcpu->kvm;
	m->vcpu = vcpu->vcpu_id;
	m->how = how;
	m->ret = ret;
	m->reserved = 0;
	SUBMIT(m);
	return 0;
}

/* up to 6.16 */
SEC("fexit/kvm_inject_vabt")
int BPF_PROG(sea_inject_vabt, struct kvm_vcpu *vcpu)
{
	return inject(vcpu, SEA_INJECT_SERROR, 0);
}

/* 6.17 and 6.18, where the abort path has kvm_handle_guest_sea inlined */
SEC("fexit/kvm_inject_serror_esr")
int BPF_PROG(sea_inject_serror, struct kvm_vcpu *vcpu, __u64 esr, int ret)
{
	return inject(vcpu, ret < 0 ? SEA_INJECT_ERROR : SEA_INJECT_SERROR, ret);
}

/* from 6.19: also the exit to the VMM comes by here */
SEC("fexit/kvm_handle_guest_sea")
int BPF_PROG(sea_inject_handled, struct kvm_vcpu *vcpu, int ret)
{
	enum sea_inject_how how = SEA_INJECT_SERROR;

	if (ret <= 0)
		how = ret ? SEA_INJECT_ERROR : SEA_INJECT_TO_VMM;
	return inject(vcpu, how, ret);
}
