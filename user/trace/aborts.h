/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the kernel counted of each vCPU's aborts, folded into VMs: every time only what is new.
 * Layer: trace. Must not know: BPF, names of VMs, output.
 */
#ifndef TRACE_ABORTS_H
#define TRACE_ABORTS_H

#include <stdbool.h>
#include <stdint.h>

#include <sea/aborts.h>

#include "trace/hist.h"

/* Where the elements are. A thread is its tgid << 32 | tid. */
struct aborts_kernel {
	/* The thread behind this one, or the first for NULL: 1, 0 at the end, or -errno. */
	int (*next)(void *ctx, const uint64_t *thread, uint64_t *next);
	int (*read)(void *ctx, uint64_t thread, struct sea_aborts *now); /* 0 or -errno */
	int (*forget)(void *ctx, uint64_t thread);                       /* 0 or -errno */
	void *ctx;
};

struct aborts_ops {
	bool (*lives)(void *ctx, uint32_t tgid, uint32_t tid); /* the thread */
	/* Aborts of one VM that have not been told of yet. */
	void (*add)(void *ctx, uint32_t tgid, uint64_t kvm, const struct hist *fresh);
	void *ctx;
};

struct aborts;

/* NULL without memory. */
struct aborts *aborts_new(const struct aborts_kernel *kernel, const struct aborts_ops *ops);
void aborts_free(struct aborts *aborts);

/*
 * Tells ops.add of what is new, once per VM, and forgets the elements of threads that have ended.
 * 0, or -errno of what could not be read: the next fold has it.
 */
int aborts_fold(struct aborts *aborts);

#endif
