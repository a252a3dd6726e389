// SPDX-License-Identifier: GPL-2.0-only
/*
 * The end of a pool (pool.h).
 */
#include "lib/pool.h"

void pool_clear(struct pool *pool)
{
	while (pool->spare)
		free(pool_take(pool));
}
