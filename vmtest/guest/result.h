/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * result.h - what a vCPU did: in one command, or since it started.
 */
#ifndef VMTEST_GUEST_RESULT_H
#define VMTEST_GUEST_RESULT_H

#include <stdint.h>

#include "guest.h"

/* Counted by the VMM, not by the guest. */
struct vcpu_counts {
	uint64_t exits;     /* returns from KVM_RUN, doorbells and interrupted ones included */
	uint64_t mmio;      /* accesses that nothing answers, the doorbell excluded */
	uint64_t sea_exits; /* KVM_EXIT_ARM_SEA */
	uint64_t sigbus_ar;
	uint64_t injected; /* data aborts pended for the guest by KVM_SET_VCPU_EVENTS */
};

struct vcpu_result {
	uint64_t ns;     /* of one command, from doorbell to doorbell */
	uint64_t cpu_ns; /* of that, what the vCPU's thread ran for */
	uint64_t done;
	uint64_t value;
	struct vcpu_counts counts;
	struct guest_exc exc[GUEST_EXC_NR]; /* beside the count: the last one of the kind */
};

/* The guest's half. May be called while the guest runs. */
void result_read(struct vcpu_result *result, const struct guest_mailbox *mailbox);

/* Counts add up; of exceptions the last one that was taken stays. */
void result_add(struct vcpu_result *sum, const struct vcpu_result *result);
/* From totals to what came since `before`. */
void result_subtract(struct vcpu_result *result, const struct vcpu_result *before);

#endif
