// SPDX-License-Identifier: GPL-2.0-only
/*
 * The VMs of a watch: how many, and which of those that are wanted are not there.
 * Must not: look for one.
 */
#include <stdio.h>

#include "watch_int.h"

unsigned watch_n_vms(const struct watch *w)
{
	unsigned n = 0;

	while (session_vm(w->observe.session, n))
		n++;
	return n;
}

/* It may start later, so that is no error; a slip of the pen should be seen all the same. */
void watch_say_missing(const struct watch *w)
{
	const struct opt_list *vms = &w->config.outputs.filter.vms;

	for (unsigned i = 0; i < vms->n && !w->config.outputs.quiet; i++) {
		const struct filter one = {.vms = {{vms->items[i]}, 1}};
		struct vm *vm;
		unsigned n = 0;

		while ((vm = session_vm(w->observe.session, n)) && !filter_vm(&one, vm))
			n++;
		if (!vm)
			fprintf(stderr, "seatrace: --vm %s: there is no such VM yet\n",
				vms->items[i]);
	}
}
