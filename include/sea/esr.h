/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which fault status codes make an abort a Synchronous External Abort (SEA).
 * Layer: below bpf/ and user/ alike. Must not know: how the rest of a syndrome is spelled
 * (user/lib/esr.h).
 *
 * Source: kvm_vcpu_abt_issea(), arch/arm64/include/asm/kvm_emulate.h, which looks at nothing but
 * ESR_ELx_FSC; values from arch/arm64/include/asm/esr.h and Arm ARM (DDI 0487) ESR_EL2, DFSC/IFSC.
 */
#ifndef SEA_ESR_H
#define SEA_ESR_H

#define SEA_ESR_FSC 0x3fu /* DFSC and IFSC alike: bits 5..0 */

/*
 * One bit per fault status code. The codes of translation table walks run from level -1 to 3.
 * Level -1 (0x13, 0x1b) came with FEAT_LPA2; kernels whose own list ends at level 0 know no LPA2
 * and offer none to guests, so for their guests these two are never raised.
 */
#define SEA_FSC_MASK                                                                  \
	((1ULL << 0x10) |    /* external abort, not on a walk */                      \
	 (0x1fULL << 0x13) | /* external abort on a walk, levels -1..3: 0x13..0x17 */ \
	 (1ULL << 0x18) |    /* parity or ECC error, not on a walk */                 \
	 (0x1fULL << 0x1b))  /* parity or ECC error on a walk, levels -1..3: 0x1b..0x1f */

/*
 * 1 when the fault status of `esr` is an SEA's. Only for aborts: tests no exception class. No SEA's is
 * below 0x10, and nearly every other abort's is.
 */
#define SEA_FSC_IS_SEA(esr) ((esr)&0x10 && (SEA_FSC_MASK >> ((esr)&SEA_ESR_FSC)) & 1)

#endif
