// SPDX-License-Identifier: GPL-2.0-only
/*
 * sigbus.c - tells apart what a SIGBUS means for the VMM. Everything here that a handler calls is
 * async-signal-safe; what must be done about it outside the handler is the vCPU's (run.c).
 *
 *	BUS_MCEERR_AO, anywhere		counted: nobody has touched the page yet
 *	BUS_MCEERR_AR, vCPU thread	the guest touched poison in RAM: it gets a data abort
 *	anything, in sigbus_load()	the VMM was asked to hurt itself: it says by what
 *	anything else			the VMM itself is hurt: it says so and dies by the signal
 */
#include "sigbus.h"

#include <err.h>
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

#include "guest.h"
#include "run.h"
#include "vm.h"

static struct vm *the_vm; /* a signal handler has no argument of its own */
static __thread struct vcpu *self;
static __thread volatile sig_atomic_t expecting, came;
static __thread volatile sig_atomic_t loading;
static __thread sigjmp_buf load_ends;
static __thread struct sigbus load_end;

static struct iovec piece(const char *text)
{
	return (struct iovec){.iov_base = (void *)text, .iov_len = strlen(text)};
}

static void die(const char *why)
{
	struct sigaction action = {.sa_handler = SIG_DFL};
	const struct iovec line[] = {piece("vmtest-guest: "), piece(the_vm->config.name),
				     piece(": "), piece(why), piece("; dying\n")};

	/* If stderr is gone, the signal itself has to do. */
	if (writev(STDERR_FILENO, line, sizeof(line) / sizeof(*line)) < 0)
		errno = 0;
	sigaction(SIGBUS, &action, NULL);
	raise(SIGBUS); /* blocked until the handler returns, then fatal */
}

static void on_sigbus(int signal, siginfo_t *info, void *context)
{
	const char *addr = info->si_addr;
	bool in_ram = addr >= the_vm->ram && addr < the_vm->ram + the_vm->config.mem;
	int saved_errno = errno;

	(void)signal;
	(void)context;
	if (loading && info->si_code != BUS_MCEERR_AO) {
		load_end = (struct sigbus){info->si_code, (uintptr_t)addr};
		siglongjmp(load_ends, 1);
	}
	if (info->si_code == BUS_MCEERR_AO)
		the_vm->sigbus_ao++;
	else if (info->si_code == BUS_MCEERR_AR && in_ram && self)
		run_sigbus(self, GUEST_RAM_GPA + (addr - the_vm->ram));
	else if (info->si_code == BUS_MCEERR_AR && in_ram && expecting)
		came = 1;
	else if (info->si_code == BUS_MCEERR_AR)
		die("the VMM itself touched poisoned memory");
	else
		die("SIGBUS that names no memory error");
	errno = saved_errno;
}

int sigbus_handle(struct vm *vm)
{
	struct sigaction action = {.sa_sigaction = on_sigbus, .sa_flags = SA_SIGINFO};

	the_vm = vm;
	if (!sigaction(SIGBUS, &action, NULL))
		return 0;
	warn("sigaction(SIGBUS)");
	return -errno;
}

void sigbus_bind(struct vcpu *vcpu)
{
	self = vcpu;
}

void sigbus_expect(void)
{
	came = 0;
	expecting = 1;
}

bool sigbus_came(void)
{
	expecting = 0;
	return came;
}

bool sigbus_load(const volatile char *addr, struct sigbus *end)
{
	if (!sigsetjmp(load_ends, 1)) {
		loading = 1;
		*addr;
		loading = 0;
		return true;
	}
	loading = 0;
	*end = load_end;
	return false;
}
