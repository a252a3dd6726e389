// SPDX-License-Identifier: GPL-2.0-only
/*
 * Two short memories of records.
 * Must not: count.
 */
#include "trace/records.h"

#include <string.h>

#include "lib/hash.h"

bool records_has(const struct records *r, uint64_t ns)
{
	for (unsigned i = 0; i < r->n; i++)
		if (r->ns[i] == ns)
			return true;
	return false;
}

void records_add(struct records *r, uint64_t ns)
{
	if (r->n == RECORDS_KEPT)
		memmove(r->ns, r->ns + 1, --r->n * sizeof(*r->ns));
	r->ns[r->n++] = ns;
}

static uint16_t *chain_of(struct records_told *told, uint64_t ns, const struct vm *vm)
{
	uint64_t hash = hash_mix(hash_mix(0, ns), (uintptr_t)vm);

	return &told->chains[(hash >> 32) % RECORDS_TOLD];
}

static void forget(struct records_told *told, unsigned oldest)
{
	uint16_t *at = chain_of(told, told->pairs[oldest].ns, told->pairs[oldest].vm);

	while (*at != oldest + 1)
		at = &told->pairs[*at - 1].next;
	*at = told->pairs[oldest].next;
}

bool records_tell(struct records_told *told, uint64_t ns, const struct vm *vm)
{
	uint16_t *chain = chain_of(told, ns, vm);

	for (unsigned i = *chain; i; i = told->pairs[i - 1].next)
		if (told->pairs[i - 1].ns == ns && told->pairs[i - 1].vm == vm)
			return false;
	if (told->n == RECORDS_TOLD)
		forget(told, told->next);
	else
		told->n++;
	told->pairs[told->next].ns = ns;
	told->pairs[told->next].vm = vm;
	told->pairs[told->next].next = *chain;
	*chain = told->next + 1;
	told->next = (told->next + 1) % RECORDS_TOLD;
	return true;
}
