/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * When a ring is to be looked into unasked: while marks come, its programs need not wake the reader
 * for each of them.
 * Layer: trace. Must not know: what is in the ring.
 */
#ifndef TRACE_NAP_H
#define TRACE_NAP_H

#include <stdint.h>

#include "lib/util.h"

#define NAP_NS (5 * UTIL_NS_PER_MS)

struct nap {
	volatile uint32_t *quiet; /* shared with the programs: sea_quiet */
	uint64_t due_ns;          /* when to look though nobody woke; UINT64_MAX: never */
};

void nap_init(struct nap *nap, volatile uint32_t *quiet);

/* After a look that took `n` marks. */
void nap_looked(struct nap *nap, unsigned n, uint64_t now_ns);

#endif
