/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * From what was seen of a shot to its outcome, and from that and what was expected to a verdict.
 * Layer: inject. Must not know: the kernel, how evidence is gathered, output. No I/O.
 */
#ifndef INJECT_VERDICT_H
#define INJECT_VERDICT_H

#include <stdbool.h>
#include <stdint.h>

#include "inject/outcome.h"
#include "trace/agg.h"
#include "trace/incident.h"

enum probe_answer {
	PROBE_NONE, /* there is no probe command */
	PROBE_ALIVE,
	PROBE_APP_KILLED,
	PROBE_DEAD,
};

/* All that is known when a shot has settled. Of its VM, in its time. */
struct evidence {
	uint64_t fired; /* overridden calls, or poisoned pages */
	bool dry_run;   /* nothing was to be fired */
	uint64_t would; /* with that: what would have been */
	uint64_t matched;
	uint64_t lost;      /* marks, of any kind */
	bool observer_lost; /* the observer itself failed */
	bool vmm_gone;
	int vmm_signal; /* that ended it; 0: none did, or it is not known */
	uint64_t incidents;
	uint64_t counts[METER_MAX];     /* summed over these incidents */
	uint64_t outcomes[OUTCOME_MAX]; /* and how they ended */
	uint64_t explicit_notified;     /* the VMM set a pending exception */
	/* KVM_RUN, KVM_SET_VCPU_EVENTS of this VM that ended with an error; EINTR, EAGAIN are none */
	uint64_t calls_failed;
	int call_errno;      /* the last of those, positive */
	uint64_t told_guest; /* KVM injected an abort that is no incident of its own (guest-sea) */
	uint64_t elsewhere;  /* incidents of the host or of other VMs that began meanwhile */
	enum probe_answer probe;
};

enum shot_outcome verdict_outcome(const struct evidence *evidence);

/* Why that, in words: "SIGBUS AR delivered, the VMM set a pending exception, the guest answers". */
void verdict_reason(const struct evidence *evidence, char text[200]);

enum verdict {
	VERDICT_FAIL, /* also what nobody judged */
	VERDICT_PASS,
	VERDICT_UNAVAILABLE, /* this kernel has not the method, and the file said if-available */
	VERDICT_DRY,         /* nothing was fired, nothing is claimed */
	VERDICT_SKIPPED,     /* a stop condition came first */
	VERDICT_MAX,
};

extern const char *const verdict_names[VERDICT_MAX];

/*
 * PASS, FAIL or DRY of a shot that was tried; the other two are of those that were not. expected:
 * OUTCOME_BIT()s. A pass takes an outcome that is expected, and
 * - exactly the shots that were wanted, unless it is "not-activated": then a VM that nothing else ended;
 * - of "transparent", a guest that answered: that nothing was seen is no evidence.
 * "lost" never passes, expected or not. A dry run is DRY, unless something was fired.
 */
enum verdict verdict_of(const struct evidence *evidence, unsigned expected, uint64_t wanted);

#endif
