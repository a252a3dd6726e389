/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Where a VM's memory is: guest physical address -> memslot -> VMM's address -> page frame.
 * Layer: inject; owns the skeleton that reads a VM's memslots out of the kernel. Must not know: methods,
 * rules.
 *
 * Memory moves: an answer holds for the moment, and is to be asked for right before it is used.
 */
#ifndef INJECT_SLOTS_H
#define INJECT_SLOTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct slots;

/* Loads the reader. 0, or an exit code after one line on stderr. Once per process is enough. */
int slots_open(struct slots **out);
void slots_close(struct slots *s); /* accepts NULL */

/* struct kvm_memory_slot, include/linux/kvm_host.h. */
struct slot {
	uint64_t gpa, hva, len; /* bytes */
	uint64_t kvm;           /* whose: a process may run several VMs */
	uint32_t id, flags;     /* KVM_MEM_*, include/uapi/linux/kvm.h */
};

/*
 * All memslots of the VMs of a process, by VM and GPA: *out is free()d by the caller. Returns how many,
 * or -errno: -ESRCH no such process, or it holds no VM of its own; -EAGAIN the VMM does not stop to
 * change them.
 */
int slots_read(struct slots *s, uint32_t tgid, struct slot **out);

enum page_kind { PAGE_SMALL, PAGE_THP, PAGE_HUGETLB };

struct place {
	uint64_t gpa, hva, pa; /* of the byte asked for */
	uint64_t pfn;
	enum page_kind kind; /* what the page is part of, now (/proc/kpageflags) */
	uint64_t
		page_size; /* of that: a whole hugetlb page goes, of a THP one small page after a split */
	bool poisoned;
	bool shared; /* no file's, and yet others have it too: merged by KSM, or from before a fork */
};

/*
 * The place of a guest physical address, present now, or poisoned. -ENXIO no memslot has it, -ENOTUNIQ
 * several VMs of the process have it, -ENOENT the VMM has no page there (never written, swapped out),
 * -EPERM frame numbers are hidden (CAP_SYS_ADMIN), -ESRCH as slots_read(), else -errno.
 */
int slots_place(struct slots *s, uint32_t tgid, uint64_t gpa, struct place *out);

/* Whether the frame still backs that address of the process, unpoisoned: right before a shot. */
bool slots_holds(uint32_t tgid, const struct place *place);

extern const char *const page_kinds[]; /* "page", "thp", "hugetlb" */

#endif
