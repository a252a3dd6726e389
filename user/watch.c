// SPDX-License-Identifier: GPL-2.0-only
/*
 * Wires the parts of seatrace together and waits for marks, signals and the clock.
 * Must not: know a hook, join marks, format a line.
 */
#include "watch.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "action.h"
#include "feed.h"
#include "lib/exec.h"
#include "lib/exit.h"
#include "lib/feature.h"
#include "lib/log.h"
#include "lib/util.h"
#include "metrics.h"
#include "screen.h"
#include "rights.h"
#include "service.h"
#include "session.h"
#include "sinks.h"
#include "stop.h"
#include "trace/aborts.h"
#include "trace/attach.h"
#include "trace/recording.h"
#include "trace/source.h"
#include "trace/vm.h"

#define TIDY_NS         (10 * UTIL_NS_PER_S)
#define EXEC_BURST      10
#define EXEC_EVERY_NS   UTIL_NS_PER_S
#define EXEC_TIMEOUT_NS (30 * UTIL_NS_PER_S)
#define HOLD_NS         (20 * UTIL_NS_PER_MS) /* CPUs may be this far apart in one ring */

struct watch {
	struct watch_config config;
	struct feature *kernel;
	struct attach *attach;
	struct source *source;
	struct feed *feed;
	const struct session *session; /* the feed's */
	struct recorder *recorder;     /* NULL: not recorded */
	struct aborts *aborts;         /* NULL: not timed */
	int aborts_said;               /* the error that was told last */
	struct vmtab *vms;
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

/* --- what the parts call back ----------------------------------------------------------------- */

static struct vm *find_vm(void *ctx, uint32_t tid, uint64_t kvm)
{
	struct watch *w = ctx;
	struct vm *vm;
	uint32_t tgid;

	if (!kvm)
		return vmtab_owner(w->vms, tid);
	vm = vmtab_find_kvm(w->vms, kvm);
	tgid = vm && vm->tgid == tid ? tid : vmtab_tgid(w->vms, tid);
	if (!tgid && vm && !vm->gone)
		return vm; /* the thread that created it has ended */
	return vmtab_get(w->vms, tgid ? tgid : tid, kvm);
}

static int find_vcpu(void *ctx, uint32_t tgid, uint32_t tid)
{
	struct watch *w = ctx;

	return vmtab_vcpu(w->vms, tgid, tid);
}

static void on_mark(void *ctx, const struct sea_hdr *mark)
{
	struct watch *w = ctx;

	feed_mark(w->feed, mark);
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

static bool thread_lives(void *ctx, uint32_t tgid, uint32_t tid)
{
	struct watch *w = ctx;

	return vmtab_tgid(w->vms, tid) == tgid;
}

static void on_aborts(void *ctx, uint32_t tgid, uint64_t kvm, const struct hist *fresh)
{
	struct watch *w = ctx;

	feed_aborts(w->feed, find_vm(w, tgid, kvm), fresh);
}

static const char *page_kind(const void *kernel, uint32_t value)
{
	return feature_enum_name(kernel, "mf_action_page_type", value);
}

static const char *page_result(const void *kernel, uint32_t value)
{
	return feature_enum_name(kernel, "mf_result", value);
}

/* --- setting up ------------------------------------------------------------------------------- */

static unsigned page_shift(void)
{
	return __builtin_ctzl(sysconf(_SC_PAGESIZE));
}

static int make_parts(struct watch *w)
{
	w->vms = vmtab_new(NULL);
	w->feed = feed_new(
		&(struct session_config){
			.timeout_ns = w->config.timeout_ns,
			.page_shift = page_shift(),
			.marks = w->config.outputs.marks,
			.filter = &w->config.outputs.filter,
			.find_vm = find_vm,
			.find_vcpu = find_vcpu,
			.closed = on_closed,
			.folded = on_folded,
			.ctx = w,
		},
		&w->sinks, w->recorder);
	w->source = source_new(HOLD_NS, on_mark, w);
	if (!w->vms || !w->feed || !w->source) {
		log_error("no memory to start");
		return EXIT_ENVIRONMENT;
	}
	w->session = feed_session(w->feed);
	source_drop(w->source, w->config.drop_type, w->config.drop_nth);
	return 0;
}

static int open_sinks(struct watch *w, uint64_t clock_offset_ns)
{
	w->sinks.timeline = w->config.outputs.timeline;
	w->sinks.quiet = w->config.outputs.quiet;
	return sinks_open(&w->sinks, &(struct sinks_config){
					     .json = w->config.outputs.json,
					     .mute = w->config.outputs.tui,
					     .path = w->config.outputs.output,
					     .clock_offset_ns = clock_offset_ns,
					     .page_kind = page_kind,
					     .page_result = page_result,
					     .page_kind_ctx = w->kernel,
				     });
}

static void name_values(const struct watch *w, char (*names)[RECORDING_NAME], uint32_t n,
			const char *(*name_of)(const void *kernel, uint32_t value))
{
	for (uint32_t i = 0; i < n; i++) {
		const char *name = name_of(w->kernel, i);

		snprintf(names[i], RECORDING_NAME, "%s", name ? name : "");
	}
}

static int open_recorder(struct watch *w, uint64_t clock_offset_ns)
{
	struct recording_head head;
	int err;

	if (!w->config.record)
		return 0;
	memset(&head, 0, sizeof(head));
	head.page_shift = page_shift();
	head.clock_offset_ns = clock_offset_ns;
	head.timeout_ns = w->config.timeout_ns;
	name_values(w, head.page_kinds, RECORDING_NAMES, page_kind);
	name_values(w, head.page_results, RECORDING_RESULTS, page_result);
	err = recorder_open(&w->recorder, w->config.record, &head);
	if (!err)
		return 0;
	log_error("record: create %s: %s", w->config.record, strerror(-err));
	return EXIT_ENVIRONMENT;
}

static struct out_losses losses(const struct watch *w);
static void fold_aborts(struct watch *w);

static unsigned measure_programs(struct watch *w)
{
	struct attach_run run;
	unsigned n = 0;

	for (; n < UTIL_COUNT(w->programs) && attach_run(w->attach, n, &run); n++)
		w->programs[n] = (struct prom_program){run.program, run.ns, run.count};
	return n;
}

static void look(void *ctx, struct metrics_view *view)
{
	struct watch *w = ctx;

	fold_aborts(w);
	view->agg = session_agg(w->session);
	view->now_ns = util_clock_ns(CLOCK_MONOTONIC);
	view->self.losses = losses(w);
	view->self.losses.dropped += session_dropped(w->session);
	view->self.open_incidents = session_open(w->session);
	view->self.programs = w->programs;
	view->self.n_programs = measure_programs(w);
	if (w->exec) {
		w->exec_stats = exec_stats(w->exec);
		view->self.exec = &w->exec_stats;
	}
}

static int open_metrics(struct watch *w)
{
	if (!w->config.outputs.prom && !w->config.outputs.textfile)
		return 0;
	return metrics_open(&w->metrics, &(struct metrics_config){
						 .listen = w->config.outputs.prom,
						 .textfile = w->config.outputs.textfile,
						 .keep_ns = SESSION_GONE_NS,
						 .look = look,
						 .ctx = w,
					 });
}

static int open_exec(struct watch *w)
{
	if (!w->config.exec)
		return 0;
	return exec_open(&w->exec, &(struct exec_config){
					   .command = w->config.exec,
					   .user = w->config.exec_user,
					   .burst = EXEC_BURST,
					   .every_ns = EXEC_EVERY_NS,
					   .timeout_ns = EXEC_TIMEOUT_NS,
				   });
}

static int open_outputs(struct watch *w)
{
	uint64_t clock_offset_ns = util_clock_ns(CLOCK_REALTIME) - util_clock_ns(CLOCK_MONOTONIC);
	int exit_code = w->config.outputs.tui ? screen_new(&w->screen) : 0;

	if (!exit_code)
		exit_code = open_sinks(w, clock_offset_ns);
	if (!exit_code)
		exit_code = open_recorder(w, clock_offset_ns);
	if (!exit_code)
		exit_code = open_metrics(w);
	return exit_code ? exit_code : open_exec(w);
}

static int block_signals(struct watch *w)
{
	signal(SIGPIPE, SIG_IGN);
	w->signal_fd = stop_open(w->screen);
	return w->signal_fd < 0 ? EXIT_ENVIRONMENT : 0;
}

static int open_ring(struct watch *w)
{
	int err = source_open_ring(w->source, attach_ring(w->attach));

	if (!err)
		return 0;
	log_error("open the ring buffer: %s", util_errno(err));
	return EXIT_ENVIRONMENT;
}

static void scan_vms(struct watch *w)
{
	int err = vmtab_scan(w->vms);

	if (err < 0)
		log_warn("look for VMs in /proc: %s; names may be missing", util_errno(err));
	for (struct vm *vm = vmtab_each(w->vms, NULL); vm; vm = vmtab_each(w->vms, vm))
		if (!vm->gone) /* what is gone has had its row, which may be folded */
			feed_seen(w->feed, vm);
}

static int open_aborts(struct watch *w)
{
	const struct aborts_kernel kernel = attach_aborts(w->attach);
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
static void fold_aborts(struct watch *w)
{
	int err = w->aborts ? aborts_fold(w->aborts) : 0;

	if (err && err != w->aborts_said)
		log_warn("--aborts: read the kernel's counts: %s", util_errno(err));
	w->aborts_said = err;
}

static struct out_losses losses(const struct watch *w)
{
	struct source_stats stats = source_stats(w->source);
	struct out_losses losses = {
		.refused = stats.refused,
		.dropped = stats.dropped,
		.aborts = w->config.attach.aborts,
	};

	attach_lost(w->attach, losses.marks);
	losses.untimed = attach_untimed(w->attach);
	return losses;
}

static void show_rows(struct watch *w, enum sinks_rows when)
{
	struct out_losses lost = losses(w);
	uint64_t now_ns = util_clock_ns(CLOCK_MONOTONIC);

	fold_aborts(w);
	feed_rows(w->feed, when, &lost, now_ns);
}

static unsigned n_vms(const struct watch *w)
{
	unsigned n = 0;

	while (session_vm(w->session, n))
		n++;
	return n;
}

/* It may start later, so that is no error; a slip of the pen should be seen all the same. */
static void say_who_is_missing(const struct watch *w)
{
	const struct opt_list *vms = &w->config.outputs.filter.vms;

	for (unsigned i = 0; i < vms->n && !w->config.outputs.quiet; i++) {
		const struct filter one = {.vms = {{vms->items[i]}, 1}};
		struct vm *vm;
		unsigned n = 0;

		while ((vm = session_vm(w->session, n)) && !filter_vm(&one, vm))
			n++;
		if (!vm)
			fprintf(stderr, "seatrace: --vm %s: there is no such VM yet\n",
				vms->items[i]);
	}
}

static uint64_t n_lost(const struct watch *w)
{
	struct out_losses lost = losses(w);

	return out_losses_total(&lost) + session_dropped(w->session);
}

static struct service_facts facts(const struct watch *w)
{
	return (struct service_facts){
		.hooks = w->hooks,
		.hooks_wanted = w->hooks_wanted,
		.vms = n_vms(w),
		.incidents = session_incidents(w->session),
		.lost = n_lost(w),
	};
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
	scan_vms(w);
	if (!w->config.outputs.quiet)
		fprintf(stderr, "seatrace: %u of %u hooks attached, %u VMs; Ctrl-C stops\n",
			w->hooks, w->hooks_wanted, n_vms(w));
	say_who_is_missing(w);
	if (!w->config.outputs.quiet && w->metrics && metrics_where(w->metrics))
		fprintf(stderr, "seatrace: metrics at http://%s/metrics\n",
			metrics_where(w->metrics));
	show_rows(w, SINKS_START);
	now = facts(w);
	service_ready(&w->service, &now);
}

static void look_for_screen(void *ctx, struct tui_data *data)
{
	struct metrics_view view = {0};
	struct watch *w = ctx;

	look(w, &view);
	data->agg = view.agg;
	data->losses = view.self.losses;
	data->now_ns = view.now_ns;
	data->open_incidents = view.self.open_incidents;
	data->incidents = session_incidents(w->session);
}

/* Behind the last line that is meant for the ordinary screen. */
static int show_screen(struct watch *w)
{
	if (!w->screen)
		return 0;
	return screen_show(w->screen, &(struct screen_config){
					      .tui = {&w->sinks.list[0].out, "live"},
					      .look = look_for_screen,
					      .ctx = w,
				      });
}

/* What is attached is measured only for those who ask: it costs every program of the host. */
static int start_hooks(struct watch *w)
{
	int exit_code = attach_start(w->attach);

	if (!exit_code && w->metrics)
		attach_measure(w->attach);
	if (!exit_code)
		exit_code = open_ring(w);
	return exit_code ? exit_code : open_aborts(w);
}

static int set_up(struct watch *w)
{
	int exit_code = feature_open(&w->kernel);

	if (!exit_code)
		exit_code = attach_new(&w->attach, w->kernel, &w->config.attach);
	if (!exit_code)
		exit_code = rights_check(&w->config, w->attach);
	if (!exit_code)
		exit_code = open_outputs(w);
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
	return show_screen(w);
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

/* --- running ---------------------------------------------------------------------------------- */

/* VMs that ended long ago. */
static void tidy(struct watch *w, uint64_t now_ns)
{
	if (now_ns - w->tidied_ns < TIDY_NS)
		return;
	w->tidied_ns = now_ns;
	feed_tidy(w->feed, now_ns);
}

static void say_how_it_goes(struct watch *w)
{
	struct service_facts now;

	if (!service_listens(&w->service))
		return;
	now = facts(w);
	service_status(&w->service, &now);
}

/* Once a second, however rarely tables are asked for. */
static void look_around(struct watch *w, uint64_t now_ns)
{
	scan_vms(w);
	fold_aborts(w);
	if (w->metrics)
		metrics_tick(w->metrics, now_ns);
	tidy(w, now_ns);
	say_how_it_goes(w);
	w->next_look_ns = now_ns + UTIL_NS_PER_S;
}

static void tick(struct watch *w)
{
	bool asked = w->config.interval_ns;

	w->tables++;
	if (asked || session_changed(w->session))
		show_rows(w, asked ? SINKS_TABLE : SINKS_CHANGED);
}

static int wait_ms(const struct watch *w, uint64_t until_ns)
{
	uint64_t now = util_clock_ns(CLOCK_MONOTONIC);

	if (source_behind(w->source))
		return 0;
	/* an incident is due only when no mark of that time can still be held */
	if (session_deadline(w->session) < until_ns - HOLD_NS)
		until_ns = session_deadline(w->session) + HOLD_NS;
	until_ns = UTIL_MIN(until_ns, w->next_look_ns);
	if (source_pending(w->source))
		until_ns = UTIL_MIN(until_ns, now + HOLD_NS);
	if (w->metrics)
		until_ns = UTIL_MIN(until_ns, metrics_deadline(w->metrics, now));
	if (w->exec)
		until_ns = UTIL_MIN(until_ns, exec_deadline(w->exec));
	if (w->screen)
		until_ns = UTIL_MIN(until_ns, screen_deadline(w->screen));
	if (until_ns <= now)
		return 0;
	/* rounded up: a wake-up that comes too early only comes again */
	return UTIL_MIN((until_ns - now) / UTIL_NS_PER_MS + 1, 60000ULL);
}

static int take_marks(struct watch *w, uint64_t now_ns)
{
	int err = source_drain(w->source);
	uint64_t at_ns = source_now(w->source, now_ns);

	if (err) {
		log_error("read the ring buffer: %s", util_errno(err));
		return EXIT_ENVIRONMENT;
	}
	source_release(w->source, now_ns);
	/* what is still in the ring may concern what seems quiet */
	feed_expire(w->feed, at_ns == UINT64_MAX ? at_ns : at_ns - HOLD_NS);
	return 0;
}

static bool is_over(const struct watch *w, uint64_t end_ns)
{
	return w->sinks.error || util_clock_ns(CLOCK_MONOTONIC) >= end_ns ||
	       (w->config.count && w->tables >= w->config.count) ||
	       (w->screen && screen_over(w->screen));
}

/* Cheap when there is nothing to do: a system call or two. */
static void serve_others(struct watch *w, uint64_t now_ns)
{
	if (w->metrics)
		metrics_run(w->metrics);
	if (w->exec)
		exec_reap(w->exec, now_ns);
	if (w->screen)
		screen_run(w->screen, now_ns);
}

int watch_run(struct watch *w)
{
	uint64_t every_ns = w->config.interval_ns ? w->config.interval_ns : UTIL_NS_PER_S;
	uint64_t now = util_clock_ns(CLOCK_MONOTONIC), next_ns = now + every_ns;
	uint64_t end_ns = w->config.duration_ns ? now + w->config.duration_ns : UINT64_MAX;
	struct pollfd fds[] = {
		{.fd = source_fd(w->source), .events = POLLIN},
		{.fd = w->signal_fd, .events = POLLIN},
		{.fd = w->metrics ? metrics_fd(w->metrics) : -1, .events = POLLIN},
		{.fd = w->exec ? exec_fd(w->exec) : -1, .events = POLLIN},
		{.fd = w->screen ? screen_fd(w->screen) : -1, .events = POLLIN},
	};
	int exit_code = 0;

	while (!exit_code && !is_over(w, end_ns)) {
		if (poll(fds, UTIL_COUNT(fds), wait_ms(w, UTIL_MIN(next_ns, end_ns))) < 0 &&
		    errno != EINTR) {
			log_error("poll: %s", strerror(errno));
			return EXIT_ENVIRONMENT;
		}
		if (fds[1].revents)
			return 0;
		now = util_clock_ns(CLOCK_MONOTONIC);
		exit_code = take_marks(w, now);
		serve_others(w, now);
		if (now >= UTIL_MIN(next_ns, w->next_look_ns))
			look_around(w, now);
		for (; now >= next_ns; next_ns += every_ns)
			if (now < next_ns + every_ns)
				tick(w);
	}
	return exit_code;
}

static int write_error(struct watch *w)
{
	int err = recorder_close(w->recorder);

	w->recorder = NULL;
	if (err) {
		log_error("record: write %s: %s", w->config.record, strerror(-err));
		return EXIT_ENVIRONMENT;
	}
	if (!w->sinks.error || w->sinks.error == -EPIPE)
		return 0; /* nobody reads any more: an orderly stop */
	log_error("write the output: %s", strerror(-w->sinks.error));
	return EXIT_ENVIRONMENT;
}

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

/* Hooks off first: what is in the ring then is all there is. */
int watch_finish(struct watch *w)
{
	uint64_t took_ns = util_clock_ns(CLOCK_MONOTONIC) - w->started_ns;
	uint64_t lost;
	char took[16];
	int exit_code;

	service_stopping(&w->service);
	screen_free(w->screen);
	w->screen = NULL;
	scan_vms(w);
	attach_stop(w->attach);
	do
		exit_code = take_marks(w, UINT64_MAX);
	while (!exit_code && source_behind(w->source));
	show_rows(w, SINKS_SUMMARY);
	finish_exec(w);
	if (w->metrics)
		metrics_write(w->metrics);
	lost = n_lost(w);
	if (!w->config.outputs.quiet)
		fprintf(stderr,
			"seatrace: %" PRIu64 " incidents in %s, %" PRIu64 " marks, %" PRIu64
			" lost\n",
			session_incidents(w->session), util_format_ns(took, took_ns),
			source_stats(w->source).delivered, lost);
	if (!exit_code)
		exit_code = write_error(w);
	if (!exit_code && w->config.strict && lost)
		exit_code = EXIT_VERDICT;
	return exit_code;
}
