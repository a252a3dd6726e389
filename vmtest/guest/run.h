/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * run.h - the thread of one vCPU.
 */
#ifndef VMTEST_GUEST_RUN_H
#define VMTEST_GUEST_RUN_H

#include <stdint.h>

struct vcpu;

/* A thread's start; `arg` is the vCPU. Ends when vcpu->stop is set. */
void *run_vcpu(void *arg);

/* From the SIGBUS handler, in the vCPU's own thread: pend a data abort before the next KVM_RUN. */
void run_sigbus(struct vcpu *vcpu, uint64_t gpa);

#endif
