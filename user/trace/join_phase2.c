// SPDX-License-Identifier: GPL-2.0-only
/*
 * Phase 2: a record and its sections, the page taken away, the VMs it is taken from.
 * Must not: look at the vCPU.
 */
#include "trace/join_int.h"

#include <sea/rule.h>

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
	join_count_record(join, inc, m->hdr.ts_ns);
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
	EACH_TWIN(inc, w->inc)
	{
		if (inc->named_ns != w->begin_ns)
			continue;
		join_settle(join, inc);
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
static struct incident *other_page(struct join *join, struct incident *inc, uint64_t record_ns)
{
	struct incident *twin;

	if (inc->counts[METER_RECORD] == 1 && !inc->counts[METER_FAILURE])
		return join_fork(join, inc);
	twin = join_twin(join, inc);
	if (twin)
		join_count_record(join, twin, record_ns);
	return twin;
}

/* Unless it is this record that named it before. */
static void report_again(struct join *join, struct incident *known, uint64_t record_ns)
{
	if (join_has_record(known, record_ns))
		return;
	join_count_record(join, known, record_ns);
	join_count(join, known, METER_DUPLICATE);
}

/*
 * The incident of the page that a section names. A record may name several pages, and a page more
 * than once: each page is an error of its own. One that an open incident already has is reported
 * again: of the two, the one whose VM is not known goes into the other. So does an SEA that the same
 * VM took on the page: one error in one VM, and the first one knows how it began.
 */
static struct incident *section_incident(struct join *join, struct incident *inc,
					 struct incident *known, uint64_t record_ns)
{
	bool first = !(inc->fields & INCIDENT_FIELD_PA);

	if (!known)
		return first ? inc : other_page(join, inc, record_ns);
	if (known == inc)
		return known;
	if (!first) {
		report_again(join, known, record_ns);
		return known;
	}
	if (!inc->vm || (inc->vm == known->vm && !join_is_told(inc))) {
		join_absorb(join, known, inc);
		return known;
	}
	if (!known->vm)
		join_absorb(join, inc, known);
	else
		join_link(known, inc);
	return inc;
}

static bool has_page(const struct join *join, const struct incident *inc, uint64_t pfn)
{
	return inc->fields & INCIDENT_FIELD_PA && join_pfn(join, inc->pa) == pfn;
}

/* As ghes_do_memory_failure is asked for: recoverable, of the record and of the section. */
static bool is_queued(const struct incident *inc, const struct sea_section *m)
{
	return !inc->severity && !m->severity;
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
		inc = section_incident(join, inc, keymap_find(join->keys, key), begin_ns);
	if (!inc)
		return;
	join_touch(join, inc, &m->hdr);
	if (!m->pa_valid)
		return;
	inc->fields |= INCIDENT_FIELD_PA;
	inc->pa = m->pa;
	join_key(join, inc, key);
	EACH_TWIN(twin, inc)
	{
		if (!has_page(join, twin, key.a))
			continue;
		twin->named_ns = begin_ns;
		if (is_queued(inc, m))
			twin->queued_ns = m->hdr.ts_ns;
	}
}

/* What else a section says is of the page that it named, if it named one. */
static struct incident *told_of(struct join *join, uint32_t tid, uint64_t estatus, bool has_pa,
				uint64_t pa)
{
	struct window *w = threads_window(join->threads, tid, WINDOW_RECORD);
	struct incident *named = NULL;

	if (!w || w->key != estatus)
		return NULL;
	if (has_pa)
		named = keymap_find(join->keys, (struct key){KEY_PFN, join_pfn(join, pa), 0});
	return named ? named : w->inc;
}

void join_memory(struct join *join, const struct sea_memory *m)
{
	struct incident *inc =
		told_of(join, m->hdr.tid, m->estatus, m->valid & SEA_MEMORY_VALID_PA, m->pa);

	if (!inc)
		return;
	join_touch(join, inc, &m->hdr);
	inc->fields |= INCIDENT_FIELD_MEMORY;
	inc->memory = *m;
}

void join_processor(struct join *join, const struct sea_processor *m)
{
	struct incident *inc =
		told_of(join, m->hdr.tid, m->estatus, m->valid & SEA_PROCESSOR_VALID_PA, m->pa);

	if (!inc)
		return;
	join_touch(join, inc, &m->hdr);
	inc->fields |= INCIDENT_FIELD_PROCESSOR;
	inc->processor = *m;
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
	EACH_TWIN(twin, inc)
	{
		if (!has_page(join, twin, m->pfn))
			continue;
		join_touch(join, twin, &m->hdr);
		join_count(join, twin, METER_FAILURE);
		twin->queued_ns = 0;
	}
	join_abandon(join, m->hdr.tid, WINDOW_FAILURE);
	w = threads_open(join->threads, m->hdr.tid, WINDOW_FAILURE, inc, m->hdr.ts_ns);
	if (w)
		w->key = m->pfn;
	else
		join->dropped++;
}

/*
 * What a shot leads to has marks of its own, which are joined as if nobody had provoked it; whether it led
 * to anything is for the verdict to say. But of a page whose memory_failure was answered, or not asked
 * for, no more is to come: it is not awaited.
 */
void join_shot(struct join *join, const struct sea_shot *m)
{
	struct incident *inc = NULL;

	if (!(m->flags & SEA_RULE_DRY) &&
	    (m->target == SEA_TARGET_ID_failure || m->target == SEA_TARGET_ID_record))
		inc = keymap_find(join->keys, (struct key){KEY_PFN, m->addr, 0});
	if (!inc)
		return;
	EACH_TWIN(twin, inc)
	{
		if (has_page(join, twin, m->addr))
			twin->queued_ns = 0;
	}
}

/* The VMs of the page that this thread is taking away: the window's incident and its twins. */
#define EACH_FAILING(join, w, inc) EACH_TWIN(inc, (w)->inc) if (has_page(join, inc, (w)->key))

static void failure_exit(struct join *join, const struct sea_failure *m)
{
	struct window *w = threads_window(join->threads, m->hdr.tid, WINDOW_FAILURE);
	uint64_t took_ns;

	if (!w || w->key != m->pfn)
		return;
	took_ns = join_took(w->begin_ns, m->hdr.ts_ns);
	EACH_FAILING(join, w, inc)
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

	if (!w || w->key != m->pfn)
		return;
	EACH_FAILING(join, w, inc)
	{
		join_touch(join, inc, &m->hdr);
		inc->fields |= INCIDENT_FIELD_PAGE;
		inc->page_kind = m->kind;
		inc->page_result = m->result;
		inc->page_raw = m->raw;
	}
}

/* Each VM that has the page is hit by the error on its own. */
struct incident *join_failing(struct join *join, uint32_t tid, const struct vm *vm, uint32_t tgid)
{
	struct window *w = threads_window(join->threads, tid, WINDOW_FAILURE);
	struct incident *last = NULL;

	if (!w)
		return NULL;
	EACH_FAILING(join, w, inc)
	{
		if (!inc->vm || (vm ? inc->vm == vm : inc->vm->tgid == tgid))
			return inc;
		last = inc;
	}
	return last ? join_fork(join, last) : NULL;
}

struct incident *join_drained(struct join *join, uint32_t tid, uint32_t tgid)
{
	struct window *w = threads_window(join->threads, tid, WINDOW_FAILURE);
	struct incident *drained = NULL;

	if (!w)
		return NULL;
	EACH_FAILING(join, w, inc)
	{
		if (!inc->vm || inc->vm->tgid == tgid)
			return NULL;
		if (inc->fields & INCIDENT_FIELD_SEA && inc->fields & INCIDENT_FIELD_RECORD)
			drained = inc;
	}
	return drained;
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
