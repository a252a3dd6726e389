/* SPDX-License-Identifier: GPL-2.0-only */
/* trace/nap: programs wake a reader that sleeps, not one that looks by itself soon. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "trace/nap.h"

static volatile uint32_t quiet;
static struct nap nap;

static int setup(void **state)
{
	(void)state;
	quiet = 77;
	nap_init(&nap, &quiet);
	return 0;
}

static void is(bool is_quiet, uint64_t due_ns)
{
	assert_int_equal(quiet, is_quiet);
	assert_int_equal(nap.due_ns, due_ns);
}

static void begins_asleep(void **state)
{
	(void)state;
	is(false, UINT64_MAX);
	nap_looked(&nap, 0, 1000);
	is(false, UINT64_MAX);
}

static void naps_while_marks_come(void **state)
{
	(void)state;
	nap_looked(&nap, 4, 1000);
	is(true, 1000 + NAP_NS);
	nap_looked(&nap, 1, 1000 + NAP_NS);
	is(true, 1000 + 2 * NAP_NS);
}

/* Somebody else woke it: that nothing had come by then says little. */
static void a_look_before_its_time(void **state)
{
	(void)state;
	nap_looked(&nap, 4, 1000);
	nap_looked(&nap, 0, 2000);
	is(true, 1000 + NAP_NS);
	nap_looked(&nap, 1, 3000);
	is(true, 3000 + NAP_NS);
}

static void looks_once_more_before_it_sleeps(void **state)
{
	(void)state;
	nap_looked(&nap, 4, 1000);
	nap_looked(&nap, 0, 1000 + NAP_NS);
	is(false, 1000 + 2 * NAP_NS);
	nap_looked(&nap, 0, 1000 + 2 * NAP_NS);
	is(false, UINT64_MAX);
}

static void a_mark_that_was_put_quietly_at_the_last_moment(void **state)
{
	(void)state;
	nap_looked(&nap, 4, 1000);
	nap_looked(&nap, 0, 1000 + NAP_NS);
	nap_looked(&nap, 1, 1000 + 2 * NAP_NS);
	is(true, 1000 + 3 * NAP_NS);
}

#define TEST(name) cmocka_unit_test_setup(name, setup)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(begins_asleep),
		TEST(naps_while_marks_come),
		TEST(a_look_before_its_time),
		TEST(looks_once_more_before_it_sleeps),
		TEST(a_mark_that_was_put_quietly_at_the_last_moment),
	};

	return cmocka_run_group_tests_name("nap", tests, NULL, NULL);
}
