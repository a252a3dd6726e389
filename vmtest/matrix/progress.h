/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What goes on, on stderr while it does: on a terminal a line for each host and one for all, rewritten in
 * place; elsewhere a line when a kernel begins, has failed a test, is done. Must not know how hosts are
 * run, nor what the result looks like.
 */
#ifndef MATRIX_PROGRESS_H
#define MATRIX_PROGRESS_H

#include <stddef.h>
#include <stdint.h>

struct column_run;
struct matrix;

struct progress;

/* NULL when there is no memory; all functions take that as silence. */
struct progress *progress_new(const struct matrix *matrix, const struct column_run *runs,
			      size_t run_count);
void progress_free(struct progress *progress);

/* What is new since the last call; to be called after every step and every second. */
void progress_show(struct progress *progress, uint64_t now_ns);

/* Nothing of it stays on the terminal. */
void progress_clear(struct progress *progress);

#endif
