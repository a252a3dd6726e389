// SPDX-License-Identifier: GPL-2.0-only
/*
 * From an incident to a command.
 * Must not: wait.
 */
#include "action.h"

#include <inttypes.h>
#include <stdio.h>

#include "out/env.h"

void action_incident(struct exec *exec, const struct out *out, const struct incident *inc,
		     uint64_t now_ns)
{
	char what[48];
	char **env;

	if (inc->late)
		return;
	snprintf(what, sizeof(what), "incident %" PRIu64, inc->id);
	env = env_incident(out, inc, exec_stats(exec).skipped);
	exec_run(exec, what, env, now_ns);
	env_free(env);
}
