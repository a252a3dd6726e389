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
	bool no_abort_hook;   /* phase 1 begins at the claim; nothing on kvm_handle_guest_abort */
	bool spare_aborts;    /* no_abort_hook, where this kernel tells which vCPU runs */
	bool aborts;          /* the duration of every abort is counted ... */
	uint64_t abort_slots; /* ... of so many vCPUs; not with no_abort_hook */
};

enum attach_how {
	ATTACH_NOT,     /* not needed here, or not wanted */
	ATTACH_MISSING, /* something is not seen */
	ATTACH_TRAMPOLINE,
	ATTACH_PROBE,
	ATTACH_TRACEPOINT,
};

struct hook_state {
	const char *program, *target; /* names of the BPF program and the kernel function */
	enum attach_how how;
	const char *why;   /* of ATTACH_NOT and ATTACH_MISSING */
	const char *loses; /* what is not seen without it */
};

/*
 * Chooses what fits this kernel. 0, or an exit code after one line on stderr: EXIT_UNSUPPORTED when
 * phase 1's hook cannot be had. A hook that is missing otherwise is a warning, and the rest goes on.
 * The kernel's features stay the caller's, and outlive *out.
 */
int attach_new(struct attach **out, struct feature *kernel, const struct attach_options *options);

/* The capabilities that attach_start() takes, for what was chosen: lib/privilege.h. */
uint64_t attach_needs(const struct attach *a);

/* Bytes that maps may lock where this kernel counts them so (5.10); UINT64_MAX: no limit. */
uint64_t attach_memlock(const struct attach *a);

/* Loads and attaches, as attach_new() reports; EXIT_ENVIRONMENT when loading is refused. */
int attach_start(struct attach *a);

/* Takes the programs off; the ring and the lost counts stay readable. */
void attach_stop(struct attach *a);
void attach_free(struct attach *a);

/* The ring's map, for source_open_ring(). Owned by a. */
int attach_ring(const struct attach *a);
/* And the word that tells its programs not to wake who reads it. */
volatile uint32_t *attach_quiet(const struct attach *a);

/* Marks the kernel could not hand over, by type. */
void attach_lost(const struct attach *a, uint64_t lost[SEA_MARK_ID_MAX]);

/* What the kernel counts with options.aborts, and aborts that it could not time. */
struct aborts_kernel attach_aborts(struct attach *a);
uint64_t attach_untimed(const struct attach *a);

/* Hook number i, or false. */
bool attach_hook(const struct attach *a, unsigned i, struct hook_state *state);

static inline bool attach_is_on(enum attach_how how)
{
	return how >= ATTACH_TRAMPOLINE;
}

/* "trampoline", "kprobe", "tracepoint"; "missing", "not needed". */
const char *attach_how_name(enum attach_how how);

/*
 * Lets the kernel count runs and time of BPF programs, all of this host, until attach_free(). A
 * refusal (it takes CAP_SYS_ADMIN) is a warning.
 */
void attach_measure(struct attach *a);

#define ATTACH_RUNS_MAX 64

struct attach_run {
	const char *program;
	uint64_t ns, count;
};

/* What it counted for program number i, or false; none unless measured. Also after attach_stop(). */
bool attach_run(const struct attach *a, unsigned i, struct attach_run *run);

#endif
