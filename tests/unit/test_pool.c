/* SPDX-License-Identifier: GPL-2.0-only */
/* lib/pool: what is in use is nobody else's, what was given back is used again. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "lib/pool.h"

#define SIZE 100
#define MANY 1000

static void apart(void **state)
{
	struct pool pool = {.size = SIZE};
	unsigned char *things[MANY];

	(void)state;
	for (int round = 0; round < 3; round++) {
		for (int i = 0; i < MANY; i++) {
			things[i] = pool_take(&pool);
			assert_non_null(things[i]);
			memset(things[i], i % 256, SIZE);
		}
		for (int i = 0; i < MANY; i++)
			for (int at = 0; at < SIZE; at++)
				assert_int_equal(things[i][at], i % 256);
		for (int i = 0; i < MANY; i++)
			pool_give(&pool, things[i]);
	}
	pool_clear(&pool);
}

static void used_again(void **state)
{
	struct pool pool = {.size = SIZE};
	void *one = pool_take(&pool), *two = pool_take(&pool);

	(void)state;
	pool_give(&pool, one);
	assert_ptr_equal(pool_take(&pool), one);
	pool_give(&pool, two);
	pool_give(&pool, one);
	assert_ptr_equal(pool_take(&pool), one); /* what is still in the caches */
	assert_ptr_equal(pool_take(&pool), two);
	free(one); /* they are malloc's */
	free(two);
	pool_clear(&pool);
	assert_null(pool.spare);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(apart),
		cmocka_unit_test(used_again),
	};

	return cmocka_run_group_tests_name("pool", tests, NULL, NULL);
}
