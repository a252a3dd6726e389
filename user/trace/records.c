// SPDX-License-Identifier: GPL-2.0-only
/*
 * Two short memories of records.
 * Must not: count.
 */
#include "trace/records.h"

#include <string.h>

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

bool records_tell(struct records_told *told, uint64_t ns, const struct vm *vm)
{
	for (unsigned i = 0; i < told->n; i++)
		if (told->pairs[i].ns == ns && told->pairs[i].vm == vm)
			return false;
	told->pairs[told->next].ns = ns;
	told->pairs[told->next].vm = vm;
	told->next = (told->next + 1) % RECORDS_TOLD;
	if (told->n < RECORDS_TOLD)
		told->n++;
	return true;
}
