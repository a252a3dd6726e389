/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Rows of made-up VMs; stands in for trace/vm.c. For tests only.
 */
#ifndef TESTS_UNIT_ROWS_H
#define TESTS_UNIT_ROWS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>

#include "trace/agg.h"
#include "trace/vm.h"

#define ROWS_VMS 1100

static struct vm rows_vms[ROWS_VMS];
static unsigned rows_n;
static struct agg *rows;

/* These are trace/vm.h's: the archive's own are linked only where nobody else has them. */
struct vm *vm_hold(struct vm *vm)
{
	return vm;
}

void vm_put(struct vm *vm)
{
	(void)vm;
}

static int rows_setup(void **state)
{
	(void)state;
	rows_n = 0;
	rows = agg_new();
	assert_non_null(rows);
	return 0;
}

static int rows_teardown(void **state)
{
	(void)state;
	agg_free(rows);
	return 0;
}

/* A VM and its row; name NULL: it has none. */
static struct vm *rows_vm(const char *name)
{
	struct vm *vm = &rows_vms[rows_n];

	assert_true(rows_n < ROWS_VMS);
	*vm = (struct vm){.id = rows_n, .tgid = 1000 + rows_n, .named = name};
	if (name)
		snprintf(vm->name, sizeof(vm->name), "%s", name);
	else
		snprintf(vm->name, sizeof(vm->name), "pid:%u", vm->tgid);
	rows_n++;
	assert_non_null(agg_row(rows, vm));
	return vm;
}

static void rows_count(struct vm *vm, enum meter meter, unsigned times)
{
	while (times--)
		agg_count(rows, vm, meter);
}

#endif
