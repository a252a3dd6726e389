/* SPDX-License-Identifier: GPL-2.0-only */
/* trace/aborts: every abort is told of once, for its VM; slots of threads that ended come back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "lib/util.h"
#include "trace/aborts.h"

#include <errno.h>
#include <string.h>

#define SLOTS   40
#define THREADS 1000

#define KVM_A   0xffff0000a000ULL
#define KVM_B   0xffff0000b000ULL

/* What the BPF programs and their maps are to user space. */
static struct {
	struct sea_aborts slots[SLOTS + 1];
	uint32_t slot_of[THREADS];
	uint32_t free[SLOTS];
	unsigned n_free;
	bool ended[THREADS];
	int refuses;             /* the next read fails so */
	void (*meanwhile)(void); /* before its thread is looked for */
	unsigned reads, asked;
} kernel;

/* What was told, by VM. */
static struct told {
	uint32_t tgid;
	uint64_t kvm;
	struct hist hist;
	unsigned times;
} told[4];

static struct aborts *aborts;

static uint64_t thread_of(uint32_t tgid, uint32_t tid)
{
	return (uint64_t)tgid << 32 | tid;
}

static void take_slot(uint32_t tgid, uint32_t tid, uint64_t kvm)
{
	assert_true(kernel.n_free);
	kernel.slot_of[tid] = kernel.free[--kernel.n_free];
	kernel.slots[kernel.slot_of[tid]].thread = thread_of(tgid, tid);
	kernel.slots[kernel.slot_of[tid]].kvm = kvm;
	kernel.slots[kernel.slot_of[tid]].serves = kvm;
}

static struct sea_aborts *slot_of(uint32_t tid)
{
	return &kernel.slots[kernel.slot_of[tid]];
}

static void abort_for(uint32_t tgid, uint32_t tid, uint64_t kvm, uint64_t ns)
{
	struct sea_aborts *e;

	if (!kernel.slot_of[tid])
		take_slot(tgid, tid, kvm);
	e = slot_of(tid);
	assert_true(e->thread == thread_of(tgid, tid));
	e->sum_ns += ns;
	e->max_ns = UTIL_MAX(e->max_ns, ns);
	e->bucket[sea_aborts_bucket(ns)]++;
}

static int read_slot(void *ctx, uint32_t slot, struct sea_aborts *now)
{
	int err = kernel.refuses;

	assert_ptr_equal(ctx, &kernel);
	assert_in_range(slot, 1, SLOTS);
	kernel.reads++;
	kernel.refuses = 0;
	*now = kernel.slots[slot];
	return err;
}

static int give_back(void *ctx, uint32_t slot, uint32_t tid)
{
	assert_ptr_equal(ctx, &kernel);
	assert_int_equal(kernel.slot_of[tid], slot);
	kernel.slot_of[tid] = 0;
	memset(&kernel.slots[slot], 0, sizeof(kernel.slots[slot]));
	kernel.free[kernel.n_free++] = slot;
	return 0;
}

static bool lives(void *ctx, uint32_t tgid, uint32_t tid)
{
	assert_ptr_equal(ctx, told);
	assert_true(tgid);
	kernel.asked++;
	if (kernel.meanwhile)
		kernel.meanwhile();
	return !kernel.ended[tid];
}

static struct told *of(uint32_t tgid, uint64_t kvm)
{
	for (unsigned i = 0; i < UTIL_COUNT(told); i++) {
		if (!told[i].times)
			told[i] = (struct told){.tgid = tgid, .kvm = kvm};
		if (told[i].tgid == tgid && told[i].kvm == kvm)
			return &told[i];
	}
	fail_msg("more VMs than there are");
	return NULL;
}

static void add(void *ctx, uint32_t tgid, uint64_t kvm, const struct hist *fresh)
{
	assert_ptr_equal(ctx, told);
	of(tgid, kvm)->times++;
	hist_merge(&of(tgid, kvm)->hist, fresh);
}

static int setup(void **state)
{
	const struct aborts_kernel maps = {SLOTS, read_slot, give_back, &kernel};
	const struct aborts_ops ops = {lives, add, told};

	(void)state;
	memset(&kernel, 0, sizeof(kernel));
	memset(told, 0, sizeof(told));
	for (uint32_t slot = SLOTS; slot; slot--)
		kernel.free[kernel.n_free++] = slot;
	aborts = aborts_new(&maps, &ops);
	assert_non_null(aborts);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	aborts_free(aborts);
	return 0;
}

static void fold(void)
{
	assert_int_equal(aborts_fold(aborts), 0);
}

static void nothing(void **state)
{
	(void)state;
	fold();
	assert_int_equal(kernel.reads, 1);
	assert_int_equal(told[0].times, 0);
}

static void each_once_for_its_vm(void **state)
{
	struct hist a = {0}, b = {0};

	(void)state;
	for (uint64_t i = 1; i <= 300; i++) {
		abort_for(100, 101 + i % 3, KVM_A, i * 997);
		hist_add(&a, i * 997);
		abort_for(200, 201, KVM_B, i * i * 31);
		hist_add(&b, i * i * 31);
		if (i % 50 == 0)
			fold();
	}
	fold();
	assert_int_equal(of(100, KVM_A)->times, 6);  /* not once per thread, not for nothing */
	a.min = hist_bucket_low(hist_bucket(a.min)); /* as far as the kernel tells */
	b.min = hist_bucket_low(hist_bucket(b.min));
	assert_memory_equal(&of(100, KVM_A)->hist, &a, sizeof(a));
	assert_memory_equal(&of(200, KVM_B)->hist, &b, sizeof(b));
}

/* One process may run two VMs; a kvm pointer comes again in another process. */
static void a_vm_is_process_and_pointer(void **state)
{
	(void)state;
	abort_for(100, 101, KVM_A, 10);
	abort_for(100, 102, KVM_B, 20);
	abort_for(200, 201, KVM_A, 30);
	fold();
	assert_int_equal(of(100, KVM_A)->hist.sum, 10);
	assert_int_equal(of(100, KVM_B)->hist.sum, 20);
	assert_int_equal(of(200, KVM_A)->hist.sum, 30);
}

static void more_slots_than_at_first(void **state)
{
	(void)state;
	for (unsigned round = 0; round < 2; round++) {
		for (uint32_t tid = 1; tid <= SLOTS; tid++)
			abort_for(100, tid, KVM_A, tid);
		fold();
	}
	assert_int_equal(of(100, KVM_A)->hist.count, 2 * SLOTS);
	assert_int_equal(of(100, KVM_A)->hist.sum, SLOTS * (SLOTS + 1));
}

static void buckets_wrap(void **state)
{
	(void)state;
	abort_for(100, 101, KVM_A, 5000);
	slot_of(101)->bucket[hist_bucket(5000)] = UINT32_MAX - 1;
	fold();
	assert_true(of(100, KVM_A)->hist.count == UINT32_MAX - 1);
	slot_of(101)->bucket[hist_bucket(5000)] += 7;
	fold();
	assert_true(of(100, KVM_A)->hist.count == UINT32_MAX + 6ULL);
}

/* 20 s and 40 s share a bucket; no quantile is below the truth. */
static void beyond_the_buckets(void **state)
{
	const struct hist *h = &of(100, KVM_A)->hist;

	(void)state;
	abort_for(100, 101, KVM_A, (1ULL << SEA_ABORTS_BITS) - 1);
	abort_for(100, 101, KVM_A, 20 * UTIL_NS_PER_S);
	abort_for(100, 101, KVM_A, 40 * UTIL_NS_PER_S);
	fold();
	assert_int_equal(h->count, 3);
	assert_true(hist_quantile(h, 0.3) == (1ULL << SEA_ABORTS_BITS) - 1);
	assert_true(hist_quantile(h, 0.5) == 40 * UTIL_NS_PER_S);
	assert_true(h->max == 40 * UTIL_NS_PER_S);
}

/* --- ends ------------------------------------------------------------------------------------- */

static void last_abort(void)
{
	if (!kernel.ended[101]) {
		abort_for(100, 101, KVM_A, 4000);
		kernel.ended[101] = true;
	}
}

/* It ends as it is looked for: what it did just before must not go with its slot. */
static void ends_as_it_is_looked_for(void **state)
{
	(void)state;
	abort_for(100, 101, KVM_A, 1000);
	fold();
	fold();
	kernel.meanwhile = last_abort;
	for (unsigned i = 0; i < 4; i++)
		fold();
	assert_int_equal(kernel.slot_of[101], 0);
	assert_int_equal(kernel.n_free, SLOTS);
	assert_int_equal(of(100, KVM_A)->hist.count, 2);
	assert_int_equal(of(100, KVM_A)->hist.sum, 5000);
}

static void lives_on(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 5; i++) {
		abort_for(100, 101, KVM_A, 1000);
		fold();
	}
	assert_int_equal(kernel.asked, 0); /* who works lives */
	for (unsigned i = 0; i < 5; i++)
		fold();
	assert_int_equal(kernel.asked, 4);
	assert_int_not_equal(kernel.slot_of[101], 0);
}

/* Slots are taken again, by whoever comes, and start at nothing. */
static void slots_come_again(void **state)
{
	(void)state;
	for (uint32_t tid = 1; tid <= 500; tid++) {
		abort_for(100 + tid, tid, KVM_A, 77);
		kernel.ended[tid] = true;
		for (unsigned i = 0; i < 3; i++)
			fold();
		assert_int_equal(of(100 + tid, KVM_A)->hist.count, 1);
		assert_int_equal(of(100 + tid, KVM_A)->hist.sum, 77);
		memset(told, 0, sizeof(told));
	}
	assert_int_equal(kernel.n_free, SLOTS);
}

/* Behind a slot that was given back there are others. */
static void holes(void **state)
{
	(void)state;
	for (uint32_t tid = 1; tid <= 5; tid++)
		abort_for(100, tid, KVM_A, 1000);
	fold();
	kernel.ended[2] = true;
	fold();
	fold();
	assert_int_equal(kernel.slot_of[2], 0);
	abort_for(100, 5, KVM_A, 1000);
	fold();
	assert_int_equal(of(100, KVM_A)->hist.count, 6);
}

static void thread_goes_over_to_another_vm(void **state)
{
	(void)state;
	abort_for(100, 101, KVM_A, 1000);
	slot_of(101)->serves = SEA_ABORTS_CLOSED;
	fold();
	assert_int_equal(of(100, KVM_A)->hist.count, 1);
	assert_int_equal(kernel.slot_of[101], 0);
	abort_for(100, 101, KVM_B, 3000);
	fold();
	assert_int_equal(of(100, KVM_A)->hist.count, 1);
	assert_int_equal(of(100, KVM_B)->hist.sum, 3000);
}

/* --- what is read while it is written --------------------------------------------------------- */

static void slot_that_is_being_taken(void **state)
{
	(void)state;
	take_slot(100, 101, 0);
	fold();
	slot_of(101)->kvm = KVM_A;
	fold();
	assert_int_equal(told[0].times, 0);
	assert_int_not_equal(kernel.slot_of[101], 0);
	slot_of(101)->serves = KVM_A;
	abort_for(100, 101, KVM_A, 1000);
	fold();
	assert_int_equal(of(100, KVM_A)->hist.count, 1);
}

static void sum_comes_later(void **state)
{
	const struct hist *h = &of(100, KVM_A)->hist;

	(void)state;
	take_slot(100, 101, KVM_A);
	slot_of(101)->bucket[sea_aborts_bucket(3000)]++;
	fold();
	assert_int_equal(h->count, 1);
	slot_of(101)->sum_ns = slot_of(101)->max_ns = 3000;
	fold();
	assert_int_equal(h->count, 1);
	assert_int_equal(h->sum, 3000);
	assert_int_equal(hist_quantile(h, 0.5), 3000);
}

static void read_that_fails(void **state)
{
	(void)state;
	abort_for(100, 101, KVM_A, 1000);
	abort_for(200, 201, KVM_B, 1000);
	fold();
	abort_for(100, 101, KVM_A, 1000);
	abort_for(200, 201, KVM_B, 1000);
	kernel.refuses = -EPERM;
	assert_int_equal(aborts_fold(aborts), -EPERM);
	assert_int_equal(of(100, KVM_A)->hist.count, 1);
	assert_int_equal(of(200, KVM_B)->hist.count, 2);
	fold();
	assert_int_equal(of(100, KVM_A)->hist.count, 2);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(nothing),
		TEST(each_once_for_its_vm),
		TEST(a_vm_is_process_and_pointer),
		TEST(more_slots_than_at_first),
		TEST(buckets_wrap),
		TEST(beyond_the_buckets),
		TEST(ends_as_it_is_looked_for),
		TEST(lives_on),
		TEST(slots_come_again),
		TEST(holes),
		TEST(thread_goes_over_to_another_vm),
		TEST(slot_that_is_being_taken),
		TEST(sum_comes_later),
		TEST(read_that_fails),
	};

	aborts_free(NULL);
	return cmocka_run_group_tests_name("aborts", tests, NULL, NULL);
}
