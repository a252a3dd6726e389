/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * All columns, so many at a time, until they are done or a signal stops them. Must not know what a column
 * does.
 */
#ifndef MATRIX_LOOP_H
#define MATRIX_LOOP_H

struct matrix;
struct matrix_opts;

/* 0, or the signal that stopped it; -1 when it could not begin, said already. */
int loop_run(struct matrix *matrix, const struct matrix_opts *opts);

#endif
