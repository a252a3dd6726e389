// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which program goes where on this kernel. One row per hook; capabilities decide, not versions.
 * Must not: read marks.
 */
#include "trace/attach.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
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

enum hook_kind { FUNCTION, TRACEPOINT };
enum hook_when { ALWAYS, WITH_SEA_EXIT, WITHOUT_SEA_EXIT };

/* clang-format off */
static const struct hook {
	const char *program, *target;
	enum hook_kind kind;
	enum hook_when when;
	const char *loses;      /* what is not seen without it */
	const char *serves_too; /* another target does the same job on other kernels */
} hooks[] = {
	{ "sea_abort",         "kvm_handle_guest_abort",    FUNCTION, ALWAYS, "all of phase 1", NULL },
	{ "sea_claim_enter",   "apei_claim_sea",            FUNCTION, ALWAYS, "claims", NULL },
	{ "sea_claim_exit",    "apei_claim_sea",            FUNCTION, ALWAYS, "claims", NULL },
	{ "sea_inject_handled","kvm_handle_guest_sea",      FUNCTION, WITH_SEA_EXIT,
	  "the end of phase 1", NULL },
	{ "sea_inject_serror", "kvm_inject_serror_esr",     FUNCTION, WITHOUT_SEA_EXIT,
	  "the end of phase 1", "kvm_inject_vabt" },
	{ "sea_inject_vabt",   "kvm_inject_vabt",           FUNCTION, WITHOUT_SEA_EXIT,
	  "the end of phase 1", "kvm_inject_serror_esr" },
	{ "sea_estatus",       "ghes_estatus_cached",       FUNCTION, ALWAYS, "whose record it is", NULL },
	{ "sea_record_enter",  "ghes_do_proc",              FUNCTION, ALWAYS, "records", NULL },
	{ "sea_record_exit",   "ghes_do_proc",              FUNCTION, ALWAYS, "records", NULL },
	{ "sea_failure_enter", "memory_failure",            FUNCTION, ALWAYS, "recoveries", NULL },
	{ "sea_failure_exit",  "memory_failure",            FUNCTION, ALWAYS, "recoveries", NULL },
	{ "sea_page",          "memory_failure_event",      TRACEPOINT, ALWAYS, "how a recovery ends", NULL },
	{ "sea_unmap",         "kvm_unmap_gfn_range",       FUNCTION, ALWAYS, "VMs without a signal", NULL },
	{ "sea_signal_send",   "send_sig_mceerr",           FUNCTION, ALWAYS, "SIGBUS to VMMs", NULL },
	{ "sea_signal_force",  "force_sig_mceerr",          FUNCTION, ALWAYS, "SIGBUS by a VMM's own touch", NULL },
	{ "sea_deliver",       "signal_deliver",            TRACEPOINT, ALWAYS, "when a SIGBUS arrives", NULL },
	{ "sea_events_enter",  "__kvm_arm_vcpu_set_events", FUNCTION, ALWAYS, "notifications", NULL },
	{ "sea_events_exit",   "__kvm_arm_vcpu_set_events", FUNCTION, ALWAYS, "notifications", NULL },
};
/* clang-format on */

#define N_HOOKS (sizeof(hooks) / sizeof(hooks[0]))

struct attach {
	struct seatrace_bpf *skel;
	struct bpf_link *links[N_HOOKS];
	const char *missing[N_HOOKS];
};

static bool is_there(const struct feature *kernel, const struct hook *hook)
{
	return hook->kind == TRACEPOINT ? feature_has_tracepoint(kernel, hook->target)
					: feature_has_function(kernel, hook->target);
}

/* On this kernel another target does the hook's job. */
static bool is_served(const struct feature *kernel, const struct hook *hook)
{
	return hook->serves_too && feature_has_function(kernel, hook->serves_too);
}

/* Whether fentry works at all, tried on the function nothing works without. */
static int check_trampolines(const struct feature *kernel)
{
	int err = feature_fentry(kernel, hooks[0].target);

	if (!err)
		return 0;
	if (err == -524) {
		log_error("attach %s: %s (no BPF trampolines: arm64 has them from Linux 6.4; a "
			  "fallback to kprobes is not there yet)",
			  hooks[0].target, util_errno(err));
		return EXIT_UNSUPPORTED;
	}
	log_error("attach %s: %s (%s)", hooks[0].target, util_errno(err),
		  *log_libbpf_last() ? log_libbpf_last() : "the kernel refused a BPF program");
	return err == -EPERM ? EXIT_ENVIRONMENT : EXIT_UNSUPPORTED;
}

static int choose(struct attach *a, const struct feature *kernel)
{
	enum hook_when not_here = feature_has_member(kernel, SEA_EXIT_STRUCT, SEA_EXIT_MEMBER)
					  ? WITHOUT_SEA_EXIT
					  : WITH_SEA_EXIT;

	for (unsigned i = 0; i < N_HOOKS; i++) {
		struct bpf_program *prog =
			bpf_object__find_program_by_name(a->skel->obj, hooks[i].program);
		bool here = hooks[i].when != not_here, there = here && is_there(kernel, &hooks[i]);

		if (!prog) {
			log_error("BPF program %s is not in this build", hooks[i].program);
			return EXIT_ENVIRONMENT;
		}
		bpf_program__set_autoload(prog, there);
		if (here && !there && !is_served(kernel, &hooks[i])) {
			a->missing[i] = "no such symbol";
			log_warn("%s: no such symbol in this kernel; not seen: %s", hooks[i].target,
				 hooks[i].loses);
		}
	}
	return a->missing[0] ? EXIT_UNSUPPORTED : 0;
}

static int load(struct attach *a, uint64_t ring_bytes)
{
	int err;

	a->skel->rodata->sea_page_shift = __builtin_ctzl(sysconf(_SC_PAGESIZE));
	err = bpf_map__set_max_entries(a->skel->maps.sea_marks, ring_bytes);
	if (!err)
		err = seatrace_bpf__load(a->skel);
	if (!err)
		return 0;
	log_error("load BPF programs: %s (%s)", util_errno(err),
		  *log_libbpf_last() ? log_libbpf_last() : "try -vv for the verifier's words");
	return EXIT_ENVIRONMENT;
}

static int attach_all(struct attach *a)
{
	for (unsigned i = 0; i < N_HOOKS; i++) {
		struct bpf_program *prog =
			bpf_object__find_program_by_name(a->skel->obj, hooks[i].program);

		if (!bpf_program__autoload(prog))
			continue;
		a->links[i] = bpf_program__attach(prog);
		if (a->links[i])
			continue;
		a->missing[i] = util_errno(errno);
		if (!i) {
			log_error("attach %s: %s", hooks[i].target, a->missing[i]);
			return EXIT_UNSUPPORTED;
		}
		log_warn("attach %s: %s; not seen: %s", hooks[i].target, a->missing[i],
			 hooks[i].loses);
	}
	return 0;
}

int attach_open(struct attach **out, const struct feature *kernel, uint64_t ring_bytes)
{
	struct attach *a;
	int exit_code = check_trampolines(kernel);

	if (exit_code)
		return exit_code;
	a = calloc(1, sizeof(*a));
	if (a)
		a->skel = seatrace_bpf__open();
	if (!a || !a->skel) {
		log_error("open the BPF object: %s (%s)", util_errno(errno), log_libbpf_last());
		free(a);
		return EXIT_ENVIRONMENT;
	}
	exit_code = choose(a, kernel);
	if (!exit_code)
		exit_code = load(a, ring_bytes);
	if (!exit_code)
		exit_code = attach_all(a);
	if (exit_code) {
		attach_free(a);
		return exit_code;
	}
	*out = a;
	return 0;
}

void attach_stop(struct attach *a)
{
	for (unsigned i = 0; i < N_HOOKS; i++) {
		bpf_link__destroy(a->links[i]);
		a->links[i] = NULL;
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

int attach_lost(const struct attach *a, uint64_t lost[SEA_MARK_ID_MAX])
{
	int fd = bpf_map__fd(a->skel->maps.sea_lost), cpus = libbpf_num_possible_cpus();
	uint64_t *per_cpu = cpus > 0 ? calloc(cpus, sizeof(*per_cpu)) : NULL;
	int err = per_cpu ? 0 : -ENOMEM;

	for (uint32_t id = 0; !err && id < SEA_MARK_ID_MAX; id++) {
		err = bpf_map_lookup_elem(fd, &id, per_cpu);
		lost[id] = 0;
		for (int cpu = 0; !err && cpu < cpus; cpu++)
			lost[id] += per_cpu[cpu];
	}
	free(per_cpu);
	return err;
}

bool attach_hook(const struct attach *a, unsigned i, struct hook_state *state)
{
	if (i >= N_HOOKS)
		return false;
	*state = (struct hook_state){
		.program = hooks[i].program,
		.target = hooks[i].target,
		.attached = a->links[i] != NULL,
		.missing = a->missing[i],
		.loses = hooks[i].loses,
	};
	return true;
}
