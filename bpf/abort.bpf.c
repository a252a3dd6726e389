// SPDX-License-Identifier: GPL-2.0-only
/*
 * Phase 1: an SEA comes from a guest, APEI may claim it, otherwise KVM passes it on.
 * Must not: do anything for an abort that is no SEA but look at its fault status, unless it is asked
 * how long all of them take.
 */
#include "bpf/aborts.bpf.h"
#include "bpf/common.bpf.h"
#include <sea/esr.h>

struct abort_facts {
	__u64 kvm, esr, far, hpfar, pc;
	__u32 vcpu, owner;
};

static __always_inline int abort_mark(struct abort_facts facts)
{
	MARK(abort, m);
	m->kvm = facts.kvm;
	m->esr = facts.esr;
	m->far = facts.far;
	m->hpfar = facts.hpfar;
	m->pc = facts.pc;
	m->vcpu = facts.vcpu;
	m->owner = facts.owner;
	SUBMIT(m);
	return 0;
}

/* The verifier knows what a trampoline hands over: a field is a plain load, not a helper's call. */
static __always_inline int abort_enter(struct kvm_vcpu *vcpu, __u64 esr)
{
	return abort_mark((struct abort_facts){
		.kvm = (__u64)vcpu->kvm,
		.esr = esr,
		.far = vcpu->arch.fault.far_el2,
		.hpfar = vcpu->arch.fault.hpfar_el2,
		.pc = vcpu->arch.ctxt.regs.pc,
		.vcpu = vcpu->vcpu_id,
		.owner = vcpu->kvm->userspace_pid,
	});
}

static __always_inline int abort_enter_probe(struct kvm_vcpu *vcpu, __u64 esr)
{
	return abort_mark((struct abort_facts){
		.kvm = (__u64)BPF_CORE_READ(vcpu, kvm),
		.esr = esr,
		.far = BPF_CORE_READ(vcpu, arch.fault.far_el2),
		.hpfar = BPF_CORE_READ(vcpu, arch.fault.hpfar_el2),
		.pc = BPF_CORE_READ(vcpu, arch.ctxt.regs.pc),
		.vcpu = BPF_CORE_READ(vcpu, vcpu_id),
		.owner = BPF_CORE_READ(vcpu, kvm, userspace_pid),
	});
}

SEC("fentry/kvm_handle_guest_abort")
int BPF_PROG(sea_abort, struct kvm_vcpu *vcpu)
{
	__u64 esr = vcpu->arch.fault.esr_el2; /* a plain load: this line is the hot path */

	return SEA_FSC_IS_SEA(esr) ? abort_enter(vcpu, esr) : 0;
}

SEC("kprobe/kvm_handle_guest_abort")
int BPF_KPROBE(sea_abort_probe, struct kvm_vcpu *vcpu)
{
	__u64 esr = vcpu_esr(vcpu);

	return SEA_FSC_IS_SEA(esr) ? abort_enter_probe(vcpu, esr) : 0;
}

/* In the place of sea_abort with --aborts: one program at the entry, not two. */
SEC("fentry/kvm_handle_guest_abort")
int BPF_PROG(sea_abort_timed, struct kvm_vcpu *vcpu)
{
	__u64 esr = vcpu->arch.fault.esr_el2;

	if (SEA_FSC_IS_SEA(esr))
		abort_enter(vcpu, esr);
	return aborts_begin(aborts_tid(), (__u64)vcpu->kvm);
}

SEC("kprobe/kvm_handle_guest_abort")
int BPF_KPROBE(sea_abort_timed_probe, struct kvm_vcpu *vcpu)
{
	__u64 esr = vcpu_esr(vcpu);

	if (SEA_FSC_IS_SEA(esr))
		abort_enter_probe(vcpu, esr);
	return aborts_begin(aborts_tid_probe(), (__u64)BPF_CORE_READ(vcpu, kvm));
}

SEC("fexit/kvm_handle_guest_abort")
int BPF_PROG(sea_abort_end, struct kvm_vcpu *vcpu)
{
	return aborts_end(bpf_ktime_get_ns(), aborts_tid());
}

SEC("kretprobe/kvm_handle_guest_abort")
int BPF_KRETPROBE(sea_abort_end_probe)
{
	return aborts_end(bpf_ktime_get_ns(), aborts_tid_probe());
}

/* KVM passes NULL, the host's own SEA handler (do_sea) the registers of its user space. */
static __always_inline int claim(void *regs, enum sea_edge edge, int ret)
{
	MARK(claim, m);
	m->edge = edge;
	m->ret = ret;
	m->host = !!regs;
	m->reserved = 0;
	SUBMIT(m);
	return 0;
}

SEC("fentry/apei_claim_sea")
int BPF_PROG(sea_claim_enter, void *regs)
{
	return claim(regs, SEA_ENTER, 0);
}

SEC("kprobe/apei_claim_sea")
int BPF_KPROBE(sea_claim_enter_probe, void *regs)
{
	return claim(regs, SEA_ENTER, 0);
}

/*
 * --no-abort-hook: phase 1 starts here. KVM asks APEI first thing, before it touches what the abort
 * left in the vCPU. A claim whose vCPU is not to be had still is one.
 */
static __always_inline int claim_of_running(void *regs)
{
	struct kvm_vcpu *vcpu = regs ? NULL : running_vcpu();

	if (vcpu)
		abort_enter_probe(vcpu, vcpu_esr(vcpu));
	return claim(regs, SEA_ENTER, 0);
}

SEC("fentry/apei_claim_sea")
int BPF_PROG(sea_claim_first, void *regs)
{
	return claim_of_running(regs);
}

SEC("kprobe/apei_claim_sea")
int BPF_KPROBE(sea_claim_first_probe, void *regs)
{
	return claim_of_running(regs);
}

SEC("fexit/apei_claim_sea")
int BPF_PROG(sea_claim_exit, void *regs, int ret)
{
	return claim(regs, SEA_EXIT, ret);
}

PROBE_EXIT(sea_claim_exit, "apei_claim_sea", claim((void *)a0, SEA_EXIT, ret))

static __always_inline int inject(__u64 kvm, int vcpu, enum sea_inject_how how, int ret)
{
	MARK(inject, m);
	m->kvm = kvm;
	m->vcpu = vcpu;
	m->how = how;
	m->ret = ret;
	m->reserved = 0;
	SUBMIT(m);
	return 0;
}

/* A vCPU as the first two arguments of the above: as a trampoline knows it, or out of a register. */
#define VCPU(vcpu) (__u64)(vcpu)->kvm, (vcpu)->vcpu_id
#define VCPU_AT(a0)                                          \
	(__u64) BPF_CORE_READ((struct kvm_vcpu *)(a0), kvm), \
		BPF_CORE_READ((struct kvm_vcpu *)(a0), vcpu_id)

/* up to 6.16; returns nothing */
SEC("fexit/kvm_inject_vabt")
int BPF_PROG(sea_inject_vabt, struct kvm_vcpu *vcpu)
{
	return inject(VCPU(vcpu), SEA_INJECT_SERROR, 0);
}

PROBE_EXIT(sea_inject_vabt, "kvm_inject_vabt", inject(VCPU_AT(a0), SEA_INJECT_SERROR, 0))

/* 6.17 and 6.18, where the abort path has kvm_handle_guest_sea inlined */
static __always_inline int inject_serror(__u64 kvm, int vcpu, int ret)
{
	return inject(kvm, vcpu, ret < 0 ? SEA_INJECT_ERROR : SEA_INJECT_SERROR, ret);
}

SEC("fexit/kvm_inject_serror_esr")
int BPF_PROG(sea_inject_serror, struct kvm_vcpu *vcpu, __u64 esr, int ret)
{
	return inject_serror(VCPU(vcpu), ret);
}

PROBE_EXIT(sea_inject_serror, "kvm_inject_serror_esr", inject_serror(VCPU_AT(a0), ret))

/* from 6.19: also the exit to the VMM comes by here */
static __always_inline int inject_handled(__u64 kvm, int vcpu, int ret)
{
	enum sea_inject_how how = SEA_INJECT_SERROR;

	if (ret <= 0)
		how = ret ? SEA_INJECT_ERROR : SEA_INJECT_TO_VMM;
	return inject(kvm, vcpu, how, ret);
}

SEC("fexit/kvm_handle_guest_sea")
int BPF_PROG(sea_inject_handled, struct kvm_vcpu *vcpu, int ret)
{
	return inject_handled(VCPU(vcpu), ret);
}

PROBE_EXIT(sea_inject_handled, "kvm_handle_guest_sea", inject_handled(VCPU_AT(a0), ret))
