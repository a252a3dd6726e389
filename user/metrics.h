/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Metrics for Prometheus: over HTTP (--prom), into a file for node_exporter (--textfile), or both.
 * Layer: main of seatrace. Must not know: where numbers come from, the format.
 */
#ifndef METRICS_H
#define METRICS_H

#include <stdint.h>

#include "out/prom.h"
#include "trace/agg.h"

struct metrics;

/* What there is to tell now; filled when somebody asks. */
struct metrics_view {
	const struct agg *agg;
	struct prom_self self;
	uint64_t now_ns; /* CLOCK_MONOTONIC */
};

struct metrics_config {
	const char *listen;   /* see serve_open(); NULL: not over HTTP */
	const char *textfile; /* NULL: into no file */
	uint64_t keep_ns;     /* how long a VM that is gone is still told of: groups_new() */
	void (*look)(void *ctx, struct metrics_view *view);
	void *ctx;
};

/* 0, or an exit code after one line on stderr. */
int metrics_open(struct metrics **out, const struct metrics_config *config);
void metrics_free(struct metrics *m);

/* Goes with every agg_change_outcome(). */
void metrics_changed(struct metrics *m, const struct vm *vm, enum outcome from);

/* Goes with every row that is folded: groups_folded(). */
void metrics_folded(struct metrics *m, const struct agg_row *row);

/*
 * The file, if there is one, is replaced by metrics_write(), and by metrics_tick() when that was
 * METRICS_FILE_SECONDS ago. Without a file that looks all the same: nobody may ask for metrics, and
 * labels would pile up. An error is said once, and again after it had gone.
 */
#define METRICS_FILE_SECONDS 10
void metrics_write(struct metrics *m);
void metrics_tick(struct metrics *m, uint64_t now_ns);

/* As serve_fd() and its companions; fd -1 and no deadline without HTTP. */
int metrics_fd(const struct metrics *m);
uint64_t metrics_deadline(const struct metrics *m, uint64_t now_ns);
void metrics_run(struct metrics *m);

/* "127.0.0.1:9923", or NULL without HTTP. */
const char *metrics_where(const struct metrics *m);

#endif
