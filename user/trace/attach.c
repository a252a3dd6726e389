// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which program goes where on this kernel. One row per hook; capabilities decide, not versions.
 * Must not: read marks.
 */
#include "trace/attach.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "lib/exit.h"
#include "lib/log.h"
#include "lib/privilege.h"
#include "lib/util.h"
#include "seatrace.skel.h"

/* KVM_EXIT_ARM_SEA came with the kvm_handle_guest_sea that the abort path really calls (6.19). */
#define SEA_EXIT_STRUCT  "kvm_run"
#define SEA_EXIT_MEMBER  "arm_sea"

#define RUNNING_VCPU     "kvm_running_vcpu"
#define OTHER_MAPS_BYTES (4 << 20) /* about half of that; programs included */

#define ENOTSUPP         524 /* include/linux/errno.h; what 6.1 answers to fentry */

enum hook_kind { FUNCTION, PROBE_ONLY, TRACEPOINT };
enum hook_when {
	ALWAYS,
	WITH_SEA_EXIT,
	WITHOUT_SEA_EXIT,
	BY_DEFAULT, /* neither of the options that have other hooks for aborts */
	WITH_ABORTS,
	NO_ABORT_HOOK,
	ABORT_HOOK, /* with or without --aborts */
};

/* clang-format off */
static const struct hook {
	const char *program, *target; /* NAME, or NAME_probe and NAME_args: bpf/compat.bpf.h */
	enum hook_kind kind;
	enum hook_when when;
	const char *loses;      /* what is not seen without it */
	const char *serves_too; /* another target does the same job on other kernels */
} hooks[] = {
	{ "sea_abort",         "kvm_handle_guest_abort",    FUNCTION, BY_DEFAULT, "all of phase 1", NULL },
	{ "sea_abort_timed",   "kvm_handle_guest_abort",    FUNCTION, WITH_ABORTS, "all of phase 1", NULL },
	{ "sea_abort_end",     "kvm_handle_guest_abort",    FUNCTION, WITH_ABORTS,
	  "how long aborts take", NULL },
	{ "sea_claim_first",   "apei_claim_sea",            FUNCTION, NO_ABORT_HOOK, "all of phase 1", NULL },
	{ "sea_claim_enter",   "apei_claim_sea",            FUNCTION, ABORT_HOOK, "claims", NULL },
	{ "sea_claim_exit",    "apei_claim_sea",            FUNCTION, ALWAYS, "claims", NULL },
	{ "sea_inject_handled","kvm_handle_guest_sea",      FUNCTION, WITH_SEA_EXIT,
	  "the end of phase 1", NULL },
	{ "sea_inject_serror", "kvm_inject_serror_esr",     FUNCTION, WITHOUT_SEA_EXIT,
	  "the end of phase 1", "kvm_inject_vabt" },
	{ "sea_inject_vabt",   "kvm_inject_vabt",           FUNCTION, WITHOUT_SEA_EXIT,
	  "the end of phase 1", "kvm_inject_serror_esr" },
	{ "sea_estatus",       "ghes_estatus_cached",       FUNCTION, ALWAYS, "whose record it is", NULL },
	{ "sea_record_enter",  "ghes_do_proc",              FUNCTION, ALWAYS,
	  "records", "ghes_do_proc.isra.0" },
	{ "sea_record_exit",   "ghes_do_proc",              FUNCTION, ALWAYS,
	  "records", "ghes_do_proc.isra.0" },
	{ "sea_record_isra_enter", "ghes_do_proc.isra.0",   PROBE_ONLY, ALWAYS, "records", "ghes_do_proc" },
	{ "sea_record_isra_exit",  "ghes_do_proc.isra.0",   PROBE_ONLY, ALWAYS, "records", "ghes_do_proc" },
	{ "sea_failure_enter", "memory_failure",            FUNCTION, ALWAYS, "recoveries", NULL },
	{ "sea_failure_exit",  "memory_failure",            FUNCTION, ALWAYS, "recoveries", NULL },
	{ "sea_page",          "memory_failure_event",      TRACEPOINT, ALWAYS, "how a recovery ends", NULL },
	{ "sea_unmap",         "kvm_unmap_gfn_range",       FUNCTION, ALWAYS,
	  "VMs without a signal", "kvm_unmap_hva_range" },
	{ "sea_unmap_hva",     "kvm_unmap_hva_range",       PROBE_ONLY, ALWAYS,
	  "VMs without a signal", "kvm_unmap_gfn_range" },
	{ "sea_signal_send",   "send_sig_mceerr",           FUNCTION, ALWAYS, "SIGBUS to VMMs", NULL },
	{ "sea_signal_force",  "force_sig_mceerr",          FUNCTION, ALWAYS, "SIGBUS by a VMM's own touch", NULL },
	{ "sea_deliver",       "signal_deliver",            TRACEPOINT, ALWAYS, "when a SIGBUS arrives", NULL },
	{ "sea_events_enter",  "__kvm_arm_vcpu_set_events", FUNCTION, ALWAYS, "notifications", NULL },
	{ "sea_events_exit",   "__kvm_arm_vcpu_set_events", FUNCTION, ALWAYS, "notifications", NULL },
};
/* clang-format on */

#define N_HOOKS (sizeof(hooks) / sizeof(hooks[0]))

/* A probe's exit has a second program, at the entry, which puts the arguments aside. */
#define PROGRAMS_PER_HOOK 2

struct attach {
	struct seatrace_bpf *skel;
	struct feature *kernel; /* the caller's */
	struct attach_options options;
	bool trampolines;
	bool sea_exit; /* the kernel has KVM_EXIT_ARM_SEA */
	int stats_fd;  /* while it is open, the kernel measures programs; -1 */
	struct chosen {
		struct bpf_program *programs[PROGRAMS_PER_HOOK]; /* in the order to attach */
		struct bpf_link *links[PROGRAMS_PER_HOOK];
		enum attach_how how;
		char why[64];
	} chosen[N_HOOKS];
};

/*
 * How this target can be had. The BTF is asked first, of what serves too as well: reading kallsyms
 * takes as long as all the rest of attaching, and what the BTF names is a symbol.
 */
static enum attach_how available(const struct attach *a, const struct hook *hook)
{
	bool named = feature_has_function(a->kernel, hook->target);

	if (hook->kind == TRACEPOINT)
		return feature_has_tracepoint(a->kernel, hook->target) ? ATTACH_TRACEPOINT
								       : ATTACH_NOT;
	if (hook->kind == FUNCTION && a->trampolines && named)
		return ATTACH_TRAMPOLINE;
	if (!named && hook->serves_too && feature_has_function(a->kernel, hook->serves_too))
		return ATTACH_NOT;
	return named || feature_has_symbol(a->kernel, hook->target) ? ATTACH_PROBE : ATTACH_NOT;
}

/* On this kernel another target does the hook's job. */
static bool is_served(const struct attach *a, const struct hook *hook)
{
	return hook->serves_too && (feature_has_function(a->kernel, hook->serves_too) ||
				    feature_has_symbol(a->kernel, hook->serves_too));
}

/* Why a hook is none of this watch, whatever symbols the kernel has; NULL: it is one. */
static const char *not_wanted(const struct attach *a, const struct hook *hook)
{
	switch (hook->when) {
	case WITH_SEA_EXIT:
		return a->sea_exit ? NULL : "this kernel's aborts do not come by it";
	case WITHOUT_SEA_EXIT:
		return a->sea_exit ? "kvm_handle_guest_sea says more here" : NULL;
	case BY_DEFAULT:
		if (a->options.aborts)
			return "sea_abort_timed does it with --aborts";
		return a->options.no_abort_hook ? "--no-abort-hook" : NULL;
	case WITH_ABORTS:
		return a->options.aborts ? NULL : "only with --aborts";
	case NO_ABORT_HOOK:
		return a->options.no_abort_hook ? NULL : "only with --no-abort-hook";
	case ABORT_HOOK:
		return a->options.no_abort_hook ? "--no-abort-hook" : NULL;
	case ALWAYS:
		break;
	}
	return NULL;
}

/* Nothing works without the one that sees an SEA come. */
static bool is_vital(const struct hook *hook)
{
	return hook->when == BY_DEFAULT || hook->when == WITH_ABORTS || hook->when == NO_ABORT_HOOK;
}

/*
 * Whether fentry works at all, tried on a function nothing works without. Who may not try can see
 * whether the kernel has what trampolines on arm64 are made with.
 */
static int find_trampolines(struct attach *a)
{
	const char *target = a->options.no_abort_hook ? "apei_claim_sea" : "kvm_handle_guest_abort";
	int err = a->options.kprobe ? -ENOTSUPP : feature_fentry(a->kernel, target);

	if (err == -EPERM)
		err = feature_has_symbol(a->kernel, "register_ftrace_direct") ? 0 : -ENOTSUPP;
	a->trampolines = !err;
	if (!err)
		return 0;
	if (err == -ENOTSUPP) {
		log_info("kprobes instead of trampolines (%s)",
			 a->options.kprobe ? "--kprobe" : "arm64 has these from Linux 6.4");
		return 0;
	}
	log_error("attach %s: %s (%s)", target, util_errno(err),
		  *log_libbpf_last() ? log_libbpf_last() : "the kernel refused a BPF program");
	return EXIT_UNSUPPORTED;
}

static struct bpf_program *find_program(const struct attach *a, const char *name,
					const char *suffix)
{
	char full[64];

	snprintf(full, sizeof(full), "%s%s", name, suffix);
	return bpf_object__find_program_by_name(a->skel->obj, full);
}

/* The programs that `how` takes; NULL in front where one is enough. */
static void take_programs(const struct attach *a, const struct hook *hook, struct chosen *chosen)
{
	bool probe = chosen->how == ATTACH_PROBE;

	chosen->programs[0] = probe ? find_program(a, hook->program, "_args") : NULL;
	chosen->programs[1] = find_program(a, hook->program, probe ? "_probe" : "");
	for (int i = 0; i < PROGRAMS_PER_HOOK; i++)
		if (chosen->programs[i])
			bpf_program__set_autoload(chosen->programs[i], true);
}

static void miss(struct chosen *chosen, const struct hook *hook, const char *why)
{
	chosen->how = ATTACH_MISSING;
	snprintf(chosen->why, sizeof(chosen->why), "%s", why);
	log_warn("%s: %s; not seen: %s", hook->target, why, hook->loses);
}

static void choose_one(struct attach *a, const struct hook *hook, struct chosen *chosen)
{
	const char *unwanted = not_wanted(a, hook);

	if (unwanted) {
		snprintf(chosen->why, sizeof(chosen->why), "%s", unwanted);
		return;
	}
	if (hook->kind != PROBE_ONLY || !is_served(a, hook))
		chosen->how = available(a, hook);
	if (chosen->how != ATTACH_NOT)
		take_programs(a, hook, chosen);
	else if (is_served(a, hook))
		snprintf(chosen->why, sizeof(chosen->why), "%s does it here", hook->serves_too);
	else
		miss(chosen, hook, "no such symbol in this kernel");
}

static int choose(struct attach *a)
{
	struct bpf_program *prog;
	int exit_code = 0;

	bpf_object__for_each_program(prog, a->skel->obj) bpf_program__set_autoload(prog, false);
	for (unsigned i = 0; i < N_HOOKS; i++) {
		choose_one(a, &hooks[i], &a->chosen[i]);
		if (a->chosen[i].how == ATTACH_MISSING && is_vital(&hooks[i]))
			exit_code = EXIT_UNSUPPORTED;
	}
	return exit_code;
}

/* Thread ids are below. */
static uint32_t pid_max(void)
{
	uint64_t max = 1 << 22; /* PID_MAX_LIMIT of 64-bit kernels */
	char *text;

	if (util_read_file("/proc/sys/kernel/pid_max", &text, NULL))
		return max;
	text[strcspn(text, "\n")] = '\0';
	util_parse_u64(text, 1, max, &max);
	free(text);
	return max;
}

/* 0: aborts are not timed. */
static uint32_t abort_slots(const struct attach *a)
{
	return a->options.aborts ? a->options.abort_slots : 0;
}

/* What --aborts takes; nothing without it. */
static int size_abort_maps(struct attach *a)
{
	uint32_t slots = abort_slots(a);
	const struct {
		struct bpf_map *map;
		uint32_t entries;
	} sizes[] = {
		{a->skel->maps.sea_aborts, slots + 1},
		{a->skel->maps.sea_abort_free, slots},
		{a->skel->maps.sea_abort_threads, pid_max()},
	};
	int err = 0;

	for (unsigned i = 0; i < UTIL_COUNT(sizes) && !err; i++)
		err = slots ? bpf_map__set_max_entries(sizes[i].map, sizes[i].entries)
			    : bpf_map__set_autocreate(sizes[i].map, false);
	return err;
}

/* The lowest comes on top. */
static int free_slots(struct attach *a)
{
	int fd = bpf_map__fd(a->skel->maps.sea_abort_free), err = 0;

	for (uint32_t slot = abort_slots(a); slot && !err; slot--)
		err = bpf_map_update_elem(fd, NULL, &slot, BPF_ANY);
	return err;
}

static int load(struct attach *a)
{
	int err;

	a->skel->rodata->sea_page_shift = __builtin_ctzl(sysconf(_SC_PAGESIZE));
	err = bpf_map__set_max_entries(a->skel->maps.sea_marks, a->options.ring_bytes);
	if (!err)
		err = size_abort_maps(a);
	if (!err)
		err = seatrace_bpf__load(a->skel);
	if (!err)
		err = free_slots(a);
	if (!err)
		return 0;
	log_error("load BPF programs: %s (%s)", util_errno(err),
		  *log_libbpf_last() ? log_libbpf_last() : "try -vv for the verifier's words");
	return EXIT_ENVIRONMENT;
}

static void detach_one(struct chosen *chosen)
{
	for (int i = PROGRAMS_PER_HOOK - 1; i >= 0; i--) {
		bpf_link__destroy(chosen->links[i]);
		chosen->links[i] = NULL;
	}
}

static int attach_one(struct chosen *chosen)
{
	for (int i = 0; i < PROGRAMS_PER_HOOK; i++) {
		int err;

		if (!chosen->programs[i])
			continue;
		chosen->links[i] = bpf_program__attach(chosen->programs[i]);
		if (chosen->links[i])
			continue;
		err = -errno;
		detach_one(chosen);
		return err;
	}
	return 0;
}

static int attach_all(struct attach *a)
{
	for (unsigned i = 0; i < N_HOOKS; i++) {
		int err = attach_one(&a->chosen[i]);

		if (!err)
			continue;
		if (!is_vital(&hooks[i])) {
			miss(&a->chosen[i], &hooks[i], util_errno(err));
			continue;
		}
		log_error("attach %s: %s", hooks[i].target, util_errno(err));
		return EXIT_UNSUPPORTED;
	}
	return 0;
}

static int prepare(struct attach *a)
{
	int exit_code;

	if (a->options.spare_aborts)
		a->options.no_abort_hook = feature_has_variable(a->kernel, RUNNING_VCPU);
	if (a->options.no_abort_hook && !feature_has_variable(a->kernel, RUNNING_VCPU)) {
		log_error(
			"--no-abort-hook: this kernel does not tell which vCPU runs (" RUNNING_VCPU
			" is not in its BTF and kallsyms)");
		return EXIT_UNSUPPORTED;
	}
	a->sea_exit = feature_has_member(a->kernel, SEA_EXIT_STRUCT, SEA_EXIT_MEMBER);
	exit_code = find_trampolines(a);
	if (exit_code)
		return exit_code;
	a->skel = seatrace_bpf__open();
	if (a->skel)
		return choose(a);
	log_error("open the BPF object: %s (%s)", util_errno(errno), log_libbpf_last());
	return EXIT_ENVIRONMENT;
}

int attach_new(struct attach **out, struct feature *kernel, const struct attach_options *options)
{
	struct attach *a = calloc(1, sizeof(*a));
	int exit_code;

	if (!a) {
		log_error("no memory to attach");
		return EXIT_ENVIRONMENT;
	}
	a->kernel = kernel;
	a->options = *options;
	a->stats_fd = -1;
	exit_code = prepare(a);
	if (exit_code) {
		attach_free(a);
		return exit_code;
	}
	*out = a;
	return 0;
}

int attach_start(struct attach *a)
{
	int exit_code = load(a);

	return exit_code ? exit_code : attach_all(a);
}

/* --- privileges ------------------------------------------------------------------------------- */

static bool has_probes(const struct attach *a)
{
	for (unsigned i = 0; i < N_HOOKS; i++)
		if (a->chosen[i].how == ATTACH_PROBE)
			return true;
	return false;
}

/* Up to 5.10 maps are locked memory; since then they are charged to the control group. */
uint64_t attach_memlock(const struct attach *a)
{
	struct rlimit limit;

	if (!feature_has_member(a->kernel, "bpf_map", "memory") ||
	    getrlimit(RLIMIT_MEMLOCK, &limit) || limit.rlim_cur == RLIM_INFINITY)
		return UINT64_MAX;
	return limit.rlim_cur;
}

/* About, and rather too much. */
static uint64_t maps_bytes(const struct attach *a)
{
	uint64_t bytes = a->options.ring_bytes + OTHER_MAPS_BYTES;

	if (abort_slots(a))
		bytes += abort_slots(a) * (sizeof(struct sea_aborts) + sizeof(uint64_t)) +
			 pid_max() * sizeof(uint64_t);
	return bytes;
}

uint64_t attach_needs(const struct attach *a)
{
	uint64_t needs = PRIVILEGE(CAP_BPF) | PRIVILEGE(CAP_PERFMON);

	/* level 3 and 4 are Debian's, Ubuntu's and Android's */
	if (has_probes(a) && feature_sysctl("kernel/perf_event_paranoid") > 2)
		needs |= PRIVILEGE(CAP_SYS_ADMIN);
	if (attach_memlock(a) < maps_bytes(a))
		needs |= PRIVILEGE(CAP_SYS_RESOURCE);
	return needs;
}

/* --- the end ---------------------------------------------------------------------------------- */

/* Exits before entries, so that none is seen without its beginning put aside. */
void attach_stop(struct attach *a)
{
	for (unsigned i = 0; i < N_HOOKS; i++)
		detach_one(&a->chosen[i]);
}

void attach_free(struct attach *a)
{
	if (!a)
		return;
	attach_stop(a);
	if (a->stats_fd >= 0)
		close(a->stats_fd);
	seatrace_bpf__destroy(a->skel);
	free(a);
}

int attach_ring(const struct attach *a)
{
	return bpf_map__fd(a->skel->maps.sea_marks);
}

volatile uint32_t *attach_quiet(const struct attach *a)
{
	return &a->skel->bss->sea_quiet;
}

void attach_lost(const struct attach *a, uint64_t lost[SEA_MARK_ID_MAX])
{
	memcpy(lost, a->skel->bss->sea_lost, sizeof(a->skel->bss->sea_lost));
}

uint64_t attach_untimed(const struct attach *a)
{
	return a->skel->bss->sea_untimed;
}

/* --- aborts, as the kernel counts them (struct aborts_kernel) ---------------------------------- */

static int read_slot(void *ctx, uint32_t slot, struct sea_aborts *now)
{
	struct attach *a = ctx;

	return bpf_map_lookup_elem(bpf_map__fd(a->skel->maps.sea_aborts), &slot, now);
}

/* In this order: a thread of this id that is new takes no slot that is about to be emptied. */
static int give_back_slot(void *ctx, uint32_t slot, uint32_t tid)
{
	static const struct sea_aborts empty;
	static const uint32_t none;
	struct attach *a = ctx;
	int err = bpf_map_update_elem(bpf_map__fd(a->skel->maps.sea_abort_threads), &tid, &none,
				      BPF_ANY);

	if (!err)
		err = bpf_map_update_elem(bpf_map__fd(a->skel->maps.sea_aborts), &slot, &empty,
					  BPF_ANY);
	if (!err)
		err = bpf_map_update_elem(bpf_map__fd(a->skel->maps.sea_abort_free), NULL, &slot,
					  BPF_ANY);
	return err;
}

struct aborts_kernel attach_aborts(struct attach *a)
{
	return (struct aborts_kernel){
		.n_slots = abort_slots(a),
		.read = read_slot,
		.give_back = give_back_slot,
		.ctx = a,
	};
}

bool attach_hook(const struct attach *a, unsigned i, struct hook_state *state)
{
	if (i >= N_HOOKS)
		return false;
	*state = (struct hook_state){
		.program = hooks[i].program,
		.target = hooks[i].target,
		.how = a->chosen[i].how,
		.why = a->chosen[i].why,
		.loses = hooks[i].loses,
	};
	return true;
}

const char *attach_how_name(enum attach_how how)
{
	static const char *const names[] = {
		[ATTACH_NOT] = "not needed",        [ATTACH_MISSING] = "missing",
		[ATTACH_TRAMPOLINE] = "trampoline", [ATTACH_PROBE] = "kprobe",
		[ATTACH_TRACEPOINT] = "tracepoint",
	};

	return names[how];
}

/* --- what the programs cost ------------------------------------------------------------------- */

void attach_measure(struct attach *a)
{
	a->stats_fd = bpf_enable_stats(BPF_STATS_RUN_TIME);
	if (a->stats_fd < 0)
		log_warn("measure BPF programs: %s (needs CAP_SYS_ADMIN); "
			 "seatrace_bpf_run_seconds_total is left out",
			 util_errno(errno));
}

/* Program number i of those that are, or were, attached: it counts on until it is taken off. */
static const struct bpf_program *measured_program(const struct attach *a, unsigned i)
{
	for (unsigned hook = 0; hook < N_HOOKS; hook++)
		for (int p = 0; p < PROGRAMS_PER_HOOK; p++)
			if (attach_is_on(a->chosen[hook].how) && a->chosen[hook].programs[p] &&
			    !i--)
				return a->chosen[hook].programs[p];
	return NULL;
}

/* By way of /proc: the bpf system call would take CAP_BPF, which is given up by then (up to 5.18). */
bool attach_run(const struct attach *a, unsigned i, struct attach_run *run)
{
	const struct bpf_program *program = a->stats_fd >= 0 ? measured_program(a, i) : NULL;
	char path[64], *text;
	const char *ns, *count;

	if (!program)
		return false;
	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", bpf_program__fd(program));
	if (util_read_file(path, &text, NULL))
		return false;
	ns = strstr(text, "\nrun_time_ns:");
	count = strstr(text, "\nrun_cnt:");
	run->program = bpf_program__name(program);
	run->ns = ns ? strtoull(strchr(ns, ':') + 1, NULL, 10) : 0;
	run->count = count ? strtoull(strchr(count, ':') + 1, NULL, 10) : 0;
	free(text);
	return true;
}
