/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * sigbus.h - how the VMM lives with memory errors: the SIGBUS handler of a good one.
 */
#ifndef VMTEST_GUEST_SIGBUS_H
#define VMTEST_GUEST_SIGBUS_H

#include <stdbool.h>
#include <stdint.h>

struct vcpu;
struct vm;

/* Without this call a SIGBUS kills the process, as it does to a VMM that knows nothing. */
int sigbus_handle(struct vm *vm);

/* The calling thread is this vCPU's. */
void sigbus_bind(struct vcpu *vcpu);

/*
 * Brackets around what makes the kernel send this very thread a SIGBUS for guest memory that it did
 * not touch (MADV_HWPOISON). The second returns whether one came.
 */
void sigbus_expect(void);
bool sigbus_came(void);

struct sigbus {
	int code;      /* si_code */
	uint64_t addr; /* si_addr */
};

/* A load by the VMM itself. False: a SIGBUS ended it, `end` says which. */
bool sigbus_load(const volatile char *addr, struct sigbus *end);

#endif
