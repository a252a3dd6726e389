/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What --check found: the hooks, the privileges, what stays unseen.
 * Layer: out. Must not know: how it was found, other renderers.
 */
#ifndef OUT_CHECK_H
#define OUT_CHECK_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

struct check_hook {
	const char *program, *target;
	const char *how;   /* "trampoline", ...; NULL: not attached */
	const char *why;   /* not */
	const char *loses; /* what is not seen; NULL: nothing */
};

#define CHECK_HOOKS_MAX 48
#define CHECK_GAPS_MAX  4

struct check {
	struct check_hook hooks[CHECK_HOOKS_MAX];
	unsigned n_hooks;
	bool proven; /* all of these were attached, and taken off again; else they would be */
	uint64_t to_start, to_run, missing; /* lib/privilege.h */
	const char *lockdown;
	int64_t paranoid; /* kernel.perf_event_paranoid */
	uint64_t memlock; /* bytes that count against BPF maps; UINT64_MAX: no limit */
	const char *gaps[CHECK_GAPS_MAX];
	unsigned n_gaps;
};

/* 0 or -errno of writing. */
int check_text(FILE *file, const struct check *check);
int check_json(FILE *file, const struct check *check); /* one line, type "check" */

#endif
