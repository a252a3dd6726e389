/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * An earlier campaign, out of what out/campaign_json.c wrote of it, and what is different now.
 * Layer: inject. Must not know: output. What is wrong with the file is said with line and column.
 *
 * Shots are the same when VM, method, value, place and number of shots are; of several such in one
 * campaign, the first is compared with the first.
 */
#ifndef INJECT_BASELINE_H
#define INJECT_BASELINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "inject/result.h"

struct baseline;

/* 0, or EXIT_USAGE (EXIT_ENVIRONMENT: the file cannot be read) after one line on stderr. */
int baseline_read(struct baseline **out, const char *path);

/* The same from memory: `name` stands for the path in messages, and is copied. */
int baseline_parse(struct baseline **out, const char *name, const char *text, size_t len);

void baseline_free(struct baseline *b); /* accepts NULL */

#define BASELINE_NO_OUTCOME SHOT_MAX /* it was not fired */

struct baseline_state {
	enum verdict verdict;
	enum shot_outcome outcome; /* or BASELINE_NO_OUTCOME */
	uint64_t p50_ns[2];        /* of phase 1, phase 2; 0: not timed */
};

enum baseline_difference {
	BASELINE_VERDICT = 1 << 0,
	BASELINE_OUTCOME = 1 << 1,
	BASELINE_PHASE1 = 1 << 2, /* its p50, by more than the ratio */
	BASELINE_PHASE2 = 1 << 3,
	BASELINE_NEW = 1 << 4,  /* it was not there: `before` does not hold */
	BASELINE_GONE = 1 << 5, /* it is not there: `now` does not hold */
};

struct baseline_change {
	struct result_key key;
	unsigned what; /* BASELINE_* */
	struct baseline_state before, now;
};

struct baseline_changes {
	const char *name; /* of the file */
	bool complete; /* the file has its campaign's end; else what is new may have been cut off */
	double ratio;
	unsigned n_same, n; /* shots; changes */
	struct baseline_change *list;
};

/* Phases that took half as long, or twice, have changed: single shots scatter. */
#define BASELINE_RATIO 2.0

/*
 * In the order of the campaign, then what is gone in that of the file. ratio: at least 1. 0 or -ENOMEM.
 * The changes refer to both, and are freed by baseline_changes_free().
 */
int baseline_compare(const struct baseline *b, const struct campaign_result *result, double ratio,
		     struct baseline_changes *out);
void baseline_changes_free(struct baseline_changes *changes);

#endif
