// SPDX-License-Identifier: GPL-2.0-only
/*
 * The VMs of an observer: found, and asked for by threads and marks.
 * Must not: count what happens to one.
 */
#include "lib/log.h"
#include "observe.h"

struct vm *observe_find_vm(void *ctx, uint32_t tid, uint64_t kvm)
{
	struct observe *o = ctx;
	struct vm *vm;
	uint32_t tgid;

	if (!kvm)
		return vmtab_owner(o->vms, tid);
	vm = vmtab_find_kvm(o->vms, kvm);
	tgid = vm && vm->tgid == tid ? tid : vmtab_tgid(o->vms, tid);
	if (!tgid && vm && !vm->gone)
		return vm; /* the thread that created it has ended */
	return vmtab_get(o->vms, tgid ? tgid : tid, kvm);
}

int observe_find_vcpu(void *ctx, uint32_t tgid, uint32_t tid)
{
	struct observe *o = ctx;

	return vmtab_vcpu(o->vms, tgid, tid);
}

void observe_meet(void *ctx, const struct sea_hdr *mark)
{
	const struct sea_abort *abort = (const void *)mark;
	struct observe *o = ctx;

	if (mark->type == SEA_MARK_ID_abort && !vmtab_find_kvm(o->vms, abort->kvm))
		observe_find_vm(o, mark->tgid, abort->kvm);
}

void observe_scan_vms(struct observe *o)
{
	int err = vmtab_scan(o->vms);

	if (err < 0)
		log_warn("look for VMs in /proc: %s; names may be missing", util_errno(err));
	for (struct vm *vm = vmtab_each(o->vms, NULL); vm; vm = vmtab_each(o->vms, vm))
		if (!vm->gone) /* what is gone has had its row, which may be folded */
			feed_seen(o->feed, vm);
}
