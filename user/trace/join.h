/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Marks into incidents: joined by thread, error status block, page frame and the VMM's address.
 * Layer: trace. Must not know: the kernel, /proc, output; does no I/O, reads no clock.
 *
 * The keys and why they are needed: an SEA's record is parsed wherever irq_work runs, so the status
 * block's address ties the two together; a page is taken away in a kworker or task work, so its
 * frame number does; a later touch is known to the VMM by its own address.
 */
#ifndef TRACE_JOIN_H
#define TRACE_JOIN_H

#include <sea/mark.h>

#include "trace/incident.h"

struct join;

/* What is timed once per occurrence, for distributions: spans, and two sums over them. */
enum lap {
	LAP_PHASE1, /* abort to what KVM did, less a record parsed within */
	LAP_CLAIM,  /* less a record parsed within */
	LAP_PARSE,
	LAP_RECOVERY,
	LAP_PHASE2, /* parse + recovery of one error */
	LAP_SIGNAL,
	LAP_NOTIFY,
	LAP_TOTAL, /* first to last mark of an incident */
	LAP_ABORT, /* of any abort, SEA or not: by the kernel (trace/aborts), joins have no part in it */
	LAP_MAX,
};

extern const char *const lap_names[LAP_MAX];

struct join_ops {
	/* The VM of this process; kvm 0: any of it. NULL: the process is no VMM. Not held. */
	struct vm *(*find_vm)(void *ctx, uint32_t tid, uint64_t kvm);
	/* Which vCPU this thread of a VMM runs, -1: none, or it is not known. NULL: it never is. */
	int (*find_vcpu)(void *ctx, uint32_t tgid, uint32_t tid);
	/* Something of this VM (NULL: the host) happened once; called as soon as the VM is known. */
	void (*count)(void *ctx, struct vm *vm, enum meter meter);
	void (*lap)(void *ctx, struct vm *vm, enum lap lap, uint64_t ns);
	/*
	 * Still open: the vCPU was sent back to the same instruction and address, which may go on for
	 * ever. Once per incident, as soon as it has taken limits.retried_ns. NULL: nobody wants to know.
	 */
	void (*retried)(void *ctx, const struct incident *inc);
	/* Closed for good, or (inc->late) once more. Valid during the call. */
	void (*closed)(void *ctx, const struct incident *inc);
};

struct join_limits {
	uint64_t timeout_ns;   /* an incident closes this long after its last mark */
	unsigned open_max;     /* then the one that was quiet longest is closed early */
	unsigned poisoned_max; /* poisoned pages remembered for late touches */
	unsigned vcpus_max;    /* vCPU threads remembered */
	unsigned page_shift;   /* of the traced kernel */
	uint64_t retried_ns;   /* see join_ops.retried */
};

struct join *join_new(const struct join_ops *ops, void *ctx, const struct join_limits *limits);
void join_free(struct join *join);

/* Marks come in time order. Without memory the mark is dropped and counted. */
void join_mark(struct join *join, const struct sea_hdr *mark);

/* Closes what has been quiet for the timeout; UINT64_MAX closes all. */
void join_expire(struct join *join, uint64_t now_ns);

/* When join_expire() has something to close next; UINT64_MAX: nothing is open. */
uint64_t join_deadline(const struct join *join);

/* Incidents that are open. */
unsigned join_n_open(const struct join *join);

/* Of these, those of this process's VMs, and those of which nobody knows yet whose they are. */
unsigned join_n_open_of(const struct join *join, uint32_t tgid);

/* Marks that could not be taken for want of memory. */
uint64_t join_dropped(const struct join *join);

#endif
