/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Prometheus's text exposition format, version 0.0.4.
 * Layer: out. Must not know: who asks for it, probes, other renderers.
 *
 * The label `vm` is a group's (trace/group.h). No address, process id or time is ever a label.
 * Every VM shown has every counter, zeros included, so that a first error is an increase.
 *
 * Buckets of seatrace_phase_duration_seconds: 4^k - 1 ns for k = 5 .. 18, which is 1.023 us to
 * 68.7 s, and +Inf. They are ends of the histograms' own buckets: each count is exact, and so is
 * _sum, to the nanosecond. Those of seatrace_abort_duration_seconds (--aborts) are k = 4 .. 17, which is
 * 255 ns to 17.2 s. A phase that was never timed in a VM is left out.
 */
#ifndef OUT_PROM_H
#define OUT_PROM_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "lib/exec.h"
#include "out/out.h"
#include "trace/group.h"

#define PROM_CONTENT_TYPE "text/plain; version=0.0.4; charset=utf-8"

/* What the kernel counted for one BPF program; see kernel.bpf_stats_enabled. */
struct prom_program {
	const char *name;
	uint64_t run_ns, runs;
};

/* What seatrace knows of itself. */
struct prom_self {
	struct out_losses losses;
	uint64_t open_incidents;
	const struct prom_program *programs;
	unsigned n_programs;           /* 0: the kernel does not count */
	const struct exec_stats *exec; /* NULL: no command is run */
};

/* 0 or -errno of writing. */
int prom_print(FILE *file, const struct groups *groups, const struct prom_self *self);

/* The same as a string: *text is malloc'd (free it), *len without its NUL. 0 or -ENOMEM. */
int prom_text(const struct groups *groups, const struct prom_self *self, char **text, size_t *len);

/*
 * The same as a file that is replaced at once (util_write_atomic): for node_exporter's textfile
 * collector, which reads DIR/NAME.prom whenever it likes. 0 or -errno.
 */
int prom_write(const char *path, const struct groups *groups, const struct prom_self *self);

#endif
