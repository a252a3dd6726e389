/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * guest.S - the bare-metal guest: it takes commands out of its mailbox, runs them, reports every
 * exception and survives it. It must not decide anything: what to access, and how often, is the
 * VMM's. Position-independent; the VMM copies guest_image..guest_image_end to GUEST_BOOT_GPA and
 * starts every vCPU at its first instruction with x0 = its mailbox.
 *
 * Registers: x0-x7 the command at work, x19 the mailbox, x28 the doorbell, x30 the return of a
 * fetch. x20-x27 belong to the exception handler alone, so it saves nothing.
 */
#include "guest.h"

	.section .rodata.guest, "a", %progbits
	.balign	4096
	.global	guest_image
guest_image:
	mov	x19, x0
	msr	tpidr_el1, x0
	adr	x1, vectors
	msr	vbar_el1, x1

	ldr	x1, =GUEST_MAIR_EL1
	msr	mair_el1, x1
	ldr	x1, =GUEST_TCR_EL1
	msr	tcr_el1, x1
	ldr	x1, =(GUEST_BOOT_GPA + GUEST_PGD_OFFSET)
	msr	ttbr0_el1, x1
	isb
	tlbi	vmalle1
	dsb	nsh
	isb
	mrs	x1, sctlr_el1
	mov	x2, #0x1005			// I, C, M: identity map, caches on
	orr	x1, x1, x2
	msr	sctlr_el1, x1
	isb

	ldr	x28, =GUEST_DOORBELL_GPA
	ldr	x1, [x19, #MAILBOX_FLAGS]
	tbnz	x1, #0, idle			// GUEST_FLAG_MASK_SERROR: leave it masked
	msr	daifclr, #4

/* This store leaves the guest; KVM_RUN comes back when the next command is in the mailbox. */
idle:
	str	xzr, [x28]
	ldp	x0, x1, [x19, #MAILBOX_CMD]	// command, address
	ldr	x2, [x19, #MAILBOX_STRIDE]
	mov	x5, #0				// done
	cmp	x0, #GUEST_CMD_LOAD
	b.eq	do_load
	cmp	x0, #GUEST_CMD_STORE
	b.eq	do_store
	cmp	x0, #GUEST_CMD_FETCH
	b.eq	do_fetch
	cmp	x0, #GUEST_CMD_COMPUTE
	b.eq	do_compute
	b	idle

/* `count` is read anew each time, so that the VMM can end a long command. */
	.macro	next_or_idle
	ldr	x4, [x19, #MAILBOX_COUNT]
	cmp	x5, x4
	b.hs	idle
	.endm

	.macro	one_done
	add	x1, x1, x2
	add	x5, x5, #1
	str	x5, [x19, #MAILBOX_DONE]
	.endm

do_load:
	next_or_idle
	mov	x6, #GUEST_NO_VALUE
	.global	guest_load
guest_load:
	ldr	x6, [x1]
	str	x6, [x19, #MAILBOX_VALUE]
	one_done
	b	do_load

do_store:
	next_or_idle
guest_store:
	str	x1, [x1]
	one_done
	b	do_store

do_fetch:
	next_or_idle
guest_fetch:
	blr	x1
	one_done
	b	do_fetch

/* The VMM knows the sequence: a register that an exit spoils shows at the next store. */
do_compute:
	mov	x6, #0
	ldr	x7, =GUEST_SUM_FACTOR
1:	next_or_idle
	madd	x6, x6, x7, x7
	str	x6, [x1]
	str	x6, [x19, #MAILBOX_VALUE]
	one_done
	b	1b

	.ltorg

/*
 * Whatever comes at the command's access steps over it: a data abort, but an SError too, because
 * KVM answers an unclaimed external abort with a virtual SError and leaves the PC at the access,
 * which would abort again. Anywhere else an exception is not about the instruction it came at (the
 * VMM may inject one at any time), and that instruction is to be executed.
 */
handle:
	mrs	x21, esr_el1
	mrs	x22, far_el1
	mrs	x23, elr_el1
	cmp	x20, #GUEST_EXC_SYNC
	b.ne	report
	ubfx	x24, x21, #26, #6		// the exception class
	cmp	x24, #0x25
	b.eq	1f
	cmp	x24, #0x21
	b.ne	report
	mov	x20, #GUEST_EXC_IABT
	b	report
1:	mov	x20, #GUEST_EXC_DABT

report:
	mrs	x24, tpidr_el1
	add	x24, x24, #MAILBOX_EXC
	add	x24, x24, x20, lsl #EXC_SHIFT
	stp	x21, x22, [x24, #EXC_ESR]	// and FAR
	str	x23, [x24, #EXC_ELR]
	ldr	x25, [x24, #EXC_COUNT]
	add	x25, x25, #1
	dmb	ishst
	str	x25, [x24, #EXC_COUNT]

	cmp	x20, #GUEST_EXC_IRQ
	b.eq	return
	cmp	x20, #GUEST_EXC_FIQ
	b.eq	return
	adr	x25, guest_load
	cmp	x23, x25
	b.eq	step
	adr	x25, guest_store
	cmp	x23, x25
	b.eq	step
	adr	x25, guest_image
	cmp	x23, x25
	b.lo	after_fetch
	adr	x25, guest_image_end
	cmp	x23, x25
	b.hs	after_fetch
return:
	eret
step:
	add	x23, x23, #4
	msr	elr_el1, x23
	eret

/* Outside the image only a fetch can fault: go back to where it was called from. */
after_fetch:
	msr	elr_el1, x30
	eret

/* All code fits one page (GUEST_IMAGE_SIZE): no exception costs a fault of its own. */
	.macro	vector kind
	.balign	0x80
	mov	x20, #\kind
	b	handle
	.endm

	.balign	2048
vectors:
	.rept	4
	vector	GUEST_EXC_SYNC
	vector	GUEST_EXC_IRQ
	vector	GUEST_EXC_FIQ
	vector	GUEST_EXC_SERROR
	.endr
	.org	guest_image + GUEST_IMAGE_SIZE	// an error when the code is longer
	.global	guest_image_end
guest_image_end:

	.section .note.GNU-stack, "", %progbits
