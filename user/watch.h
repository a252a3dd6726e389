/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A watch: hooks, marks, incidents and rows wired together, from attaching to the last word.
 * Layer: main of seatrace. Must not know: options, formats.
 */
#ifndef WATCH_H
#define WATCH_H

#include <stdbool.h>
#include <stdint.h>

#include "outputs.h"
#include "trace/attach.h"

struct watch_config {
	uint64_t interval_ns; /* 0: a table when something changed, at most one a second */
	uint64_t count;       /* tables; 0: no end */
	uint64_t duration_ns; /* 0: until SIGINT or SIGTERM */
	uint64_t timeout_ns;  /* an incident closes this long after its last mark */
	const char *record;   /* a file for a recording; NULL: none */
	unsigned drop_type;   /* for tests: lose the drop_nth mark of this type; 0: none */
	uint64_t drop_nth;
	const char *exec;      /* a command per incident; NULL: none */
	const char *exec_user; /* NULL: nobody */
	bool strict;           /* marks that were lost are an error */
	struct attach_options attach;
	struct outputs outputs;
};

struct watch;

/* Each returns 0, or an exit code (lib/exit.h) after one line on stderr. */
int watch_open(struct watch **out, const struct watch_config *config);
int watch_run(struct watch *w);    /* until a signal, the duration or the last table */
int watch_finish(struct watch *w); /* hooks off, what is left, the summary */
void watch_free(struct watch *w);

#endif
