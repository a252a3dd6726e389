// SPDX-License-Identifier: GPL-2.0-only
/*
 * bench-probe: attaches empty programs to one function, or tells how often each BPF program of this
 * host ran while it looked. Either until SIGTERM; "ready" on stderr when it has begun.
 * Must not: measure anything itself.
 */
#include <argp.h>
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "tests/bench/probe.skel.h"

#define KINDS_MAX 4

struct config {
	bool count;
	const char *function;
	const char *kinds[KINDS_MAX];
	unsigned n;
};

static const char args_doc[] = "FUNCTION KIND...\n--count";
static const char doc[] =
	"Attaches a program of each KIND to FUNCTION until SIGTERM: fentry_empty, fexit_empty, "
	"kprobe_empty, kretprobe_empty and modify_empty (fmod_ret) do nothing, fentry_second and "
	"kprobe_second likewise beside them, fentry_update, kprobe_update and modify_update write "
	"to a map.\v"
	"Examples:\n"
	"  bench-probe kvm_handle_guest_abort fentry_empty fexit_empty\n"
	"  bench-probe --count    at SIGTERM: NAME RUNS of each program that ran\n";

static const struct argp_option options[] = {
	{"count", 'c', NULL, 0, "Count the runs of all programs", 0},
	{0},
};

static error_t take(int key, char *arg, struct argp_state *state)
{
	struct config *config = state->input;

	switch (key) {
	case 'c':
		config->count = true;
		return 0;
	case ARGP_KEY_ARG:
		if (!config->function)
			config->function = arg;
		else if (config->n < KINDS_MAX)
			config->kinds[config->n++] = arg;
		else
			argp_error(state, "at most %d kinds", KINDS_MAX);
		return 0;
	case ARGP_KEY_END:
		if (config->count == (config->n > 0))
			argp_error(state, "either FUNCTION and KIND, or --count");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static int fail(const char *what, const char *name, int err)
{
	fprintf(stderr, "bench-probe: %s %s: %s\n", what, name, strerror(err < 0 ? -err : err));
	return 3;
}

static void wait_for_end(void)
{
	sigset_t set;
	int taken;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigprocmask(SIG_BLOCK, &set, NULL);
	fputs("ready\n", stderr);
	sigwait(&set, &taken);
}

/* --- empty programs --------------------------------------------------------------------------- */

static struct bpf_program *find(struct probe_bpf *skel, const char *kind)
{
	return bpf_object__find_program_by_name(skel->obj, kind);
}

static bool is_probe(const char *kind)
{
	return kind[0] == 'k';
}

static int choose(struct probe_bpf *skel, const struct config *config)
{
	struct bpf_program *prog;

	bpf_object__for_each_program(prog, skel->obj) bpf_program__set_autoload(prog, false);
	for (unsigned i = 0; i < config->n; i++) {
		int err = 0;

		prog = find(skel, config->kinds[i]);
		if (!prog)
			return fail("no such kind:", config->kinds[i], ENOENT);
		bpf_program__set_autoload(prog, true);
		if (!is_probe(config->kinds[i]))
			err = bpf_program__set_attach_target(prog, 0, config->function);
		if (err)
			return fail("no such function:", config->function, err);
	}
	return 0;
}

static int attach(struct probe_bpf *skel, const struct config *config)
{
	for (unsigned i = 0; i < config->n; i++) {
		struct bpf_program *prog = find(skel, config->kinds[i]);
		bool at_return = !strcmp(config->kinds[i], "kretprobe");
		struct bpf_link *link;

		link = is_probe(config->kinds[i])
			       ? bpf_program__attach_kprobe(prog, at_return, config->function)
			       : bpf_program__attach(prog);
		if (!link)
			return fail("attach", config->kinds[i], errno);
		/* it goes with the process */
	}
	return 0;
}

static int stand(const struct config *config)
{
	struct probe_bpf *skel = probe_bpf__open();
	int exit_code = skel ? choose(skel, config) : fail("open", "programs", errno);

	if (!exit_code && probe_bpf__load(skel))
		exit_code = fail("load", "programs", errno);
	if (!exit_code)
		exit_code = attach(skel, config);
	if (!exit_code)
		wait_for_end();
	probe_bpf__destroy(skel);
	return exit_code;
}

/* --- runs ------------------------------------------------------------------------------------- */

#define PROGRAMS_MAX 1024

struct runs {
	char name[BPF_OBJ_NAME_LEN];
	__u32 id;
	__u64 n;
};

/* Of all programs that there are, in the order of their ids; how many that is. */
static unsigned look(struct runs *all)
{
	struct bpf_prog_info info;
	unsigned n = 0;
	__u32 id = 0, len;
	int fd;

	while (n < PROGRAMS_MAX && !bpf_prog_get_next_id(id, &id)) {
		fd = bpf_prog_get_fd_by_id(id);
		if (fd < 0)
			continue; /* it has ended meanwhile */
		memset(&info, 0, sizeof(info));
		len = sizeof(info);
		if (!bpf_obj_get_info_by_fd(fd, &info, &len)) {
			memcpy(all[n].name, info.name, sizeof(all[n].name));
			all[n].id = id;
			all[n++].n = info.run_cnt;
		}
		close(fd);
	}
	return n;
}

static int count(void)
{
	static struct runs before[PROGRAMS_MAX], after[PROGRAMS_MAX];
	int stats = bpf_enable_stats(BPF_STATS_RUN_TIME);
	unsigned n, m, i = 0;

	if (stats < 0)
		return fail("count", "runs", errno);
	n = look(before);
	wait_for_end();
	m = look(after);
	for (unsigned j = 0; j < m; j++) {
		__u64 earlier = 0;

		while (i < n && before[i].id < after[j].id)
			i++;
		if (i < n && before[i].id == after[j].id)
			earlier = before[i].n;
		if (after[j].n > earlier)
			printf("%s %llu\n", after[j].name,
			       (unsigned long long)(after[j].n - earlier));
	}
	close(stats);
	return 0;
}

int main(int argc, char **argv)
{
	static const struct argp argp = {options, take, args_doc, doc, NULL, NULL, NULL};
	struct config config = {0};

	argp_err_exit_status = 2;
	argp_parse(&argp, argc, argv, 0, NULL, &config);
	return config.count ? count() : stand(&config);
}
