// SPDX-License-Identifier: GPL-2.0-only
/*
 * A ring of threads with a hash table over it.
 * Must not: grow.
 */
#include "trace/vcpu.h"

#include <stdlib.h>

#include "lib/hash.h"
#include "lib/util.h"

struct slot {
	struct hash_link link;
	struct vcpu vcpu;
};

struct vcpus {
	unsigned max, next, n;
	struct hash by_tid; /* of the n slots that are in use */
	struct slot ring[];
};

struct vcpus *vcpus_new(unsigned max)
{
	struct vcpus *v = calloc(1, sizeof(*v) + max * sizeof(v->ring[0]));

	if (!v)
		return NULL;
	v->max = max;
	if (hash_init(&v->by_tid, max)) {
		free(v);
		return NULL;
	}
	return v;
}

void vcpus_free(struct vcpus *v)
{
	if (!v)
		return;
	hash_clear(&v->by_tid);
	free(v);
}

static struct vcpu *find(const struct vcpus *v, uint32_t tid)
{
	HASH_EACH(link, &v->by_tid, hash_mix(0, tid))
	{
		struct slot *slot = UTIL_CONTAINER(link, struct slot, link);

		if (slot->vcpu.tid == tid)
			return &slot->vcpu;
	}
	return NULL;
}

/* In the place of the oldest. */
static struct vcpu *add(struct vcpus *v, uint32_t tid)
{
	struct slot *slot = &v->ring[v->next];

	if (v->n == v->max)
		hash_remove(&v->by_tid, &slot->link);
	else
		v->n++;
	hash_add(&v->by_tid, &slot->link, hash_mix(0, tid));
	v->next = (v->next + 1) % v->max;
	return &slot->vcpu;
}

struct vcpu *vcpus_learn(struct vcpus *v, uint32_t tgid, uint32_t tid, uint64_t kvm, uint32_t n)
{
	struct vcpu *vcpu = find(v, tid);

	if (vcpu && vcpu->tgid == tgid && vcpu->kvm == kvm && vcpu->vcpu == n)
		return vcpu;
	if (!vcpu)
		vcpu = add(v, tid);
	*vcpu = (struct vcpu){.tid = tid, .tgid = tgid, .kvm = kvm, .vcpu = n};
	return vcpu;
}

const struct vcpu *vcpus_find(const struct vcpus *v, uint32_t tgid, uint32_t tid)
{
	const struct vcpu *vcpu = find(v, tid);

	return vcpu && vcpu->tgid == tgid ? vcpu : NULL;
}
