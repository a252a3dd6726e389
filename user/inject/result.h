/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What came of a campaign: a row per shot, for every renderer; and what such rows add up to.
 * Layer: inject. Must not know: output, how shots are fired. No I/O.
 */
#ifndef INJECT_RESULT_H
#define INJECT_RESULT_H

#include <sea/rule.h>
#include <stdbool.h>
#include <stdint.h>

#include "inject/verdict.h"
#include "trace/hist.h"

#define RESULT_SCHEMA "seainject/1" /* of every line of JSON */
#define RESULT_TEXT   512           /* room for any text there: longer ones are cut */

struct shot_result {
	unsigned number; /* from 1, of the campaign */
	const char *vm;  /* name */
	const char *method, *place;
	const char *value;         /* of the method's, by its name: "EFAULT"; NULL: it has none */
	uint64_t wanted, fired;    /* shots */
	unsigned expected;         /* OUTCOME_BIT()s */
	enum shot_outcome outcome; /* of PASS and FAIL only: result_has_outcome() */
	enum verdict verdict;
	char reason[200]; /* the evidence in words, or why it was not fired */
	struct evidence evidence;
	struct sea_tally tally;       /* what became of its rule's matches; zeros: it had none */
	uint64_t started_ns, took_ns; /* CLOCK_MONOTONIC */
	struct hist phase1, phase2;   /* of its incidents, nanoseconds */
};

struct campaign_result {
	const char *name, *kernel; /* uname -r */
	uint64_t seed, budget, budget_left, lost;
	bool dry_run, interrupted;
	const struct shot_result *shots;
	unsigned n_shots;
	unsigned verdicts[VERDICT_MAX]; /* result_count() */
	uint64_t started_ns, took_ns;   /* CLOCK_MONOTONIC; the warm-up included */
};

/* All rows of one VM and method. */
struct result_row {
	const char *vm, *method; /* the shots' own */
	unsigned n;              /* rows */
	uint64_t wanted, fired, would;
	unsigned outcomes[SHOT_MAX], verdicts[VERDICT_MAX];
	struct hist phase1, phase2;
};

/* A shot that was not fired has no outcome, and nothing may be told of one. */
bool result_has_outcome(const struct shot_result *shot);

/* Counts the verdicts. */
void result_count(struct campaign_result *result);

/*
 * The shots by VM and method, VMs and their methods in order of appearance. Returns how many there are,
 * or -ENOMEM; *rows is free()d by the caller.
 */
int result_rows(const struct campaign_result *result, struct result_row **rows);

/* What says which shot it is, in another run of the same file too. Strings are the shot's. */
struct result_key {
	const char *vm, *method, *value, *place; /* value: "" where there is none */
	uint64_t wanted;
	unsigned same_before; /* a file may ask for the same more than once: so many times before */
};

struct result_key result_key(const struct campaign_result *result, unsigned i);

/* As strcmp(). */
int result_key_compare(const struct result_key *a, const struct result_key *b);

#endif
