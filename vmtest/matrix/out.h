/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A matrix as text and as files. Must not know how it came about; judges nothing.
 * In every form each cell has the word of its status (cell_words; JUnit has none for a pass), and each
 * that is none of pass and skip is told apart from those.
 */
#ifndef MATRIX_OUT_H
#define MATRIX_OUT_H

#include <stdio.h>

struct matrix;

/*
 * Tests by kernels, then what failed and why, what was skipped and why, the hosts that died, the kept
 * logs; the last line is "N passed, N failed, N skipped". Colour when it goes to a terminal.
 */
void out_table(FILE *file, const struct matrix *matrix);

/* A line per cell, "KERNEL: TEST"; what failed has its reason and what it said behind it. */
void out_tap(FILE *file, const struct matrix *matrix);

/*
 * One object: started, seconds, interrupted, passed, failed, skipped, tolerated, kernels: of each series,
 * release, may_fail, seconds, boots: {end, why, console, seconds, boot_seconds}, tests: {test, status,
 * seconds, reason, boot, log}.
 */
void out_json(FILE *file, const struct matrix *matrix);

/*
 * A suite per kernel; what the lab and the hosts are to blame for are errors, not failures. What failed
 * where it may is skipped, "may fail: STATUS: REASON".
 */
void out_junit(FILE *file, const struct matrix *matrix);

/* One page that needs no other file. */
void out_html(FILE *file, const struct matrix *matrix);

#endif
