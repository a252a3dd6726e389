/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The tests of one kernel, or one share of them: in one boot, and in another one for those behind a test in which the host
 * died. Must not know the other columns, nor print.
 */
#ifndef MATRIX_COLUMN_H
#define MATRIX_COLUMN_H

#include <stdbool.h>
#include <stdint.h>

#include "vmtest/matrix/runner.h"

struct cell;
struct column;
struct matrix_opts;

enum column_phase { COLUMN_WAITING, COLUMN_BOOTING, COLUMN_TESTING, COLUMN_DONE };

struct column_run {
	const struct matrix_opts *opts;
	struct column *column;
	unsigned int share; /* its cells are this one's */
	unsigned int boot;  /* the one under way, of the column's; from 1 */
	enum column_phase phase;
	struct runner runner;
	struct cell *running; /* the test that has begun and has no result */
	struct cell *last;    /* the one whose lines are coming */
	char *report;         /* paths of the boot under way */
	char *console;
	uint64_t started_ns; /* the column, the boot, the test: CLOCK_MONOTONIC */
	uint64_t boot_ns;
	uint64_t test_ns;
	bool too_long;     /* the test was ended by us */
	bool stopped;      /* by the user: no other boot */
	struct cell *said; /* the boot's lines on stderr */
};

/* Boots the host for the tests that have no status. What cannot be started is `broken`. */
void column_start(struct column_run *run);

/* To be called when a descriptor is ready, and every second. */
void column_step(struct column_run *run, const struct pollfd fds[2], uint64_t now_ns);

/* Ends the host; what has no status by then is `not-run`. */
void column_stop(struct column_run *run);

#endif
