/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One shot, or a volley of the same, as it is asked for: which VM, where, how often.
 * Layer: inject. Must not know: where it was written down, how it is carried out.
 */
#ifndef INJECT_ORDER_H
#define INJECT_ORDER_H

#include <sea/rule.h>
#include <stdbool.h>
#include <stdint.h>

#include "inject/method.h"

struct order {
	uint32_t id; /* the rule's: the same in two runs of a campaign */
	/* whose it is: struct vm (trace/vm.h) */
	uint32_t tgid;
	uint64_t start_ticks;

	unsigned asked; /* SEA_PRED_*: which of the next three are meant */
	uint32_t vcpu;
	uint64_t gpa, gpa_len; /* bytes from a guest physical address */
	uint32_t kinds;        /* SEA_KIND_* */

	int64_t value; /* of method->values */
	uint64_t seed;
	double probability;    /* more than 0, up to 1 */
	uint64_t after, every; /* struct sea_rule; every at least 1 */
	uint64_t at_most;      /* at least 1 */
	uint64_t delay_ns,
		window_ns; /* since it is armed: not before, and for so long; 0: no end */
	uint64_t gap_ns;
	bool dry_run;
};

/*
 * Whether a method can carry it out: 0, or -EINVAL with the reason in why[] ("memory_failure cannot be
 * told by vCPU"). Looks at nothing but the two.
 */
int order_check(const struct order *order, const struct method *method, char why[160]);

/*
 * The rule of an order, armed_ns being now; `first` and `last` are the target's addresses
 * (struct sea_rule), already translated.
 */
void order_rule(const struct order *order, uint64_t first, uint64_t last, uint64_t armed_ns,
		struct sea_rule *rule);

#endif
