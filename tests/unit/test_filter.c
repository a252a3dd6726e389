/* SPDX-License-Identifier: GPL-2.0-only */
/* trace/filter: who and what is shown; and that nothing else changes by it. */
#include "tests/unit/marks.h"
#include "tests/unit/vms.h"

#include "trace/agg.h"
#include "trace/filter.h"

#include <string.h>

#define FILTER(...) (&(const struct filter){.vcpu = FILTER_ANY_VCPU, __VA_ARGS__})
#define VM(...) \
	FILTER(.vms = {{__VA_ARGS__}, sizeof((const char *[]){__VA_ARGS__}) / sizeof(char *)})

static void names_and_numbers(void **state)
{
	static const char uuid[] = "3f1c6f5e-5f0a-4c1e-9a57-0c5a3c1d2e10";

	(void)state;
	assert_true(filter_vm(FILTER(0), vm_a));
	assert_true(filter_vm(FILTER(0), NULL));
	assert_true(filter_vm(VM("vm-a"), vm_a));
	assert_false(filter_vm(VM("vm-a"), vm_b));
	assert_false(filter_vm(VM("vm"), vm_a));
	assert_true(filter_vm(VM("vm-[ab]"), vm_b));
	assert_false(filter_vm(VM("vm-[ab]"), vm_c));
	assert_true(filter_vm(VM("vm-c", "vm-b"), vm_b));
	assert_true(filter_vm(VM("200"), vm_b));
	assert_false(filter_vm(VM("20"), vm_b));
	assert_false(filter_vm(VM("0"), vm_b));
	assert_false(filter_vm(VM(""), vm_b));
	assert_false(filter_vm(VM("*"), NULL));
	assert_true(filter_vm(VM("host"), NULL));
	assert_false(filter_vm(VM("host"), vm_a));
	assert_false(filter_vm(VM(uuid), vm_a));
	strcpy(vm_a->uuid, uuid);
	assert_true(filter_vm(VM(uuid), vm_a));
	assert_true(filter_vm(VM("3F1C6F5E-5f0a-4c1e-9a57-0c5a3c1d2e10"), vm_a));
	assert_false(filter_vm(VM("3f1c6f5e"), vm_a));
	*vm_a->uuid = '\0';
}

static void incidents(void **state)
{
	struct incident *inc = incident_new(1, vm_a);

	(void)state;
	inc->time.first_ns = 1000;
	inc->time.last_ns = 1500;
	assert_true(filter_incident(FILTER(0), inc));
	assert_true(filter_incident(FILTER(.min_latency_ns = 500), inc));
	assert_false(filter_incident(FILTER(.min_latency_ns = 501), inc));
	assert_false(filter_incident(VM("vm-b"), inc));
	assert_false(filter_incident(&(struct filter){.vcpu = 0}, inc)); /* it is not known */
	inc->fields = INCIDENT_FIELD_VCPU;
	assert_true(filter_incident(&(struct filter){.vcpu = 0}, inc));
	assert_false(filter_incident(&(struct filter){.vcpu = 1}, inc));
	inc->vcpu = 1;
	assert_true(filter_incident(&(struct filter){.vcpu = 1}, inc));
	incident_put(inc);
}

/* Rows that are not shown count all the same, and are shown when asked for. */
static void rows(void **state)
{
	const struct filter *one = VM("vm-b");
	struct agg *agg = agg_new();

	(void)state;
	agg_show(agg, one);
	agg_count(agg, vm_a, METER_SEA);
	agg_count(agg, vm_b, METER_SEA);
	agg_count(agg, NULL, METER_SEA);
	assert_int_equal(agg_size(agg), 1);
	assert_ptr_equal(agg_at(agg, 0)->vm, vm_b);
	assert_null(agg_at(agg, 1));
	assert_ptr_equal(agg_vm_row(agg, 0)->vm, vm_a);
	assert_ptr_equal(agg_vm_row(agg, 1)->vm, vm_b);
	assert_null(agg_vm_row(agg, 2));
	vm_a->gone = vm_b->gone = true;
	agg_fold(agg, 1, 1000, 1, NULL, NULL);
	assert_int_equal(agg_size(agg), 1);
	assert_ptr_equal(agg_at(agg, 0)->vm, vm_b);
	agg_show(agg, NULL);
	assert_int_equal(agg_size(agg), 3);
	assert_null(agg_at(agg, 0)->vm);
	assert_int_equal(agg_at(agg, 2)->n_folded, 1);
	assert_int_equal(agg_at(agg, 2)->counts[METER_SEA], 1);
	vm_a->gone = vm_b->gone = false;
	agg_free(agg);
	vms_are_free();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_and_numbers),
		cmocka_unit_test(incidents),
		cmocka_unit_test(rows),
	};

	return cmocka_run_group_tests_name("filter", tests, NULL, NULL);
}
