// SPDX-License-Identifier: GPL-2.0-only
/*
 * vcpu.c - one vCPU as the rest of the VMM sees it: made, given commands, waited for, ended. What
 * its thread does is run.c's; how commands are spelled, command.c's.
 */
#include "vcpu.h"

#include <err.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "reg.h"
#include "run.h"
#include "vm.h"

#define KICK_SIGNAL SIGUSR1
#define READY_MS    60000

/* --- for the other threads -------------------------------------------------------------------- */

void vcpu_totals(struct vcpu *vcpu, struct vcpu_result *totals)
{
	totals->counts.exits = vcpu->exits;
	totals->counts.mmio = vcpu->mmio;
	totals->counts.sea_exits = vcpu->sea_exits;
	totals->counts.sigbus_ar = vcpu->sigbus_ar;
	totals->counts.injected = vcpu->injected;
	result_read(totals, vcpu->mailbox);
}

static void kick(struct vcpu *vcpu)
{
	__atomic_store_n(&vcpu->run->immediate_exit, 1, __ATOMIC_SEQ_CST);
	pthread_kill(vcpu->thread, KICK_SIGNAL);
}

int vcpu_post(struct vcpu *vcpu, const struct vcpu_command *command, struct vcpu_job *job)
{
	struct guest_mailbox *mailbox = vcpu->mailbox;
	int error = 0;

	pthread_mutex_lock(&vcpu->lock);
	if (vcpu->state != VCPU_IDLE || vcpu->quit) {
		error = vcpu->state == VCPU_HALTED ? -EIO : -EBUSY;
		goto out;
	}
	mailbox->cmd = command->cmd;
	mailbox->addr = command->addr;
	mailbox->stride = command->stride;
	mailbox->count = command->count;
	mailbox->done = 0;
	vcpu_totals(vcpu, &vcpu->before);
	if (job)
		job->done = false;
	vcpu->job = job;
	vcpu->state = VCPU_BUSY;
	pthread_cond_broadcast(&vcpu->changed);
out:
	pthread_mutex_unlock(&vcpu->lock);
	return error;
}

static void deadline_in(struct timespec *at, unsigned int ms)
{
	clock_gettime(CLOCK_MONOTONIC, at);
	at->tv_sec += ms / 1000;
	at->tv_nsec += ms % 1000 * 1000000L;
	if (at->tv_nsec >= 1000000000L) {
		at->tv_sec++;
		at->tv_nsec -= 1000000000L;
	}
}

int vcpu_wait(struct vcpu *vcpu, struct vcpu_job *job, unsigned int timeout_ms)
{
	struct timespec deadline;
	int error = 0;

	deadline_in(&deadline, timeout_ms);
	pthread_mutex_lock(&vcpu->lock);
	while (!job->done && vcpu->state != VCPU_HALTED && !vcpu->quit && !error)
		error = pthread_cond_timedwait(&vcpu->changed, &vcpu->lock, &deadline);
	if (job->done)
		error = 0;
	else if (vcpu->quit)
		error = ECANCELED;
	else if (vcpu->state == VCPU_HALTED)
		error = EIO;
	if (vcpu->job == job)
		vcpu->job = NULL;
	pthread_mutex_unlock(&vcpu->lock);
	return -error;
}

int vcpu_attach(struct vcpu *vcpu, struct vcpu_job *job)
{
	int error = 0;

	pthread_mutex_lock(&vcpu->lock);
	job->done = vcpu->state == VCPU_IDLE;
	if (job->done)
		job->result = vcpu->last;
	else if (vcpu->job)
		error = -EBUSY;
	else
		vcpu->job = job;
	pthread_mutex_unlock(&vcpu->lock);
	return error;
}

int vcpu_end_command(struct vcpu *vcpu)
{
	bool busy;

	pthread_mutex_lock(&vcpu->lock);
	busy = vcpu->state == VCPU_BUSY;
	if (busy)
		__atomic_store_n(&vcpu->mailbox->count, 0, __ATOMIC_RELAXED);
	pthread_mutex_unlock(&vcpu->lock);
	if (!busy)
		return -EINVAL;
	vcpu->skip = true;
	kick(vcpu);
	return 0;
}

int vcpu_continue(struct vcpu *vcpu)
{
	int error = 0;

	pthread_mutex_lock(&vcpu->lock);
	if (vcpu->state == VCPU_HALTED)
		vcpu->state = VCPU_BUSY;
	else
		error = -EINVAL;
	pthread_cond_broadcast(&vcpu->changed);
	pthread_mutex_unlock(&vcpu->lock);
	return error;
}

enum vcpu_state vcpu_get_state(struct vcpu *vcpu, char *why, size_t size)
{
	enum vcpu_state state;

	pthread_mutex_lock(&vcpu->lock);
	state = vcpu->state;
	snprintf(why, size, "%s", state == VCPU_HALTED ? vcpu->halt : "");
	pthread_mutex_unlock(&vcpu->lock);
	return state;
}

void vcpu_cancel(struct vcpu *vcpu)
{
	vcpu->stop = true; /* first: whoever sees `quit` must not enter the guest once more */
	pthread_mutex_lock(&vcpu->lock);
	vcpu->quit = true;
	pthread_cond_broadcast(&vcpu->changed);
	pthread_mutex_unlock(&vcpu->lock);
	if (vcpu->started)
		kick(vcpu);
}

/* --- life ------------------------------------------------------------------------------------- */

static void on_kick(int signal)
{
	(void)signal; /* it only has to interrupt KVM_RUN */
}

static int init_cpu(struct vcpu *vcpu)
{
	uint64_t mailbox = GUEST_BOOT_GPA + GUEST_MAILBOX_OFFSET + vcpu->id * GUEST_MAILBOX_SIZE;
	struct kvm_vcpu_init init;
	int error;

	if (ioctl(vcpu->vm->fd, KVM_ARM_PREFERRED_TARGET, &init))
		return -errno;
	init.features[0] |= 1 << KVM_ARM_VCPU_PSCI_0_2;
	if (ioctl(vcpu->fd, KVM_ARM_VCPU_INIT, &init))
		return -errno;
	error = reg_set(vcpu->fd, REG_PC, GUEST_BOOT_GPA);
	if (!error)
		error = reg_set(vcpu->fd, REG_X0, mailbox);
	return error;
}

static int open_cpu(struct vcpu *vcpu)
{
	void *run;

	vcpu->fd = ioctl(vcpu->vm->fd, KVM_CREATE_VCPU, vcpu->id);
	if (vcpu->fd < 0)
		return -errno;
	run = mmap(NULL, vcpu->vm->run_size, PROT_READ | PROT_WRITE, MAP_SHARED, vcpu->fd, 0);
	if (run == MAP_FAILED)
		return -errno;
	vcpu->run = run;
	return init_cpu(vcpu);
}

int vcpu_new(struct vm *vm, unsigned int id, struct vcpu **vcpup)
{
	struct vcpu *vcpu = calloc(1, sizeof(*vcpu));
	pthread_condattr_t attr;
	int error;

	if (!vcpu) {
		warnx("out of memory");
		return -ENOMEM;
	}
	vcpu->vm = vm;
	vcpu->id = id;
	vcpu->mailbox = (void *)(vm->boot + GUEST_MAILBOX_OFFSET + id * GUEST_MAILBOX_SIZE);
	pthread_mutex_init(&vcpu->lock, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&vcpu->changed, &attr);
	pthread_condattr_destroy(&attr);
	error = open_cpu(vcpu);
	if (error) {
		warnx("vCPU %u: %s", id, strerror(-error));
		vcpu_free(vcpu);
		return error;
	}
	*vcpup = vcpu;
	return 0;
}

int vcpu_start(struct vcpu *vcpu)
{
	struct sigaction action = {.sa_handler = on_kick};
	int error;

	sigaction(KICK_SIGNAL, &action, NULL);
	error = pthread_create(&vcpu->thread, NULL, run_vcpu, vcpu);
	if (error)
		warnx("thread of vCPU %u: %s", vcpu->id, strerror(error));
	else
		vcpu->started = true;
	return -error;
}

int vcpu_wait_ready(struct vcpu *vcpu)
{
	struct timespec deadline;
	char why[sizeof(vcpu->halt)] = "";
	int error = 0;

	deadline_in(&deadline, READY_MS);
	pthread_mutex_lock(&vcpu->lock);
	while (vcpu->state == VCPU_STARTING && !error)
		error = pthread_cond_timedwait(&vcpu->changed, &vcpu->lock, &deadline);
	if (vcpu->state == VCPU_HALTED) {
		error = EIO;
		memcpy(why, vcpu->halt, sizeof(why));
	}
	pthread_mutex_unlock(&vcpu->lock);
	if (error)
		warnx("vCPU %u did not come up: %s", vcpu->id, *why ? why : strerror(error));
	return -error;
}

void vcpu_free(struct vcpu *vcpu)
{
	if (!vcpu)
		return;
	vcpu_cancel(vcpu);
	if (vcpu->started)
		pthread_join(vcpu->thread, NULL);
	if (vcpu->run)
		munmap(vcpu->run, vcpu->vm->run_size);
	if (vcpu->fd >= 0)
		close(vcpu->fd);
	pthread_cond_destroy(&vcpu->changed);
	pthread_mutex_destroy(&vcpu->lock);
	free(vcpu);
}
