// SPDX-License-Identifier: GPL-2.0-only
/*
 * Joins, aggregates and hands on.
 * Must not: read a clock, look at a process.
 */
#include "session.h"

#include <stdlib.h>

#define OPEN_MAX     4096
#define POISONED_MAX 4096
#define VCPUS_MAX    8192
#define GONE_MAX     4096 /* VMs that ended and still have rows of their own */

struct session {
	struct session_config config;
	struct sinks *sinks;
	struct join *join;
	struct agg *agg;
	uint64_t shown_generation, incidents;
};

static struct vm *find_vm(void *ctx, uint32_t tid, uint64_t kvm)
{
	struct session *s = ctx;

	return s->config.find_vm(s->config.asked, tid, kvm);
}

static int find_vcpu(void *ctx, uint32_t tgid, uint32_t tid)
{
	struct session *s = ctx;

	return s->config.find_vcpu(s->config.asked, tgid, tid);
}

static void on_count(void *ctx, struct vm *vm, enum meter meter)
{
	agg_count(((struct session *)ctx)->agg, vm, meter);
}

static void on_lap(void *ctx, struct vm *vm, enum lap lap, uint64_t ns)
{
	struct session *s = ctx;

	agg_lap(s->agg, vm, lap, ns);
	if (s->config.lap)
		s->config.lap(s->config.ctx, vm, lap, ns);
}

static bool is_wanted(const struct session *s, const struct incident *inc)
{
	return !s->config.filter || filter_incident(s->config.filter, inc);
}

static void on_closed(void *ctx, const struct incident *inc)
{
	struct session *s = ctx;

	if (inc->late && inc->vm)
		agg_change_outcome(s->agg, inc->vm, inc->before, incident_outcome(inc));
	else
		agg_outcome(s->agg, inc->vm, incident_outcome(inc));
	s->incidents += !inc->late;
	if (is_wanted(s, inc))
		sinks_incident(s->sinks, inc);
	if (s->config.closed)
		s->config.closed(s->config.ctx, inc);
}

static void on_retried(void *ctx, const struct incident *inc)
{
	struct session *s = ctx;

	if (!is_wanted(s, inc))
		return;
	sinks_retried(s->sinks, inc);
	if (s->config.retried)
		s->config.retried(s->config.ctx, inc);
}

struct session *session_new(const struct session_config *config, struct sinks *sinks)
{
	const struct join_ops ops = {.find_vm = find_vm,
				     .find_vcpu = find_vcpu,
				     .count = on_count,
				     .lap = on_lap,
				     .retried = on_retried,
				     .closed = on_closed};
	const struct join_limits limits = {
		.timeout_ns = config->timeout_ns,
		.retried_ns = config->filter ? config->filter->min_latency_ns : 0,
		.open_max = OPEN_MAX,
		.poisoned_max = POISONED_MAX,
		.vcpus_max = VCPUS_MAX,
		.page_shift = config->page_shift,
	};
	struct session *s = calloc(1, sizeof(*s));

	if (!s)
		return NULL;
	s->config = *config;
	s->sinks = sinks;
	s->agg = agg_new();
	s->join = join_new(&ops, s, &limits);
	if (!s->agg || !s->join) {
		session_free(s);
		return NULL;
	}
	agg_show(s->agg, config->filter);
	return s;
}

void session_free(struct session *s)
{
	if (!s)
		return;
	join_free(s->join);
	agg_free(s->agg);
	free(s);
}

void session_mark(struct session *s, const struct sea_hdr *mark)
{
	if (s->config.marks)
		sinks_mark(s->sinks, mark);
	join_mark(s->join, mark);
}

void session_aborts(struct session *s, struct vm *vm, const struct hist *fresh)
{
	agg_merge_lap(s->agg, vm, LAP_ABORT, fresh);
}

bool session_seen(struct session *s, struct vm *vm)
{
	uint64_t before = agg_generation(s->agg);

	agg_row(s->agg, vm);
	return agg_generation(s->agg) != before;
}

void session_expire(struct session *s, uint64_t now_ns)
{
	join_expire(s->join, now_ns);
}

void session_tidy(struct session *s, uint64_t now_ns)
{
	agg_fold(s->agg, now_ns, SESSION_GONE_NS, GONE_MAX, s->config.folded, s->config.ctx);
}

uint64_t session_deadline(const struct session *s)
{
	return join_deadline(s->join);
}

void session_rows(struct session *s, enum sinks_rows when, struct out_losses *losses,
		  uint64_t now_ns)
{
	losses->dropped += session_dropped(s);
	s->shown_generation = agg_generation(s->agg);
	sinks_rows(s->sinks, when, s->agg, losses, now_ns);
}

bool session_changed(const struct session *s)
{
	return agg_generation(s->agg) != s->shown_generation;
}

const struct agg *session_agg(const struct session *s)
{
	return s->agg;
}

unsigned session_open(const struct session *s)
{
	return join_n_open(s->join);
}

unsigned session_open_of(const struct session *s, uint32_t tgid)
{
	return join_n_open_of(s->join, tgid);
}

uint64_t session_incidents(const struct session *s)
{
	return s->incidents;
}

uint64_t session_dropped(const struct session *s)
{
	return join_dropped(s->join) + agg_dropped(s->agg);
}

struct vm *session_vm(const struct session *s, unsigned i)
{
	const struct agg_row *row = agg_vm_row(s->agg, i);

	return row ? row->vm : NULL;
}
