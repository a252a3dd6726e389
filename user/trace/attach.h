/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The BPF programs of seatrace on their hooks: chosen by capability, attached, taken off.
 * Layer: trace; with source the only one of trace that knows libbpf, and the only one that knows
 * the skeleton. Must not know: what a mark means.
 */
#ifndef TRACE_ATTACH_H
#define TRACE_ATTACH_H

#include <stdbool.h>
#include <stdint.h>

#include <sea/mark.h>

#include "lib/feature.h"
#include "trace/aborts.h"

struct attach;

struct attach_options {
	uint64_t ring_bytes;  /* a power of two, at least a page */
	bool kprobe;          /* kprobes even where there are trampolines */
	uint32_t abort_slots; /* every abort is timed, of so many vCPUs; 0: none is */
};

enum attach_how {
	ATTACH_NOT, /* missing, or another hook does the job on this kernel */
	ATTACH_TRAMPOLINE,
	ATTACH_PROBE,
	ATTACH_TRACEPOINT,
};

struct hook_state {
	const char *program, *target; /* names of the BPF program and the kernel function */
	enum attach_how how;
	const char *missing; /* why not; NULL when attached or when another hook serves */
	const char *loses;   /* what is not seen without it */
};

/*
 * Loads and attaches what this kernel offers. 0, or an exit code after one line on stderr:
 * EXIT_UNSUPPORTED when phase 1's hook cannot be had, EXIT_ENVIRONMENT when loading is refused.
 * A hook that is missing otherwise is a warning, and the rest goes on.
 */
int attach_open(struct attach **out, struct feature *kernel, const struct attach_options *options);

/* Takes the programs off; the ring and the lost counts stay readable. */
void attach_stop(struct attach *a);
void attach_free(struct attach *a);

/* The ring's map, for source_open_ring(). Owned by a. */
int attach_ring(const struct attach *a);

/* Marks the kernel could not hand over, by type. 0 or -errno. */
int attach_lost(const struct attach *a, uint64_t lost[SEA_MARK_ID_MAX]);

/* What the kernel counts with options.abort_slots, and aborts that it could not time. 0 or -errno. */
struct aborts_kernel attach_aborts(struct attach *a);
int attach_untimed(const struct attach *a, uint64_t *n);

/* Hook number i, or false. */
bool attach_hook(const struct attach *a, unsigned i, struct hook_state *state);

#endif
