/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One order carried out in one VM, from arming to the evidence of what came of it.
 * Layer: main of seainject. Must not know: campaigns, files, output.
 */
#ifndef VOLLEY_H
#define VOLLEY_H

#include "inject/method.h"
#include "inject/order.h"
#include "inject/result.h"
#include "rig.h"

/* Whom it is fired at. */
struct volley_vm {
	struct vm *vm; /* held by the caller */
	int pidfd;     /* its VMM's; readable when that has ended */
	char **probe;  /* words of a command, for this VM (inject/probe.h); NULL: none */
	uint64_t probe_timeout_ns;
};

struct volley {
	const struct method *method;
	const struct order *order; /* its tgid and start_ticks are the VM's */
	const struct volley_vm *at;
	unsigned expected;    /* OUTCOME_BIT()s */
	uint64_t timeout_ns;  /* until it has fired as often as asked */
	uint64_t settle_ns;   /* then, without a mark of the VM, its consequences are over */
	uint64_t hugetlb_max; /* injector.h */
	/* See shoot_config. "armed" comes as soon as it is. */
	void (*under_way)(void *ctx, const struct shot_result *shot, const char *doing);
	void *ctx;
};

/*
 * Fires it, and fills in of *result what came of it; what it is (wanted, expected, names) stands there. When a signal stops the rig, it is
 * disarmed at once, and the result is what there is by then. 0; or an exit code after one line on stderr
 * when the rig is broken, then the result says so, too.
 */
int volley_fire(struct rig *rig, const struct volley *volley, struct shot_result *result);

/*
 * Asks the guest whether it is alive. PROBE_NONE when there is no command, or the rig was stopped
 * meanwhile. 0 or an exit code after one line on stderr: also when the command cannot be started.
 */
int volley_probe(struct rig *rig, const struct volley_vm *at, enum probe_answer *answer);

#endif
