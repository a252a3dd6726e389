/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a method that fires by itself works with.
 * Layer: inject. Must not know: methods.
 */
#ifndef INJECT_INJECTOR_H
#define INJECT_INJECTOR_H

#include "inject/journal.h"
#include "inject/slots.h"

/* The host does not get them back, and has few. */
#define INJECTOR_HUGETLB_MAX 16

struct injector {
	struct slots *slots;
	struct journal *journal;
	const char *vm;       /* its name, for the journal */
	uint64_t hugetlb_max; /* hugetlb pages a boot, INJECTOR_HUGETLB_MAX by default */
};

#endif
