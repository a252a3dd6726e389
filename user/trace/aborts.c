// SPDX-License-Identifier: GPL-2.0-only
/*
 * The difference between two looks at each vCPU's element, summed per VM.
 * Must not: read a clock or /proc.
 */
#include "trace/aborts.h"

#include <errno.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>

/* A vCPU thread, as it was at the last fold. */
struct thread {
	uint64_t id; /* tgid << 32 | tid */
	bool idle;   /* there was nothing new: maybe it has ended */
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
	void *threads, *vms; /* trees of tsearch(3) */
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
	tdestroy(a->threads, free);
	tdestroy(a->vms, free);
	free(a);
}

/* --- trees ------------------------------------------------------------------------------------ */

static int by_id(const void *a, const void *b)
{
	const struct thread *x = a, *y = b;

	return (x->id > y->id) - (x->id < y->id);
}

static int by_vm(const void *a, const void *b)
{
	const struct fresh *x = a, *y = b;

	if (x->tgid != y->tgid)
		return x->tgid < y->tgid ? -1 : 1;
	return (x->kvm > y->kvm) - (x->kvm < y->kvm);
}

/* The tree's own element that equals `like`, made of `size` bytes when new. NULL without memory. */
static void *reach(void **tree, const void *like, size_t size,
		   int (*compare)(const void *, const void *))
{
	void **found = tfind(like, tree, compare), *one;

	if (found)
		return *found;
	one = malloc(size);
	if (!one)
		return NULL;
	memcpy(one, like, size);
	if (tsearch(one, tree, compare))
		return one;
	free(one);
	return NULL;
}

static struct thread *reach_thread(struct aborts *a, uint64_t id)
{
	struct thread like = {.id = id};

	return reach(&a->threads, &like, sizeof(like), by_id);
}

/* --- folding ---------------------------------------------------------------------------------- */

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

static int add(struct aborts *a, struct thread *thread, const struct sea_aborts *now)
{
	struct fresh like = {.tgid = thread->id >> 32, .kvm = now->kvm};
	struct fresh *vm = reach(&a->vms, &like, sizeof(like), by_vm);

	if (!vm)
		return -ENOMEM;
	thread->idle = !add_difference(&vm->hist, &thread->seen, now);
	thread->seen = *now;
	return 0;
}

static void forget(struct aborts *a, struct thread *thread)
{
	if (a->kernel.forget(a->kernel.ctx, thread->id))
		return;
	tdelete(thread, &a->threads, by_id);
	free(thread);
}

/* Whether it lives is asked before it is read: what is read of one that has ended is all there is. */
static int fold_thread(struct aborts *a, uint64_t id)
{
	struct thread *thread = reach_thread(a, id);
	struct sea_aborts now;
	bool ended;
	int err;

	if (!thread)
		return -ENOMEM;
	ended = thread->idle && !a->ops.lives(a->ops.ctx, id >> 32, (uint32_t)id);
	err = a->kernel.read(a->kernel.ctx, id, &now);
	if (err || !now.kvm)
		return err;
	err = add(a, thread, &now);
	if (!err && (ended || now.serves == SEA_ABORTS_CLOSED))
		forget(a, thread);
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
	uint64_t id, next;
	int more = a->kernel.next(a->kernel.ctx, NULL, &next), err = 0, failed;

	while (more == 1) {
		id = next;
		more = a->kernel.next(a->kernel.ctx, &id, &next); /* before it may be gone */
		failed = fold_thread(a, id);
		err = err ? err : failed;
	}
	twalk_r(a->vms, tell, &a->ops);
	tdestroy(a->vms, free);
	a->vms = NULL;
	return err ? err : more;
}
