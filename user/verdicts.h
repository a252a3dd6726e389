/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Where a campaign's results go: stdout as text, JSON Lines or TAP; files of JSON Lines and JUnit; what
 * changed since an earlier campaign, wherever there is room for it.
 * Layer: main of seainject. Must not know: how shots are fired, any format.
 */
#ifndef VERDICTS_H
#define VERDICTS_H

#include <stdbool.h>
#include <stdint.h>

#include <sea/mark.h>

#include "inject/result.h"

struct verdicts_config {
	bool json, tap;  /* stdout is this, not text; not both */
	bool why_passed; /* text: also why a shot passed */
	const char *
		output; /* --output: JSON Lines here as well; NULL: no. This and the next two: borrowed */
	const char *junit;    /* --junit; NULL: no */
	const char *baseline; /* --baseline: the JSON Lines of an earlier campaign; NULL: none */
	double ratio;         /* of phases that have changed; 0: BASELINE_RATIO */
	uint64_t clock_offset_ns; /* CLOCK_REALTIME - CLOCK_MONOTONIC */
};

struct verdicts;

/*
 * Reads the baseline, so that one that is broken is told before anything is fired. shots: how many there
 * will be. 0, or an exit code after one line on stderr.
 */
int verdicts_open(struct verdicts **out, const struct verdicts_config *config, unsigned shots);
void verdicts_free(struct verdicts *v); /* accepts NULL */

/* On a terminal: what is under way, as often as there is news (campaign_table.h). */
void verdicts_under_way(struct verdicts *v, const struct shot_result *shot, const char *doing);

/* A shot that is over, also one that was not fired: each once, in the order of their numbers. */
void verdicts_shot(struct verdicts *v, const struct shot_result *shot);

/* On a stdout of JSON Lines: one mark. */
void verdicts_mark(struct verdicts *v, const struct sea_hdr *mark);

/* -errno of the first write that failed: nobody may be listening any more. */
int verdicts_error(const struct verdicts *v);

/*
 * All of it: the table, and the files, which are replaced at once. Of the result, `verdicts` is counted
 * here. Returns EXIT_ENVIRONMENT after a line on stderr per output that could not be written, else
 * EXIT_VERDICT if a verdict failed, EXIT_UNSUPPORTED if this kernel has none of the shots, or 0.
 */
int verdicts_end(struct verdicts *v, const struct campaign_result *result);

#endif
