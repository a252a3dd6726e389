// SPDX-License-Identifier: GPL-2.0-only
/*
 * The VMs of a watch: found, and asked for by threads and marks.
 * Must not: count what happens to one.
 */
#include <stdio.h>

#include "lib/log.h"
#include "watch_int.h"

/* --- whose is it ------------------------------------------------------------------------------ */

struct vm *watch_find_vm(void *ctx, uint32_t tid, uint64_t kvm)
{
	struct watch *w = ctx;
	struct vm *vm;
	uint32_t tgid;

	if (!kvm)
		return vmtab_owner(w->vms, tid);
	vm = vmtab_find_kvm(w->vms, kvm);
	tgid = vm && vm->tgid == tid ? tid : vmtab_tgid(w->vms, tid);
	if (!tgid && vm && !vm->gone)
		return vm; /* the thread that created it has ended */
	return vmtab_get(w->vms, tgid ? tgid : tid, kvm);
}

int watch_find_vcpu(void *ctx, uint32_t tgid, uint32_t tid)
{
	struct watch *w = ctx;

	return vmtab_vcpu(w->vms, tgid, tid);
}

void watch_meet(void *ctx, const struct sea_hdr *mark)
{
	const struct sea_abort *abort = (const void *)mark;
	struct watch *w = ctx;

	if (mark->type == SEA_MARK_ID_abort && !vmtab_find_kvm(w->vms, abort->kvm))
		watch_find_vm(w, mark->tgid, abort->kvm);
}

/* --- all of them ------------------------------------------------------------------------------ */

void watch_scan_vms(struct watch *w)
{
	int err = vmtab_scan(w->vms);

	if (err < 0)
		log_warn("look for VMs in /proc: %s; names may be missing", util_errno(err));
	for (struct vm *vm = vmtab_each(w->vms, NULL); vm; vm = vmtab_each(w->vms, vm))
		if (!vm->gone) /* what is gone has had its row, which may be folded */
			feed_seen(w->feed, vm);
}

unsigned watch_n_vms(const struct watch *w)
{
	unsigned n = 0;

	while (session_vm(w->session, n))
		n++;
	return n;
}

/* It may start later, so that is no error; a slip of the pen should be seen all the same. */
void watch_say_missing(const struct watch *w)
{
	const struct opt_list *vms = &w->config.outputs.filter.vms;

	for (unsigned i = 0; i < vms->n && !w->config.outputs.quiet; i++) {
		const struct filter one = {.vms = {{vms->items[i]}, 1}};
		struct vm *vm;
		unsigned n = 0;

		while ((vm = session_vm(w->session, n)) && !filter_vm(&one, vm))
			n++;
		if (!vm)
			fprintf(stderr, "seatrace: --vm %s: there is no such VM yet\n",
				vms->items[i]);
	}
}
