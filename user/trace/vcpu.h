/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which thread runs which vCPU, as marks tell, and where the vCPU was hit last.
 * Layer: trace, private to join. Bounded: the one that was new longest ago is forgotten. Must not
 * know: marks, incidents, /proc.
 */
#ifndef TRACE_VCPU_H
#define TRACE_VCPU_H

#include <stdbool.h>
#include <stdint.h>

struct vcpu {
	uint32_t tid, tgid;
	uint64_t kvm;
	uint32_t vcpu;    /* kvm_vcpu.vcpu_id */
	bool hit;         /* by an SEA, the last one of which was at pc, for far */
	uint64_t pc, far; /* guest */
};

struct vcpus;

/* For up to `max` threads. NULL without memory. */
struct vcpus *vcpus_new(unsigned max);
void vcpus_free(struct vcpus *vcpus);

/* The thread, which runs this vCPU: a new one, should it have run another. */
struct vcpu *vcpus_learn(struct vcpus *vcpus, uint32_t tgid, uint32_t tid, uint64_t kvm,
			 uint32_t vcpu);

/* The vCPU of a thread, or NULL. */
const struct vcpu *vcpus_find(const struct vcpus *vcpus, uint32_t tgid, uint32_t tid);

#endif
