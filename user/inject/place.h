/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * From memslots to an address of the VMM, and from that to its page frame, as /proc tells it.
 * Layer: inject; for slots.c and tests. Must not know: how memslots are read.
 */
#ifndef INJECT_PLACE_H
#define INJECT_PLACE_H

#include "inject/slots.h"

/* By VM, then GPA; what came twice (a VM with several descriptors) is left once. Returns how many are. */
int place_sort(struct slot *slots, int n);

/* The VMM's address of a GPA. 0, -ENXIO, or -ENOTUNIQ: several VMs have it, at different addresses. */
int place_hva(const struct slot *slots, int n, uint64_t gpa, uint64_t *hva);

/*
 * Fills in all but gpa from place->hva, of process `tgid` below root ("/proc"). 0, -ENOENT no page,
 * -EPERM frame numbers are hidden, -EIO cut short, else -errno of opening and reading.
 */
int place_fill(const char *root, uint32_t tgid, struct place *place);

/* slots_holds() below another root. */
bool place_holds(const char *root, uint32_t tgid, const struct place *place);

/* What frame `pfn` is now: fills in kind, page_size and poisoned. 0 or -errno. */
int place_frame(const char *root, uint64_t pfn, struct place *place);

#endif
