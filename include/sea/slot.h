/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One memslot of a VM, as bpf/slots.bpf.c writes it and user/inject/slots.c reads it.
 * Layer: below bpf/ and user/ alike. Must not know: what an address is wanted for.
 *
 * Of each descriptor of a VM come its slots in the order of their frames, then an end.
 */
#ifndef SEA_SLOT_H
#define SEA_SLOT_H

#include <sea/types.h>

struct sea_slot {
	__u64 kvm;        /* identity, never dereferenced */
	__u64 generation; /* of the table it was read from: two that differ do not fit together */
	__u64 base_gfn;   /* of an end: what the next call is to go on from, 0 when that was all */
	__u64 npages;     /* 0: an end, no slot has none */
	__u64 userspace_addr;
	__u32 id;
	__u32 flags; /* KVM_MEM_*, and what is the kernel's own above SEA_SLOT_FLAGS */
};
SEA_ASSERT_SIZE(struct sea_slot, 48);

#define SEA_SLOT_FLAGS   0xffffu    /* what user space may ask for */
#define SEA_SLOT_INVALID (1u << 16) /* it is being taken away: KVM_MEMSLOT_INVALID, kvm_host.h */

#endif
