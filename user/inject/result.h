/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What came of a campaign: a row per shot, for every renderer.
 * Layer: inject. Must not know: output, how shots are fired.
 */
#ifndef INJECT_RESULT_H
#define INJECT_RESULT_H

#include <stdint.h>

#include "inject/verdict.h"
#include "trace/hist.h"

struct shot_result {
	unsigned number; /* from 1, of the campaign */
	const char *vm;  /* name */
	const char *method, *place;
	uint64_t wanted, fired; /* shots */
	unsigned expected;      /* OUTCOME_BIT()s */
	enum shot_outcome outcome;
	enum verdict verdict;
	char reason[200]; /* the evidence in words, or why it was not fired */
	struct evidence evidence;
	uint64_t started_ns, took_ns; /* CLOCK_MONOTONIC */
	struct hist phase1, phase2;   /* of its incidents, nanoseconds */
};

struct campaign_result {
	const char *name, *kernel; /* uname -r */
	uint64_t seed, budget, budget_left, lost;
	bool dry_run, interrupted;
	const struct shot_result *shots;
	unsigned n_shots;
	unsigned verdicts[VERDICT_MAX];
	uint64_t took_ns;
};

#endif
