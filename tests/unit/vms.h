/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * VMs without a /proc behind them; stands in for trace/vm.c and sees whether holds and puts
 * balance. For tests only.
 */
#ifndef TESTS_UNIT_VMS_H
#define TESTS_UNIT_VMS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "lib/util.h"
#include "trace/vm.h"

struct fake_vm {
	struct vm vm;
	int holds;
};

/* A process has the thread ids from its tgid to the next hundred; one runs two VMs. */
static struct fake_vm fake_vms[] = {
	{{.id = 0, .tgid = 100, .kvm = 0xa000, .name = "vm-a", .comm = "qemu", .named = true}, 0},
	{{.id = 1, .tgid = 200, .kvm = 0xb000, .name = "vm-b", .comm = "qemu", .named = true}, 0},
	{{.id = 2, .tgid = 300, .kvm = 0xc000, .name = "vm-c", .comm = "qemu", .named = true}, 0},
	{{.id = 3, .tgid = 100, .kvm = 0xd000, .name = "vm-a#2", .comm = "qemu", .named = true}, 0},
};

#define VMS  UTIL_COUNT(fake_vms)
#define vm_a (&fake_vms[0].vm)
#define vm_b (&fake_vms[1].vm)
#define vm_c (&fake_vms[2].vm)
#define vm_d (&fake_vms[3].vm)

/* These are trace/vm.h's: the archive's own are linked only where nobody else has them. */
struct vm *vm_hold(struct vm *vm)
{
	UTIL_CONTAINER(vm, struct fake_vm, vm)->holds++;
	return vm;
}

void vm_put(struct vm *vm)
{
	if (vm)
		assert_true(UTIL_CONTAINER(vm, struct fake_vm, vm)->holds-- > 0);
}

__attribute__((unused)) static void vms_are_free(void)
{
	for (size_t i = 0; i < VMS; i++)
		assert_int_equal(fake_vms[i].holds, 0);
}

#endif
