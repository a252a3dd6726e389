/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * An order out of the words of a command line: one table of options, and the order that they make.
 * Layer: main of seainject. Must not know: how an order is carried out.
 */
#ifndef SEAINJECT_ORDER_H
#define SEAINJECT_ORDER_H

#include "inject/order.h"
#include "lib/opt.h"
#include "trace/vm.h"

/* As they were given; what was not is NULL, or as SEAINJECT_ORDER_WORDS has it. */
struct order_words {
	const char *vm, *method, *gpa, *value, *probability;
	struct opt_list kinds;
	uint64_t vcpu; /* UINT64_MAX: any */
	uint64_t seed, after, every, at_most, delay_ns, window_ns, gap_ns;
	bool dry_run, unsafe;
};

#define SEAINJECT_ORDER_WORDS                                 \
	(struct order_words)                                  \
	{                                                     \
		.vcpu = UINT64_MAX, .every = 1, .at_most = 1, \
	}

/* Rows for another table, bound into a struct order_words. */
extern const struct opt seainject_order_options[];

/*
 * The order, checked against its method; all of it but whose VM it is. 0, or EXIT_USAGE after one line
 * on stderr: also when neither --unsafe nor --dry-run is there.
 */
int seainject_order(const struct order_words *words, struct order *order,
		    const struct method **method);

/* The one VM that is meant, and the order's from here on. 0, or EXIT_USAGE after one line on stderr. */
int seainject_order_vm(const struct order_words *words, const struct vmtab *vms,
		       struct order *order, struct vm **vm);

#endif
