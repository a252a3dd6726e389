/* SPDX-License-Identifier: GPL-2.0-only */
/* trace/poisoned: a bounded memory of pages; the oldest goes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "trace/poisoned.h"

static struct poisoned *open_with(unsigned max)
{
	struct poisoned *p = poisoned_new(max);

	assert_non_null(p);
	return p;
}

static void add(struct poisoned *p, uint32_t tgid, uint64_t page, uint64_t id)
{
	poisoned_add(p, &(struct poisoned_page){.tgid = tgid,
						.page = page,
						.id = id,
						.error_id = id + 1000,
						.kvm = id + 2000,
						.outcome = id % 7,
						.explicit_notify = id % 2});
}

/* The incident's id, 0 when the page is not remembered; what comes with it is checked. */
static uint64_t id_of(const struct poisoned *p, uint32_t tgid, uint64_t page)
{
	struct poisoned_page known = {.tgid = tgid, .page = page};

	if (!poisoned_find(p, &known))
		return 0;
	assert_int_equal(known.tgid, tgid);
	assert_int_equal(known.page, page);
	assert_int_equal(known.error_id, known.id + 1000);
	assert_int_equal(known.kvm, known.id + 2000);
	assert_int_equal(known.outcome, known.id % 7);
	assert_int_equal(known.explicit_notify, known.id % 2);
	return known.id;
}

static void remembered(void **state)
{
	struct poisoned *p = open_with(4);

	(void)state;
	assert_int_equal(id_of(p, 100, 5), 0);
	add(p, 100, 5, 1);
	assert_int_equal(id_of(p, 100, 5), 1);
	assert_int_equal(id_of(p, 101, 5), 0);
	assert_int_equal(id_of(p, 100, 6), 0);
	assert_int_equal(id_of(p, 100, 5 + (1ULL << 40)), 0);
	poisoned_free(p);
}

/* What was asked for stays as it was when nothing is known. */
static void question_is_left_alone(void **state)
{
	struct poisoned *p = open_with(4);
	struct poisoned_page known = {.tgid = 1, .page = 2, .id = 3};

	(void)state;
	assert_false(poisoned_find(p, &known));
	assert_int_equal(known.id, 3);
	poisoned_free(p);
}

/* The same page again takes no second place. */
static void replaced(void **state)
{
	struct poisoned *p = open_with(2);

	(void)state;
	add(p, 100, 5, 1);
	add(p, 100, 6, 2);
	add(p, 100, 5, 3);
	assert_int_equal(id_of(p, 100, 5), 3);
	assert_int_equal(id_of(p, 100, 6), 2);
	poisoned_free(p);
}

static void oldest_goes(void **state)
{
	struct poisoned *p = open_with(3);

	(void)state;
	for (uint64_t i = 1; i <= 100; i++) {
		add(p, 100 + i % 2, i, i);
		for (uint64_t j = 1; j <= i; j++)
			assert_int_equal(id_of(p, 100 + j % 2, j), i - j < 3 ? j : 0);
	}
	poisoned_free(p);
}

static void only_one(void **state)
{
	struct poisoned *p = open_with(1);

	(void)state;
	add(p, 100, 5, 1);
	add(p, 100, 6, 2);
	assert_int_equal(id_of(p, 100, 5), 0);
	assert_int_equal(id_of(p, 100, 6), 2);
	poisoned_free(p);
	poisoned_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(remembered), cmocka_unit_test(question_is_left_alone),
		cmocka_unit_test(replaced),   cmocka_unit_test(oldest_goes),
		cmocka_unit_test(only_one),
	};

	return cmocka_run_group_tests_name("poisoned", tests, NULL, NULL);
}
