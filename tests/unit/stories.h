/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Sequences of marks as kernels send them, each beginning at `t`: the parts that scenarios are made
 * of. For tests only.
 */
#ifndef TESTS_UNIT_STORIES_H
#define TESTS_UNIT_STORIES_H

#include "tests/unit/engine.h"

/* 1000 ns: 200 to the claim, 500 in it, 300 to the injection. */
#define UNCLAIMED(t, v, ...)                                             \
	mark_abort((t), v, __VA_ARGS__), mark_claim_enter((t) + 200, v), \
		mark_claim_exit((t) + 700, v, -ENOENT),                  \
		mark_inject((t) + 1000, v, SEA_INJECT_SERROR)

/* The same, but the VMM has asked to be told (6.19 and later). */
#define TO_VMM(t, v)                                          \
	mark_abort((t), v, ), mark_claim_enter((t) + 200, v), \
		mark_claim_exit((t) + 700, v, -ENOENT),       \
		mark_inject((t) + 1000, v, SEA_INJECT_TO_VMM)

#define BLOCK 0xffff0000c0de0000

/* A record of one page by interrupt, from t + 100: 1000 ns. It asks the cache too. */
#define RECORD(t, where, n)                                                               \
	mark_estatus((t), where, BLOCK, 0), mark_record_enter((t) + 100, where, BLOCK, ), \
		mark_section((t) + 200, where, BLOCK, PA(n), ),                           \
		mark_record_exit((t) + 1100, where, BLOCK, )

/* The page is taken away: 4000 ns; a SIGBUS AO in the midst of it takes 1500 to arrive. */
#define TAKEN(t, n, vcpu, main)                                                  \
	mark_failure_enter((t), kworker, PFN(n)),                                \
		mark_unmap((t) + 1000, kworker, PFN(n), vcpu, HVA(n), ),         \
		mark_signal((t) + 2000, kworker, BUS_MCEERR_AO, HVA(n), main, ), \
		mark_page((t) + 3000, kworker, PFN(n), SEA_PAGE_RECOVERED),      \
		mark_deliver((t) + 3500, main, BUS_MCEERR_AO, HVA(n), ),         \
		mark_failure_exit((t) + 4000, kworker, PFN(n), )

/* The guest touches it: SIGBUS AR after 500 ns, the guest is told 1500 later. */
#define TOUCHED(t, n, vcpu)                                                       \
	mark_signal((t), vcpu, BUS_MCEERR_AR, HVA(n), vcpu, ),                    \
		mark_deliver((t) + 500, vcpu, BUS_MCEERR_AR, HVA(n), ),           \
		mark_events_enter((t) + 1500, vcpu, .pending = SEA_PENDING_DABT), \
		mark_events_exit((t) + 2000, vcpu, .pending = SEA_PENDING_DABT)

/* An SEA whose claim parses the record itself: 1600 ns, 1000 of them the record's. */
#define CLAIMED(t, v, n)                                             \
	mark_abort((t), v, ), mark_claim_enter((t) + 100, v),        \
		mark_estatus((t) + 200, v, BLOCK, 0),                \
		mark_record_enter((t) + 300, v, BLOCK, .notify = 8), \
		mark_section((t) + 400, v, BLOCK, PA(n), ),          \
		mark_record_exit((t) + 1300, v, BLOCK, .notify = 8), \
		mark_estatus((t) + 1400, v, BLOCK, 0), mark_claim_exit((t) + 1600, v, 0)

/* 7.3: task work takes it away in the vCPU's own thread, and signals it right there. */
#define TAKEN_IN_VCPU(t, n, v)                                                             \
	mark_failure_enter((t), v, PFN(n)), mark_unmap((t) + 200, v, PFN(n), v, HVA(n), ), \
		mark_signal((t) + 500, v, BUS_MCEERR_AR, HVA(n), v, .forced = 1),          \
		mark_page((t) + 600, v, PFN(n), SEA_PAGE_RECOVERED),                       \
		mark_failure_exit((t) + 1000, v, PFN(n), ),                                \
		mark_deliver((t) + 1200, v, BUS_MCEERR_AR, HVA(n), ),                      \
		mark_events_enter((t) + 2000, v, .pending = SEA_PENDING_DABT),             \
		mark_events_exit((t) + 2500, v, .pending = SEA_PENDING_DABT)

#endif
