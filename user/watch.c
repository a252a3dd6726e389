// SPDX-License-Identifier: GPL-2.0-only
/*
 * A watch's life: its parts made and wired together, and in the end what is left in them.
 * Must not: know a hook, join marks, format a line.
 */
#include "watch.h"

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "action.h"
#include "lib/exit.h"
#include "lib/log.h"
#include "rights.h"
#include "stop.h"
#include "watch_int.h"

/* --- what the parts call back ----------------------------------------------------------------- */

static void on_retried(void *ctx, const struct incident *inc)
{
	struct watch *w = ctx;

	if (w->screen)
		screen_retried(w->screen, inc);
}

static void on_closed(void *ctx, const struct incident *inc)
{
	struct watch *w = ctx;

	if (w->metrics && inc->late && inc->vm)
		metrics_changed(w->metrics, inc->vm, inc->before);
	if (!filter_incident(&w->config.outputs.filter, inc))
		return;
	if (w->screen)
		screen_closed(w->screen, inc);
	if (w->exec)
		action_incident(w->exec, &w->sinks.list[0].out, inc,
				util_clock_ns(CLOCK_MONOTONIC));
}

static void on_folded(void *ctx, const struct agg_row *row)
{
	struct watch *w = ctx;

	if (w->metrics)
		metrics_folded(w->metrics, row);
}

/* --- the beginning ---------------------------------------------------------------------------- */

static int wire(struct watch *w)
{
	return observe_wire(&w->observe,
			    &(struct observe_config){
				    .session =
					    {
						    .timeout_ns = w->config.timeout_ns,
						    .marks = w->config.outputs.marks,
						    .filter = &w->config.outputs.filter,
						    .retried = on_retried,
						    .closed = on_closed,
						    .folded = on_folded,
						    .ctx = w,
					    },
				    .sinks = &w->sinks,
				    .recorder = w->recorder,
				    .drop_type = w->config.drop_type,
				    .drop_nth = w->config.drop_nth,
			    });
}

static int block_signals(struct watch *w)
{
	signal(SIGPIPE, SIG_IGN);
	w->signal_fd = stop_open(w->screen);
	return w->signal_fd < 0 ? EXIT_ENVIRONMENT : 0;
}

static void announce(struct watch *w)
{
	struct service_facts now;

	observe_hooks(&w->observe, &w->hooks, &w->hooks_wanted);
	observe_scan_vms(&w->observe);
	if (!w->config.outputs.quiet)
		fprintf(stderr, "seatrace: %u of %u hooks attached, %u VMs; Ctrl-C stops\n",
			w->hooks, w->hooks_wanted, watch_n_vms(w));
	watch_say_missing(w);
	if (!w->config.outputs.quiet && w->metrics && metrics_where(w->metrics))
		fprintf(stderr, "seatrace: metrics at http://%s/metrics\n",
			metrics_where(w->metrics));
	watch_show_rows(w, SINKS_START);
	now = watch_facts(w);
	service_ready(&w->service, &now);
}

/* What is attached is measured only for those who ask: it costs every program of the host. */
static int start_hooks(struct watch *w)
{
	int exit_code = observe_start(&w->observe);

	if (!exit_code && w->metrics)
		attach_measure(w->observe.attach);
	return exit_code ? exit_code : watch_open_aborts(w);
}

static int set_up(struct watch *w)
{
	int exit_code = observe_open(&w->observe, &w->config.attach);

	if (!exit_code)
		exit_code = rights_check(&w->config, w->observe.attach);
	if (!exit_code)
		exit_code = watch_open_outputs(w);
	if (!exit_code)
		exit_code = wire(w);
	if (!exit_code)
		exit_code = block_signals(w);
	if (!exit_code)
		exit_code = start_hooks(w);
	if (!exit_code)
		exit_code = rights_reduce(&w->config);
	if (exit_code)
		return exit_code;
	w->started_ns = w->tidied_ns = util_clock_ns(CLOCK_MONOTONIC);
	announce(w);
	return watch_show_screen(w);
}

int watch_open(struct watch **out, const struct watch_config *config)
{
	struct watch *w = calloc(1, sizeof(*w));
	int exit_code;

	if (!w) {
		log_error("no memory to start");
		return EXIT_ENVIRONMENT;
	}
	w->config = *config;
	w->signal_fd = -1;
	service_open(&w->service);
	exit_code = set_up(w);
	if (exit_code) {
		watch_free(w);
		return exit_code;
	}
	*out = w;
	return 0;
}

void watch_free(struct watch *w)
{
	if (!w)
		return;
	screen_free(w->screen);
	metrics_free(w->metrics);
	exec_free(w->exec);
	aborts_free(w->aborts);
	observe_close(&w->observe);
	recorder_close(w->recorder);
	sinks_close(&w->sinks);
	service_close(&w->service);
	if (w->signal_fd >= 0)
		close(w->signal_fd);
	free(w);
}

/* --- the end ---------------------------------------------------------------------------------- */

/* The signal that ended the watch is taken; another one ends the wait. */
static void finish_exec(struct watch *w)
{
	struct signalfd_siginfo taken;

	if (!w->exec)
		return;
	while (read(w->signal_fd, &taken, sizeof(taken)) > 0)
		;
	exec_finish(w->exec, w->signal_fd);
}

static void say_sum(const struct watch *w, uint64_t took_ns, uint64_t lost)
{
	char took[16];

	if (w->config.outputs.quiet)
		return;
	fprintf(stderr,
		"seatrace: %" PRIu64 " incidents in %s, %" PRIu64 " marks, %" PRIu64 " lost\n",
		session_incidents(w->observe.session), util_format_ns(took, took_ns),
		source_stats(w->observe.source).delivered, lost);
}

int watch_finish(struct watch *w)
{
	uint64_t took_ns = util_clock_ns(CLOCK_MONOTONIC) - w->started_ns, lost;
	int exit_code;

	service_stopping(&w->service);
	screen_free(w->screen);
	w->screen = NULL;
	observe_scan_vms(&w->observe);
	exit_code = observe_stop(&w->observe);
	watch_show_rows(w, SINKS_SUMMARY);
	finish_exec(w);
	if (w->metrics)
		metrics_write(w->metrics);
	lost = watch_n_lost(w);
	say_sum(w, took_ns, lost);
	if (!exit_code)
		exit_code = watch_close_outputs(w);
	if (!exit_code && w->config.strict && lost)
		exit_code = EXIT_VERDICT;
	return exit_code;
}
