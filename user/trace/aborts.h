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

/*
 * Where the slots are: 1 to n_slots. A free one that was never taken has none behind it that was;
 * those given back are taken first.
 */
struct aborts_kernel {
	uint32_t n_slots;
	int (*read)(void *ctx, uint32_t slot, struct sea_aborts *now); /* 0 or -errno */
	/* Nobody's any more: a thread with this id takes another. 0 or -errno. */
	int (*give_back)(void *ctx, uint32_t slot, uint32_t tid);
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
 * Tells ops.add of what is new, once per VM, and gives back the slots of threads that have ended.
 * 0, or -errno of what could not be read: the next fold has it.
 */
int aborts_fold(struct aborts *aborts);

#endif
