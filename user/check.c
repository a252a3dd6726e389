// SPDX-License-Identifier: GPL-2.0-only
/*
 * --check (check.h).
 */
#include "check.h"

#include <stdio.h>
#include <string.h>

#include "lib/exit.h"
#include "lib/feature.h"
#include "lib/log.h"
#include "lib/privilege.h"
#include "lib/util.h"
#include "out/check.h"
#include "rights.h"

static void add_hooks(struct check *c, const struct attach *attach)
{
	struct hook_state hook;

	for (; c->n_hooks < CHECK_HOOKS_MAX && attach_hook(attach, c->n_hooks, &hook); c->n_hooks++)
		c->hooks[c->n_hooks] = (struct check_hook){
			.program = hook.program,
			.target = hook.target,
			.how = attach_is_on(hook.how) ? attach_how_name(hook.how) : NULL,
			.why = attach_is_on(hook.how) ? NULL : hook.why,
			.loses = hook.how == ATTACH_MISSING ? hook.loses : NULL,
		};
}

/* What no hook can help, where kprobes are used. */
static void add_gaps(struct check *c, struct feature *kernel, const struct attach *attach)
{
	struct hook_state hook;
	bool probes = false;

	for (unsigned i = 0; attach_hook(attach, i, &hook); i++)
		probes |= hook.how == ATTACH_PROBE;
	if (!probes)
		return;
	if (!feature_has_parameter(kernel, "bpf_get_kprobe_info", "missed"))
		c->gaps[c->n_gaps++] = "a kprobe hit while another BPF program of a probe runs on "
				       "that CPU is missed, and counted nowhere";
	c->gaps[c->n_gaps++] = "of more threads inside one function than there are kretprobe "
			       "instances (max(10, 2 x CPUs), up to 5.16 one per CPU; perf-based "
			       "probes cannot set it), the rest is not seen to return";
}

static void look(struct check *c, const struct watch_config *config, struct feature *kernel,
		 const struct attach *attach)
{
	c->to_start = rights_to_start(config, attach);
	c->to_run = rights_to_run(config);
	c->missing = privilege_missing(c->to_start);
	c->lockdown = feature_lockdown(kernel);
	c->paranoid = feature_sysctl("kernel/perf_event_paranoid");
	c->memlock = attach_memlock(attach);
}

static int print(const struct check *c, bool json)
{
	int err = json ? check_json(stdout, c) : check_text(stdout, c);

	if (!err)
		return 0;
	log_error("--check: write: %s", util_errno(err));
	return EXIT_ENVIRONMENT;
}

static int check_with(const struct watch_config *config, struct feature *kernel,
		      struct attach *attach)
{
	struct check c = {0};
	int exit_code, printed;

	look(&c, config, kernel, attach);
	exit_code = rights_check(config, attach);
	if (!exit_code) {
		exit_code = attach_start(attach);
		c.proven = !exit_code;
	}
	add_hooks(&c, attach);
	add_gaps(&c, kernel, attach);
	attach_stop(attach);
	printed = print(&c, config->outputs.json);
	return exit_code ? exit_code : printed;
}

int check(const struct watch_config *config)
{
	struct feature *kernel = NULL;
	struct attach *attach = NULL;
	int exit_code = feature_open(&kernel);

	if (!exit_code)
		exit_code = attach_new(&attach, kernel, &config->attach);
	if (!exit_code)
		exit_code = check_with(config, kernel, attach);
	attach_free(attach);
	feature_free(kernel);
	return exit_code;
}
