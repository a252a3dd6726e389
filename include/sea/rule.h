/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One injection rule: what a program of bpf/override.bpf.c reads, and the two questions it asks, for the
 * kernel and for user space alike: does this call match, and is this match chosen?
 * Layer: below bpf/ and user/ alike. Must not know: methods, names of VMs, how a call is overridden.
 *
 * Of a rule, match k on vCPU v is chosen or not by (seed, rule, v, k) and nothing else: two boots give
 * equal lists. The dead man, times, gaps and limits come after that, and depend on the moment.
 */
#ifndef SEA_RULE_H
#define SEA_RULE_H

#include <sea/esr.h>
#include <sea/types.h>

enum sea_pred {
	SEA_PRED_VM = 1 << 0, /* the VMM's process */
	SEA_PRED_VCPU = 1 << 1,
	SEA_PRED_GPA = 1 << 2,  /* a range of guest physical addresses */
	SEA_PRED_KIND = 1 << 3, /* what kind of fault it is */
	SEA_PRED_HVA = 1 << 4,  /* a range of the VMM's addresses, made out of one of the guest's */
	SEA_PRED_PFN =
		1 << 5, /* page frames, likewise: the only scope where no VMM's thread runs */
};

enum sea_target_id {
#define SEA_TARGET(stem, id, predicates, help) SEA_TARGET_ID_##stem = (id),
#include <sea/targets.def>
#undef SEA_TARGET
	SEA_TARGET_ID_MAX = 16, /* size of tables indexed by ID */
};

#define SEA_RULES_PER_TARGET 4 /* at a time */
#define SEA_RULE_VCPUS \
	512 /* KVM_MAX_VCPUS of arm64 with GICv3 (arch/arm64/include/asm/kvm_host.h) */
#define SEA_RULE_ANY_VCPU (~0u)
#define SEA_RULE_PFNS     4096 /* of all rules that match by page frame */

/* Kinds of a fault: the access, and the fault status (Arm ARM D24.2.40, ISS encodings). */
enum sea_kind {
	SEA_KIND_READ = 1 << 0,
	SEA_KIND_WRITE = 1 << 1,
	SEA_KIND_EXEC = 1 << 2, /* an instruction abort */
	SEA_KIND_TRANSLATION = 1 << 3,
	SEA_KIND_ACCESS = 1 << 4,
	SEA_KIND_PERMISSION = 1 << 5,
	SEA_KIND_EXTERNAL = 1 << 6, /* an SEA */
	SEA_KIND_OTHER = 1 << 7,
};
#define SEA_KIND_ACCESSES (SEA_KIND_READ | SEA_KIND_WRITE | SEA_KIND_EXEC)
#define SEA_KIND_STATUSES (0xffu & ~SEA_KIND_ACCESSES)

#define SEA_RULE_DRY      1u /* counts what it would have done */

struct sea_rule {
	__u32 armed; /* 0: the rest does not hold. Written last when armed, first when disarmed */
	__u32 id;    /* of the rule, in its campaign */
	__u32 tgid;  /* the VMM, initial pid namespace */
	__u32 vcpu;  /* SEA_RULE_ANY_VCPU: any */
	__u64 start_ticks; /* of the VMM: /proc/PID/stat, field 22, in 1/100 s since boot */
	__u64 first, last; /* addresses, both inclusive, in the target's terms: GPA or HVA */
	__u64 seed;
	__u64 threshold; /* of 2^64 matches so many are chosen, UINT64_MAX: each */
	__u64 after;     /* matches of a vCPU that are let by first */
	__u64 every;     /* then the first of each so many, at least 1 */
	__u64 at_most;   /* shots of this rule */
	__u64 not_before_ns, not_after_ns; /* CLOCK_MONOTONIC */
	__u64 gap_ns;                      /* since the rule's last shot */
	__s64 value;                       /* what the caller gets */
	__u32 kinds;                       /* of either group none: any */
	__u32 flags;                       /* SEA_RULE_* */
};
SEA_ASSERT_SIZE(struct sea_rule, 120);

/* What became of a rule's matches. Written by the kernel only. */
struct sea_tally {
	__u64 matched;  /* calls that are in the rule's scope */
	__u64 chosen;   /* of these, by seed and number */
	__u64 fired;    /* of these: overridden, or with SEA_RULE_DRY would have been */
	__u64 expired;  /* the dead man's time was over */
	__u64 untimely; /* before, after, or too close to the last */
	__u64 over;     /* beyond at_most or the budget */
	__u64 last_ns;  /* the last shot, CLOCK_MONOTONIC */
	__u64 unsafe;   /* a call that must not be overridden: see the target's program */
};

/* A call, as far as its target tells. What it does not tell no rule there asks for. */
struct sea_call {
	__u32 vcpu;  /* SEA_RULE_ANY_VCPU: none */
	__u32 kinds; /* one access and one status */
	__u64 addr;
};

/* What kind of fault an ESR_EL2 is of. Source: Arm ARM D24.2.40. */
static inline __u32 sea_rule_kinds(__u64 esr)
{
	__u32 ec = (esr >> 26) & 0x3f, fsc = esr & 0x3f;
	__u32 kinds = ec == 0x20 ? SEA_KIND_EXEC : esr & (1u << 6) ? SEA_KIND_WRITE : SEA_KIND_READ;

	switch (fsc >> 2) {
	case 1:
		return kinds | SEA_KIND_TRANSLATION;
	case 2:
		return kinds | SEA_KIND_ACCESS;
	case 3:
		return kinds | SEA_KIND_PERMISSION;
	}
	if (SEA_FSC_IS_SEA(esr))
		return kinds | SEA_KIND_EXTERNAL;
	return kinds | (fsc == 0x2b ? SEA_KIND_TRANSLATION : SEA_KIND_OTHER); /* level -1 */
}

/* Whether a call of the rule's VM is in its scope. */
static inline int sea_rule_matches(const struct sea_rule *rule, const struct sea_call *call)
{
	__u32 accesses = rule->kinds & SEA_KIND_ACCESSES,
	      statuses = rule->kinds & SEA_KIND_STATUSES;

	return (rule->vcpu == SEA_RULE_ANY_VCPU || rule->vcpu == call->vcpu) &&
	       call->addr >= rule->first && call->addr <= rule->last &&
	       (!accesses || accesses & call->kinds) && (!statuses || statuses & call->kinds);
}

/* SplitMix64's finalizer (Steele, Lea, Flood, 2014): every bit of x moves half of the bits. */
static inline __u64 sea_rule_mix(__u64 x)
{
	x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9ULL;
	x = (x ^ x >> 27) * 0x94d049bb133111ebULL;
	return x ^ x >> 31;
}

/* Whether match number k, from 1, on a vCPU is chosen. */
static inline int sea_rule_chooses(const struct sea_rule *rule, __u32 vcpu, __u64 k)
{
	if (k <= rule->after || (k - rule->after - 1) % rule->every)
		return 0;
	if (rule->threshold == ~0ULL)
		return 1;
	return sea_rule_mix(sea_rule_mix(rule->seed ^ ((__u64)rule->id << 32 | vcpu)) + k) <
	       rule->threshold;
}

#endif
