// SPDX-License-Identifier: GPL-2.0-only
/*
 * A reader that naps while marks come and sleeps when none do.
 * Must not: read anything, wait for anything.
 */
#include "trace/nap.h"

#include <stdbool.h>

void nap_init(struct nap *nap, volatile uint32_t *quiet)
{
	*nap = (struct nap){quiet, UINT64_MAX};
	*quiet = false;
}

/*
 * From quiet to asleep by way of one more look: a program that had read "quiet" when it was called off
 * has put its mark there by then.
 */
void nap_looked(struct nap *nap, unsigned n, uint64_t now_ns)
{
	if (!n && now_ns < nap->due_ns)
		return;
	if (n || *nap->quiet) {
		*nap->quiet = n > 0;
		nap->due_ns = now_ns + NAP_NS;
	} else {
		nap->due_ns = UINT64_MAX;
	}
}
