/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A line of what vmtest/host/run-tests writes. Must not know what a line means to the matrix.
 */
#ifndef MATRIX_TAP_H
#define MATRIX_TAP_H

enum tap_kind {
	TAP_OTHER,   /* nothing of the runner's */
	TAP_KERNEL,  /* text: the release that runs */
	TAP_PLAN,    /* number: of tests */
	TAP_BEGINS,  /* text: the test's name */
	TAP_PASS,    /* text: the test's name */
	TAP_SKIP,    /* likewise; reason: why, may be "" */
	TAP_FAIL,    /* likewise */
	TAP_TIMEOUT, /* likewise */
	TAP_LOG,     /* text: a line of what the test said */
	TAP_TOOK,    /* number: seconds */
};

struct tap_line {
	enum tap_kind kind;
	const char *text;   /* points into the line */
	const char *reason; /* likewise */
	double number;
};

/* Cuts the line, which has no end-of-line, in place. */
struct tap_line tap_read(char *line);

#endif
