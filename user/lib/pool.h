/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Things of one size that come and go all the time: what was given back is taken again, at a fraction
 * of what malloc and free cost. As many are kept as ever were in use at once.
 * Layer: lib. Must not know: what they are.
 */
#ifndef LIB_POOL_H
#define LIB_POOL_H

#include <sanitizer/asan_interface.h>
#include <stdlib.h>

struct pool {
	size_t size; /* of a thing; at least a pointer's */
	struct pool_spare {
		struct pool_spare *next;
	} * spare;
};

/* Frees what was given back. */
void pool_clear(struct pool *pool);

/* With whatever it holds. NULL without memory. */
static inline void *pool_take(struct pool *pool)
{
	struct pool_spare *thing = pool->spare;

	if (!thing)
		return malloc(pool->size);
	ASAN_UNPOISON_MEMORY_REGION(thing, pool->size);
	pool->spare = thing->next;
	return thing;
}

/* Until it is taken again, a sanitizer reports who touches it, as if it were freed. */
static inline void pool_give(struct pool *pool, void *thing)
{
	struct pool_spare *spare = thing;

	spare->next = pool->spare;
	pool->spare = spare;
	ASAN_POISON_MEMORY_REGION(thing, pool->size);
}

#endif
