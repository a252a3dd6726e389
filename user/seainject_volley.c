// SPDX-License-Identifier: GPL-2.0-only
/*
 * The loop of a volley.
 * Must not: print.
 */
#include "seainject_volley.h"

#include <errno.h>
#include <poll.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "lib/exit.h"
#include "lib/log.h"
#include "lib/util.h"

#define BEATS 4 /* in the time that the dead man waits */

struct waiting {
	const struct volley *volley;
	int slot, vmm_fd;
	uint64_t end_ns, beat_ns; /* when it is over; when to beat next */
};

/* Not in glibc 2.36: readable when the process has ended. */
static int open_vmm(const struct order *order)
{
	int fd = syscall(SYS_pidfd_open, order->tgid, 0);

	if (fd < 0)
		log_error("the VMM, process %u: %s", order->tgid, util_errno(errno));
	return fd;
}

static int take_marks(const struct volley *v, uint64_t now_ns)
{
	int err = source_drain(v->source, now_ns);

	source_release(v->source, now_ns);
	if (!err)
		return 0;
	log_error("read the ring buffer: %s", util_errno(err));
	return EXIT_ENVIRONMENT;
}

static void beat(struct waiting *w, uint64_t now_ns)
{
	if (now_ns < w->beat_ns)
		return;
	arm_beat(w->volley->arm, now_ns + w->volley->dead_man_ns);
	w->beat_ns = now_ns + w->volley->dead_man_ns / BEATS;
}

static int wait_ms(const struct waiting *w, uint64_t now_ns)
{
	uint64_t until_ns = UTIL_MIN(w->beat_ns, w->end_ns);

	until_ns = UTIL_MIN(until_ns, source_deadline(w->volley->source));
	return until_ns <= now_ns ? 0 : (until_ns - now_ns) / UTIL_NS_PER_MS + 1;
}

static bool has_fired(const struct waiting *w)
{
	const struct volley *v = w->volley;

	return arm_tally(v->arm, v->method->target, w->slot).fired >= v->order->at_most;
}

/* 0 to go on, else an exit code, or -1: *end says why it is over. */
static int look(struct waiting *w, enum volley_end *end)
{
	struct pollfd fds[] = {
		{source_fd(w->volley->source), POLLIN, 0},
		{w->volley->stop_fd, POLLIN, 0},
		{w->vmm_fd, POLLIN, 0},
	};
	uint64_t now_ns = util_clock_ns(CLOCK_MONOTONIC);

	beat(w, now_ns);
	if (poll(fds, UTIL_COUNT(fds), wait_ms(w, now_ns)) < 0 && errno != EINTR) {
		log_error("poll: %s", util_errno(errno));
		return EXIT_ENVIRONMENT;
	}
	now_ns = util_clock_ns(CLOCK_MONOTONIC);
	if (take_marks(w->volley, now_ns))
		return EXIT_ENVIRONMENT;
	if (has_fired(w))
		*end = VOLLEY_DONE;
	else if (fds[1].revents)
		*end = VOLLEY_STOPPED;
	else if (fds[2].revents)
		*end = VOLLEY_GONE;
	else if (now_ns >= w->end_ns)
		*end = VOLLEY_TIMEOUT;
	else
		return 0;
	return -1;
}

static int wait_for_it(struct waiting *w, enum volley_end *end)
{
	int answer;

	do
		answer = look(w, end);
	while (!answer);
	return answer < 0 ? 0 : answer;
}

int volley_fire(const struct volley *v, const struct sea_rule *rule, const uint64_t *frames,
		size_t n_frames, enum volley_end *end, struct sea_tally *tally)
{
	uint64_t now_ns = util_clock_ns(CLOCK_MONOTONIC);
	struct waiting w = {.volley = v, .vmm_fd = open_vmm(v->order), .end_ns = UINT64_MAX};
	int exit_code;

	if (w.vmm_fd < 0)
		return EXIT_ENVIRONMENT;
	if (v->timeout_ns)
		w.end_ns = now_ns + v->timeout_ns;
	arm_budget(v->arm, v->order->at_most);
	arm_beat(v->arm, now_ns + v->dead_man_ns);
	w.slot = arm_rule(v->arm, v->method->target, rule, frames, n_frames);
	if (w.slot < 0) {
		log_error("arm %s: %s", v->method->name, util_errno(w.slot));
		close(w.vmm_fd);
		return EXIT_ENVIRONMENT;
	}
	exit_code = wait_for_it(&w, end);
	arm_disarm(v->arm, v->method->target, w.slot);
	*tally = arm_tally(v->arm, v->method->target, w.slot);
	close(w.vmm_fd);
	return exit_code;
}
