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
#include <unistd.h>

#include "lib/exit.h"
#include "lib/log.h"
#include "lib/util.h"
#include "seatrace.skel.h"

/* KVM_EXIT_ARM_SEA came with the kvm_handle_guest_sea that the abort path really calls (6.19). */
#define SEA_EXIT_STRUCT "kvm_run"
#define SEA_EXIT_MEMBER "arm_sea"

#define ENOTSUPP        524 /* include/linux/errno.h; what 6.1 answers to fentry */

enum hook_kind { FUNCTION, PROBE_ONLY, TRACEPOINT };
enum hook_when { ALWAYS, WITH_SEA_EXIT, WITHOUT_SEA_EXIT, WITH_ABORTS, WITHOUT_ABORTS };

/* clang-format off */
static const struct hook {
	const char *program, *target;
	enum hook_kind kind;
	enum hook_when when;
	const char *loses;      /* what is not seen without it */
	const char *serves_too; /* another target does the same job on other kernels */
} hooks[] = {
	{ "sea_abort",         "kvm_handle_guest_abort",    FUNCTION, WITHOUT_ABORTS,
	  "all of phase 1", NULL },
	{ "sea_abort_timed",   "kvm_handle_guest_abort",    FUNCTION, WITH_ABORTS, "all of phase 1", NULL },
	{ "sea_abort_end",     "kvm_handle_guest_abort",    FUNCTION, WITH_ABORTS,
	  "how long aborts take", NULL },
	{ "sea_claim_enter",   "apei_claim_sea",            FUNCTION, ALWAYS, "claims", NULL },
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
	struct feature *kernel; /* the caller's; used while opening */
	bool trampolines;
	uint32_t abort_slots; /* 0: aborts are not timed */
	struct chosen {
		struct bpf_program *programs[PROGRAMS_PER_HOOK]; /* in the order to attach */
		struct bpf_link *links[PROGRAMS_PER_HOOK];
		enum attach_how how;
		const char *missing;
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

/* Whether fentry works at all, tried on the function nothing works without. */
static int find_trampolines(struct attach *a, bool probes_only)
{
	int err = probes_only ? -ENOTSUPP : feature_fentry(a->kernel, hooks[0].target);

	a->trampolines = !err;
	if (!err)
		return 0;
	if (err == -ENOTSUPP) {
		log_info("kprobes instead of trampolines (%s)",
			 probes_only ? "--kprobe" : "arm64 has these from Linux 6.4");
		return 0;
	}
	log_error("attach %s: %s (%s)", hooks[0].target, util_errno(err),
		  *log_libbpf_last() ? log_libbpf_last() : "the kernel refused a BPF program");
	return err == -EPERM ? EXIT_ENVIRONMENT : EXIT_UNSUPPORTED;
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

/* Whether a hook is for this kernel, and was asked for. */
static bool is_wanted(const struct attach *a, enum hook_when when, bool sea_exit)
{
	switch (when) {
	case WITH_SEA_EXIT:
		return sea_exit;
	case WITHOUT_SEA_EXIT:
		return !sea_exit;
	case WITH_ABORTS:
		return a->abort_slots;
	case WITHOUT_ABORTS:
		return !a->abort_slots;
	case ALWAYS:
		break;
	}
	return true;
}

/* Nothing works without the one that sees an SEA come. */
static bool is_vital(const struct hook *hook)
{
	return hook->when == WITH_ABORTS || hook->when == WITHOUT_ABORTS;
}

static int choose(struct attach *a)
{
	bool sea_exit = feature_has_member(a->kernel, SEA_EXIT_STRUCT, SEA_EXIT_MEMBER);
	struct bpf_program *prog;
	int exit_code = 0;

	bpf_object__for_each_program(prog, a->skel->obj) bpf_program__set_autoload(prog, false);
	for (unsigned i = 0; i < N_HOOKS; i++) {
		struct chosen *chosen = &a->chosen[i];

		if (!is_wanted(a, hooks[i].when, sea_exit) ||
		    (hooks[i].kind == PROBE_ONLY && is_served(a, &hooks[i])))
			continue;
		chosen->how = available(a, &hooks[i]);
		if (chosen->how != ATTACH_NOT) {
			take_programs(a, &hooks[i], chosen);
		} else if (!is_served(a, &hooks[i])) {
			chosen->missing = "no such symbol";
			log_warn("%s: no such symbol in this kernel; not seen: %s", hooks[i].target,
				 hooks[i].loses);
			if (is_vital(&hooks[i]))
				exit_code = EXIT_UNSUPPORTED;
		}
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

/* What --aborts takes; nothing without it. */
static int size_abort_maps(struct attach *a)
{
	const struct {
		struct bpf_map *map;
		uint32_t entries;
	} sizes[] = {
		{a->skel->maps.sea_aborts, a->abort_slots + 1},
		{a->skel->maps.sea_abort_free, a->abort_slots},
		{a->skel->maps.sea_abort_threads, pid_max()},
		{a->skel->maps.sea_untimed, 1},
	};
	int err = 0;

	for (unsigned i = 0; i < UTIL_COUNT(sizes) && !err; i++)
		err = a->abort_slots ? bpf_map__set_max_entries(sizes[i].map, sizes[i].entries)
				     : bpf_map__set_autocreate(sizes[i].map, false);
	return err;
}

/* The lowest comes on top. */
static int free_slots(struct attach *a)
{
	int fd = bpf_map__fd(a->skel->maps.sea_abort_free), err = 0;

	for (uint32_t slot = a->abort_slots; slot && !err; slot--)
		err = bpf_map_update_elem(fd, NULL, &slot, BPF_ANY);
	return err;
}

static int load(struct attach *a, const struct attach_options *options)
{
	int err;

	a->skel->rodata->sea_page_shift = __builtin_ctzl(sysconf(_SC_PAGESIZE));
	err = bpf_map__set_max_entries(a->skel->maps.sea_marks, options->ring_bytes);
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

static int attach_one(struct chosen *chosen)
{
	for (int i = 0; i < PROGRAMS_PER_HOOK; i++) {
		if (!chosen->programs[i])
			continue;
		chosen->links[i] = bpf_program__attach(chosen->programs[i]);
		if (!chosen->links[i])
			return -errno;
	}
	return 0;
}

static int attach_all(struct attach *a)
{
	for (unsigned i = 0; i < N_HOOKS; i++) {
		int err = attach_one(&a->chosen[i]);

		if (!err)
			continue;
		a->chosen[i].missing = util_errno(err);
		if (is_vital(&hooks[i])) {
			log_error("attach %s: %s", hooks[i].target, util_errno(err));
			return EXIT_UNSUPPORTED;
		}
		log_warn("attach %s: %s; not seen: %s", hooks[i].target, util_errno(err),
			 hooks[i].loses);
	}
	return 0;
}

static int open_and_attach(struct attach *a, const struct attach_options *options)
{
	int exit_code = find_trampolines(a, options->kprobe);

	if (exit_code)
		return exit_code;
	a->skel = seatrace_bpf__open();
	if (!a->skel) {
		log_error("open the BPF object: %s (%s)", util_errno(errno), log_libbpf_last());
		return EXIT_ENVIRONMENT;
	}
	exit_code = choose(a);
	if (!exit_code)
		exit_code = load(a, options);
	return exit_code ? exit_code : attach_all(a);
}

int attach_open(struct attach **out, struct feature *kernel, const struct attach_options *options)
{
	struct attach *a = calloc(1, sizeof(*a));
	int exit_code;

	if (!a) {
		log_error("no memory to attach");
		return EXIT_ENVIRONMENT;
	}
	a->kernel = kernel;
	a->abort_slots = options->abort_slots;
	exit_code = open_and_attach(a, options);
	if (exit_code) {
		attach_free(a);
		return exit_code;
	}
	*out = a;
	return 0;
}

/* Exits before entries, so that none is seen without its beginning put aside. */
void attach_stop(struct attach *a)
{
	for (unsigned i = 0; i < N_HOOKS; i++)
		for (int p = PROGRAMS_PER_HOOK - 1; p >= 0; p--) {
			bpf_link__destroy(a->chosen[i].links[p]);
			a->chosen[i].links[p] = NULL;
		}
}

void attach_free(struct attach *a)
{
	if (!a)
		return;
	attach_stop(a);
	seatrace_bpf__destroy(a->skel);
	free(a);
}

int attach_ring(const struct attach *a)
{
	return bpf_map__fd(a->skel->maps.sea_marks);
}

/* The first n counters of a per-CPU array, over all CPUs. */
static int sum_counters(const struct bpf_map *map, uint64_t *sums, uint32_t n)
{
	int cpus = libbpf_num_possible_cpus();
	uint64_t *per_cpu = cpus > 0 ? calloc(cpus, sizeof(*per_cpu)) : NULL;
	int err = per_cpu ? 0 : -ENOMEM;

	for (uint32_t i = 0; !err && i < n; i++) {
		err = bpf_map_lookup_elem(bpf_map__fd(map), &i, per_cpu);
		sums[i] = 0;
		for (int cpu = 0; !err && cpu < cpus; cpu++)
			sums[i] += per_cpu[cpu];
	}
	free(per_cpu);
	return err;
}

int attach_lost(const struct attach *a, uint64_t lost[SEA_MARK_ID_MAX])
{
	return sum_counters(a->skel->maps.sea_lost, lost, SEA_MARK_ID_MAX);
}

int attach_untimed(const struct attach *a, uint64_t *n)
{
	return sum_counters(a->skel->maps.sea_untimed, n, 1);
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
		.n_slots = a->abort_slots,
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
		.how = a->chosen[i].missing ? ATTACH_NOT : a->chosen[i].how,
		.missing = a->chosen[i].missing,
		.loses = hooks[i].loses,
	};
	return true;
}
