/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which VMs and incidents somebody wants to see. Never what is joined or counted.
 * Layer: trace. Must not know: options, output; does no I/O.
 */
#ifndef TRACE_FILTER_H
#define TRACE_FILTER_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/opt.h"
#include "trace/incident.h"

#define FILTER_ANY_VCPU UINT64_MAX

struct filter {
	struct opt_list vms;     /* a name (or glob), a UUID, a process id each; none: all */
	uint64_t vcpu;           /* FILTER_ANY_VCPU: all */
	uint64_t min_latency_ns; /* of the whole incident */
};

/* NULL is the host, called so. Any of the patterns will do. */
bool filter_vm(const struct filter *f, const struct vm *vm);

bool filter_incident(const struct filter *f, const struct incident *inc);

#endif
