/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a method that fires by itself works with.
 * Layer: inject. Must not know: methods.
 */
#ifndef INJECT_INJECTOR_H
#define INJECT_INJECTOR_H

#include "inject/journal.h"
#include "inject/slots.h"

struct injector {
	struct slots *slots;
	struct journal *journal;
	const char *vm;       /* its name, for the journal */
	unsigned hugetlb_max; /* hugetlb pages a boot; 0: the default, 16 */
};

#endif
