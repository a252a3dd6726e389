// SPDX-License-Identifier: GPL-2.0-only
/*
 * A rig's life and its loop.
 * Must not: choose what is fired, judge what came of it.
 */
#include "rig.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/exit.h"
#include "lib/log.h"
#include "lib/privilege.h"
#include "lib/util.h"
#include "stop.h"

#define RING_BYTES     (16 << 20) /* a storm of 100,000 shots is a third of it */
#define BEATS_PER_LIFE 4          /* signs of life in the dead man's time */

/* --- what the parts call back ----------------------------------------------------------------- */

static void on_mark(void *ctx, const struct sea_hdr *mark)
{
	struct rig *r = ctx;

	gather_mark(&r->gather, mark);
	if (r->mark)
		r->mark(r->ctx, mark);
}

static void on_closed(void *ctx, const struct incident *inc)
{
	gather_incident(&((struct rig *)ctx)->gather, inc);
}

static void on_lap(void *ctx, const struct vm *vm, enum lap lap, uint64_t ns)
{
	gather_lap(&((struct rig *)ctx)->gather, vm, lap, ns);
}

/* --- the beginning ---------------------------------------------------------------------------- */

/*
 * Aborts of VMs that nobody shoots at cost nothing where it can be had. An SEA is then seen at its claim;
 * one whose claim is overridden would not be seen at all.
 */
int rig_look(struct rig *r, unsigned targets)
{
	const struct attach_options options = {
		.ring_bytes = RING_BYTES,
		.spare_aborts = !(targets & 1u << SEA_TARGET_ID_claim),
	};
	int exit_code;

	r->signal_fd = -1;
	exit_code = observe_open(&r->observe, &options);
	return exit_code ? exit_code : arm_new(&r->arm, r->observe.kernel);
}

/*
 * Frames of the page map and kprobes by perf_event_open at Debian's paranoid level take CAP_SYS_ADMIN;
 * who holds a VM is in other users' /proc/PID/fd.
 */
static int check_rights(const struct rig *r)
{
	uint64_t missing =
		privilege_missing(attach_needs(r->observe.attach) | PRIVILEGE(CAP_SYS_ADMIN) |
				  PRIVILEGE(CAP_BPF) | PRIVILEGE(CAP_PERFMON) |
				  PRIVILEGE(CAP_DAC_READ_SEARCH) | PRIVILEGE(CAP_SYS_PTRACE));
	char names[PRIVILEGE_TEXT];

	if (!missing)
		return 0;
	log_error("no privilege: missing %s (run as root, or with these)",
		  privilege_names(missing, names));
	return EXIT_ENVIRONMENT;
}

static int wire(struct rig *r, const struct rig_config *config)
{
	return observe_wire(&r->observe, &(struct observe_config){
						 .session =
							 {
								 .timeout_ns = config->quiet_ns,
								 .closed = on_closed,
								 .lap = on_lap,
								 .ctx = r,
							 },
						 .sinks = &r->sinks,
						 .mark = on_mark,
					 });
}

int rig_wire(struct rig *r, const struct rig_config *config)
{
	int exit_code = check_rights(r);

	if (!exit_code)
		exit_code = wire(r, config);
	if (exit_code)
		return exit_code;
	r->dead_man_ns = config->dead_man_ns;
	r->signal_fd = stop_open(false);
	return r->signal_fd < 0 ? EXIT_ENVIRONMENT : 0;
}

static int start_arm(struct rig *r, const struct rig_config *config)
{
	int exit_code = 0;

	if (config->targets)
		exit_code = arm_start(r->arm, config->targets, attach_ring(r->observe.attach));
	if (exit_code)
		return exit_code;
	arm_beat(r->arm, 0);
	arm_budget(r->arm, config->budget);
	return 0;
}

int rig_start(struct rig *r, const struct rig_config *config)
{
	int exit_code = observe_start(&r->observe);

	if (!exit_code && config->memory)
		exit_code = slots_open(&r->slots);
	if (!exit_code)
		exit_code = witness_open(&r->witness, r->observe.kernel, config->runs);
	if (!exit_code && config->journal)
		exit_code = journal_open(&r->journal, config->journal_path);
	return exit_code ? exit_code : start_arm(r, config);
}

/* --- the dead man's switch -------------------------------------------------------------------- */

static void beat(struct rig *r, uint64_t now_ns)
{
	r->deadline_ns = now_ns + r->dead_man_ns;
	r->beat_ns = now_ns + r->dead_man_ns / BEATS_PER_LIFE;
	arm_beat(r->arm, r->deadline_ns);
}

void rig_hold(struct rig *r)
{
	r->held_up = false;
	beat(r, util_clock_ns(CLOCK_MONOTONIC));
}

bool rig_holds(const struct rig *r)
{
	return r->beat_ns && !r->held_up;
}

/* One that has expired stays so: nobody knows what has happened meanwhile. */
static void hold_on(struct rig *r, uint64_t now_ns)
{
	if (!rig_holds(r) || now_ns < r->beat_ns)
		return;
	if (now_ns < r->deadline_ns) {
		beat(r, now_ns);
		return;
	}
	r->held_up = true;
	arm_beat(r->arm, 0);
	log_warn("held up beyond the dead man's time: what was armed has expired");
}

bool rig_release(struct rig *r)
{
	bool held = !r->held_up && util_clock_ns(CLOCK_MONOTONIC) < r->deadline_ns;

	arm_beat(r->arm, 0);
	r->deadline_ns = r->beat_ns = 0;
	return held;
}

/* --- the loop --------------------------------------------------------------------------------- */

static int wait_ms(const struct rig *r, uint64_t until_ns)
{
	uint64_t now = util_clock_ns(CLOCK_MONOTONIC);

	until_ns = UTIL_MIN(until_ns, observe_deadline(&r->observe, now));
	if (rig_holds(r))
		until_ns = UTIL_MIN(until_ns, r->beat_ns);
	if (until_ns <= now)
		return 0;
	/* rounded up: a wake-up that comes too early only comes again */
	return UTIL_MIN((until_ns - now) / UTIL_NS_PER_MS + 1, 60000ULL);
}

int rig_wait(struct rig *r, uint64_t until_ns, int fd)
{
	struct pollfd fds[] = {
		{.fd = observe_fd(&r->observe), .events = POLLIN},
		{.fd = r->stopped ? -1 : r->signal_fd, .events = POLLIN},
		{.fd = fd, .events = POLLIN},
	};
	uint64_t now;

	if (poll(fds, UTIL_COUNT(fds), wait_ms(r, until_ns)) < 0 && errno != EINTR) {
		log_error("poll: %s", strerror(errno));
		return EXIT_ENVIRONMENT;
	}
	now = util_clock_ns(CLOCK_MONOTONIC);
	hold_on(r, now);
	r->stopped |= fds[1].revents != 0;
	return observe_take(&r->observe, now);
}

/* Marks are held for a moment to be sorted. */
int rig_catch_up(struct rig *r)
{
	uint64_t until_ns = util_clock_ns(CLOCK_MONOTONIC) + 2 * OBSERVE_HOLD_NS;
	int exit_code = 0;

	while (!exit_code &&
	       (util_clock_ns(CLOCK_MONOTONIC) < until_ns || source_behind(r->observe.source)))
		exit_code = rig_wait(r, until_ns, -1);
	return exit_code;
}

/* --- the end ---------------------------------------------------------------------------------- */

uint64_t rig_lost(const struct rig *r)
{
	struct out_losses losses = observe_losses(&r->observe);

	arm_lost(r->arm, losses.marks);
	return out_losses_total(&losses) + session_dropped(r->observe.session);
}

/* What overrides goes first. */
void rig_close(struct rig *r)
{
	arm_free(r->arm);
	r->arm = NULL;
	witness_close(r->witness);
	slots_close(r->slots);
	journal_close(r->journal);
	observe_close(&r->observe);
	if (r->signal_fd >= 0)
		close(r->signal_fd);
	*r = (struct rig){.signal_fd = -1};
}
