/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The pages that were poisoned under a VM and whose incident is closed: a later touch belongs
 * there. Layer: trace, private to join. Bounded: the oldest is forgotten. Must not know: marks,
 * incidents.
 */
#ifndef TRACE_POISONED_H
#define TRACE_POISONED_H

#include <stdbool.h>
#include <stdint.h>

struct poisoned_page {
	uint32_t tgid;
	uint64_t page;        /* of the VMM's address space */
	uint64_t start_ticks; /* of the process: its number may come again */
	uint64_t id, error_id;
	uint64_t kvm;         /* which of the process's VMs */
	int outcome;          /* enum outcome at the last close */
	bool explicit_notify; /* if that was a notification */
};

struct poisoned;

/* Remembers up to `max` pages. NULL without memory. */
struct poisoned *poisoned_new(unsigned max);
void poisoned_free(struct poisoned *p);

/* Replaces what was remembered of the same page. */
void poisoned_add(struct poisoned *p, const struct poisoned_page *page);

/* Finds tgid and page; fills the rest. False: not remembered. */
bool poisoned_find(const struct poisoned *p, struct poisoned_page *page);

#endif
