// SPDX-License-Identifier: GPL-2.0-only
/*
 * A ring of threads with a tree over it.
 * Must not: grow.
 */
#include "trace/vcpu.h"

#include <search.h>
#include <stdlib.h>

struct vcpus {
	unsigned max, next;
	void *tree; /* of struct vcpu in the ring, by tid */
	struct vcpu ring[];
};

static int compare(const void *pa, const void *pb)
{
	const struct vcpu *a = pa, *b = pb;

	return (a->tid > b->tid) - (a->tid < b->tid);
}

struct vcpus *vcpus_new(unsigned max)
{
	struct vcpus *v = calloc(1, sizeof(*v) + max * sizeof(v->ring[0]));

	if (v)
		v->max = max;
	return v;
}

static void keep(void *node)
{
	(void)node; /* the ring owns them */
}

void vcpus_free(struct vcpus *v)
{
	if (!v)
		return;
	tdestroy(v->tree, keep);
	free(v);
}

static struct vcpu *find(const struct vcpus *v, uint32_t tid)
{
	struct vcpu probe = {.tid = tid}, **known = tfind(&probe, &v->tree, compare);

	return known ? *known : NULL;
}

/* In the place of the oldest. */
static struct vcpu *add(struct vcpus *v, uint32_t tid)
{
	struct vcpu *vcpu = &v->ring[v->next];

	if (vcpu->used)
		tdelete(vcpu, &v->tree, compare);
	vcpu->tid = tid;
	vcpu->used = tsearch(vcpu, &v->tree, compare);
	if (!vcpu->used)
		return NULL;
	v->next = (v->next + 1) % v->max;
	return vcpu;
}

struct vcpu *vcpus_learn(struct vcpus *v, uint32_t tgid, uint32_t tid, uint64_t kvm, uint32_t n)
{
	struct vcpu *vcpu = find(v, tid);

	if (vcpu && vcpu->tgid == tgid && vcpu->kvm == kvm && vcpu->vcpu == n)
		return vcpu;
	if (!vcpu)
		vcpu = add(v, tid);
	if (vcpu)
		*vcpu = (struct vcpu){
			.tid = tid, .tgid = tgid, .kvm = kvm, .vcpu = n, .used = true};
	return vcpu;
}

const struct vcpu *vcpus_find(const struct vcpus *v, uint32_t tgid, uint32_t tid)
{
	const struct vcpu *vcpu = find(v, tid);

	return vcpu && vcpu->tgid == tgid ? vcpu : NULL;
}
