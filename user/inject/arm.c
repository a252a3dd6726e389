// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which program overrides which function on this kernel, and the rules in the memory that the programs
 * share with us. Capabilities decide, not versions.
 * Must not: decide whether a call matches (sea/rule.h), read marks.
 */
#include "inject/arm.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/exit.h"
#include "lib/log.h"
#include "lib/util.h"
#include "override.skel.h"

#define RUNNING_VCPU "kvm_running_vcpu"

/* clang-format off */
/* Of those of a target the first that this kernel has. */
static const struct way {
	enum sea_target_id target;
	enum arm_mechanism mechanism;
	const char *program, *function;
	bool needs_vcpu; /* which one runs: the function is not told */
} ways[] = {
	{ SEA_TARGET_ID_abort,   ARM_OVERRIDE, "override_abort",   "kvm_handle_guest_abort", false },
	{ SEA_TARGET_ID_fault,   ARM_OVERRIDE, "override_fault",   "user_mem_abort", false },
	/* since 6.13; until then the other */
	{ SEA_TARGET_ID_faultin, ARM_OVERRIDE, "override_faultin", "__kvm_faultin_pfn", true },
	{ SEA_TARGET_ID_faultin, ARM_OVERRIDE, "override_faultin", "__gfn_to_pfn_memslot", true },
	{ SEA_TARGET_ID_claim,   ARM_OVERRIDE, "override_claim",   "apei_claim_sea", true },
	{ SEA_TARGET_ID_failure, ARM_OVERRIDE, "override_failure", "memory_failure", false },
	{ SEA_TARGET_ID_record,  ARM_OVERRIDE, "override_record",  "ghes_do_memory_failure", false },
	{ SEA_TARGET_ID_signal,  ARM_OVERRIDE, "override_signal",  "send_sig_mceerr", false },
	{ SEA_TARGET_ID_events,  ARM_OVERRIDE, "override_events",  "__kvm_arm_vcpu_set_events", false },
	{ SEA_TARGET_ID_events,  ARM_MODIFY,   "override_ioctl",   "__arm64_sys_ioctl", false },
	{ SEA_TARGET_ID_run,     ARM_OVERRIDE, "override_run",     "__arm64_sys_ioctl", false },
	{ SEA_TARGET_ID_run,     ARM_MODIFY,   "override_ioctl",   "__arm64_sys_ioctl", false },
};
/* clang-format on */

static const unsigned predicates[SEA_TARGET_ID_MAX] = {
#define SEA_TARGET(stem, id, what, help) [id] = (what),
#include <sea/targets.def>
#undef SEA_TARGET
};

struct arm {
	struct override_bpf *skel;
	struct feature *kernel;       /* the caller's */
	int can_override, can_modify; /* 0 or -errno of lib/feature.h */
	struct arm_target targets[SEA_TARGET_ID_MAX];
	const struct way *way[SEA_TARGET_ID_MAX]; /* NULL: none */
	struct bpf_link *links[UTIL_COUNT(ways)];
	struct frames { /* of an armed rule */
		uint64_t *pfns;
		size_t n;
	} frames[SEA_TARGET_ID_MAX][SEA_RULES_PER_TARGET];
};

/* --- what this kernel has --------------------------------------------------------------------- */

static void explain(char why[static 160], const char *text)
{
	snprintf(why, 160, "%s", text);
}

static const char *why_no_override(int err)
{
	switch (err) {
	case -EPERM:
		return "it takes CAP_BPF and CAP_PERFMON to find out: run as root";
	case -ENOSYS:
		return "this kernel's BPF has no atomic operations that return a value (Linux "
		       "5.12)";
	case -ENOTSUP:
		return "this kernel has no CONFIG_BPF_KPROBE_OVERRIDE (vmtest/kernel/build makes "
		       "one "
		       "that has)";
	default:
		return "the kernel refused a BPF program";
	}
}

/* Whether the kernel says that this function may be overridden. */
static bool is_listed(struct arm *a, const struct way *way, char why[static 160])
{
	int listed = feature_injectable(a->kernel, way->function);

	if (listed > 0)
		return true;
	if (!listed)
		snprintf(why, 160, "%s is not on this kernel's error-injection list",
			 way->function);
	else if (listed == -ENODEV)
		explain(why, "debugfs is not mounted, which has the error-injection list "
			     "(mount -t debugfs none /sys/kernel/debug)");
	else if (listed == -ENOENT)
		explain(why, "this kernel has no error-injection list "
			     "(CONFIG_FUNCTION_ERROR_INJECTION)");
	else
		snprintf(why, 160, "the error-injection list in debugfs cannot be read: %s",
			 util_errno(listed));
	return false;
}

static bool can_override(struct arm *a, const struct way *way, char why[static 160])
{
	if (a->can_override) {
		explain(why, why_no_override(a->can_override));
		return false;
	}
	if (!feature_has_function(a->kernel, way->function)) {
		snprintf(why, 160, "this kernel has no %s out of line", way->function);
		return false;
	}
	if (way->needs_vcpu && !feature_has_variable(a->kernel, RUNNING_VCPU)) {
		explain(why, "this kernel does not tell which vCPU runs (" RUNNING_VCPU
			     " in its BTF and, by CONFIG_KALLSYMS_ALL, in kallsyms)");
		return false;
	}
	return is_listed(a, way, why);
}

/* Behind what is said of the override. */
static bool can_modify(const struct arm *a, const struct way *way, char why[static 160])
{
	size_t len = strlen(why);

	if (!a->can_modify)
		return true;
	if (a->can_modify != -EPERM)
		snprintf(why + len, 160 - len, "%sfmod_ret of %s is refused (Linux 7.2 has it)",
			 len ? "; " : "", way->function);
	else if (a->can_override != -EPERM)
		snprintf(why + len, 160 - len, "; of fmod_ret root can find out");
	return false;
}

static void choose_one(struct arm *a, const struct way *way)
{
	struct arm_target *target = &a->targets[way->target];
	char why[160] = "";
	bool can;

	if (target->mechanism)
		return;
	if (way->mechanism == ARM_MODIFY) {
		can = can_modify(a, way, target->why);
	} else {
		can = can_override(a, way, why);
		/* of two functions the one that the kernel has tells more */
		if (!*target->why || feature_has_function(a->kernel, way->function))
			explain(target->why, why);
	}
	if (!can)
		return;
	target->mechanism = way->mechanism;
	target->function = way->function;
	*target->why = '\0';
	a->way[way->target] = way;
}

static int prepare(struct arm *a)
{
	a->skel = override_bpf__open();
	if (!a->skel) {
		log_error("open the BPF object: %s (%s)", util_errno(errno), log_libbpf_last());
		return EXIT_ENVIRONMENT;
	}
	a->can_override = feature_override(a->kernel);
	a->can_modify = feature_modify(a->kernel, "__arm64_sys_ioctl");
	for (unsigned i = 0; i < UTIL_COUNT(ways); i++)
		choose_one(a, &ways[i]);
	return 0;
}

int arm_new(struct arm **out, struct feature *kernel)
{
	struct arm *a = calloc(1, sizeof(*a));
	int exit_code;

	if (!a) {
		log_error("no memory to arm anything");
		return EXIT_ENVIRONMENT;
	}
	a->kernel = kernel;
	exit_code = prepare(a);
	if (exit_code) {
		arm_free(a);
		return exit_code;
	}
	*out = a;
	return 0;
}

struct arm_target arm_target(const struct arm *a, enum sea_target_id id)
{
	return a->targets[id];
}

/* --- on and off ------------------------------------------------------------------------------- */

static struct bpf_program *program_of(const struct arm *a, const struct way *way)
{
	return bpf_object__find_program_by_name(a->skel->obj, way->program);
}

/* 0, or EXIT_UNSUPPORTED after a line for the first that cannot be had. */
static int choose_programs(struct arm *a, unsigned targets)
{
	struct bpf_program *prog;

	bpf_object__for_each_program(prog, a->skel->obj) bpf_program__set_autoload(prog, false);
	for (unsigned id = 0; id < SEA_TARGET_ID_MAX; id++) {
		if (!(targets & 1u << id))
			continue;
		if (!a->way[id]) {
			log_error("cannot be overridden here: %s", a->targets[id].why);
			return EXIT_UNSUPPORTED;
		}
		bpf_program__set_autoload(program_of(a, a->way[id]), true);
	}
	return 0;
}

static int load(struct arm *a, int ring_fd)
{
	int err;

	a->skel->rodata->sea_page_shift = __builtin_ctzl(sysconf(_SC_PAGESIZE));
	err = bpf_map__set_autocreate(a->skel->maps.sea_stash, false);
	if (!err)
		err = bpf_map__reuse_fd(a->skel->maps.sea_marks, ring_fd);
	if (!err)
		err = override_bpf__load(a->skel);
	if (!err)
		return 0;
	log_error("load BPF programs: %s (%s)", util_errno(err),
		  *log_libbpf_last() ? log_libbpf_last() : "try -vv for the verifier's words");
	return EXIT_ENVIRONMENT;
}

/* Two targets may share a program. */
static bool is_attached(const struct arm *a, const struct way *way)
{
	for (unsigned i = 0; i < UTIL_COUNT(ways); i++)
		if (a->links[i] && !strcmp(ways[i].program, way->program))
			return true;
	return false;
}

static int attach_one(struct arm *a, const struct way *way)
{
	struct bpf_program *prog = program_of(a, way);
	struct bpf_link *link;

	if (is_attached(a, way))
		return 0;
	link = way->mechanism == ARM_MODIFY
		       ? bpf_program__attach_trace(prog)
		       : bpf_program__attach_kprobe(prog, false, way->function);
	if (!link) {
		log_error("attach to %s: %s (%s)", way->function, util_errno(errno),
			  log_libbpf_last());
		return EXIT_UNSUPPORTED;
	}
	a->links[way - ways] = link;
	return 0;
}

int arm_start(struct arm *a, unsigned targets, int ring_fd)
{
	int exit_code = choose_programs(a, targets);

	if (!exit_code)
		exit_code = load(a, ring_fd);
	for (unsigned id = 0; id < SEA_TARGET_ID_MAX && !exit_code; id++)
		if (targets & 1u << id)
			exit_code = attach_one(a, a->way[id]);
	if (exit_code)
		arm_stop(a);
	return exit_code;
}

void arm_stop(struct arm *a)
{
	for (unsigned i = 0; i < UTIL_COUNT(ways); i++) {
		bpf_link__destroy(a->links[i]);
		a->links[i] = NULL;
	}
}

void arm_free(struct arm *a)
{
	if (!a)
		return;
	arm_stop(a);
	for (unsigned id = 0; id < SEA_TARGET_ID_MAX; id++)
		for (int slot = 0; slot < SEA_RULES_PER_TARGET; slot++)
			free(a->frames[id][slot].pfns);
	override_bpf__destroy(a->skel);
	free(a);
}

/* --- rules ------------------------------------------------------------------------------------ */

#define WRITE(to, value) __atomic_store_n(&(to), (value), __ATOMIC_RELEASE)
#define READ(from)       __atomic_load_n(&(from), __ATOMIC_RELAXED)

/* Until no program works with what it had read before. */
static int await_programs(struct arm *a)
{
	int inner = bpf_map__fd(a->skel->maps.sea_grace_inner);
	uint32_t first = 0;

	return bpf_map_update_elem(bpf_map__fd(a->skel->maps.sea_grace), &first, &inner, BPF_ANY);
}

struct frame_key { /* struct frame of bpf/override.bpf.c */
	uint64_t target, pfn;
};

static void forget_frames(struct arm *a, enum sea_target_id id, int slot)
{
	struct frames *frames = &a->frames[id][slot];
	int fd = bpf_map__fd(a->skel->maps.sea_frames);

	for (size_t i = 0; i < frames->n; i++)
		bpf_map_delete_elem(fd, &(struct frame_key){id, frames->pfns[i]});
	free(frames->pfns);
	*frames = (struct frames){0};
}

/* One that is there already is fine if it is the rule's own: guests share pages (KSM). */
static int add_frame(struct arm *a, enum sea_target_id id, uint32_t slot, uint64_t pfn)
{
	int fd = bpf_map__fd(a->skel->maps.sea_frames);
	struct frame_key key = {id, pfn};
	uint32_t other;
	int err = bpf_map_update_elem(fd, &key, &slot, BPF_NOEXIST);

	if (err == -EEXIST && !bpf_map_lookup_elem(fd, &key, &other))
		return other == slot ? 0 : -EBUSY;
	if (!err)
		a->frames[id][slot].pfns[a->frames[id][slot].n++] = pfn;
	return err == -E2BIG ? -ENOSPC : err;
}

static int take_frames(struct arm *a, enum sea_target_id id, int slot, const uint64_t *pfns,
		       size_t n)
{
	int err = 0;

	if (!n)
		return 0;
	a->frames[id][slot] = (struct frames){.pfns = calloc(n, sizeof(*pfns))};
	if (!a->frames[id][slot].pfns)
		return -ENOMEM;
	for (size_t i = 0; i < n && !err; i++)
		err = add_frame(a, id, slot, pfns[i]);
	if (err)
		forget_frames(a, id, slot);
	return err;
}

static int find_slot(const struct arm *a, enum sea_target_id id)
{
	for (int slot = 0; slot < SEA_RULES_PER_TARGET; slot++)
		if (!a->skel->bss->sea_rules[id][slot].armed)
			return slot;
	return -ENOSPC;
}

/* No program looks at a slot that is not armed. */
static void fill_slot(struct arm *a, enum sea_target_id id, int slot, const struct sea_rule *rule)
{
	struct override_bpf__bss *bss = a->skel->bss;

	bss->sea_rules[id][slot] = *rule;
	bss->sea_rules[id][slot].armed = 0;
	if (predicates[id] & SEA_PRED_PFN) {
		bss->sea_rules[id][slot].first = 0;
		bss->sea_rules[id][slot].last = UINT64_MAX;
	}
	memset(&bss->sea_tallies[id][slot], 0, sizeof(bss->sea_tallies[id][slot]));
	memset(bss->sea_matches[id][slot], 0, sizeof(bss->sea_matches[id][slot]));
	bss->sea_taken[id][slot] = bss->sea_gaps[id][slot] = 0;
}

int arm_rule(struct arm *a, enum sea_target_id id, const struct sea_rule *rule,
	     const uint64_t *pfns, size_t n_pfns)
{
	int slot = find_slot(a, id), err;

	if (slot < 0)
		return slot;
	fill_slot(a, id, slot, rule);
	err = take_frames(a, id, slot, pfns, n_pfns);
	if (!err)
		err = await_programs(a); /* whoever sees it armed sees all of it */
	if (err) {
		forget_frames(a, id, slot);
		return err;
	}
	WRITE(a->skel->bss->sea_rules[id][slot].armed, 1);
	if (predicates[id] & SEA_PRED_VM)
		WRITE(a->skel->bss->sea_scope[id][slot], rule->tgid);
	return slot;
}

void arm_disarm(struct arm *a, enum sea_target_id id, int slot)
{
	int err;

	WRITE(a->skel->bss->sea_scope[id][slot], 0);
	WRITE(a->skel->bss->sea_rules[id][slot].armed, 0);
	err = await_programs(a);
	if (err)
		log_warn("a rule is disarmed, but a call may still be under way: %s",
			 util_errno(err));
	forget_frames(a, id, slot);
}

struct sea_tally arm_tally(const struct arm *a, enum sea_target_id id, int slot)
{
	const struct sea_tally *tally = &a->skel->bss->sea_tallies[id][slot];

	return (struct sea_tally){
		.matched = READ(tally->matched),
		.chosen = READ(tally->chosen),
		.fired = READ(tally->fired),
		.expired = READ(tally->expired),
		.untimely = READ(tally->untimely),
		.over = READ(tally->over),
		.last_ns = READ(tally->last_ns),
		.unsafe = READ(tally->unsafe),
	};
}

void arm_lost(const struct arm *a, uint64_t lost[SEA_MARK_ID_MAX])
{
	for (unsigned id = 0; id < SEA_MARK_ID_MAX; id++)
		lost[id] += READ(a->skel->bss->sea_lost[id]);
}

void arm_beat(struct arm *a, uint64_t deadline_ns)
{
	WRITE(a->skel->bss->sea_deadline_ns, deadline_ns);
}

void arm_budget(struct arm *a, uint64_t shots)
{
	WRITE(a->skel->bss->sea_budget, (int64_t)UTIL_MIN(shots, (uint64_t)INT64_MAX));
}

uint64_t arm_budget_left(const struct arm *a)
{
	int64_t left = READ(a->skel->bss->sea_budget);

	return left > 0 ? left : 0;
}
