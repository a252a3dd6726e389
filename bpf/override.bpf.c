// SPDX-License-Identifier: GPL-2.0-only
/*
 * seainject answers for the kernel: a program per target asks the armed rules whether this call is
 * theirs (sea/rule.h), and what the caller gets. Whose call it is not leaves after one comparison per
 * rule, out of memory that user space writes: no map is looked up, nothing of the kernel is read.
 * Must not: know methods; decide anything that is not in a rule.
 *
 * A rule changes only while none of these programs looks at it: user/inject/arm.c waits for that.
 */
#include "bpf/common.bpf.h"
#include <sea/rule.h>

/* Every program of a VMM's thread begins here: the process of each armed rule; 0: none. */
__u32 sea_scope[SEA_TARGET_ID_MAX][SEA_RULES_PER_TARGET];

struct sea_rule sea_rules[SEA_TARGET_ID_MAX][SEA_RULES_PER_TARGET];
struct sea_tally sea_tallies[SEA_TARGET_ID_MAX][SEA_RULES_PER_TARGET];

/* Matches so far, the last one's: of calls without a vCPU. */
__u64 sea_matches[SEA_TARGET_ID_MAX][SEA_RULES_PER_TARGET][SEA_RULE_VCPUS + 1];

__u64 sea_taken[SEA_TARGET_ID_MAX][SEA_RULES_PER_TARGET]; /* of at_most */
__u64 sea_gaps[SEA_TARGET_ID_MAX][SEA_RULES_PER_TARGET];  /* when the last gap began */

__u64 sea_deadline_ns; /* the dead man's */
__s64 sea_budget;      /* shots left, of all rules */
__u64 sea_woke_ns;

const volatile __u32 sea_page_shift = 12;

/* Frames of the rules that match by these, by target. */
struct frame {
	__u64 target;
	__u64 pfn;
};

struct {
	__uint(type,
	       BPF_MAP_TYPE_HASH); /* preallocated: ghes_do_memory_failure may run in an IRQ */
	__uint(max_entries, SEA_RULE_PFNS);
	__type(key, struct frame);
	__type(value, __u32); /* slot */
} sea_frames SEC(".maps");

/*
 * Writing to this map returns when every program that ran has ended (maybe_wait_bpf_programs,
 * kernel/bpf/syscall.c). membarrier() would do too, but not on hosts with nohz_full.
 */
struct grace {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u32);
} sea_grace_inner SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
	__uint(max_entries, 1);
	__type(key, __u32);
	__array(values, struct grace);
} sea_grace SEC(".maps") = {.values = {&sea_grace_inner}};

/* A call, and what its mark and its safety need besides. */
struct asked {
	struct sea_call call;
	__u64 kvm; /* 0: not known */
	__u32 target;
	__u32 tgid;  /* whose; of the frame's targets 0 */
	bool unsafe; /* overriding this one would harm the host */
};

static __always_inline void count(__u64 *n)
{
	__sync_fetch_and_add(n, 1);
}

/*
 * The reader is awake, or looks again by itself within a nap (trace/nap.h) of the last time it was
 * woken: until then it need not be woken anew.
 */
#define AWAKE_NS 4000000

static __always_inline __u64 how_to_submit(__u64 now)
{
	if (now - sea_woke_ns < AWAKE_NS)
		return BPF_RB_NO_WAKEUP;
	sea_woke_ns = now;
	return 0;
}

static __always_inline int shot(const struct asked *asked, const struct sea_rule *rule, __u64 k)
{
	MARK(shot, m);
	m->kvm = asked->kvm;
	m->addr = asked->call.addr == NO_ADDRESS ? 0 : asked->call.addr;
	m->match = k;
	m->value = rule->value;
	m->rule = rule->id;
	m->target = asked->target;
	m->vcpu = asked->call.vcpu;
	m->flags = rule->flags;
	bpf_ringbuf_submit(m, how_to_submit(m->hdr.ts_ns));
	return 0;
}

/* Of several that are far enough from the last shot at the same moment one gets the gap. */
static __always_inline bool takes_gap(const struct sea_rule *rule, __u64 *gap, __u64 now)
{
	__u64 last = *gap;

	if (!rule->gap_ns)
		return true;
	if (last && (now < last || now - last < rule->gap_ns))
		return false;
	return __sync_val_compare_and_swap(gap, last, now) == last;
}

static __always_inline bool is_timely(const struct sea_rule *rule, struct sea_tally *tally,
				      __u64 *gap, __u64 now)
{
	if (now >= *(volatile __u64 *)&sea_deadline_ns) {
		count(&tally->expired);
		return false;
	}
	if (now >= rule->not_before_ns && now <= rule->not_after_ns && takes_gap(rule, gap, now))
		return true;
	count(&tally->untimely);
	return false;
}

/* Exact: whoever took one too many gives it back, and who saw it taken had none to get either. */
static __always_inline bool is_affordable(const struct sea_rule *rule, __u64 *taken)
{
	if (__sync_fetch_and_add(taken, 1) < rule->at_most) {
		if (__sync_fetch_and_add(&sea_budget, -1) > 0)
			return true;
		__sync_fetch_and_add(&sea_budget, 1);
	}
	__sync_fetch_and_add(taken, -1);
	return false;
}

/* Of a call of the rule's VM: true when this rule answers it. A dry one never does. */
static __noinline int fires(const struct asked *asked, __u32 slot)
{
	__u32 target = asked->target & (SEA_TARGET_ID_MAX - 1), at = asked->call.vcpu;
	const struct sea_rule *rule;
	struct sea_tally *tally;
	__u64 k, now;

	slot &= SEA_RULES_PER_TARGET - 1;
	rule = &sea_rules[target][slot];
	tally = &sea_tallies[target][slot];
	if (!sea_rule_matches(rule, &asked->call))
		return false;
	count(&tally->matched);
	if (at > SEA_RULE_VCPUS)
		at = SEA_RULE_VCPUS;
	k = __sync_fetch_and_add(&sea_matches[target][slot][at], 1) + 1;
	if (!sea_rule_chooses(rule, asked->call.vcpu, k))
		return false;
	count(&tally->chosen);
	now = bpf_ktime_get_ns();
	if (!is_timely(rule, tally, &sea_gaps[target][slot], now))
		return false;
	if (asked->unsafe) {
		count(&tally->unsafe);
		return false;
	}
	if (!is_affordable(rule, &sea_taken[target][slot])) {
		count(&tally->over);
		return false;
	}
	count(&tally->fired);
	tally->last_ns = now;
	shot(asked, rule, k);
	return !(rule->flags & SEA_RULE_DRY);
}

/* --- whose call it is ------------------------------------------------------------------------- */

/* By two loads, where bpf_get_current_pid_tgid() is a call. */
static __always_inline __u32 current_tgid(void)
{
	return bpf_get_current_task_btf()->tgid;
}

/* THE hot path: all that a call of another process comes by. */
static __always_inline bool concerns(enum sea_target_id target, __u32 tgid)
{
	const volatile __u32 *scope = sea_scope[target];

	_Static_assert(SEA_RULES_PER_TARGET == 4, "one comparison each");
	return scope[0] == tgid || scope[1] == tgid || scope[2] == tgid || scope[3] == tgid;
}

/* Slot + 1 of the rule that answers, the first that fires; 0: none does. Process ids come again. */
static __noinline int answer(const struct asked *asked, struct task_struct *task)
{
	__u64 ticks = BPF_CORE_READ(task, group_leader, start_boottime) / SEA_NS_PER_TICK;
	__u32 target = asked->target & (SEA_TARGET_ID_MAX - 1);

	for (__u32 slot = 0; slot < SEA_RULES_PER_TARGET; slot++) {
		const struct sea_rule *rule = &sea_rules[target][slot];

		if (rule->armed && rule->tgid == asked->tgid && rule->start_ticks == ticks &&
		    fires(asked, slot))
			return slot + 1;
	}
	return 0;
}

static __always_inline int answer_current(const struct asked *asked)
{
	return answer(asked, (struct task_struct *)bpf_get_current_task());
}

/* What is known by its frame alone: no thread of the VMM need run. */
static __always_inline int answer_frame(const struct asked *asked)
{
	struct frame frame = {asked->target, asked->call.addr};
	const __u32 *slot = bpf_map_lookup_elem(&sea_frames, &frame);

	if (!slot || !sea_rules[asked->target][*slot & (SEA_RULES_PER_TARGET - 1)].armed)
		return 0;
	return fires(asked, *slot) ? *slot + 1 : 0;
}

static __always_inline __s64 value_of(enum sea_target_id target, int answered)
{
	return sea_rules[target][(answered - 1) & (SEA_RULES_PER_TARGET - 1)].value;
}

static __always_inline int override(void *ctx, enum sea_target_id target, int answered)
{
	if (answered)
		bpf_override_return(ctx, value_of(target, answered));
	return 0;
}

static __always_inline void ask_vcpu(struct asked *asked, struct kvm_vcpu *vcpu)
{
	asked->kvm = (__u64)BPF_CORE_READ(vcpu, kvm);
	asked->call.vcpu = BPF_CORE_READ(vcpu, vcpu_id);
}

/* --- the targets ------------------------------------------------------------------------------ */

/* clang-format off */
#define ASKED(stem, process) {.target = SEA_TARGET_ID_##stem, .tgid = (process), \
			      .call.vcpu = SEA_RULE_ANY_VCPU}
/* clang-format on */

SEC("kprobe")
int BPF_KPROBE(override_abort, struct kvm_vcpu *vcpu)
{
	__u32 tgid = current_tgid();

	if (!concerns(SEA_TARGET_ID_abort, tgid))
		return 0;
	struct asked asked = ASKED(abort, tgid);
	__u64 esr = vcpu_esr(vcpu);

	ask_vcpu(&asked, vcpu);
	asked.call.kinds = sea_rule_kinds(esr);
	asked.call.addr = vcpu_ipa(vcpu, SEA_FSC_IS_SEA(esr));
	return override(ctx, SEA_TARGET_ID_abort, answer_current(&asked));
}

SEC("kprobe")
int BPF_KPROBE(override_fault, unsigned long a0, unsigned long a1)
{
	__u32 tgid = current_tgid();

	if (!concerns(SEA_TARGET_ID_fault, tgid))
		return 0;
	struct asked asked = ASKED(fault, tgid);
	struct fault fault = fault_of(a0, a1);
	struct kvm_vcpu *vcpu = fault.vcpu;

	ask_vcpu(&asked, vcpu);
	asked.call.kinds = sea_rule_kinds(vcpu_esr(vcpu));
	asked.call.addr = fault.ipa | (BPF_CORE_READ(vcpu, arch.fault.far_el2) & 0xfff);
	return override(ctx, SEA_TARGET_ID_fault, answer_current(&asked));
}

/* Of a huge page of hugetlbfs KVM asks for the first frame. Levels: PTE, PMD, PUD. */
static __always_inline bool is_page_of(__u64 gfn, __u64 ipa)
{
	__u32 bits = sea_page_shift - 3;
	__u64 at = ipa >> sea_page_shift;

	return gfn == at || gfn == at >> bits << bits || gfn == at >> 2 * bits << 2 * bits;
}

/*
 * Of the fault that this thread's vCPU took last, if it is about that frame; KVM looks for pages on
 * other occasions, too: these have an address but are no kind of fault.
 */
SEC("kprobe")
int BPF_KPROBE(override_faultin, void *slot, unsigned long gfn)
{
	__u32 tgid = current_tgid();

	if (!concerns(SEA_TARGET_ID_faultin, tgid))
		return 0;
	struct asked asked = ASKED(faultin, tgid);
	struct kvm_vcpu *vcpu = running_vcpu();

	asked.call.addr = gfn << sea_page_shift;
	if (vcpu) {
		__u64 ipa = vcpu_ipa(vcpu, false);

		ask_vcpu(&asked, vcpu);
		if (is_page_of(gfn, ipa)) {
			asked.call.addr = ipa;
			asked.call.kinds = sea_rule_kinds(vcpu_esr(vcpu));
		}
	}
	return override(ctx, SEA_TARGET_ID_faultin, answer_current(&asked));
}

/* do_sea has registers to hand over: that is an error of the host's own, and never answered here. */
SEC("kprobe")
int BPF_KPROBE(override_claim, void *regs)
{
	__u32 tgid = current_tgid();

	if (regs || !concerns(SEA_TARGET_ID_claim, tgid))
		return 0;
	struct asked asked = ASKED(claim, tgid);
	struct kvm_vcpu *vcpu = running_vcpu();

	if (vcpu)
		ask_vcpu(&asked, vcpu);
	return override(ctx, SEA_TARGET_ID_claim, answer_current(&asked));
}

/* With a reference on the page, which the caller got for memory_failure to give back. */
SEC("kprobe")
int BPF_KPROBE(override_failure, unsigned long pfn, int flags)
{
	struct asked asked = ASKED(failure, 0);

	asked.call.addr = pfn;
	asked.unsafe = flags & bpf_core_enum_value(enum mf_flags, MF_COUNT_INCREASED);
	return override(ctx, SEA_TARGET_ID_failure, answer_frame(&asked));
}

SEC("kprobe")
int BPF_KPROBE(override_record, __u64 pa)
{
	struct asked asked = ASKED(record, 0);

	asked.call.addr = pa >> sea_page_shift;
	return override(ctx, SEA_TARGET_ID_record, answer_frame(&asked));
}

/* By whom it is for, not by whose thread sends it. */
SEC("kprobe")
int BPF_KPROBE(override_signal, int code, unsigned long addr, short lsb, struct task_struct *task)
{
	__u32 tgid = BPF_CORE_READ(task, tgid);

	if (!concerns(SEA_TARGET_ID_signal, tgid))
		return 0;
	struct asked asked = ASKED(signal, tgid);

	asked.call.addr = addr;
	return override(ctx, SEA_TARGET_ID_signal, answer(&asked, task));
}

SEC("kprobe")
int BPF_KPROBE(override_events, struct kvm_vcpu *vcpu)
{
	__u32 tgid = current_tgid();

	if (!concerns(SEA_TARGET_ID_events, tgid))
		return 0;
	struct asked asked = ASKED(events, tgid);

	ask_vcpu(&asked, vcpu);
	return override(ctx, SEA_TARGET_ID_events, answer_current(&asked));
}

/* --- the system call -------------------------------------------------------------------------- */

/* What a descriptor of the current process stands for; NULL: it is none. */
static __always_inline struct kvm_vcpu *vcpu_of(__u32 fd)
{
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();
	struct fdtable *table = BPF_CORE_READ(task, files, fdt);
	struct file *file = NULL, **files = BPF_CORE_READ(table, fd);

	if (fd >= BPF_CORE_READ(table, max_fds))
		return NULL;
	bpf_probe_read_kernel(&file, sizeof(file), files + fd);
	return file ? BPF_CORE_READ(file, private_data) : NULL;
}

static __always_inline int answer_ioctl(enum sea_target_id target, __u32 tgid, __u32 fd)
{
	struct asked asked = {.target = target, .tgid = tgid, .call.vcpu = SEA_RULE_ANY_VCPU};
	struct kvm_vcpu *vcpu = vcpu_of(fd);

	if (!vcpu)
		return 0;
	ask_vcpu(&asked, vcpu);
	return answer_current(&asked);
}

/* The arguments are in the registers of user space. */
SEC("kprobe")
int BPF_KPROBE(override_run, struct user_pt_regs *regs)
{
	__u32 tgid = current_tgid();
	__u64 args[2] = {};

	if (!concerns(SEA_TARGET_ID_run, tgid))
		return 0;
	bpf_probe_read_kernel(args, sizeof(args), regs->regs);
	if ((__u32)args[1] != SEA_KVM_RUN)
		return 0;
	return override(ctx, SEA_TARGET_ID_run, answer_ioctl(SEA_TARGET_ID_run, tgid, args[0]));
}

/*
 * Where the kernel is built without overrides (from 7.2): of what is returned here the whole register
 * is the system call's result, hence a long; 0 lets it go on. Most ioctls of a host are none of these.
 */
SEC("fmod_ret/__arm64_sys_ioctl")
long BPF_PROG(override_ioctl, struct user_pt_regs *regs)
{
	__u32 command = regs->regs[1], tgid;
	enum sea_target_id target;
	int answered;

	if (command == SEA_KVM_RUN)
		target = SEA_TARGET_ID_run;
	else if (command == SEA_KVM_SET_VCPU_EVENTS)
		target = SEA_TARGET_ID_events;
	else
		return 0;
	tgid = current_tgid();
	if (!concerns(target, tgid))
		return 0;
	answered = answer_ioctl(target, tgid, regs->regs[0]);
	return answered ? value_of(target, answered) : 0;
}
