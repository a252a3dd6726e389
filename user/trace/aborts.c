// SPDX-License-Identifier: GPL-2.0-only
/*
 * The difference between two looks at each vCPU's slot, summed per VM.
 * Must not: read a clock or /proc.
 */
#include "trace/aborts.h"

#include <errno.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>

/* A slot, as it was at the last fold; all zeros: free. */
struct slot {
	bool idle; /* there was nothing new: maybe its thread has ended */
	struct sea_aborts seen;
};

/* A VM, during a fold. */
struct fresh {
	uint64_t kvm;
	uint32_t tgid;
	struct hist hist;
};

struct aborts {
	struct aborts_kernel kernel;
	struct aborts_ops ops;
	struct slot *slots; /* [0] is slot 1 */
	uint32_t n, cap;    /* slots that were taken once */
	void *vms;          /* struct fresh; a tree of tsearch(3) */
};

struct aborts *aborts_new(const struct aborts_kernel *kernel, const struct aborts_ops *ops)
{
	struct aborts *a = calloc(1, sizeof(*a));

	if (!a)
		return NULL;
	a->kernel = *kernel;
	a->ops = *ops;
	return a;
}

void aborts_free(struct aborts *a)
{
	if (!a)
		return;
	free(a->slots);
	free(a);
}

/* --- one slot --------------------------------------------------------------------------------- */

static int by_vm(const void *a, const void *b)
{
	const struct fresh *x = a, *y = b;

	if (x->tgid != y->tgid)
		return x->tgid < y->tgid ? -1 : 1;
	return (x->kvm > y->kvm) - (x->kvm < y->kvm);
}

/* What is new of a VM in this fold. NULL without memory. */
static struct hist *fresh_of(struct aborts *a, const struct sea_aborts *now)
{
	struct fresh key = {.tgid = now->thread >> 32, .kvm = now->kvm}, *vm;
	struct fresh **found = tfind(&key, &a->vms, by_vm);

	if (found)
		return &(*found)->hist;
	vm = malloc(sizeof(*vm));
	if (!vm)
		return NULL;
	*vm = key;
	if (tsearch(vm, &a->vms, by_vm))
		return &vm->hist;
	free(vm);
	return NULL;
}

/* Which bucket of any histogram: what was beyond goes to the last, for no quantile to be too low. */
static unsigned bucket_of(unsigned i)
{
	return i == SEA_ABORTS_BEYOND ? HIST_BUCKETS - 1 : i;
}

/*
 * The kernel goes on while it is copied: the sum may lag behind the buckets, and is then news of its
 * own the next time. Differences are modulo 2^32, as the buckets are; the least is known as its
 * bucket is. False: nothing is new.
 */
static bool add_difference(struct hist *to, const struct sea_aborts *seen,
			   const struct sea_aborts *now)
{
	struct hist fresh = {.sum = now->sum_ns - seen->sum_ns, .max = now->max_ns};

	for (unsigned i = SEA_ABORTS_BEYOND + 1; i-- > 0;) {
		uint32_t n = now->bucket[i] - seen->bucket[i];

		if (!n)
			continue;
		fresh.bucket[bucket_of(i)] = n;
		fresh.count += n;
		fresh.min = hist_bucket_low(bucket_of(i));
	}
	if (!fresh.count && !fresh.sum && now->max_ns == seen->max_ns)
		return false;
	hist_merge(to, &fresh);
	return true;
}

static bool has_ended(const struct aborts *a, const struct slot *slot)
{
	uint64_t thread = slot->seen.thread;

	return slot->idle && !a->ops.lives(a->ops.ctx, thread >> 32, (uint32_t)thread);
}

/* Whether it lives is asked before it is read: what is read of one that has ended is all there is. */
static int fold_slot(struct aborts *a, uint32_t id, struct slot *slot, struct sea_aborts *now)
{
	bool ended = has_ended(a, slot);
	struct hist *fresh;
	int err = a->kernel.read(a->kernel.ctx, id, now);

	if (err || !now->thread || !now->kvm)
		return err;
	fresh = fresh_of(a, now);
	if (!fresh)
		return -ENOMEM;
	slot->idle = !add_difference(fresh, &slot->seen, now);
	slot->seen = *now;
	if (!ended && now->serves != SEA_ABORTS_CLOSED)
		return 0;
	err = a->kernel.give_back(a->kernel.ctx, id, (uint32_t)now->thread);
	if (!err)
		*slot = (struct slot){.idle = false};
	return err;
}

/* --- all of them ------------------------------------------------------------------------------ */

static int grow(struct aborts *a)
{
	uint32_t cap = a->cap ? 2 * a->cap : 16;
	struct slot *slots = reallocarray(a->slots, cap, sizeof(*slots));

	if (!slots)
		return -ENOMEM;
	a->slots = slots;
	a->cap = cap;
	return 0;
}

/* Those that were taken since the last fold. */
static int fold_new(struct aborts *a)
{
	struct sea_aborts now;
	int err = 0;

	while (!err && a->n < a->kernel.n_slots) {
		err = a->n == a->cap ? grow(a) : 0;
		if (err)
			break;
		a->slots[a->n] = (struct slot){.idle = false};
		err = fold_slot(a, a->n + 1, &a->slots[a->n], &now);
		if (err || !now.thread)
			break;
		a->n++;
	}
	return err;
}

static void tell(const void *node, VISIT visit, void *arg)
{
	const struct fresh *vm = *(const struct fresh *const *)node;
	const struct aborts_ops *ops = arg;

	if ((visit == postorder || visit == leaf) && (vm->hist.count || vm->hist.sum))
		ops->add(ops->ctx, vm->tgid, vm->kvm, &vm->hist);
}

int aborts_fold(struct aborts *a)
{
	struct sea_aborts now;
	int err = 0, failed;

	for (uint32_t i = 0; i < a->n; i++) {
		failed = fold_slot(a, i + 1, &a->slots[i], &now);
		err = err ? err : failed;
	}
	failed = fold_new(a);
	twalk_r(a->vms, tell, &a->ops);
	tdestroy(a->vms, free);
	a->vms = NULL;
	return err ? err : failed;
}
