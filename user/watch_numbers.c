// SPDX-License-Identifier: GPL-2.0-only
/*
 * The numbers of a watch as they are now: rows, losses, what itself costs; for tables, metrics and
 * the screen alike.
 * Must not: join or format any.
 */
#include "lib/exit.h"
#include "lib/log.h"
#include "watch_int.h"

/* --- aborts, which the kernel counts ---------------------------------------------------------- */

static bool thread_lives(void *ctx, uint32_t tgid, uint32_t tid)
{
	struct watch *w = ctx;

	return vmtab_tgid(w->observe.vms, tid) == tgid;
}

static void on_aborts(void *ctx, uint32_t tgid, uint64_t kvm, const struct hist *fresh)
{
	struct watch *w = ctx;

	feed_aborts(w->observe.feed, observe_find_vm(&w->observe, tgid, kvm), fresh);
}

int watch_open_aborts(struct watch *w)
{
	const struct aborts_kernel kernel = attach_aborts(w->observe.attach);
	const struct aborts_ops ops = {.lives = thread_lives, .add = on_aborts, .ctx = w};

	if (!w->config.attach.aborts)
		return 0;
	w->aborts = aborts_new(&kernel, &ops);
	if (w->aborts)
		return 0;
	log_error("no memory to time aborts");
	return EXIT_ENVIRONMENT;
}

/* An error is said once, and again after it had gone. */
void watch_fold_aborts(struct watch *w)
{
	int err = w->aborts ? aborts_fold(w->aborts) : 0;

	if (err && err != w->aborts_said)
		log_warn("--aborts: read the kernel's counts: %s", util_errno(err));
	w->aborts_said = err;
}

/* --- for whoever looks ------------------------------------------------------------------------ */

struct out_losses watch_losses(const struct watch *w)
{
	struct out_losses losses = observe_losses(&w->observe);

	losses.aborts = w->config.attach.aborts;
	return losses;
}

uint64_t watch_n_lost(const struct watch *w)
{
	struct out_losses lost = watch_losses(w);

	return out_losses_total(&lost) + session_dropped(w->observe.session);
}

struct service_facts watch_facts(const struct watch *w)
{
	return (struct service_facts){
		.hooks = w->hooks,
		.hooks_wanted = w->hooks_wanted,
		.vms = watch_n_vms(w),
		.incidents = session_incidents(w->observe.session),
		.lost = watch_n_lost(w),
	};
}

static unsigned measure_programs(struct watch *w)
{
	struct attach_run run;
	unsigned n = 0;

	for (; n < UTIL_COUNT(w->programs) && attach_run(w->observe.attach, n, &run); n++)
		w->programs[n] = (struct prom_program){run.program, run.ns, run.count};
	return n;
}

void watch_look(void *ctx, struct metrics_view *view)
{
	struct watch *w = ctx;

	watch_fold_aborts(w);
	view->agg = session_agg(w->observe.session);
	view->now_ns = util_clock_ns(CLOCK_MONOTONIC);
	view->self.losses = watch_losses(w);
	view->self.losses.dropped += session_dropped(w->observe.session);
	view->self.open_incidents = session_open(w->observe.session);
	view->self.programs = w->programs;
	view->self.n_programs = measure_programs(w);
	if (w->exec) {
		w->exec_stats = exec_stats(w->exec);
		view->self.exec = &w->exec_stats;
	}
}

void watch_look_for_screen(void *ctx, struct tui_data *data)
{
	struct metrics_view view = {0};
	struct watch *w = ctx;

	watch_look(w, &view);
	data->agg = view.agg;
	data->losses = view.self.losses;
	data->now_ns = view.now_ns;
	data->open_incidents = view.self.open_incidents;
	data->incidents = session_incidents(w->observe.session);
}

/* --- rows ------------------------------------------------------------------------------------- */

void watch_show_rows(struct watch *w, enum sinks_rows when)
{
	struct out_losses lost = watch_losses(w);
	uint64_t now_ns = util_clock_ns(CLOCK_MONOTONIC);

	watch_fold_aborts(w);
	feed_rows(w->observe.feed, when, &lost, now_ns);
}
