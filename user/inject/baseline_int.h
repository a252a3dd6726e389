/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What reading and comparing share.
 * Layer: inject, private to baseline*.c. Must not know: anything that baseline.h must not.
 */
#ifndef INJECT_BASELINE_INT_H
#define INJECT_BASELINE_INT_H

#include <jansson.h>

#include "inject/baseline.h"

struct old_shot {
	struct result_key key; /* strings are of `line` */
	struct baseline_state state;
	json_t *line; /* owned */
	unsigned at;  /* in the file */
};

struct baseline {
	char *name;
	bool complete;
	struct old_shot *shots; /* sorted by key */
	unsigned n, room;
};

/* Sorts the shots of a file that has been read, and numbers those that ask for the same. */
void baseline_sort(struct baseline *b);

#endif
