// SPDX-License-Identifier: GPL-2.0-only
/*
 * Names, numbers and times against what is wanted.
 * Must not: remember anything.
 */
#include "trace/filter.h"

#include <fnmatch.h>
#include <string.h>
#include <strings.h>

#include "lib/util.h"

static bool matches(const char *pattern, const struct vm *vm)
{
	uint64_t tgid;

	if (!vm)
		return !strcmp(pattern, "host");
	if (!fnmatch(pattern, vm->name, 0))
		return true;
	if (*vm->uuid && !strcasecmp(pattern, vm->uuid))
		return true;
	return !util_parse_u64(pattern, 1, UINT32_MAX, &tgid) && tgid == vm->tgid;
}

bool filter_vm(const struct filter *f, const struct vm *vm)
{
	for (unsigned i = 0; i < f->vms.n; i++)
		if (matches(f->vms.items[i], vm))
			return true;
	return !f->vms.n;
}

bool filter_incident(const struct filter *f, const struct incident *inc)
{
	if (!filter_vm(f, inc->vm))
		return false;
	if (f->vcpu != FILTER_ANY_VCPU &&
	    (!(inc->fields & INCIDENT_FIELD_VCPU) || inc->vcpu != f->vcpu))
		return false;
	return timeline_total(&inc->time) >= f->min_latency_ns;
}
