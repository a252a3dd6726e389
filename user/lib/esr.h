/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What an exception syndrome (ESR_EL1, ESR_EL2) says about an abort, in words.
 * Layer: lib. Must not know: marks, VMs; does not print.
 *
 * Sources: Arm ARM (DDI 0487) D24.2.40 "ESR_EL2", ISS encodings for Instruction and Data Aborts;
 * arch/arm64/include/asm/esr.h; wording after fault_info[] in arch/arm64/mm/fault.c.
 */
#ifndef LIB_ESR_H
#define LIB_ESR_H

#include <stdbool.h>
#include <stdint.h>

/* External abort, not on a walk: the one fault status with SET and FnV. */
#define ESR_FSC_EXTABT 0x10

struct esr_info {
	unsigned ec;  /* exception class, bits 31..26 */
	unsigned fsc; /* fault status, bits 5..0; 0 when the class is no abort */
	unsigned set; /* synchronous error type, bits 12..11: esr_set_name(); 0 unless fsc 0x10 */
	bool fnv;     /* FAR not valid, bit 10; only fsc 0x10 defines it */
	bool isv;     /* bits 23..14 describe the access; data aborts from a lower EL only */
	bool wnr;     /* a write, bit 6; data aborts only */
	bool s1ptw;   /* the stage-2 fault hit a walk of the guest's own tables, bit 7 */
	bool ea;      /* external abort type, bit 9: implementation defined */
	const char *class; /* "data abort, lower EL"; static, never NULL; "unknown class" */
	const char *fault; /* "external abort, level 2 walk"; static; "" when no abort */
};

struct esr_info esr_decode(uint64_t esr);

/*
 * An instruction or data abort, from a lower or the current EL, whose fault status kvm accepts as
 * an SEA (sea/esr.h): 0x10, 0x13..0x17, 0x18, 0x1b..0x1f.
 */
bool esr_is_sea(uint64_t esr);

/* esr_info.set: "recoverable" (UER), "uncontainable" (UC), "restartable" (UEO), "reserved". */
const char *esr_set_name(unsigned set);

#endif
