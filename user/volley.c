// SPDX-License-Identifier: GPL-2.0-only
/*
 * One volley: aimed, armed or fired, awaited, settled, disarmed, and the guest asked; as a list of steps.
 * Must not: decide whether it may be fired.
 */
#include "volley.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "inject/aim.h"
#include "inject/injector.h"
#include "inject/probe.h"
#include "inject/record.h"
#include "lib/exit.h"
#include "lib/log.h"
#include "lib/util.h"

#define SETTLE_MOST(settle_ns) (10 * (settle_ns) + 10 * UTIL_NS_PER_S)
#define LOOK_NS                (100 * UTIL_NS_PER_MS) /* for what no mark tells */
#define AIM_NS                 (10 * UTIL_NS_PER_MS)  /* likewise for a page to come */

struct flight {
	struct rig *rig;
	const struct volley *v;
	struct shot_result *result;
	struct aim aim;
	struct order order;
	int slot;                    /* of its rule; -1: none is armed */
	uint64_t began_ns, fired_ns; /* fired_ns: the last shot, as far as known */
	uint64_t fired, matched;
	uint64_t lost_before, record;
	bool vmm_gone, expired;
	char why[160]; /* why it could not be fired */
};

/* --- begin and end ---------------------------------------------------------------------------- */

static bool is_over(const struct pollfd *fd)
{
	struct pollfd now = *fd;

	return poll(&now, 1, 0) > 0;
}

static void look_at_vmm(struct flight *f)
{
	const struct pollfd fd = {.fd = f->v->at->pidfd, .events = POLLIN};

	f->vmm_gone = f->vmm_gone || is_over(&fd);
}

static int wait_for(struct flight *f, uint64_t until_ns)
{
	/* once it is readable it stays so */
	int exit_code = rig_wait(f->rig, until_ns, f->vmm_gone ? -1 : f->v->at->pidfd);

	look_at_vmm(f);
	return exit_code;
}

static void tell(struct flight *f, const char *doing)
{
	struct shot_result *r = f->result;

	r->fired = f->order.dry_run ? 0 : f->fired;
	r->took_ns = util_clock_ns(CLOCK_MONOTONIC) - r->started_ns;
	if (f->v->under_way)
		f->v->under_way(f->v->ctx, r, doing);
}

static void look_at_tally(struct flight *f)
{
	struct sea_tally *tally = &f->result->tally;

	if (f->slot < 0)
		return;
	*tally = arm_tally(f->rig->arm, f->v->method->target, f->slot);
	f->fired = tally->fired;
	f->matched = tally->matched;
	if (tally->last_ns > f->fired_ns)
		f->fired_ns = tally->last_ns;
}

static void begin(struct flight *f)
{
	const struct vm *vm = f->v->at->vm;

	f->began_ns = f->fired_ns = f->result->started_ns = util_clock_ns(CLOCK_MONOTONIC);
	f->lost_before = rig_lost(f->rig);
	gather_begin(&f->rig->gather, &(struct gather_scope){
					      .tgid = vm->tgid,
					      .start_ticks = vm->start_ticks,
					      .rule = f->order.id,
					      .began_ns = f->began_ns,
					      .frames = f->aim.frames,
					      .n_frames = f->aim.n_frames,
					      .page_shift = __builtin_ctzl(sysconf(_SC_PAGESIZE)),
				      });
	witness_watch(f->rig->witness, vm->tgid);
}

/* --- arm, or fire ----------------------------------------------------------------------------- */

static bool is_rule(const struct flight *f)
{
	return f->v->method->family == METHOD_OVERRIDE;
}

/* What outlives us is written down before. */
static int journal_record(struct flight *f)
{
	struct journal_entry entry = {
		.what = JOURNAL_RECORD,
		.tgid = f->order.tgid,
		.start_ticks = f->order.start_ticks,
	};
	int err;

	if (!f->v->method->leaves_record || f->order.dry_run)
		return 0;
	snprintf(entry.vm, sizeof(entry.vm), "%s", f->v->at->vm->name);
	snprintf(entry.method, sizeof(entry.method), "%s", f->v->method->name);
	err = journal_add(f->rig->journal, &entry);
	f->record = entry.id;
	return err;
}

static int arm(struct flight *f)
{
	struct sea_rule rule;
	int err = journal_record(f);

	if (err) {
		snprintf(f->why, sizeof(f->why), "write the journal: %s", util_errno(err));
		return err;
	}
	rig_hold(f->rig);
	order_rule(&f->order, f->aim.first, f->aim.last, util_clock_ns(CLOCK_MONOTONIC), &rule);
	f->slot =
		arm_rule(f->rig->arm, f->v->method->target, &rule, f->aim.frames, f->aim.n_frames);
	if (f->slot >= 0) {
		tell(f, "armed");
		return 0;
	}
	f->expired = !rig_release(f->rig);
	snprintf(f->why, sizeof(f->why), "arm: %s", util_errno(f->slot));
	return f->slot;
}

/* By the kernel itself or by firmware, at once; each shot is one of the budget. */
static int pull(struct flight *f)
{
	struct injector injector = {
		.slots = f->rig->slots,
		.journal = f->rig->journal,
		.vm = f->v->at->vm->name,
		.hugetlb_max = f->v->hugetlb_max,
	};
	uint64_t left = arm_budget_left(f->rig->arm);
	int n;

	if (left < f->order.at_most) {
		snprintf(f->why, sizeof(f->why), "the budget has %" PRIu64 " shots left", left);
		return -EDQUOT;
	}
	n = f->v->method->fire(f->v->method, &injector, &f->order, f->why);
	if (n < 0)
		return n;
	if ((uint64_t)n < f->order.at_most)
		log_warn("%s: %d of %" PRIu64 " shots: %s", f->v->method->name, n, f->order.at_most,
			 f->why);
	arm_budget(f->rig->arm, left - n);
	f->fired = f->matched = n;
	f->fired_ns = util_clock_ns(CLOCK_MONOTONIC);
	return 0;
}

/* --- wait ------------------------------------------------------------------------------------- */

/* From when the first may come, for as long as one may. */
static uint64_t end_of_trigger(const struct flight *f)
{
	uint64_t for_ns = f->v->timeout_ns, end_ns;

	if (f->order.window_ns)
		for_ns = UTIL_MIN(for_ns, f->order.window_ns);
	if (__builtin_add_overflow(f->began_ns + f->order.delay_ns, for_ns, &end_ns))
		return UINT64_MAX;
	return end_ns;
}

static bool is_spent(struct flight *f)
{
	look_at_tally(f);
	return f->fired >= f->order.at_most || f->vmm_gone || f->rig->stopped ||
	       !arm_budget_left(f->rig->arm) || (f->slot >= 0 && !rig_holds(f->rig));
}

/* Shots wake us by their marks; a mark may be lost. */
static int await_shots(struct flight *f)
{
	uint64_t end_ns = end_of_trigger(f), now = f->began_ns;
	int exit_code = 0;

	while (!exit_code && !is_spent(f) && now < end_ns) {
		tell(f, "armed");
		exit_code = wait_for(f, UTIL_MIN(end_ns, now + LOOK_NS));
		now = util_clock_ns(CLOCK_MONOTONIC);
	}
	return exit_code;
}

static int await_quiet(struct flight *f)
{
	uint64_t now = util_clock_ns(CLOCK_MONOTONIC);
	uint64_t most_ns = now + SETTLE_MOST(f->v->settle_ns);
	int exit_code = 0;

	while (!exit_code && !f->rig->stopped && now < most_ns) {
		uint64_t last_ns = UTIL_MAX(f->rig->gather.last_ns, f->fired_ns);
		uint64_t quiet_ns = last_ns + f->v->settle_ns + OBSERVE_HOLD_NS;

		if (now >= quiet_ns) {
			if (!session_open_of(f->rig->observe.session, f->order.tgid))
				break;
			quiet_ns = now + LOOK_NS;
		}
		tell(f, "settling");
		exit_code = wait_for(f, UTIL_MIN(quiet_ns, most_ns));
		look_at_tally(f);
		now = util_clock_ns(CLOCK_MONOTONIC);
	}
	return exit_code;
}

/* --- the end of it ---------------------------------------------------------------------------- */

/* A record that was left unread would be claimed by the next SEA, whoever takes it. */
static void clear_record(struct flight *f)
{
	char note[160] = "";
	int err;

	if (!f->record)
		return;
	err = f->fired ? record_discard(note) : 0;
	if (err < 0)
		log_warn("%s: an error record may be left unread: %s; see seainject undo",
			 f->v->method->name, note);
	err = journal_done(f->rig->journal, f->record, err >= 0, note);
	if (err)
		log_warn("write the journal: %s", util_errno(err));
}

static void disarm(struct flight *f)
{
	clear_record(f);
	if (f->slot < 0)
		return;
	arm_disarm(f->rig->arm, f->v->method->target, f->slot);
	look_at_tally(f);
	f->expired |= !rig_release(f->rig);
	f->slot = -1;
}

static void gather_rest(struct flight *f)
{
	struct evidence *e = &f->rig->gather.evidence;
	struct sea_witnessed seen = witness_seen(f->rig->witness);

	gather_end(&f->rig->gather);
	witness_watch(f->rig->witness, 0);
	e->dry_run = f->order.dry_run;
	e->fired = f->order.dry_run ? 0 : f->fired;
	e->would = f->order.dry_run ? f->fired : 0;
	e->matched = f->matched;
	e->lost = rig_lost(f->rig) - f->lost_before;
	e->observer_lost |= f->expired;
	e->vmm_gone = f->vmm_gone;
	e->vmm_signal = seen.ended ? WTERMSIG(seen.status) : 0;
	e->told_guest = seen.told;
	if (seen.failed)
		e->call_errno = -seen.error;
	e->calls_failed += seen.failed;
}

static void judge(struct flight *f)
{
	struct shot_result *r = f->result;

	r->evidence = f->rig->gather.evidence;
	r->phase1 = f->rig->gather.phase1;
	r->phase2 = f->rig->gather.phase2;
	r->fired = r->evidence.fired;
	r->took_ns = util_clock_ns(CLOCK_MONOTONIC) - r->started_ns;
	r->outcome = verdict_outcome(&r->evidence);
	r->verdict = verdict_of(&r->evidence, f->v->expected, r->wanted);
	verdict_reason(&r->evidence, r->reason);
}

/* It was never fired, so nothing follows from it, whatever was expected. */
static void give_up(struct flight *f)
{
	struct shot_result *r = f->result;

	look_at_vmm(f);
	r->evidence.vmm_gone = f->vmm_gone;
	r->outcome = SHOT_NOT_ACTIVATED;
	r->verdict = VERDICT_FAIL;
	snprintf(r->reason, sizeof(r->reason), "not fired: %s", f->why);
}

/* --- the whole -------------------------------------------------------------------------------- */

static int watch_it(struct flight *f)
{
	int exit_code = await_shots(f);

	if (!exit_code)
		exit_code = await_quiet(f);
	disarm(f);
	if (!exit_code)
		exit_code = rig_catch_up(f->rig);
	/* what does not come to rest counts as it is by now */
	if (!exit_code && session_open_of(f->rig->observe.session, f->order.tgid))
		feed_expire(f->rig->observe.feed, UINT64_MAX);
	return exit_code;
}

static int ask_guest(struct flight *f)
{
	look_at_vmm(f);
	if (f->vmm_gone || f->rig->stopped)
		return 0;
	tell(f, "probing");
	return volley_probe(f->rig, f->v->at, &f->rig->gather.evidence.probe);
}

/* 0 or -errno with the reason in f->why. */
static int launch(struct flight *f)
{
	int err;

	aim_clear(&f->aim);
	err = aim_find(&f->aim, f->rig->slots, &f->order, f->v->method, f->why);
	begin(f);
	if (!err)
		err = is_rule(f) ? arm(f) : pull(f);
	if (!err)
		return 0;
	clear_record(f);
	gather_end(&f->rig->gather);
	witness_watch(f->rig->witness, 0);
	return err;
}

/* A page that is not there now may come: guests and VMMs give memory back and take it again. */
static int await_launch(struct flight *f, bool *launched)
{
	uint64_t end_ns, now = util_clock_ns(CLOCK_MONOTONIC);
	int exit_code = 0, err;

	f->began_ns = now;
	end_ns = end_of_trigger(f);
	err = launch(f);
	while (err == -ENOENT && now < end_ns && !f->rig->stopped && !f->vmm_gone) {
		tell(f, "aiming");
		exit_code = wait_for(f, UTIL_MIN(end_ns, now + AIM_NS));
		if (exit_code)
			break;
		err = launch(f);
		now = util_clock_ns(CLOCK_MONOTONIC);
	}
	*launched = !err;
	return exit_code;
}

static int fly(struct flight *f)
{
	bool launched;
	int exit_code = await_launch(f, &launched);

	if (!launched) {
		give_up(f);
		return exit_code;
	}
	exit_code = watch_it(f);
	if (!exit_code)
		exit_code = ask_guest(f);
	f->rig->gather.evidence.observer_lost |= exit_code != 0;
	gather_rest(f);
	judge(f);
	return exit_code;
}

int volley_fire(struct rig *rig, const struct volley *volley, struct shot_result *result)
{
	struct flight f = {
		.rig = rig,
		.v = volley,
		.result = result,
		.order = *volley->order,
		.slot = -1,
	};
	int exit_code;

	exit_code = fly(&f);
	aim_clear(&f.aim);
	return exit_code;
}

/* --- the guest -------------------------------------------------------------------------------- */

int volley_probe(struct rig *rig, const struct volley_vm *at, enum probe_answer *answer)
{
	struct probe probe;
	int exit_code = 0, err;

	*answer = PROBE_NONE;
	if (!at->probe)
		return 0;
	err = probe_start(&probe, at->probe, at->probe_timeout_ns, util_clock_ns(CLOCK_MONOTONIC));
	if (err) {
		log_error("probe of %s: start %s: %s", at->vm->name, at->probe[0], util_errno(err));
		return EXIT_ENVIRONMENT;
	}
	while (!exit_code && !rig->stopped &&
	       !probe_ended(&probe, util_clock_ns(CLOCK_MONOTONIC), answer))
		exit_code = rig_wait(rig, probe.deadline_ns, probe.fd);
	probe_stop(&probe);
	return exit_code;
}
