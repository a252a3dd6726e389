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
#include "lib/feature.h"
#include "lib/log.h"
#include "rights.h"
#include "stop.h"
#include "watch_int.h"

/* --- what the parts call back ----------------------------------------------------------------- */

static void on_mark(void *ctx, const struct sea_hdr *mark)
{
	struct watch *w = ctx;

	feed_mark(w->feed, mark);
}

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

static int make_parts(struct watch *w)
{
	w->vms = vmtab_new(NULL);
	w->feed = feed_new(
		&(struct session_config){
			.timeout_ns = w->config.timeout_ns,
			.page_shift = w->page_shift,
			.marks = w->config.outputs.marks,
			.filter = &w->config.outputs.filter,
			.find_vm = watch_find_vm,
			.find_vcpu = watch_find_vcpu,
			.asked = w,
			.retried = on_retried,
			.closed = on_closed,
			.folded = on_folded,
			.ctx = w,
		},
		&w->sinks, w->recorder);
	w->source = source_new(WATCH_HOLD_NS, on_mark, w);
	if (!w->vms || !w->feed || !w->source) {
		log_error("no memory to start");
		return EXIT_ENVIRONMENT;
	}
	w->session = feed_session(w->feed);
	source_on_arrival(w->source, watch_meet);
	source_drop(w->source, w->config.drop_type, w->config.drop_nth);
	return 0;
}

static int block_signals(struct watch *w)
{
	signal(SIGPIPE, SIG_IGN);
	w->signal_fd = stop_open(w->screen);
	return w->signal_fd < 0 ? EXIT_ENVIRONMENT : 0;
}

static int open_ring(struct watch *w)
{
	int err = source_open_ring(w->source, attach_ring(w->attach), attach_quiet(w->attach));

	if (!err)
		return 0;
	log_error("open the ring buffer: %s", util_errno(err));
	return EXIT_ENVIRONMENT;
}

static void announce(struct watch *w)
{
	struct hook_state hook;
	struct service_facts now;

	for (unsigned i = 0; attach_hook(w->attach, i, &hook); i++) {
		w->hooks += attach_is_on(hook.how);
		w->hooks_wanted += attach_is_on(hook.how) || hook.how == ATTACH_MISSING;
		if (hook.how != ATTACH_NOT)
			log_info("%-18s %-26s %s", hook.program, hook.target,
				 attach_how_name(hook.how));
	}
	watch_scan_vms(w);
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
	int exit_code = attach_start(w->attach);

	if (!exit_code && w->metrics)
		attach_measure(w->attach);
	if (!exit_code)
		exit_code = open_ring(w);
	return exit_code ? exit_code : watch_open_aborts(w);
}

static int set_up(struct watch *w)
{
	int exit_code = feature_open(&w->kernel);

	if (!exit_code)
		exit_code = attach_new(&w->attach, w->kernel, &w->config.attach);
	if (!exit_code)
		exit_code = rights_check(&w->config, w->attach);
	if (!exit_code)
		exit_code = watch_open_outputs(w);
	if (!exit_code)
		exit_code = make_parts(w);
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
	w->page_shift = __builtin_ctzl(sysconf(_SC_PAGESIZE));
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
	source_free(w->source);
	aborts_free(w->aborts);
	attach_free(w->attach);
	feed_free(w->feed);
	vmtab_free(w->vms);
	recorder_close(w->recorder);
	sinks_close(&w->sinks);
	feature_free(w->kernel);
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
		session_incidents(w->session), util_format_ns(took, took_ns),
		source_stats(w->source).delivered, lost);
}

/* Hooks off first: what is in the ring then is all there is. */
int watch_finish(struct watch *w)
{
	uint64_t took_ns = util_clock_ns(CLOCK_MONOTONIC) - w->started_ns, lost;
	int exit_code;

	service_stopping(&w->service);
	screen_free(w->screen);
	w->screen = NULL;
	watch_scan_vms(w);
	attach_stop(w->attach);
	do
		exit_code = watch_take_marks(w, UINT64_MAX);
	while (!exit_code && source_behind(w->source));
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
