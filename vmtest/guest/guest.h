/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * guest.h - the agreement between the VMM and its bare-metal guest: the guest's address map and the
 * mailbox in which the VMM leaves a command and the guest reports. Read by C and by the assembler,
 * so it holds numbers only; it must not know how either side does its work.
 */
#ifndef VMTEST_GUEST_H
#define VMTEST_GUEST_H

/*
 * Guest physical addresses. The first GiB is mapped as device memory in the guest's stage 1, so
 * that nothing is ever speculated into the hole; the rest is normal memory. Above RAM nothing
 * answers: a load there is an MMIO read, a fetch there is what KVM answers with an instruction
 * abort.
 */
#define GUEST_DOORBELL_GPA 0x09000000 /* a store here: the command is done, I wait */
#define GUEST_MMIO_GPA     0x09001000 /* no memslot either: what `mmio` stores to */
#define GUEST_SUM_GPA      0x09002000 /* nor here: `compute` stores each value of its sequence */
#define GUEST_HOLE_GPA     0x20000000
#define GUEST_HOLE_SIZE    0x00100000
#define GUEST_BOOT_GPA     0x40000000
#define GUEST_BOOT_SIZE    0x00020000
#define GUEST_RAM_GPA      0x80000000
#define GUEST_RAM_MAX      0x40000000

/* Inside the boot slot; its size and offsets suit host pages of 4, 16 and 64 KiB. */
#define GUEST_IMAGE_SIZE     0x1000
#define GUEST_PGD_OFFSET     0x8000
#define GUEST_MAILBOX_OFFSET 0x10000
#define GUEST_MAILBOX_SIZE   0x1000

/* Stage 1: 4 KiB granule, 32 bits of address, so one level of four 1 GiB blocks. */
#define GUEST_MAIR_EL1   0xff00             /* 0: Device-nGnRnE, 1: Normal write-back */
#define GUEST_TCR_EL1    0x00803520         /* EPD1, inner shareable, write-back walks, T0SZ 32 */
#define GUEST_PTE_DEVICE 0x0020000000000401 /* PXN, AF, attribute 0, block */
#define GUEST_PTE_NORMAL 0x0000000000000705 /* AF, inner shareable, attribute 1, block */

/* Commands: what is done `count` times from `addr` on, `stride` apart. */
#define GUEST_CMD_NONE    0
#define GUEST_CMD_LOAD    1
#define GUEST_CMD_STORE   2
#define GUEST_CMD_FETCH   3
#define GUEST_CMD_COMPUTE 4

/* `compute`: x = x * FACTOR + FACTOR, from 0 on (the multiplier of Knuth's MMIX generator). */
#define GUEST_SUM_FACTOR       6364136223846793005

#define GUEST_FLAG_MASK_SERROR 1

/* `value` when the last load was abandoned by the exception handler. */
#define GUEST_NO_VALUE 0xdead

/* Kinds of exceptions, each with its own slot in the mailbox. */
#define GUEST_EXC_DABT   0 /* data abort, from this exception level */
#define GUEST_EXC_IABT   1 /* instruction abort, likewise */
#define GUEST_EXC_SYNC   2 /* any other synchronous exception */
#define GUEST_EXC_IRQ    3
#define GUEST_EXC_FIQ    4
#define GUEST_EXC_SERROR 5
#define GUEST_EXC_NR     6

/* Offsets for the assembler; checked against the C structures below. */
#define MAILBOX_CMD    0
#define MAILBOX_ADDR   8
#define MAILBOX_STRIDE 16
#define MAILBOX_COUNT  24
#define MAILBOX_DONE   32
#define MAILBOX_VALUE  40
#define MAILBOX_FLAGS  48
#define MAILBOX_EXC    64
#define EXC_COUNT      0
#define EXC_ESR        8
#define EXC_FAR        16
#define EXC_ELR        24
#define EXC_SHIFT      5 /* log2 of one slot */

#ifndef __ASSEMBLER__
#include <stddef.h>
#include <stdint.h>

/* What the guest took of one kind. `count` is stored last: read it first. */
struct guest_exc {
	uint64_t count;
	uint64_t esr;
	uint64_t far;
	uint64_t elr;
};

/*
 * One page per vCPU. The VMM writes the command while the vCPU stands at its doorbell; while the
 * command runs, the VMM may lower `count` (to end it early) and read all the rest.
 */
struct guest_mailbox {
	uint64_t cmd;
	uint64_t addr;
	uint64_t stride;
	uint64_t count;
	uint64_t done;
	uint64_t value;
	uint64_t flags;
	uint64_t reserved;
	struct guest_exc exc[GUEST_EXC_NR];
};

_Static_assert(offsetof(struct guest_mailbox, cmd) == MAILBOX_CMD, "mailbox: cmd");
_Static_assert(offsetof(struct guest_mailbox, addr) == MAILBOX_ADDR, "mailbox: addr");
_Static_assert(offsetof(struct guest_mailbox, stride) == MAILBOX_STRIDE, "mailbox: stride");
_Static_assert(offsetof(struct guest_mailbox, count) == MAILBOX_COUNT, "mailbox: count");
_Static_assert(offsetof(struct guest_mailbox, done) == MAILBOX_DONE, "mailbox: done");
_Static_assert(offsetof(struct guest_mailbox, value) == MAILBOX_VALUE, "mailbox: value");
_Static_assert(offsetof(struct guest_mailbox, flags) == MAILBOX_FLAGS, "mailbox: flags");
_Static_assert(offsetof(struct guest_mailbox, exc) == MAILBOX_EXC, "mailbox: exc");
_Static_assert(offsetof(struct guest_exc, esr) == EXC_ESR, "exc: esr");
_Static_assert(offsetof(struct guest_exc, far) == EXC_FAR, "exc: far");
_Static_assert(offsetof(struct guest_exc, elr) == EXC_ELR, "exc: elr");
_Static_assert(sizeof(struct guest_exc) == 1 << EXC_SHIFT, "exc: size");
_Static_assert(sizeof(struct guest_mailbox) <= GUEST_MAILBOX_SIZE, "mailbox: size");

/* The image, linked into the VMM by guest.S, and the one load whose address the VMM needs. */
extern const char guest_image[], guest_image_end[], guest_load[];
#endif

#endif
