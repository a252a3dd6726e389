/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * vcpu.h - one vCPU: a thread in KVM_RUN, one command at a time, and what came of it.
 */
#ifndef VMTEST_GUEST_VCPU_H
#define VMTEST_GUEST_VCPU_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "result.h"

struct kvm_run;
struct vm;

enum vcpu_state {
	VCPU_STARTING,
	VCPU_IDLE, /* at the doorbell */
	VCPU_BUSY,
	VCPU_HALTED, /* KVM_RUN failed or left for an unknown reason */
};

struct vcpu_command {
	uint64_t cmd; /* GUEST_CMD_* */
	uint64_t addr;
	uint64_t stride;
	uint64_t count;
};

/* A caller waiting for a command; lives in the caller until vcpu_wait() returns. */
struct vcpu_job {
	struct vcpu_result result;
	bool done;
};

struct vcpu {
	struct vm *vm;
	unsigned int id;
	int fd;
	struct kvm_run *run;
	struct guest_mailbox *mailbox;
	pthread_t thread;
	bool started;
	bool mmio_open;          /* of the vCPU's thread alone: the last exit was MMIO */
	uint64_t sum;            /* likewise: what `compute` stored last */
	uint64_t entered_ns;     /* likewise: when it left the doorbell, CLOCK_MONOTONIC */
	uint64_t entered_cpu_ns; /* and what it had run for by then */

	pthread_mutex_t lock; /* guards from here to `halt`; the conditions of `changed` */
	pthread_cond_t changed;
	enum vcpu_state state;
	bool quit;
	struct vcpu_job *job;
	struct vcpu_result before, last;
	char halt[96]; /* why it stands still */

	/* Requests to the vCPU's thread, looked at before each KVM_RUN. */
	atomic_bool stop, abort_pending, skip;

	_Atomic uint64_t exits, mmio, sea_exits, sigbus_ar, injected;
	_Atomic uint64_t last_sigbus_gpa, last_sea_esr, last_sea_gpa;
};

/* Those that return -errno before the VM runs say on stderr what failed. */
int vcpu_new(struct vm *vm, unsigned int id, struct vcpu **vcpup);
int vcpu_start(struct vcpu *vcpu);
int vcpu_wait_ready(struct vcpu *vcpu);
void vcpu_free(struct vcpu *vcpu);

/*
 * Post a command: 0, -EBUSY, -EIO when it is halted. `job` may be NULL: nobody waits. Wait for it:
 * 0, -ETIMEDOUT (the command goes on), -EIO when the vCPU halted, -ECANCELED when the VM ends.
 */
int vcpu_post(struct vcpu *vcpu, const struct vcpu_command *command, struct vcpu_job *job);
int vcpu_wait(struct vcpu *vcpu, struct vcpu_job *job, unsigned int timeout_ms);
/* Wait for a command that was posted without a job, or take the result of the last one. */
int vcpu_attach(struct vcpu *vcpu, struct vcpu_job *job);

int vcpu_end_command(struct vcpu *vcpu);
int vcpu_continue(struct vcpu *vcpu);
enum vcpu_state vcpu_get_state(struct vcpu *vcpu, char *why, size_t size);
void vcpu_totals(struct vcpu *vcpu, struct vcpu_result *totals);
/* Wake every waiter with -ECANCELED and leave KVM_RUN for good. */
void vcpu_cancel(struct vcpu *vcpu);

#endif
