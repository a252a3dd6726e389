// SPDX-License-Identifier: GPL-2.0-only
/*
 * The witness's programs, attached where this kernel has their targets.
 * Must not: judge.
 */
#include "inject/witness.h"

#include <bpf/libbpf.h>
#include <errno.h>
#include <stdlib.h>

#include "lib/exit.h"
#include "lib/log.h"
#include "lib/util.h"
#include "witness.skel.h"

#define N_PROGRAMS 4

struct witness {
	struct witness_bpf *skel;
	struct bpf_link *links[N_PROGRAMS];
};

/* Two functions do the same on different kernels. Symbols, which take long to read, if the BTF has neither. */
static void choose(struct witness *w, struct feature *kernel, bool runs)
{
	static const char sea_name[] = "kvm_inject_sea", pabt_name[] = "kvm_inject_pabt";
	bool sea = feature_has_function(kernel, sea_name);
	bool pabt = !sea && feature_has_function(kernel, pabt_name);

	if (!sea && !pabt) {
		sea = feature_has_symbol(kernel, sea_name);
		pabt = !sea && feature_has_symbol(kernel, pabt_name);
	}
	bpf_program__set_autoload(w->skel->progs.witness_run, runs);
	bpf_program__set_autoload(w->skel->progs.witness_sea, sea);
	bpf_program__set_autoload(w->skel->progs.witness_pabt, pabt);
	if (!sea && !pabt)
		log_warn("no %s and no %s in this kernel; not seen: aborts that KVM injects into "
			 "the guest",
			 sea_name, pabt_name);
}

static int attach_all(struct witness *w)
{
	struct bpf_program *program;
	unsigned n = 0;

	bpf_object__for_each_program(program, w->skel->obj)
	{
		if (!bpf_program__autoload(program))
			continue;
		w->links[n] = bpf_program__attach(program);
		if (!w->links[n++]) {
			log_error("attach %s: %s", bpf_program__section_name(program),
				  util_errno(errno));
			return EXIT_ENVIRONMENT;
		}
	}
	return 0;
}

static int load(struct witness *w, struct feature *kernel, bool runs)
{
	int err;

	w->skel = witness_bpf__open();
	if (!w->skel) {
		log_error("open the BPF object: %s (%s)", util_errno(errno), log_libbpf_last());
		return EXIT_ENVIRONMENT;
	}
	choose(w, kernel, runs);
	err = witness_bpf__load(w->skel);
	if (!err)
		return attach_all(w);
	log_error("load BPF programs: %s (%s)", util_errno(err),
		  *log_libbpf_last() ? log_libbpf_last() : "try -vv for the verifier's words");
	return EXIT_ENVIRONMENT;
}

int witness_open(struct witness **out, struct feature *kernel, bool runs)
{
	struct witness *w = calloc(1, sizeof(*w));
	int exit_code;

	if (!w) {
		log_error("no memory to start");
		return EXIT_ENVIRONMENT;
	}
	exit_code = load(w, kernel, runs);
	if (exit_code) {
		witness_close(w);
		return exit_code;
	}
	*out = w;
	return 0;
}

void witness_close(struct witness *w)
{
	if (!w)
		return;
	for (unsigned i = 0; i < N_PROGRAMS; i++)
		bpf_link__destroy(w->links[i]);
	witness_bpf__destroy(w->skel);
	free(w);
}

/* Nobody counts while it is set back. */
void witness_watch(struct witness *w, uint32_t tgid)
{
	w->skel->bss->sea_watched = 0;
	__sync_synchronize();
	w->skel->bss->sea_witnessed = (struct sea_witnessed){0};
	__sync_synchronize();
	w->skel->bss->sea_watched = tgid;
}

struct sea_witnessed witness_seen(const struct witness *w)
{
	return *(const volatile struct sea_witnessed *)&w->skel->bss->sea_witnessed;
}
