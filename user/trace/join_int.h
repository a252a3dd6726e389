/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the files of join share: the engine's state and its verbs.
 * Layer: trace, private to join_*.c. Must not know: anything that join.h must not.
 */
#ifndef TRACE_JOIN_INT_H
#define TRACE_JOIN_INT_H

#include <sys/queue.h>

#include "lib/pool.h"
#include "trace/join.h"
#include "trace/key.h"
#include "trace/records.h"
#include "trace/thread.h"
#include "trace/vcpu.h"

struct joined; /* an incident in the list of open ones, and what it cannot tell yet */

struct join {
	struct join_ops ops;
	void *ctx;
	struct join_limits limits;
	TAILQ_HEAD(, joined) open; /* quiet for longest first */
	unsigned n_open;
	struct pool joined; /* of those that were open */
	uint64_t next_id, dropped;
	struct keymap *keys;
	struct threads *threads;
	struct poisoned *poisoned;
	struct vcpus *vcpus;
	struct records_told told;
};

/* All of one error, from any of them on; none may be opened or closed meanwhile. */
#define EACH_TWIN(inc, from) \
	for (struct incident *inc = (from); inc; inc = inc->twin == (from) ? NULL : inc->twin)

/* A new open incident, counted; vm may be NULL (not known yet). NULL without memory. */
struct incident *join_open(struct join *join, struct vm *vm);

/* Another VM, or another page, of the same error, linked with `inc`; of its past: the record. */
struct incident *join_twin(struct join *join, struct incident *inc);

/* The same, and all that happened to the error so far happened to it too. */
struct incident *join_fork(struct join *join, struct incident *inc);

/* They turn out to be one error, in two VMs. */
void join_link(struct incident *known, struct incident *inc);

/* Whether it has been told to anybody that this is an incident. */
bool join_is_told(const struct incident *inc);

/* It is one, and no part of another: told now. Until then a record may say otherwise. */
void join_settle(struct join *join, struct incident *inc);

/* `inc`, which was told to nobody, turns out to be the error of `into`: all goes there. */
void join_absorb(struct join *join, struct incident *into, struct incident *inc);

/* The mark belongs to this incident. */
void join_touch(struct join *join, struct incident *inc, const struct sea_hdr *mark);

/* Its vCPU is at the same instruction and address again. */
void join_retried(struct join *join, struct incident *inc);

/* The thread cannot be in the midst of this any more: the mark that ended it was lost. */
void join_abandon(struct join *join, uint32_t tid, enum window_kind kind);

/* The SIGBUS of an SEA that the thread took itself and nobody claimed: it names no memory error. */
void join_await_object_error(struct join *join, struct incident *inc, const struct sea_hdr *mark);

/* Whose it is. What was counted before is told now. */
void join_set_vm(struct join *join, struct incident *inc, struct vm *vm);

void join_count(struct join *join, struct incident *inc, enum meter meter);
/* A record named it, and had not before. Its VM is told once, however many of its pages it names. */
void join_count_record(struct join *join, struct incident *inc, uint64_t record_ns);
bool join_has_record(const struct incident *inc, uint64_t record_ns);

void join_lap(struct join *join, struct incident *inc, enum lap lap, uint64_t ns);

/* Binds a key; a failure for want of memory is counted. */
void join_key(struct join *join, struct incident *inc, struct key key);

/* An incident that reopens a closed one, if this page was poisoned then; else NULL. */
struct incident *join_reopen(struct join *join, uint32_t tgid, uint64_t page);

/*
 * Of the page that this thread is taking away: the incident of this VM (NULL: of any VM of the
 * process), or the one whose VM is not known yet; a twin when the page turns out to be in one more.
 * NULL when it is taking none away.
 */
struct incident *join_failing(struct join *join, uint32_t tid, const struct vm *vm, uint32_t tgid);

/*
 * This thread is taking away a page of another VM, whose SEA's record it drained: that VM's incident,
 * unless a VM of the thread's own process has the page too.
 */
struct incident *join_drained(struct join *join, uint32_t tid, uint32_t tgid);

static inline uint64_t join_pfn(const struct join *join, uint64_t address)
{
	return address >> join->limits.page_shift;
}

/* From one mark to a later one; 0 should they have come in the wrong order. */
static inline uint64_t join_took(uint64_t begin_ns, uint64_t end_ns)
{
	return end_ns > begin_ns ? end_ns - begin_ns : 0;
}

/* One per mark type. */
void join_abort(struct join *join, const struct sea_abort *m);
void join_claim(struct join *join, const struct sea_claim *m);
void join_inject(struct join *join, const struct sea_inject *m);
void join_estatus(struct join *join, const struct sea_estatus *m);
void join_record(struct join *join, const struct sea_record *m);
void join_section(struct join *join, const struct sea_section *m);
void join_memory(struct join *join, const struct sea_memory *m);
void join_processor(struct join *join, const struct sea_processor *m);
void join_failure(struct join *join, const struct sea_failure *m);
void join_page(struct join *join, const struct sea_page *m);
void join_unmap(struct join *join, const struct sea_unmap *m);
void join_signal(struct join *join, const struct sea_signal *m);
void join_deliver(struct join *join, const struct sea_deliver *m);
void join_events(struct join *join, const struct sea_events *m);
void join_shot(struct join *join, const struct sea_shot *m);

#endif
