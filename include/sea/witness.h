/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What of one process is counted while it is shot at: bpf/witness.bpf.c writes it, and nobody else.
 * Layer: below bpf/ and user/ alike. Must not know: rules, what it proves.
 */
#ifndef SEA_WITNESS_H
#define SEA_WITNESS_H

#include <sea/types.h>

struct sea_witnessed {
	__u64 failed; /* KVM_RUN that ended with an error other than EINTR and EAGAIN */
	__u64 told;   /* instruction aborts that KVM injected */
	__s32 error;  /* of the last of `failed`, negative */
	__u32 ended;  /* 1: the process has ended, with `status` */
	__u32 status; /* as wait(2) has it: the signal in bits 6..0, an exit status from bit 8 on */
	__u32 reserved;
};
SEA_ASSERT_SIZE(struct sea_witnessed, 32);

#endif
