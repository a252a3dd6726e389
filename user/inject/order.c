// SPDX-License-Identifier: GPL-2.0-only
/*
 * Whether an order makes sense, and the rule that it becomes.
 * Must not: look at the kernel or at a VM.
 */
#include "inject/order.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

#include "lib/util.h"

static const char *const functions[SEA_TARGET_ID_MAX] = {
#define SEA_TARGET(stem, id, predicates, help) [id] = (help),
#include <sea/targets.def>
#undef SEA_TARGET
};

static const struct {
	unsigned predicate;
	const char *name;
} asked[] = {
	{SEA_PRED_VCPU, "vCPU"},
	{SEA_PRED_GPA, "guest physical address"},
	{SEA_PRED_KIND, "kind of fault"},
};

/* A rule asks only for what its target can tell. */
static int check_predicates(const struct order *order, const struct method *method, char why[160])
{
	unsigned known = method_predicates(method);

	for (unsigned i = 0; i < UTIL_COUNT(asked); i++) {
		if (!(order->asked & ~known & asked[i].predicate))
			continue;
		snprintf(why, 160, "%s cannot go by the %s: %s does not tell it", method->name,
			 asked[i].name,
			 method->family == METHOD_OVERRIDE ? functions[method->target] : "it");
		return -EINVAL;
	}
	if (!method->needs_place || order->asked & SEA_PRED_GPA)
		return 0;
	snprintf(why, 160, "%s: where? It takes a guest physical address", method->name);
	return -EINVAL;
}

static int check_place(const struct order *order, char why[160])
{
	uint64_t end;

	if (order->asked & SEA_PRED_VCPU && order->vcpu >= SEA_RULE_VCPUS) {
		snprintf(why, 160, "vCPU %" PRIu32 ": there are none beyond %d", order->vcpu,
			 SEA_RULE_VCPUS - 1);
		return -EINVAL;
	}
	if (order->asked & SEA_PRED_GPA &&
	    (!order->gpa_len || __builtin_add_overflow(order->gpa, order->gpa_len - 1, &end))) {
		snprintf(why, 160,
			 "0x%" PRIx64 " bytes from guest physical address 0x%" PRIx64
			 " on are no range",
			 order->gpa_len, order->gpa);
		return -EINVAL;
	}
	if (order->asked & SEA_PRED_KIND &&
	    (!order->kinds || order->kinds & ~(SEA_KIND_ACCESSES | SEA_KIND_STATUSES))) {
		snprintf(why, 160, "0x%" PRIx32 " is no set of kinds of faults", order->kinds);
		return -EINVAL;
	}
	return 0;
}

static int check_value(const struct order *order, const struct method *method, char why[160])
{
	unsigned i = 0;

	while (i < METHOD_VALUES_MAX && method->values[i].name)
		if (method->values[i++].value == order->value)
			return 0;
	if (!i) /* it has none, and looks at none */
		return 0;
	snprintf(why, 160, "%s cannot answer %" PRId64, method->name, order->value);
	return -EINVAL;
}

static int check_count(const struct order *order, const struct method *method, char why[160])
{
	const char *wrong = NULL;

	if (!(order->probability > 0 && order->probability <= 1)) /* not a number is neither */
		wrong = "the probability has to be more than 0, up to 1";
	else if (!order->every)
		wrong = "every 0th match is none";
	else if (!order->at_most)
		wrong = "at most no shot at all is no order";
	if (wrong) {
		snprintf(why, 160, "%s", wrong);
		return -EINVAL;
	}
	if (!method->volley_max || order->every > 1 || order->at_most <= method->volley_max)
		return 0;
	snprintf(why, 160,
		 "%s: more than %" PRIu64 " shots one after the other starve the guest; take every "
		 "2nd match, or fewer",
		 method->name, method->volley_max);
	return -EINVAL;
}

int order_check(const struct order *order, const struct method *method, char why[160])
{
	int err = check_predicates(order, method, why);

	if (!err)
		err = check_place(order, why);
	if (!err)
		err = check_value(order, method, why);
	return err ? err : check_count(order, method, why);
}

/* Of 2^64; what is less than one of these is one. */
static uint64_t threshold(double probability)
{
	double scaled = probability * 18446744073709551616.0;

	if (probability >= 1)
		return UINT64_MAX;
	return scaled < 1 ? 1 : (uint64_t)scaled;
}

static uint64_t add(uint64_t a, uint64_t b)
{
	uint64_t sum;

	return __builtin_add_overflow(a, b, &sum) ? UINT64_MAX : sum;
}

void order_rule(const struct order *order, uint64_t first, uint64_t last, uint64_t armed_ns,
		struct sea_rule *rule)
{
	uint64_t begin = add(armed_ns, order->delay_ns);

	*rule = (struct sea_rule){
		.id = order->id,
		.tgid = order->tgid,
		.vcpu = order->asked & SEA_PRED_VCPU ? order->vcpu : SEA_RULE_ANY_VCPU,
		.start_ticks = order->start_ticks,
		.first = first,
		.last = last,
		.seed = order->seed,
		.threshold = threshold(order->probability),
		.after = order->after,
		.every = order->every,
		.at_most = order->at_most,
		.not_before_ns = begin,
		.not_after_ns = order->window_ns ? add(begin, order->window_ns) : UINT64_MAX,
		.gap_ns = order->gap_ns,
		.value = order->value,
		.kinds = order->asked & SEA_PRED_KIND ? order->kinds : 0,
		.flags = order->dry_run ? SEA_RULE_DRY : 0,
	};
}
