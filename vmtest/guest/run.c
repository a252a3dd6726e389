// SPDX-License-Identifier: GPL-2.0-only
/*
 * run.c - a vCPU's own thread: enters the guest, handles what it comes out for, stands still
 * between commands. It must not know how commands are posted or waited for (vcpu.c).
 */
#include "run.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <time.h>

#include "compat.h"
#include "reg.h"
#include "sigbus.h"
#include "vcpu.h"

static uint64_t guest_load_gpa(void)
{
	return GUEST_BOOT_GPA + (guest_load - guest_image);
}

/* As QEMU does on SIGBUS: the guest takes a synchronous external abort at its next entry. */
static int inject_data_abort(struct vcpu *vcpu)
{
	struct kvm_vcpu_events events = {0};

	if (ioctl(vcpu->fd, KVM_GET_VCPU_EVENTS, &events))
		return -errno;
	events.exception.ext_dabt_pending = 1;
	if (ioctl(vcpu->fd, KVM_SET_VCPU_EVENTS, &events))
		return -errno;
	vcpu->injected++;
	return 0;
}

/* Ends a load that aborts for ever because the guest masks the SError which would step over it. */
static void skip_load(struct vcpu *vcpu)
{
	uint64_t pc;

	if (!reg_get(vcpu->fd, REG_PC, &pc) && pc == guest_load_gpa())
		reg_set(vcpu->fd, REG_PC, pc + 4);
}

/* Stand still, with a reason, until somebody continues or ends the VM. */
static void halt(struct vcpu *vcpu, const char *what, const char *why)
{
	pthread_mutex_lock(&vcpu->lock);
	snprintf(vcpu->halt, sizeof(vcpu->halt), "%s: %s", what, why);
	vcpu->state = VCPU_HALTED;
	pthread_cond_broadcast(&vcpu->changed);
	while (vcpu->state == VCPU_HALTED && !vcpu->quit)
		pthread_cond_wait(&vcpu->changed, &vcpu->lock);
	pthread_mutex_unlock(&vcpu->lock);
}

static uint64_t clock_ns(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return now.tv_sec * 1000000000ULL + now.tv_nsec;
}

/*
 * The guest is done: hand out the result, then wait for the next command. If the way out of KVM_RUN
 * brought a SIGBUS (5.10 runs memory_failure() only there), the guest first takes its abort, finds
 * no command and comes again: so the abort counts for the command that caused it.
 */
static void doorbell(struct vcpu *vcpu)
{
	uint64_t now = clock_ns(CLOCK_MONOTONIC), cpu = clock_ns(CLOCK_THREAD_CPUTIME_ID);

	if (vcpu->abort_pending) {
		vcpu->mailbox->cmd = GUEST_CMD_NONE;
		return;
	}
	pthread_mutex_lock(&vcpu->lock);
	if (vcpu->state == VCPU_BUSY) {
		vcpu_totals(vcpu, &vcpu->last);
		result_subtract(&vcpu->last, &vcpu->before);
		vcpu->last.ns = now - vcpu->entered_ns;
		vcpu->last.cpu_ns = cpu - vcpu->entered_cpu_ns;
	}
	if (vcpu->job) {
		vcpu->job->result = vcpu->last;
		vcpu->job->done = true;
		vcpu->job = NULL;
	}
	vcpu->mailbox->cmd = GUEST_CMD_NONE;
	vcpu->sum = 0;
	vcpu->state = VCPU_IDLE;
	pthread_cond_broadcast(&vcpu->changed);
	while (vcpu->state == VCPU_IDLE && !vcpu->quit)
		pthread_cond_wait(&vcpu->changed, &vcpu->lock);
	pthread_mutex_unlock(&vcpu->lock);
	vcpu->entered_cpu_ns = clock_ns(CLOCK_THREAD_CPUTIME_ID);
	vcpu->entered_ns = clock_ns(CLOCK_MONOTONIC);
}

static void check_sum(struct vcpu *vcpu)
{
	uint64_t seen;

	memcpy(&seen, vcpu->run->mmio.data, sizeof(seen));
	vcpu->sum = vcpu->sum * GUEST_SUM_FACTOR + GUEST_SUM_FACTOR;
	if (seen != vcpu->sum)
		halt(vcpu, "compute", "the guest's value is not the next");
}

static void handle_mmio(struct vcpu *vcpu)
{
	struct kvm_run *run = vcpu->run;

	vcpu->mmio_open = true;
	if (run->mmio.phys_addr == GUEST_DOORBELL_GPA && run->mmio.is_write) {
		doorbell(vcpu);
		return;
	}
	vcpu->mmio++;
	if (vcpu->run->mmio.phys_addr == GUEST_SUM_GPA)
		check_sum(vcpu);
	if (!run->mmio.is_write)
		memset(run->mmio.data, 0, sizeof(run->mmio.data));
}

static void handle_sea(struct vcpu *vcpu)
{
	const struct compat_arm_sea *sea = compat_arm_sea(vcpu->run);
	int error;

	vcpu->sea_exits++;
	vcpu->last_sea_esr = sea->esr;
	vcpu->last_sea_gpa = sea->flags & KVM_EXIT_ARM_SEA_FLAG_GPA_VALID ? sea->gpa : 0;
	error = inject_data_abort(vcpu);
	if (error)
		halt(vcpu, "KVM_SET_VCPU_EVENTS", strerrorname_np(-error));
}

static void handle_exit(struct vcpu *vcpu)
{
	char reason[32];

	switch (vcpu->run->exit_reason) {
	case KVM_EXIT_MMIO:
		handle_mmio(vcpu);
		break;
	case KVM_EXIT_ARM_SEA:
		handle_sea(vcpu);
		break;
	case KVM_EXIT_INTR:
		break;
	default:
		snprintf(reason, sizeof(reason), "%u", vcpu->run->exit_reason);
		halt(vcpu, "unexpected exit", reason);
	}
}

/*
 * An MMIO exit is complete only at the next KVM_RUN, which moves the PC: nobody may touch the
 * registers, nor inject an exception, before that. This KVM_RUN does not enter the guest.
 */
static void finish_mmio(struct vcpu *vcpu)
{
	__atomic_store_n(&vcpu->run->immediate_exit, 1, __ATOMIC_SEQ_CST);
	if (ioctl(vcpu->fd, KVM_RUN, 0) && errno != EINTR)
		halt(vcpu, "KVM_RUN", strerrorname_np(errno));
	vcpu->mmio_open = false;
}

/*
 * immediate_exit is cleared before the requests are read, and set by others after they wrote one:
 * a request that is missed here makes the next KVM_RUN return at once.
 */
static bool before_run(struct vcpu *vcpu)
{
	int error;

	if (vcpu->mmio_open && (vcpu->abort_pending || vcpu->skip))
		finish_mmio(vcpu);
	__atomic_store_n(&vcpu->run->immediate_exit, 0, __ATOMIC_SEQ_CST);
	if (vcpu->stop)
		return false;
	if (atomic_exchange(&vcpu->abort_pending, false)) {
		error = inject_data_abort(vcpu);
		if (error)
			halt(vcpu, "KVM_SET_VCPU_EVENTS", strerrorname_np(-error));
	}
	if (atomic_exchange(&vcpu->skip, false))
		skip_load(vcpu);
	vcpu->mmio_open = false;
	return true;
}

void *run_vcpu(void *arg)
{
	struct vcpu *vcpu = arg;
	char name[16];

	snprintf(name, sizeof(name), "CPU %u/KVM", vcpu->id);
	prctl(PR_SET_NAME, name);
	sigbus_bind(vcpu);
	while (before_run(vcpu)) {
		int ret = ioctl(vcpu->fd, KVM_RUN, 0);

		vcpu->exits++;
		if (!ret)
			handle_exit(vcpu);
		else if (errno != EINTR && errno != EAGAIN)
			halt(vcpu, "KVM_RUN", strerrorname_np(errno));
	}
	return NULL;
}

void run_sigbus(struct vcpu *vcpu, uint64_t gpa)
{
	vcpu->sigbus_ar++;
	vcpu->last_sigbus_gpa = gpa;
	vcpu->abort_pending = true;
	__atomic_store_n(&vcpu->run->immediate_exit, 1, __ATOMIC_SEQ_CST);
}
