// SPDX-License-Identifier: GPL-2.0-only
/*
 * Words into an order; what is wrong with them is said here.
 * Must not: look at the kernel, arm anything.
 */
#include "seainject_order.h"

#include <errno.h>

#include "inject/pick.h"
#include "inject/scope.h"
#include "lib/log.h"
#include "lib/util.h"

/* clang-format off */
#define AT(member) offsetof(struct order_words, member)
const struct opt seainject_order_options[] = {
	{ .name = "vm", .arg = "VM", .kind = OPT_STRING, .offset = AT(vm),
	  .help = "at this VM: name, UUID or process; there is no default" },
	{ .name = "method", .arg = "METHOD", .kind = OPT_STRING, .offset = AT(method),
	  .help = "in this way: see seainject list" },
	{ .name = "vcpu", .arg = "N", .kind = OPT_U64, .offset = AT(vcpu), .max = SEA_RULE_VCPUS - 1,
	  .help = "only on this vCPU" },
	{ .name = "gpa", .arg = "ADDRESS[+SIZE]", .kind = OPT_STRING, .offset = AT(gpa),
	  .help = "only there: guest physical; SIZE like 64K, else the page of 4 KiB" },
	{ .name = "kind", .arg = "KIND", .kind = OPT_LIST, .offset = AT(kinds),
	  .help = "only faults of this kind: read write exec; translation access permission "
		  "external other; again for more" },
	{ .name = "value", .arg = "VALUE", .kind = OPT_STRING, .offset = AT(value),
	  .help = "what the caller gets, one of the method's values (its first)" },
	{ .name = "after", .arg = "N", .kind = OPT_U64, .offset = AT(after),
	  .help = "let the first N matches of each vCPU by" },
	{ .name = "every", .arg = "N", .kind = OPT_U64, .offset = AT(every), .min = 1,
	  .help = "then take the first of each N (1)" },
	{ .name = "probability", .arg = "P", .kind = OPT_STRING, .offset = AT(probability),
	  .help = "and of these this part, like 0.25 (1)" },
	{ .name = "seed", .arg = "N", .kind = OPT_U64, .offset = AT(seed),
	  .help = "which ones: the same seed, the same matches (0)" },
	{ .name = "at-most", .arg = "N", .kind = OPT_U64, .offset = AT(at_most), .min = 1,
	  .help = "so many shots (1)" },
	{ .name = "gap", .arg = "DURATION", .kind = OPT_DURATION, .offset = AT(gap_ns),
	  .help = "at least so long from one to the next" },
	{ .name = "delay", .arg = "DURATION", .kind = OPT_DURATION, .offset = AT(delay_ns),
	  .help = "none before this time has passed" },
	{ .name = "window", .arg = "DURATION", .kind = OPT_DURATION, .offset = AT(window_ns),
	  .help = "none later than this after the first may come" },
	{ .name = "dry-run", .kind = OPT_FLAG, .offset = AT(dry_run),
	  .help = "only count what would have been fired" },
	{ .name = "unsafe", .kind = OPT_FLAG, .offset = AT(unsafe),
	  .help = "really do it: guests, VMMs and hosts can be lost" },
	{ 0 },
};
#undef AT
/* clang-format on */

static int take_method(const struct order_words *words, const struct method **method)
{
	if (!words->method) {
		log_error("--method: in which way? (see seainject list)");
		return EXIT_USAGE;
	}
	*method = method_find(words->method);
	if (*method)
		return 0;
	log_error("--method: there is no '%s' (see seainject list)", words->method);
	return EXIT_USAGE;
}

static int take_place(const struct order_words *words, struct order *order)
{
	struct scope_range range;

	if (words->vcpu != UINT64_MAX) {
		order->asked |= SEA_PRED_VCPU;
		order->vcpu = words->vcpu;
	}
	if (!words->gpa)
		return 0;
	if (scope_range(words->gpa, &range)) {
		log_error("--gpa: '%s' is no guest physical address, like 0x80000000 or "
			  "0x80000000+64K",
			  words->gpa);
		return EXIT_USAGE;
	}
	order->asked |= SEA_PRED_GPA;
	order->gpa = range.gpa;
	order->gpa_len = range.len;
	return 0;
}

static int take_kinds(const struct order_words *words, struct order *order)
{
	for (unsigned i = 0; i < words->kinds.n; i++) {
		uint32_t kind = scope_kind(words->kinds.items[i]);

		if (!kind) {
			log_error("--kind: '%s' is no kind of fault (see seainject fire --help)",
				  words->kinds.items[i]);
			return EXIT_USAGE;
		}
		order->asked |= SEA_PRED_KIND;
		order->kinds |= kind;
	}
	return 0;
}

static int take_value(const struct order_words *words, const struct method *method,
		      struct order *order)
{
	order->value = method->values[0].value;
	if (!words->value || !method_value(method, words->value, &order->value))
		return 0;
	log_error("--value: %s has no '%s' (see seainject list --long %s)", method->name,
		  words->value, method->name);
	return EXIT_USAGE;
}

static int take_counts(const struct order_words *words, struct order *order)
{
	order->seed = words->seed;
	order->after = words->after;
	order->every = words->every;
	order->at_most = words->at_most;
	order->gap_ns = words->gap_ns;
	order->delay_ns = words->delay_ns;
	order->window_ns = words->window_ns;
	order->dry_run = words->dry_run;
	order->probability = 1;
	if (!words->probability || !util_parse_fraction(words->probability, &order->probability))
		return 0;
	log_error("--probability: '%s' is not more than 0 and up to 1, like 0.25",
		  words->probability);
	return EXIT_USAGE;
}

static int check(const struct order_words *words, const struct order *order,
		 const struct method *method)
{
	char why[160];

	if (order_check(order, method, why)) {
		log_error("%s", why);
		return EXIT_USAGE;
	}
	if (words->unsafe || words->dry_run)
		return 0;
	log_error("nothing is fired without --unsafe; --dry-run counts what would be");
	return EXIT_USAGE;
}

int seainject_order(const struct order_words *words, struct order *order,
		    const struct method **method)
{
	int exit_code = take_method(words, method);

	*order = (struct order){.id = 1};
	if (!exit_code)
		exit_code = take_place(words, order);
	if (!exit_code)
		exit_code = take_kinds(words, order);
	if (!exit_code)
		exit_code = take_value(words, *method, order);
	if (!exit_code)
		exit_code = take_counts(words, order);
	return exit_code ? exit_code : check(words, order, *method);
}

int seainject_order_vm(const struct order_words *words, const struct vmtab *vms,
		       struct order *order, struct vm **vm)
{
	char why[160];
	int err;

	if (!words->vm) {
		log_error("--vm: at which VM? There is no default");
		return EXIT_USAGE;
	}
	err = pick_vm(vms, words->vm, vm, why);
	if (err) {
		log_error("--vm: '%s' is %s; VMs: %s", words->vm,
			  err == -ENOENT ? "none" : "not one alone", why);
		return EXIT_USAGE;
	}
	order->tgid = (*vm)->tgid;
	order->start_ticks = (*vm)->start_ticks;
	return 0;
}
