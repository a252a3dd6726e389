// SPDX-License-Identifier: GPL-2.0-only
/*
 * Phase 2: a record and its sections, the page taken away, the VMs it is taken from.
 * Must not: look at the vCPU.
 */
#include "trace/join_int.h"

/*
 * The status block's address is good for one parse: pool memory is reused. A record that no claim
 * announced came by interrupt or polling; whose it is shows when the page is unmapped.
 */
static struct incident *record_incident(struct join *join, const struct sea_record *m)
{
	struct key key = {KEY_ESTATUS, m->estatus, 0};
	struct incident *inc = keymap_find(join->keys, key);

	keymap_forget(join->keys, key);
	return inc ? inc : join_open(join, NULL);
}

static void record_enter(struct join *join, const struct sea_record *m)
{
	struct incident *inc = record_incident(join, m);
	struct window *w;

	join_abandon(join, m->hdr.tid, WINDOW_RECORD);
	if (!inc)
		return;
	inc->fields |= INCIDENT_FIELD_RECORD;
	inc->source = m->source;
	inc->notify = m->notify;
	inc->severity = m->severity;
	inc->named_ns = m->hdr.ts_ns;
	join_touch(join, inc, &m->hdr);
	join_count(join, inc, METER_RECORD);
	w = threads_open(join->threads, m->hdr.tid, WINDOW_RECORD, inc, m->hdr.ts_ns);
	if (w)
		w->key = m->estatus;
	else
		join->dropped++;
}

static void nest(struct join *join, uint32_t tid, enum window_kind outer, uint64_t ns)
{
	struct window *w = threads_window(join->threads, tid, outer);

	if (!w)
		return;
	w->nested_ns += ns;
	w->parsed = true;
}

static void record_exit(struct join *join, const struct sea_record *m)
{
	struct window *w = threads_window(join->threads, m->hdr.tid, WINDOW_RECORD);
	uint64_t took_ns;

	if (!w || w->key != m->estatus)
		return;
	took_ns = join_took(w->begin_ns, m->hdr.ts_ns);
	for (struct incident *inc = w->inc; inc; inc = inc->twin) {
		if (inc->closed || inc->named_ns != w->begin_ns)
			continue;
		join_touch(join, inc, &m->hdr);
		timeline_interval(&inc->time, SPAN_PARSE, w->begin_ns, m->hdr.ts_ns);
		inc->parse_ns += took_ns;
	}
	join_lap(join, w->inc, LAP_PARSE, took_ns);
	nest(join, m->hdr.tid, WINDOW_CLAIM, took_ns);
	nest(join, m->hdr.tid, WINDOW_SEA, took_ns);
	threads_close(join->threads, m->hdr.tid, WINDOW_RECORD);
}

void join_record(struct join *join, const struct sea_record *m)
{
	if (m->edge == SEA_ENTER)
		record_enter(join, m);
	else
		record_exit(join, m);
}

/* Another page of this record. What an incident knows from before the record is not its past. */
static struct incident *other_page(struct join *join, struct incident *inc)
{
	struct incident *twin;

	if (inc->counts[METER_RECORD] == 1 && !inc->counts[METER_FAILURE])
		return join_fork(join, inc);
	twin = join_twin(join, inc);
	if (twin)
		join_count(join, twin, METER_RECORD);
	return twin;
}

/*
 * The incident of the page that a section names. A record may name several pages, and a page more
 * than once: each page is an error of its own. One that an open incident already has is reported
 * again: of the two, the one whose VM is not known goes into the other.
 */
static struct incident *section_incident(struct join *join, struct incident *inc,
					 struct incident *known)
{
	bool first = !(inc->fields & INCIDENT_FIELD_PA);

	if (!known)
		return first ? inc : other_page(join, inc);
	if (known == inc || !first)
		return known;
	if (!inc->vm) {
		join_absorb(join, known, inc);
		return known;
	}
	if (!known->vm)
		join_absorb(join, inc, known);
	return inc;
}

void join_section(struct join *join, const struct sea_section *m)
{
	struct window *w = threads_window(join->threads, m->hdr.tid, WINDOW_RECORD);
	struct key key = {KEY_PFN, join_pfn(join, m->pa), 0};
	struct incident *inc;
	uint64_t begin_ns;

	if (!w || w->key != m->estatus)
		return;
	inc = w->inc;
	begin_ns = w->begin_ns;
	if (m->pa_valid)
		inc = section_incident(join, inc, keymap_find(join->keys, key));
	if (!inc)
		return;
	join_touch(join, inc, &m->hdr);
	if (!m->pa_valid)
		return;
	inc->fields |= INCIDENT_FIELD_PA;
	inc->pa = m->pa;
	join_key(join, inc, key);
	for (; inc; inc = inc->twin)
		if (inc->fields & INCIDENT_FIELD_PA && join_pfn(join, inc->pa) == key.a)
			inc->named_ns = begin_ns;
}

static void failure_enter(struct join *join, const struct sea_failure *m)
{
	struct key key = {KEY_PFN, m->pfn, 0};
	struct incident *inc = keymap_find(join->keys, key);
	struct window *w;

	if (!inc) { /* no record: poisoned by software */
		inc = join_open(join, NULL);
		if (!inc)
			return;
		inc->fields |= INCIDENT_FIELD_PA;
		inc->pa = m->pfn << join->limits.page_shift;
		join_key(join, inc, key);
	}
	join_touch(join, inc, &m->hdr);
	join_count(join, inc, METER_FAILURE);
	join_abandon(join, m->hdr.tid, WINDOW_FAILURE);
	w = threads_open(join->threads, m->hdr.tid, WINDOW_FAILURE, inc, m->hdr.ts_ns);
	if (w)
		w->key = m->pfn;
	else
		join->dropped++;
}

/* The VMs of the page that this thread is taking away: the window's incident and its twins. */
static struct incident *failing(const struct join *join, const struct window *w,
				struct incident *inc)
{
	while (inc && (inc->closed || join_pfn(join, inc->pa) != w->key))
		inc = inc->twin;
	return inc;
}

#define FOR_EACH_FAILING(join, w, inc) \
	for (inc = failing(join, w, (w)->inc); inc; inc = failing(join, w, inc->twin))

static void failure_exit(struct join *join, const struct sea_failure *m)
{
	struct window *w = threads_window(join->threads, m->hdr.tid, WINDOW_FAILURE);
	struct incident *inc;
	uint64_t took_ns;

	if (!w || w->key != m->pfn)
		return;
	took_ns = join_took(w->begin_ns, m->hdr.ts_ns);
	FOR_EACH_FAILING(join, w, inc)
	{
		join_touch(join, inc, &m->hdr);
		timeline_interval(&inc->time, SPAN_RECOVERY, w->begin_ns, m->hdr.ts_ns);
		join_lap(join, inc, LAP_RECOVERY, took_ns);
		join_lap(join, inc, LAP_PHASE2, inc->parse_ns + took_ns);
		inc->parse_ns = 0;
	}
	threads_close(join->threads, m->hdr.tid, WINDOW_FAILURE);
}

void join_failure(struct join *join, const struct sea_failure *m)
{
	if (m->edge == SEA_ENTER)
		failure_enter(join, m);
	else
		failure_exit(join, m);
}

void join_page(struct join *join, const struct sea_page *m)
{
	struct window *w = threads_window(join->threads, m->hdr.tid, WINDOW_FAILURE);
	struct incident *inc;

	if (!w || w->key != m->pfn)
		return;
	FOR_EACH_FAILING(join, w, inc)
	{
		join_touch(join, inc, &m->hdr);
		inc->fields |= INCIDENT_FIELD_PAGE;
		inc->page_kind = m->kind;
		inc->page_result = m->result;
	}
}

/* Each VM that has the page is hit by the error on its own. */
struct incident *join_failing(struct join *join, uint32_t tid, const struct vm *vm, uint32_t tgid)
{
	struct window *w = threads_window(join->threads, tid, WINDOW_FAILURE);
	struct incident *inc, *first = NULL;

	if (!w)
		return NULL;
	FOR_EACH_FAILING(join, w, inc)
	{
		if (!inc->vm || (vm ? inc->vm == vm : inc->vm->tgid == tgid))
			return inc;
		first = inc;
	}
	return first ? join_fork(join, first) : NULL;
}

void join_unmap(struct join *join, const struct sea_unmap *m)
{
	struct vm *vm = join->ops.find_vm(join->ctx, m->owner, m->kvm);
	struct incident *inc = join_failing(join, m->hdr.tid, vm, m->owner);

	if (!inc)
		return;
	join_set_vm(join, inc, vm);
	join_touch(join, inc, &m->hdr);
	inc->kvm = m->kvm;
	inc->hva = m->hva;
	inc->fields |= INCIDENT_FIELD_HVA;
	if (m->gpa_valid) {
		inc->gpa = m->gpa;
		inc->fields |= INCIDENT_FIELD_GPA;
	}
	if (vm)
		join_key(join, inc, (struct key){KEY_HVA, vm->tgid, join_pfn(join, inc->hva)});
}
