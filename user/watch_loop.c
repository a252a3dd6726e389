// SPDX-License-Identifier: GPL-2.0-only
/*
 * The loop of a watch: waits for marks, signals, the clock and whoever asks, and serves each.
 * Must not: make or end a part.
 */
#include <errno.h>
#include <poll.h>
#include <string.h>

#include "lib/exit.h"
#include "lib/log.h"
#include "watch_int.h"

#define TIDY_NS (10 * UTIL_NS_PER_S)

/* --- what is due ------------------------------------------------------------------------------ */

/* VMs that ended long ago. */
static void tidy(struct watch *w, uint64_t now_ns)
{
	if (now_ns - w->tidied_ns < TIDY_NS)
		return;
	w->tidied_ns = now_ns;
	feed_tidy(w->observe.feed, now_ns);
}

static void say_how_it_goes(struct watch *w)
{
	struct service_facts now;

	if (!service_listens(&w->service))
		return;
	now = watch_facts(w);
	service_status(&w->service, &now);
}

/* Once a second, however rarely tables are asked for. */
static void look_around(struct watch *w, uint64_t now_ns)
{
	observe_scan_vms(&w->observe);
	watch_fold_aborts(w);
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
	if (asked || session_changed(w->observe.session))
		watch_show_rows(w, asked ? SINKS_TABLE : SINKS_CHANGED);
}

/* --- waiting ---------------------------------------------------------------------------------- */

static int wait_ms(const struct watch *w, uint64_t until_ns)
{
	uint64_t now = util_clock_ns(CLOCK_MONOTONIC);

	until_ns = UTIL_MIN(until_ns, w->next_look_ns);
	until_ns = UTIL_MIN(until_ns, observe_deadline(&w->observe, now));
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
		{.fd = observe_fd(&w->observe), .events = POLLIN},
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
		exit_code = observe_take(&w->observe, now);
		serve_others(w, now);
		if (now >= UTIL_MIN(next_ns, w->next_look_ns))
			look_around(w, now);
		for (; now >= next_ns; next_ns += every_ns)
			if (now < next_ns + every_ns)
				tick(w);
	}
	return exit_code;
}
