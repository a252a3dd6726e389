/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What moved or is missing between 5.10 and 7.3, each with version and reason. What is another
 * function altogether has a program of its own, out of which user/trace/attach.c takes what fits:
 *
 *   ghes_do_proc.isra.0     5.10, 6.1: GCC hands over ghes->generic in the place of ghes
 *   kvm_unmap_hva_range     5.10: addresses of the VMM; kvm_unmap_gfn_range since 5.13
 *   kvm_inject_vabt         to 6.16; kvm_inject_serror_esr since 6.17
 *   kvm_handle_guest_sea    the abort path calls it since 6.19, before it is inlined there
 *
 * Must not know: marks.
 */
#ifndef SEA_COMPAT_BPF_H
#define SEA_COMPAT_BPF_H

#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>
#include "bpf/kernel.bpf.h"

/* 5.10: u32. The relocation knows how wide it is. */
static __always_inline __u64 vcpu_esr(struct kvm_vcpu *vcpu)
{
	return BPF_CORE_READ_BITFIELD_PROBED(vcpu, arch.fault.esr_el2);
}

/*
 * Per CPU: whose vcpu_load() this is, set again whenever its thread is scheduled in. The variable is in
 * the BTF from 6.1, its address in kallsyms from 6.12 (CONFIG_KALLSYMS_ALL).
 */
extern struct kvm_vcpu *kvm_running_vcpu __ksym __weak;

/* NULL: this thread runs none, or the kernel does not say. */
static __always_inline struct kvm_vcpu *running_vcpu(void)
{
	return &kvm_running_vcpu ? *(struct kvm_vcpu **)bpf_this_cpu_ptr(&kvm_running_vcpu) : NULL;
}

/*
 * Memslots: up to 5.16 an array, the highest frame first; since then ("KVM: Keep memslots in
 * tree-based structures instead of array-based ones") a tree by frame, in which each slot has two nodes.
 * Which one it is the relocations say, so that the other's code is dead and never verified.
 */
struct kvm_memslots___array {
	int used_slots;
	struct kvm_memory_slot memslots[];
} __attribute__((preserve_access_index));

static __always_inline bool slots_are_array(void)
{
	return bpf_core_field_exists(((struct kvm_memslots___array *)0)->used_slots);
}

/*
 * The guest physical address of an abort. HPFAR_EL2 holds its page; of an SEA only if the CPU says so,
 * which KVM keeps in bit 63 (HPFAR_EL2_NS) from 6.18 on: before, and else, it is NO_ADDRESS.
 */
#define NO_ADDRESS (~0ULL)
#define HPFAR_MASK 0x0000fffffffffff0ULL /* FIPA */

static __always_inline __u64 vcpu_ipa(struct kvm_vcpu *vcpu, bool is_sea)
{
	__u64 hpfar = BPF_CORE_READ(vcpu, arch.fault.hpfar_el2);

	if (is_sea && !(hpfar >> 63))
		return NO_ADDRESS;
	return (hpfar & HPFAR_MASK) << 8 | (BPF_CORE_READ(vcpu, arch.fault.far_el2) & 0xfff);
}

struct fault {
	struct kvm_vcpu *vcpu;
	__u64 ipa; /* of the page */
};

/* user_mem_abort's: (vcpu, fault_ipa, ...) up to 7.0, since then it has one description of them. */
static __always_inline struct fault fault_of(unsigned long a0, unsigned long a1)
{
	struct kvm_s2_fault_desc *desc = (void *)a0;

	if (bpf_core_type_exists(struct kvm_s2_fault_desc))
		return (struct fault){BPF_CORE_READ(desc, vcpu), BPF_CORE_READ(desc, fault_ipa)};
	return (struct fault){(struct kvm_vcpu *)a0, a1};
}

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
