/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the end of a boot means for the tests that were to run in it. Must not start anything.
 */
#ifndef MATRIX_OUTCOME_H
#define MATRIX_OUTCOME_H

#include <stdbool.h>

#include "vmtest/matrix/matrix.h"

struct outcome {
	const char *report;   /* the boot's (vmtest/boot/report.h), which may not be there */
	int wait_status;      /* of `vmtest run` */
	struct cell *running; /* the test in whose midst it ended, or NULL */
	bool too_long;        /* because we ended it */
};

/* Gives the boot, the column's first cell and the test under way their due. */
void outcome_of_boot(struct column *column, struct boot *boot, const struct outcome *outcome);

/* All of this share that waits, and the column's first cell, gets this status. */
void outcome_spread(struct column *column, unsigned int share, enum cell_status status,
		    const char *why);

#endif
