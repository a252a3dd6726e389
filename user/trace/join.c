// SPDX-License-Identifier: GPL-2.0-only
/*
 * The open incidents: opened, touched, closed when quiet; what they count is told to the VM as soon
 * as it is known. Which mark belongs to which incident is in join_phase1.c, join_phase2.c and
 * join_notify.c.
 * Must not: do I/O, read a clock.
 */
#include "trace/join_int.h"

#include <stdlib.h>
#include <string.h>

#include "lib/util.h"
#include "trace/poisoned.h"

const char *const lap_names[LAP_MAX] = {
	[LAP_PHASE1] = "phase1",     [LAP_CLAIM] = "claim",   [LAP_PARSE] = "parse",
	[LAP_RECOVERY] = "recovery", [LAP_PHASE2] = "phase2", [LAP_SIGNAL] = "signal",
	[LAP_NOTIFY] = "notify",     [LAP_TOTAL] = "total",   [LAP_ABORT] = "abort",
};

#define UNTOLD_MAX    32
#define BUSY_TIMEOUTS 10 /* after so many an incident closes even if something is under way */
#define QUEUED_NS \
	(10 * UTIL_NS_PER_S) /* then what was queued for a kworker will not run any more */

struct joined {
	TAILQ_ENTRY(joined) link;
	struct incident *inc; /* held */
	uint64_t due_ns;      /* to be closed then, if nothing is under way */
	bool retry_told;
	/* counted and timed before the VM was known */
	uint64_t untold_counts[METER_MAX];
	uint64_t untold_records; /* the last of `records`, and older ones */
	struct records records;
	struct {
		enum lap lap;
		uint64_t ns;
	} untold_laps[UNTOLD_MAX];
	unsigned n_untold_laps;
	bool told; /* to the VM, which is known: nothing more is kept here */
};

struct join *join_new(const struct join_ops *ops, void *ctx, const struct join_limits *limits)
{
	struct join *join = calloc(1, sizeof(*join));

	if (!join)
		return NULL;
	join->ops = *ops;
	join->ctx = ctx;
	join->limits = *limits;
	join->next_id = 1;
	join->joined.size = sizeof(struct joined);
	TAILQ_INIT(&join->open);
	join->keys = keymap_new();
	join->threads = threads_new();
	join->poisoned = poisoned_new(limits->poisoned_max);
	join->vcpus = vcpus_new(limits->vcpus_max);
	if (!join->keys || !join->threads || !join->poisoned || !join->vcpus) {
		join_free(join);
		return NULL;
	}
	return join;
}

static void forget_joined(struct join *join, struct joined *joined)
{
	TAILQ_REMOVE(&join->open, joined, link);
	join->n_open--;
	joined->inc->joined = NULL;
	incident_put(joined->inc);
	pool_give(&join->joined, joined);
}

void join_free(struct join *join)
{
	if (!join)
		return;
	while (!TAILQ_EMPTY(&join->open))
		forget_joined(join, TAILQ_FIRST(&join->open));
	pool_clear(&join->joined);
	keymap_free(join->keys);
	threads_free(join->threads);
	poisoned_free(join->poisoned);
	vcpus_free(join->vcpus);
	free(join);
}

unsigned join_n_open(const struct join *join)
{
	return join->n_open;
}

unsigned join_n_open_of(const struct join *join, uint32_t tgid)
{
	const struct joined *joined;
	unsigned n = 0;

	TAILQ_FOREACH(joined, &join->open, link)
	n += !joined->inc->vm || joined->inc->vm->tgid == tgid;
	return n;
}

uint64_t join_dropped(const struct join *join)
{
	return join->dropped;
}

/* --- what is counted, and to whom it is told ---------------------------------------------- */

static void tell_count(struct join *join, struct vm *vm, enum meter meter, uint64_t times)
{
	while (times--)
		join->ops.count(join->ctx, vm, meter);
}

bool join_is_told(const struct incident *inc)
{
	return !inc->joined->untold_counts[METER_INCIDENT];
}

static void tell_record(struct join *join, struct vm *vm, uint64_t record_ns)
{
	if (records_tell(&join->told, record_ns, vm))
		join->ops.count(join->ctx, vm, METER_RECORD);
}

static void tell_records(struct join *join, struct joined *joined, struct vm *vm)
{
	const struct records *r = &joined->records;
	unsigned kept = UTIL_MIN(joined->untold_records, r->n);

	tell_count(join, vm, METER_RECORD, joined->untold_records - kept);
	for (unsigned i = r->n - kept; i < r->n; i++)
		tell_record(join, vm, r->ns[i]);
	joined->untold_records = 0;
}

/* The host's when nobody turned out to be the VM. */
static void tell_untold(struct join *join, struct joined *joined)
{
	if (joined->told)
		return;
	for (int m = 0; m < METER_MAX; m++)
		tell_count(join, joined->inc->vm, m, joined->untold_counts[m]);
	tell_records(join, joined, joined->inc->vm);
	for (unsigned i = 0; i < joined->n_untold_laps; i++)
		join->ops.lap(join->ctx, joined->inc->vm, joined->untold_laps[i].lap,
			      joined->untold_laps[i].ns);
	memset(joined->untold_counts, 0, sizeof(joined->untold_counts));
	joined->n_untold_laps = 0;
	joined->told = joined->inc->vm;
}

void join_count(struct join *join, struct incident *inc, enum meter meter)
{
	inc->counts[meter]++;
	if (inc->vm)
		join->ops.count(join->ctx, inc->vm, meter);
	else
		inc->joined->untold_counts[meter]++;
}

void join_count_record(struct join *join, struct incident *inc, uint64_t record_ns)
{
	inc->counts[METER_RECORD]++;
	records_add(&inc->joined->records, record_ns);
	if (inc->vm)
		tell_record(join, inc->vm, record_ns);
	else
		inc->joined->untold_records++;
}

bool join_has_record(const struct incident *inc, uint64_t record_ns)
{
	return records_has(&inc->joined->records, record_ns);
}

void join_lap(struct join *join, struct incident *inc, enum lap lap, uint64_t ns)
{
	struct joined *joined = inc->joined;

	if (!inc->vm && joined->n_untold_laps < UNTOLD_MAX) {
		joined->untold_laps[joined->n_untold_laps].lap = lap;
		joined->untold_laps[joined->n_untold_laps++].ns = ns;
		return;
	}
	join->ops.lap(join->ctx, inc->vm, lap, ns);
}

/* Of one that may still turn out to be a part of another nothing is told. */
static void tell_retry(struct join *join, struct incident *inc)
{
	struct joined *joined = inc->joined;

	if (!inc->retried || joined->retry_told || !join_is_told(inc) ||
	    timeline_total(&inc->time) < join->limits.retried_ns)
		return;
	joined->retry_told = true;
	if (join->ops.retried)
		join->ops.retried(join->ctx, inc);
}

void join_retried(struct join *join, struct incident *inc)
{
	inc->retried = true;
	tell_retry(join, inc);
}

void join_settle(struct join *join, struct incident *inc)
{
	if (!inc->vm)
		return;
	tell_untold(join, inc->joined);
	tell_retry(join, inc);
}

void join_set_vm(struct join *join, struct incident *inc, struct vm *vm)
{
	if (!vm || inc->vm)
		return;
	inc->vm = vm_hold(vm);
	join_settle(join, inc);
}

/* --- opening and closing ------------------------------------------------------------------ */

static void remember_poison(struct join *join, const struct incident *inc)
{
	if (!(inc->fields & INCIDENT_FIELD_HVA) || !inc->vm)
		return;
	poisoned_add(join->poisoned,
		     &(struct poisoned_page){.tgid = inc->vm->tgid,
					     .page = join_pfn(join, inc->hva),
					     .start_ticks = inc->vm->start_ticks,
					     .id = inc->id,
					     .error_id = inc->error_id,
					     .kvm = inc->kvm,
					     .outcome = incident_outcome(inc),
					     .explicit_notify = inc->explicit_notify});
}

/* The page is still another VM's, whose memory_failure may be yet to come. */
static void hand_on_page(struct join *join, struct incident *inc)
{
	struct key key = {KEY_PFN, join_pfn(join, inc->pa), 0};

	if (!(inc->fields & INCIDENT_FIELD_PA) || keymap_find(join->keys, key) != inc)
		return;
	EACH_TWIN(twin, inc)
	{
		if (twin != inc && twin->fields & INCIDENT_FIELD_PA &&
		    join_pfn(join, twin->pa) == key.a) {
			join_key(join, twin, key);
			return;
		}
	}
}

static void leave_ring(struct incident *inc)
{
	struct incident *before = inc;

	while (before->twin != inc)
		before = before->twin;
	before->twin = inc->twin;
	inc->twin = inc;
}

/* Takes it out of the engine; the caller holds it. */
static void take_out(struct join *join, struct incident *inc, struct incident *successor)
{
	inc->closed = true;
	threads_move(join->threads, inc, successor);
	if (successor)
		join->dropped += keymap_move(join->keys, inc, successor) != 0;
	hand_on_page(join, inc);
	keymap_forget_incident(join->keys, inc);
	leave_ring(inc);
	forget_joined(join, inc->joined);
}

static void close_incident(struct join *join, struct incident *inc)
{
	incident_get(inc);
	join_lap(join, inc, LAP_TOTAL, timeline_total(&inc->time));
	tell_untold(join, inc->joined);
	remember_poison(join, inc);
	inc->incomplete |= inc->under_way > 0;
	take_out(join, inc, NULL);
	join->ops.closed(join->ctx, inc);
	incident_put(inc);
}

static struct incident *open_as(struct join *join, uint64_t id, struct vm *vm)
{
	struct joined *joined = pool_take(&join->joined);
	struct incident *inc = joined ? incident_new(id, vm) : NULL;

	if (!inc) {
		if (joined)
			pool_give(&join->joined, joined);
		join->dropped++;
		return NULL;
	}
	if (join->n_open >= join->limits.open_max)
		close_incident(join, TAILQ_FIRST(&join->open)->inc);
	*joined = (struct joined){.inc = inc};
	inc->joined = joined;
	TAILQ_INSERT_TAIL(&join->open, joined, link);
	join->n_open++;
	return inc;
}

struct incident *join_open(struct join *join, struct vm *vm)
{
	struct incident *inc = open_as(join, join->next_id, vm);

	if (inc) {
		join->next_id++;
		inc->counts[METER_INCIDENT]++;
		inc->joined->untold_counts[METER_INCIDENT]++;
	}
	return inc;
}

struct incident *join_reopen(struct join *join, uint32_t tgid, uint64_t page)
{
	struct poisoned_page known = {.tgid = tgid, .page = page};
	struct incident *inc;
	struct vm *vm;

	if (!poisoned_find(join->poisoned, &known))
		return NULL;
	vm = join->ops.find_vm(join->ctx, tgid, known.kvm);
	if (vm && vm->start_ticks != known.start_ticks)
		return NULL; /* another process by the same number */
	inc = open_as(join, known.id, NULL);
	if (inc) {
		inc->error_id = known.error_id;
		inc->late = true;
		inc->before = known.outcome;
		inc->explicit_notify = known.explicit_notify;
		join_set_vm(join, inc, vm);
	}
	return inc;
}

/* Takes over those of these fields (of the record, of the page) that `to` does not have. */
static void learn(struct incident *to, const struct incident *from, unsigned fields)
{
	unsigned news = from->fields & ~to->fields & fields;

	if (news & INCIDENT_FIELD_RECORD) {
		to->source = from->source;
		to->notify = from->notify;
		to->severity = from->severity;
	}
	if (news & INCIDENT_FIELD_PA)
		to->pa = from->pa;
	if (news & INCIDENT_FIELD_PAGE) {
		to->page_kind = from->page_kind;
		to->page_result = from->page_result;
		to->page_raw = from->page_raw;
	}
	if (news & INCIDENT_FIELD_MEMORY)
		to->memory = from->memory;
	if (news & INCIDENT_FIELD_PROCESSOR)
		to->processor = from->processor;
	if (news & INCIDENT_FIELD_SEA) {
		to->kvm = from->kvm;
		to->esr = from->esr;
		to->far = from->far;
		to->hpfar = from->hpfar;
		to->pc = from->pc;
	}
	if (news & INCIDENT_FIELD_VCPU)
		to->vcpu = from->vcpu;
	to->fields |= news;
}

/* Two rings become one, unless they are. */
void join_link(struct incident *known, struct incident *inc)
{
	struct incident *next = inc->twin;

	EACH_TWIN(twin, known)
	if (twin == inc)
		return;
	inc->twin = known->twin;
	known->twin = next;
	inc->error_id = known->error_id;
}

struct incident *join_twin(struct join *join, struct incident *inc)
{
	struct incident *twin;

	incident_get(inc); /* to make room, opening may close it */
	twin = join_open(join, NULL);
	if (twin) {
		twin->error_id = inc->error_id;
		learn(twin, inc, INCIDENT_FIELD_RECORD);
	}
	if (twin && !inc->closed)
		join_link(inc, twin);
	incident_put(inc);
	return twin;
}

struct incident *join_fork(struct join *join, struct incident *inc)
{
	const struct records records = inc->joined->records; /* it may be closed to make room */
	struct incident *twin;

	incident_get(inc);
	twin = join_twin(join, inc);
	if (twin) {
		learn(twin, inc,
		      INCIDENT_FIELD_PA | INCIDENT_FIELD_PAGE | INCIDENT_FIELD_MEMORY |
			      INCIDENT_FIELD_PROCESSOR);
		twin->parse_ns = inc->parse_ns;
		timeline_copy(&twin->time, &inc->time);
		twin->joined->records = records;
		twin->joined->untold_records = twin->counts[METER_RECORD] =
			inc->counts[METER_RECORD];
		for (int m = METER_DUPLICATE; m <= METER_FAILURE; m++)
			for (uint64_t i = 0; i < inc->counts[m]; i++)
				join_count(join, twin, m);
	}
	incident_put(inc);
	return twin;
}

static void hand_over_records(struct join *join, struct incident *into, struct joined *from)
{
	if (into->vm)
		tell_records(join, from, into->vm);
	into->joined->untold_records += from->untold_records;
	for (unsigned i = 0; i < from->records.n; i++)
		records_add(&into->joined->records, from->records.ns[i]);
}

/* `from` has told nobody yet. */
static void hand_over_untold(struct join *join, struct incident *into, struct joined *from)
{
	for (int m = 0; m < METER_MAX; m++)
		if (into->vm)
			tell_count(join, into->vm, m, from->untold_counts[m]);
		else
			into->joined->untold_counts[m] += from->untold_counts[m];
	hand_over_records(join, into, from);
	for (unsigned i = 0; i < from->n_untold_laps; i++)
		join_lap(join, into, from->untold_laps[i].lap, from->untold_laps[i].ns);
}

void join_absorb(struct join *join, struct incident *into, struct incident *inc)
{
	incident_get(inc);
	timeline_absorb(&into->time, &inc->time);
	learn(into, inc, ~0u);
	into->queued_ns = UTIL_MAX(into->queued_ns, inc->queued_ns);
	into->signal_ns = UTIL_MAX(into->signal_ns, inc->signal_ns);
	into->parse_ns += inc->parse_ns;
	into->retried |= inc->retried;
	inc->joined->untold_counts[METER_INCIDENT] = 0; /* it was none */
	for (int m = METER_INCIDENT + 1; m < METER_MAX; m++)
		into->counts[m] += inc->counts[m];
	hand_over_untold(join, into, inc->joined);
	join_count(join, into, METER_DUPLICATE);
	take_out(join, inc, into);
	tell_retry(join, into);
	incident_put(inc);
}

static void postpone(struct join *join, struct joined *joined, uint64_t from_ns)
{
	if (__builtin_add_overflow(from_ns, join->limits.timeout_ns, &joined->due_ns))
		joined->due_ns = UINT64_MAX;
	TAILQ_REMOVE(&join->open, joined, link);
	TAILQ_INSERT_TAIL(&join->open, joined, link);
}

void join_touch(struct join *join, struct incident *inc, const struct sea_hdr *mark)
{
	timeline_mark(&inc->time, mark);
	postpone(join, inc->joined, inc->time.last_ns);
}

void join_abandon(struct join *join, uint32_t tid, enum window_kind kind)
{
	struct window *w = threads_window(join->threads, tid, kind);

	if (!w)
		return;
	w->inc->incomplete = true;
	threads_close(join->threads, tid, kind);
}

void join_key(struct join *join, struct incident *inc, struct key key)
{
	if (keymap_set(join->keys, key, inc))
		join->dropped++;
}

uint64_t join_deadline(const struct join *join)
{
	const struct joined *first = TAILQ_FIRST(&join->open);

	return first ? first->due_ns : UINT64_MAX;
}

/* The kernel is still at it: memory_failure may take seconds. Unless its exit's mark was lost. */
static bool is_busy(const struct join *join, struct incident *inc, uint64_t now_ns)
{
	const uint64_t patience_ns = BUSY_TIMEOUTS * join->limits.timeout_ns;

	if (now_ns == UINT64_MAX)
		return false;
	if (inc->queued_ns && now_ns - inc->queued_ns < QUEUED_NS)
		return true;
	/* a window is counted on one of those that it is about */
	EACH_TWIN(twin, inc)
	if (twin->under_way && now_ns - twin->time.last_ns < patience_ns)
		return true;
	return false;
}

void join_expire(struct join *join, uint64_t now_ns)
{
	while (!TAILQ_EMPTY(&join->open) && join_deadline(join) <= now_ns) {
		struct joined *first = TAILQ_FIRST(&join->open);

		if (is_busy(join, first->inc, now_ns))
			postpone(join, first, now_ns);
		else
			close_incident(join, first->inc);
	}
}

void join_mark(struct join *join, const struct sea_hdr *mark)
{
	switch ((enum sea_mark_id)mark->type) {
#define SEA_MARK(stem, id, help)                                    \
	case SEA_MARK_ID_##stem:                                    \
		join_##stem(join, (const struct sea_##stem *)mark); \
		break;
#include <sea/marks.def>
#undef SEA_MARK
	case SEA_MARK_ID_MAX:
		break;
	}
}
