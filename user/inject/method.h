/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The ways to inject an error: one row in methods.def and one file in methods/ each.
 * Layer: inject. Must not know: campaigns, verdicts' rendering, libbpf.
 */
#ifndef INJECT_METHOD_H
#define INJECT_METHOD_H

#include <sea/rule.h>
#include <stdbool.h>
#include <stdint.h>

#include "inject/outcome.h"

struct injector;
struct order;

enum method_family {
	METHOD_OVERRIDE, /* a kernel function answers what we say: while a rule is armed */
	METHOD_POISON,   /* a page of the VM is taken away: at once, by the kernel itself */
	METHOD_FIRMWARE, /* the platform is asked for an error: at once */
};

/* What may be lost when it goes wrong; a method says all that apply. */
enum method_danger {
	DANGER_GUEST = 1 << 0,
	DANGER_VMM = 1 << 1,
	DANGER_HOST = 1 << 2,
};

struct method_value {
	const char *name; /* "EFAULT" */
	int64_t value;
};

#define METHOD_VALUES_MAX 8

/* Whether this kernel has it, and how; or why not. */
struct method_state {
	bool available;
	char mechanism[48]; /* "kprobe override of user_mem_abort", "hard_offline_page" */
	char why[160];      /* when it is not available: what is missing, and what would help */
};

struct method {
	const char *name; /* "pfn-hwpoison" */
	enum method_family family;
	const char *does;
	const char *needs;
	const char *undo;  /* what is left of it, and what takes that back */
	const char *note;  /* what a user should know besides; NULL: nothing */
	unsigned danger;   /* enum method_danger */
	unsigned expected; /* OUTCOME_BIT()s that are right unless the campaign says otherwise */
	enum sea_target_id target; /* METHOD_OVERRIDE: what is overridden; 0 otherwise */
	unsigned
		predicates; /* SEA_PRED_* that an order may ask for; not METHOD_OVERRIDE: its target's */
	bool needs_place; /* an order without a GPA makes no sense */
	bool leaves_record; /* firmware's: what the next SEA of any VM would claim is cleared before it is disarmed */
	uint64_t
		volley_max; /* the most shots without `every` > 1: more would starve the guest; 0: no limit */
	/* What the order's value may be: the first is the default. Empty: it has none. */
	struct method_value values[METHOD_VALUES_MAX];

	/* Not METHOD_OVERRIDE, which asks what can be armed (arm.h): whether this kernel has it. */
	void (*probe)(const struct method *method, struct method_state *state);
	/*
	 * Not METHOD_OVERRIDE: does it, `order->at_most` times, one page after the other from the
	 * order's first GPA on. Returns shots done, or with --dry-run those that could be; when that is
	 * fewer, the reason is in why[], and -errno when it is none.
	 */
	int (*fire)(const struct method *method, struct injector *injector,
		    const struct order *order, char why[160]);
};

#define SEA_METHOD(stem) extern const struct method method_##stem;
#include "inject/methods.def"
#undef SEA_METHOD

/* Method number i in the order of methods.def, or NULL. */
const struct method *method_at(unsigned i);

/* By name, or NULL. */
const struct method *method_find(const char *name);

/* The predicates that orders for it may have. */
unsigned method_predicates(const struct method *method);

/* The value of this name or number ("EFAULT", "-14"): 0, or -EINVAL when it is none of the method's. */
int method_value(const struct method *method, const char *text, int64_t *value);

/* "guest, VMM", in a buffer of at least 32. */
const char *method_dangers(const struct method *method, char text[32]);

extern const char *const method_families[]; /* by enum method_family */

#endif
