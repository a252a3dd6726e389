// SPDX-License-Identifier: GPL-2.0-only
/*
 * Stories of one error each, several told at a time, neighbours now and then in the wrong order.
 * Must not: be random.
 */
#include "tests/bench/user_traffic.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lib/util.h"
#include "tests/unit/marks.h"

#define AT_ONCE      4                      /* stories that overlap */
#define BATCH_MAX    128                    /* marks of so many */
#define APART_NS     700                    /* between their beginnings */
#define CALM_NS      (40 * UTIL_NS_PER_MS)  /* between batches: a thousand incidents are open */
#define STORM_NS     (100 * UTIL_NS_PER_US) /* more are open than may be */
#define STORM_VMS    4
#define OLD          1602 /* stories: closed by then, and still remembered */
#define DISORDER     16   /* every so many marks, one overtakes its neighbour */
#define HVA(n, page) (0xffff00000000ULL + ((uint64_t)(n) << 30) + ((page) << MARK_PAGE_SHIFT))

/* Stories that are under way at once, until they are put in order. */
struct batch {
	struct told {
		uint64_t ts_ns;
		union {
			struct sea_hdr hdr;
			char bytes[sizeof(struct sea_memory)]; /* the largest */
		} mark;
	} told[BATCH_MAX];
	unsigned n;
};

/* Who an error happens to, and where. */
struct story {
	struct traffic *traffic;
	struct batch *batch;
	uint64_t ns; /* its beginning */
	unsigned vm;
	struct who vcpu, main, irq, worker;
	uint64_t block, pfn, hva;
};

static void tell(struct batch *batch, const struct sea_hdr *const *marks)
{
	for (; *marks; marks++) {
		struct told *told = &batch->told[batch->n++];

		if (batch->n > BATCH_MAX)
			abort(); /* room for all stories was made */
		told->ts_ns = (*marks)->ts_ns;
		memcpy(&told->mark, *marks, (*marks)->size);
	}
}

#define TELL(story, ...) tell((story)->batch, (const struct sea_hdr *const[]){__VA_ARGS__, NULL})

static struct story story_of(struct traffic *t, uint64_t i, unsigned vm)
{
	uint32_t cpu = i % 8, vcpu = i / 8 % 2, tgid = TRAFFIC_TGID(vm);

	return (struct story){
		.traffic = t,
		.vm = vm,
		.vcpu = {tgid, tgid + 1 + vcpu, cpu, TRAFFIC_KVM(vm), vcpu},
		.main = {tgid, tgid, (cpu + 1) % 8, TRAFFIC_KVM(vm), 0},
		.irq = {30 + cpu, 30 + cpu, cpu, 0, 0},
		.worker = {60 + cpu, 60 + cpu, cpu, 0, 0},
		.block = 0xffff0000c0de0000 + 0x100 * cpu,
		.pfn = 0x80000 + i,
		.hva = HVA(vm, i),
	};
}

/* --- what happens ----------------------------------------------------------------------------- */

static void tell_sea(const struct story *s, uint64_t pc)
{
	uint64_t *expected = s->traffic->expected, t = s->ns;

	TELL(s, mark_abort(t, s->vcpu, .pc = pc), mark_claim_enter(t + 200, s->vcpu),
	     mark_estatus(t + 400, s->vcpu, s->block, 1),
	     mark_claim_exit(t + 700, s->vcpu, -ENOENT),
	     mark_inject(t + 1000, s->vcpu, SEA_INJECT_SERROR));
	expected[METER_SEA]++;
	expected[METER_DUPLICATE]++;
	expected[METER_SERROR]++;
}

static void tell_record(const struct story *s, uint64_t t, struct who by)
{
	TELL(s, mark_estatus(t, by, s->block, 0), mark_record_enter(t + 100, by, s->block, ),
	     mark_section(t + 200, by, s->block, s->pfn << MARK_PAGE_SHIFT, ),
	     MARK(memory, t + 250, by, .estatus = s->block, .valid = SEA_MEMORY_VALID_PA,
		  .pa = s->pfn << MARK_PAGE_SHIFT),
	     mark_record_exit(t + 1100, by, s->block, ));
	s->traffic->expected[METER_RECORD]++;
}

/* Of a page that the VM has: who is to be signalled is told before it is over. */
static void tell_failure(const struct story *s, uint64_t t, struct who by)
{
	TELL(s, mark_failure_enter(t, by, s->pfn),
	     mark_unmap(t + 1000, by, s->pfn, s->vcpu, s->hva, ),
	     mark_page(t + 3000, by, s->pfn, SEA_PAGE_RECOVERED),
	     mark_failure_exit(t + 4000, by, s->pfn, ));
	s->traffic->expected[METER_FAILURE]++;
}

static void tell_signal(const struct story *s, uint64_t t, int code, struct who by, struct who to)
{
	TELL(s, mark_signal(t, by, code, s->hva, to, ), mark_deliver(t + 500, to, code, s->hva, ));
	s->traffic->expected[code == BUS_MCEERR_AR ? METER_SIGNAL_AR : METER_SIGNAL_AO]++;
	s->traffic->expected[METER_DELIVERED]++;
}

static void tell_guest(const struct story *s, uint64_t t)
{
	TELL(s, mark_events_enter(t, s->vcpu, .pending = SEA_PENDING_DABT),
	     mark_events_exit(t + 300, s->vcpu, .pending = SEA_PENDING_DABT));
	s->traffic->expected[METER_NOTIFIED]++;
}

/* --- stories ---------------------------------------------------------------------------------- */

static void unclaimed(const struct story *s)
{
	tell_sea(s, MARK_PC + 4 * s->pfn);
	s->traffic->expected[METER_INCIDENT]++;
}

/* The SEA's own record; its page is taken away by the thread that took it. */
static void claimed(const struct story *s)
{
	uint64_t t = s->ns;

	TELL(s, mark_abort(t, s->vcpu, .pc = MARK_PC + 4 * s->pfn),
	     mark_claim_enter(t + 200, s->vcpu), mark_claim_exit(t + 1600, s->vcpu, 0));
	tell_record(s, t + 300, s->vcpu);
	tell_failure(s, t + 2000, s->vcpu);
	tell_signal(s, t + 4500, BUS_MCEERR_AR, s->vcpu, s->vcpu);
	tell_guest(s, t + 6000);
	s->traffic->expected[METER_SEA]++;
	s->traffic->expected[METER_CLAIMED]++;
	s->traffic->expected[METER_INCIDENT]++;
}

static void untouched(const struct story *s)
{
	tell_record(s, s->ns, s->irq);
	tell_failure(s, s->ns + 2000, s->worker);
	tell_signal(s, s->ns + 4500, BUS_MCEERR_AO, s->worker, s->main);
	s->traffic->expected[METER_INCIDENT]++;
}

static void touched(const struct story *s)
{
	untouched(s);
	tell_signal(s, s->ns + 7000, BUS_MCEERR_AR, s->vcpu, s->vcpu);
	tell_guest(s, s->ns + 8500);
}

/* What was untouched until its incident had closed; that is the same incident. */
static void touched_late(const struct story *s)
{
	tell_signal(s, s->ns, BUS_MCEERR_AR, s->vcpu, s->vcpu);
	tell_guest(s, s->ns + 1500);
}

/* --- in what order ---------------------------------------------------------------------------- */

static int by_time(const void *a, const void *b)
{
	uint64_t x = ((const struct told *)a)->ts_ns, y = ((const struct told *)b)->ts_ns;

	return (x > y) - (x < y);
}

static int append(struct traffic *t, const struct sea_hdr *mark)
{
	if (t->room - t->bytes < mark->size) {
		size_t room = 2 * t->room + (1u << 20);
		char *marks = realloc(t->marks, room);

		if (!marks)
			return -ENOMEM;
		t->marks = marks;
		t->room = room;
	}
	memcpy(t->marks + t->bytes, mark, mark->size);
	t->bytes += mark->size;
	t->n++;
	return 0;
}

static int take(struct traffic *t, struct batch *batch)
{
	int err = 0;

	qsort(batch->told, batch->n, sizeof(batch->told[0]), by_time);
	for (unsigned i = 1; i < batch->n; i++) {
		struct told overtaken = batch->told[i - 1];

		if ((t->n + i) % DISORDER)
			continue;
		batch->told[i - 1] = batch->told[i];
		batch->told[i] = overtaken;
	}
	for (unsigned i = 0; !err && i < batch->n; i++)
		err = append(t, &batch->told[i].mark.hdr);
	batch->n = 0;
	return err;
}

/* Nearly all, each in its turn; a prime number of them, so that each has every kind of error. */
static unsigned vm_of(uint64_t i)
{
	return i * 619 % 997;
}

static void tell_one_of_mix(struct traffic *t, struct batch *batch, unsigned nth)
{
	static void (*const kinds[])(const struct story *) = {
		unclaimed, unclaimed, unclaimed, claimed, claimed, untouched, touched, touched_late,
	};
	uint64_t i = t->stories++;
	bool late = kinds[i % UTIL_COUNT(kinds)] == touched_late && i >= OLD;
	struct story story = story_of(t, late ? i - OLD : i, vm_of(late ? i - OLD : i));

	story.batch = batch;
	story.ns = t->now_ns + nth * APART_NS;
	if (late)
		touched_late(&story);
	else if (kinds[i % UTIL_COUNT(kinds)] == touched_late)
		unclaimed(&story); /* there is nothing old yet */
	else
		kinds[i % UTIL_COUNT(kinds)](&story);
}

int traffic_mix(struct traffic *t, uint64_t marks)
{
	struct batch batch = {0};
	int err = 0;

	for (t->now_ns = UTIL_NS_PER_S; !err && t->n < marks; t->now_ns += CALM_NS) {
		for (unsigned nth = 0; nth < AT_ONCE; nth++)
			tell_one_of_mix(t, &batch, nth);
		err = take(t, &batch);
	}
	return err;
}

/* A record whose page no VM has: nobody is told. */
static void stray(const struct story *s)
{
	tell_record(s, s->ns, s->irq);
	TELL(s, mark_failure_enter(s->ns + 2000, s->worker, s->pfn),
	     mark_page(s->ns + 3000, s->worker, s->pfn, SEA_PAGE_RECOVERED),
	     mark_failure_exit(s->ns + 4000, s->worker, s->pfn, ));
	s->traffic->expected[METER_FAILURE]++;
	s->traffic->expected[METER_INCIDENT]++;
}

int traffic_storm(struct traffic *t, uint64_t marks)
{
	struct batch batch = {0};
	struct story record;
	int err = 0;

	t->expected[METER_INCIDENT] += STORM_VMS;
	for (t->now_ns = UTIL_NS_PER_S; !err && t->n < marks; t->now_ns += STORM_NS) {
		for (unsigned vm = 0; vm < STORM_VMS; vm++) {
			struct story sea = story_of(t, vm, vm);

			sea.batch = &batch;
			sea.ns = t->now_ns + vm * APART_NS;
			tell_sea(&sea, MARK_PC);
		}
		record = story_of(t, STORM_VMS + t->stories++, 0);
		record.batch = &batch;
		record.ns = t->now_ns;
		stray(&record);
		err = take(t, &batch);
	}
	return err;
}

static int tell_touched(struct traffic *t, unsigned vm)
{
	struct batch batch = {0};
	struct story story = story_of(t, t->stories++, vm);

	t->now_ns += UTIL_NS_PER_MS;
	story.batch = &batch;
	story.ns = t->now_ns;
	touched(&story);
	return take(t, &batch);
}

int traffic_each(struct traffic *t, unsigned vms)
{
	int err = 0;

	for (unsigned vm = 0; !err && vm < vms; vm++)
		err = tell_touched(t, vm);
	return err;
}

int traffic_one(struct traffic *t, unsigned errors)
{
	int err = 0;

	while (!err && errors--)
		err = tell_touched(t, 0);
	return err;
}

void traffic_free(struct traffic *t)
{
	free(t->marks);
	memset(t, 0, sizeof(*t));
}
