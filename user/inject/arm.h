/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The BPF programs of seainject: what this kernel lets them override, attached, given rules, watched.
 * Layer: inject; the only one that knows their skeleton. Must not know: methods, campaigns.
 *
 * Nothing is pinned: when the process ends, however it ends, the kernel takes the programs off. While
 * it lives but does not beat (SIGSTOP, a hang), the dead man's time runs out and no rule fires.
 */
#ifndef INJECT_ARM_H
#define INJECT_ARM_H

#include <sea/mark.h>
#include <sea/rule.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/feature.h"

struct arm;

enum arm_mechanism {
	ARM_NONE,
	ARM_OVERRIDE, /* bpf_override_return in a kprobe */
	ARM_MODIFY,   /* fmod_ret on the system call */
};

/* How a target can be had on this kernel. */
struct arm_target {
	enum arm_mechanism mechanism;
	const char *function; /* "__kvm_faultin_pfn"; NULL: none */
	char why[160];        /* of ARM_NONE */
};

/*
 * Opens the programs and looks what this kernel has; attaches nothing. 0, or an exit code
 * (lib/exit.h) after one line on stderr. The features stay the caller's and outlive *out.
 */
int arm_new(struct arm **out, struct feature *kernel);

/* Detaches. Accepts NULL. */
void arm_free(struct arm *a);

struct arm_target arm_target(const struct arm *a, enum sea_target_id id);

/*
 * Loads, and attaches the programs of these targets (bit 1 << id each). Shots go as marks into the
 * ring buffer `ring_fd` (attach_ring of trace/attach.h), and wake who reads it by themselves.
 * 0, or an exit code after one line on stderr: EXIT_UNSUPPORTED for a target of ARM_NONE. Once.
 */
int arm_start(struct arm *a, unsigned targets, int ring_fd);

/* Takes the programs off; tallies stay readable. */
void arm_stop(struct arm *a);

/*
 * Arms a rule (its `armed` is set here). pfns: of a target that matches by page frame, the frames,
 * which no other armed rule of that target has; the rule's process and addresses hold nothing there.
 * Returns its slot, or -ENOSPC: SEA_RULES_PER_TARGET are armed, or SEA_RULE_PFNS frames; or -EBUSY: a
 * frame is another rule's. Takes an RCU grace period, as does arm_disarm().
 */
int arm_rule(struct arm *a, enum sea_target_id id, const struct sea_rule *rule,
	     const uint64_t *pfns, size_t n_pfns);

/* When it returns the rule fires no more; its tally stays until the slot is used again. */
void arm_disarm(struct arm *a, enum sea_target_id id, int slot);

struct sea_tally arm_tally(const struct arm *a, enum sea_target_id id, int slot);

/* Adds the marks that the kernel could not hand over, by type. */
void arm_lost(const struct arm *a, uint64_t lost[SEA_MARK_ID_MAX]);

/* No rule fires at or after this time (CLOCK_MONOTONIC) unless it is pushed on. 0: none may. */
void arm_beat(struct arm *a, uint64_t deadline_ns);

/* So many shots, over all rules; each takes one. */
void arm_budget(struct arm *a, uint64_t shots);
uint64_t arm_budget_left(const struct arm *a);

#endif
