// SPDX-License-Identifier: GPL-2.0-only
/*
 * One incident's life and its outcome.
 * Must not: join marks.
 */
#include "trace/incident.h"

#include <stdlib.h>

const char *const outcome_names[OUTCOME_MAX] = {
	[OUTCOME_VMM_KILLED] = "vmm-killed",
	[OUTCOME_NOTIFIED] = "guest-notified",
	[OUTCOME_SERROR] = "serror-injected",
	[OUTCOME_TO_VMM] = "exit-to-vmm",
	[OUTCOME_HOST_CONSUMED] = "host-consumed",
	[OUTCOME_VMM_SIGNALLED] = "vmm-signalled",
	[OUTCOME_FAILED] = "failed",
	[OUTCOME_RECOVERED] = "recovered",
	[OUTCOME_IGNORED] = "ignored",
	[OUTCOME_DROPPED] = "dropped",
	[OUTCOME_OPEN] = "open",
};

const char *const meter_names[METER_MAX] = {
	[METER_INCIDENT] = "incidents",
	[METER_SEA] = "seas",
	[METER_CLAIMED] = "claimed",
	[METER_SERROR] = "serrors",
	[METER_TO_VMM] = "exits_to_vmm",
	[METER_RECORD] = "records",
	[METER_DUPLICATE] = "duplicates",
	[METER_FAILURE] = "memory_failures",
	[METER_SIGNAL_AO] = "signals_ao",
	[METER_SIGNAL_AR] = "signals_ar",
	[METER_DELIVERED] = "signals_delivered",
	[METER_NOTIFIED] = "notifications",
};

/* The count of references stands before the incident: readers need not see it. */
struct counted {
	unsigned refs;
	struct incident inc;
};

static struct counted *counted(struct incident *inc)
{
	return (struct counted *)((char *)inc - offsetof(struct counted, inc));
}

struct incident *incident_new(uint64_t id, struct vm *vm)
{
	struct counted *c = malloc(sizeof(*c)); /* calloc does not look among what was freed last */

	if (!c)
		return NULL;
	*c = (struct counted){.refs = 1};
	c->inc.id = c->inc.error_id = id;
	c->inc.vm = vm ? vm_hold(vm) : NULL;
	c->inc.twin = &c->inc;
	return &c->inc;
}

struct incident *incident_get(struct incident *inc)
{
	if (inc)
		counted(inc)->refs++;
	return inc;
}

void incident_put(struct incident *inc)
{
	if (!inc || --counted(inc)->refs)
		return;
	timeline_clear(&inc->time);
	vm_put(inc->vm);
	vm_put(inc->delivered_to);
	free(counted(inc));
}

struct incident *incident_copy(const struct incident *inc)
{
	struct incident *copy = incident_new(inc->id, inc->vm);

	if (!copy)
		return NULL;
	*copy = *inc;
	copy->delivered_to = inc->delivered_to ? vm_hold(inc->delivered_to) : NULL;
	copy->twin = copy;
	copy->joined = NULL;
	timeline_copy(&copy->time, &inc->time);
	return copy;
}

#define HPFAR_VALID (1ULL << 63)          /* KVM's own: arch/arm64/kvm/hyp/include/hyp/fault.h */
#define HPFAR_FIPA  0x0000fffffffffff0ULL /* bits 47..4 are IPA 55..12 */

bool incident_ipa(const struct incident *inc, uint64_t *ipa)
{
	if (!(inc->fields & INCIDENT_FIELD_SEA) || !(inc->hpfar & HPFAR_VALID))
		return false;
	*ipa = (inc->hpfar & HPFAR_FIPA) << 8;
	return true;
}

static enum outcome page_outcome(const struct incident *inc)
{
	if (!(inc->fields & INCIDENT_FIELD_PAGE))
		return inc->counts[METER_FAILURE] ? OUTCOME_IGNORED : OUTCOME_DROPPED;
	switch (inc->page_result) {
	case SEA_PAGE_RECOVERED:
	case SEA_PAGE_DELAYED:
		return OUTCOME_RECOVERED;
	case SEA_PAGE_FAILED:
		return OUTCOME_FAILED;
	default:
		return OUTCOME_IGNORED;
	}
}

static enum outcome own_outcome(const struct incident *inc)
{
	const uint64_t *n = inc->counts;

	if (inc->vmm_killed)
		return OUTCOME_VMM_KILLED;
	if (n[METER_NOTIFIED])
		return OUTCOME_NOTIFIED;
	if (n[METER_SERROR])
		return OUTCOME_SERROR;
	if (n[METER_TO_VMM])
		return OUTCOME_TO_VMM;
	if (inc->host_consumed)
		return OUTCOME_HOST_CONSUMED;
	if (n[METER_SIGNAL_AR] && !inc->delivered_tgid)
		return OUTCOME_VMM_SIGNALLED;
	if (n[METER_FAILURE] || n[METER_RECORD] || n[METER_CLAIMED])
		return page_outcome(inc);
	return OUTCOME_OPEN;
}

enum outcome incident_outcome(const struct incident *inc)
{
	enum outcome own = own_outcome(inc);

	return inc->late && inc->before < own ? inc->before : own;
}
