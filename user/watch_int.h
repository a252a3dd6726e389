/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the files of a watch share: its parts, and what each file does for the others.
 * Layer: main of seatrace, private to watch*.c. Must not know: anything that watch.h must not.
 */
#ifndef WATCH_INT_H
#define WATCH_INT_H

#include "lib/exec.h"
#include "lib/util.h"
#include "metrics.h"
#include "observe.h"
#include "screen.h"
#include "service.h"
#include "sinks.h"
#include "trace/aborts.h"
#include "trace/recording.h"
#include "watch.h"

struct watch {
	struct watch_config config;
	struct observe observe;
	struct recorder *recorder; /* NULL: not recorded */
	struct aborts *aborts;     /* NULL: not timed */
	int aborts_said;           /* the error that was told last */
	struct sinks sinks;
	struct metrics *metrics; /* NULL: nobody wants any */
	struct screen *screen;   /* NULL: text */
	struct exec *exec;       /* NULL: no command */
	struct service service;
	unsigned hooks, hooks_wanted;
	struct exec_stats exec_stats;
	struct prom_program programs[ATTACH_RUNS_MAX];
	int signal_fd;
	uint64_t started_ns, tables;
	uint64_t next_look_ns, tidied_ns;
};

/* --- outputs (watch_outputs.c) ---------------------------------------------------------------- */

/* All that are wanted, but what is on a screen. 0 or an exit code, as watch_open(). */
int watch_open_outputs(struct watch *w);

/* Behind the last line that is meant for the ordinary screen. Likewise. */
int watch_show_screen(struct watch *w);

/* Whether all was written: closes the recording. Likewise. */
int watch_close_outputs(struct watch *w);

/* --- VMs (watch_vms.c) ------------------------------------------------------------------------ */

unsigned watch_n_vms(const struct watch *w);

/* A line for each --vm that is no VM yet. */
void watch_say_missing(const struct watch *w);

/* --- numbers (watch_numbers.c) ---------------------------------------------------------------- */

/* Aborts are timed from now on, if they are wanted. 0 or an exit code, as watch_open(). */
int watch_open_aborts(struct watch *w);

/* What the kernel has timed since goes to the rows. */
void watch_fold_aborts(struct watch *w);

struct out_losses watch_losses(const struct watch *w);
uint64_t watch_n_lost(const struct watch *w);

/* What a service manager is told. */
struct service_facts watch_facts(const struct watch *w);

/* What metrics and the screen show: see their `look`. */
void watch_look(void *ctx, struct metrics_view *view);
void watch_look_for_screen(void *ctx, struct tui_data *data);

/* Rows to the sinks. */
void watch_show_rows(struct watch *w, enum sinks_rows when);

#endif
