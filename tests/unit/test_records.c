/* SPDX-License-Identifier: GPL-2.0-only */
/* trace/records: the last records of an incident, and who was told of which. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "trace/records.h"
#include "trace/vm.h"

static void the_last_ones_are_kept(void **state)
{
	struct records r = {0};

	(void)state;
	assert_false(records_has(&r, 0));
	for (uint64_t ns = 1; ns <= RECORDS_KEPT + 3; ns++)
		records_add(&r, ns);
	assert_int_equal(r.n, RECORDS_KEPT);
	assert_false(records_has(&r, 3));
	for (uint64_t ns = 4; ns <= RECORDS_KEPT + 3; ns++) {
		assert_true(records_has(&r, ns));
		assert_int_equal(r.ns[ns - 4], ns);
	}
}

static void each_vm_is_told_once(void **state)
{
	static struct records_told told;
	static const struct vm a, b;

	(void)state;
	assert_true(records_tell(&told, 7, &a));
	assert_false(records_tell(&told, 7, &a));
	assert_true(records_tell(&told, 7, &b));
	assert_true(records_tell(&told, 7, NULL));
	assert_true(records_tell(&told, 8, &a));
	assert_false(records_tell(&told, 7, NULL));
	assert_false(records_tell(&told, 7, &a));
}

/* Bounded: the oldest pair goes, and no other. */
static void long_ago_is_forgotten(void **state)
{
	static struct records_told told;

	(void)state;
	for (uint64_t ns = 0; ns <= RECORDS_TOLD; ns++)
		assert_true(records_tell(&told, ns, NULL));
	for (uint64_t ns = 1; ns <= RECORDS_TOLD; ns++)
		assert_false(records_tell(&told, ns, NULL));
	assert_true(records_tell(&told, 0, NULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_last_ones_are_kept),
		cmocka_unit_test(each_vm_is_told_once),
		cmocka_unit_test(long_ago_is_forgotten),
	};

	return cmocka_run_group_tests_name("records", tests, NULL, NULL);
}
