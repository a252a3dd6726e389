/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Page frames that the kernel is told to take for broken, or for whole again.
 * Layer: inject. Must not know: whose they are, orders, the journal; does not print.
 */
#ifndef INJECT_POISON_H
#define INJECT_POISON_H

#include <stdbool.h>
#include <stdint.h>

enum poison_way {
	POISON_OFFLINE, /* sysfs: hard_offline_page */
	POISON_INJECT,  /* debugfs: hwpoison/corrupt-pfn */
	POISON_WAYS,
};

extern const char *const poison_ways[POISON_WAYS]; /* "hard_offline_page" */

/* Whether a way is there for us: 0, or -errno with what would help in why[]. */
int poison_has(enum poison_way way, char why[160]);

/*
 * 0 when the frame is poisoned. Else -errno with the reason in why[]; *poisoned says whether the kernel
 * marked it all the same, and could not take it away.
 */
int poison_frame(enum poison_way way, uint64_t pfn, bool *poisoned, char why[160]);

/* 0 when the frame is not poisoned any more; else -errno with the reason in why[]. */
int poison_undo(uint64_t pfn, char why[160]);

/* Whether a frame is poisoned: 1, 0, or -errno. */
int poison_is(uint64_t pfn);

#endif
