// SPDX-License-Identifier: GPL-2.0-only
/*
 * Whose is it, and since when; then it is counted.
 * Must not: read a clock, look at a process.
 */
#include "inject/gather.h"

#include <errno.h>
#include <string.h>

#include <sea/rule.h>

void gather_begin(struct gather *g, const struct gather_scope *scope)
{
	*g = (struct gather){
		.open = true,
		.page_shift = scope->page_shift,
		.tgid = scope->tgid,
		.rule = scope->rule,
		.start_ticks = scope->start_ticks,
		.began_ns = scope->began_ns,
		.last_ns = scope->began_ns,
		.newest_id = g->newest_id,
		.newest_before = g->newest_id,
		.frames = scope->frames,
		.n_frames = scope->n_frames,
	};
}

void gather_end(struct gather *g)
{
	g->open = false;
}

/* --- marks ------------------------------------------------------------------------------------ */

/* An error that a VMM has to expect at any time is no failure. */
static void call_failed(struct gather *g, int64_t ret)
{
	if (ret >= 0 || ret == -EINTR || ret == -EAGAIN)
		return;
	g->evidence.calls_failed++;
	g->evidence.call_errno = -ret;
}

/* The call that was overridden is seen by nobody else. */
static void count_shot(struct gather *g, const struct sea_shot *m)
{
	if (m->rule != g->rule)
		return;
	g->shots++;
	if (m->flags & SEA_RULE_DRY)
		return;
	if (m->target == SEA_TARGET_ID_events || m->target == SEA_TARGET_ID_run)
		call_failed(g, m->value);
}

static void count_events(struct gather *g, const struct sea_events *m)
{
	if (m->edge == SEA_ENTER)
		return;
	call_failed(g, m->ret);
	g->evidence.explicit_notified += m->ret >= 0 && m->pending;
}

static bool is_mark_ours(const struct gather *g, const struct sea_hdr *mark)
{
	if (mark->tgid == g->tgid)
		return true;
	if (mark->type == SEA_MARK_ID_signal)
		return ((const struct sea_signal *)mark)->to_tgid == g->tgid;
	return mark->type == SEA_MARK_ID_shot && ((const struct sea_shot *)mark)->rule == g->rule;
}

void gather_mark(struct gather *g, const struct sea_hdr *mark)
{
	if (!g->open || mark->ts_ns < g->began_ns || !is_mark_ours(g, mark))
		return;
	g->last_ns = mark->ts_ns;
	if (mark->type == SEA_MARK_ID_shot)
		count_shot(g, (const struct sea_shot *)mark);
	else if (mark->type == SEA_MARK_ID_events)
		count_events(g, (const struct sea_events *)mark);
}

/* --- incidents -------------------------------------------------------------------------------- */

/* A VM that was first heard of when it had ended has no start. */
static bool is_vm_ours(const struct gather *g, const struct vm *vm)
{
	return vm->tgid == g->tgid && (vm->start_ticks == g->start_ticks || !vm->start_ticks);
}

static bool is_frame_ours(const struct gather *g, const struct incident *inc)
{
	if (!(inc->fields & INCIDENT_FIELD_PA))
		return false;
	for (size_t i = 0; i < g->n_frames; i++)
		if (g->frames[i] == inc->pa >> g->page_shift)
			return true;
	return false;
}

/* Of what happened in this shot's time: how it had ended before is another's evidence. */
static enum outcome outcome_since(const struct gather *g, const struct incident *inc)
{
	struct incident since = *inc;

	since.late = inc->late && inc->id > g->newest_before;
	return incident_outcome(&since);
}

static void count_ours(struct gather *g, const struct incident *inc)
{
	struct evidence *e = &g->evidence;
	/* closed in this shot's time before: it has been counted, and turned out otherwise */
	bool again = inc->late && inc->id > g->newest_before && e->outcomes[inc->before];

	for (int m = 0; m < METER_MAX; m++)
		e->counts[m] += inc->counts[m];
	if (again)
		e->outcomes[inc->before]--;
	e->outcomes[outcome_since(g, inc)]++;
	e->incidents += !again;
	e->elsewhere += inc->delivered_tgid != 0; /* the kernel told another process of it */
	if (inc->time.last_ns > g->last_ns)
		g->last_ns = inc->time.last_ns;
}

void gather_incident(struct gather *g, const struct incident *inc)
{
	bool ours = inc->vm ? is_vm_ours(g, inc->vm) : is_frame_ours(g, inc);

	if (g->open && ours && inc->time.last_ns >= g->began_ns)
		count_ours(g, inc);
	else if (g->open && !ours && !inc->late && inc->time.first_ns >= g->began_ns)
		g->evidence.elsewhere++;
	if (inc->id > g->newest_id)
		g->newest_id = inc->id;
}

void gather_lap(struct gather *g, const struct vm *vm, enum lap lap, uint64_t ns)
{
	if (!g->open || !vm || !is_vm_ours(g, vm))
		return;
	if (lap == LAP_PHASE1)
		hist_add(&g->phase1, ns);
	else if (lap == LAP_PHASE2)
		hist_add(&g->phase2, ns);
}
