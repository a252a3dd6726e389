// SPDX-License-Identifier: GPL-2.0-only
/*
 * Words of places and faults (scope.h).
 */
#include "inject/scope.h"

#include <errno.h>
#include <string.h>

#include <sea/rule.h>

#include "lib/util.h"

#define GPA_BITS 52

const char *const scope_kinds[SCOPE_KINDS + 1] = {
	"read", "write", "exec", "translation", "access", "permission", "external", "other",
};
_Static_assert(SEA_KIND_READ == 1 << 0 && SEA_KIND_EXEC == 1 << 2 &&
		       SEA_KIND_PERMISSION == 1 << 5 && SEA_KIND_OTHER == 1 << (SCOPE_KINDS - 1),
	       "names in the order of the bits");

int scope_range(const char *text, struct scope_range *range)
{
	const char *plus = strchrnul(text, '+');
	struct scope_range r = {.sized = *plus, .len = SCOPE_PAGE};
	char address[32] = "";
	int err;

	if ((size_t)(plus - text) >= sizeof(address))
		return -EINVAL;
	memcpy(address, text, plus - text);
	err = util_parse_u64(address, 0, (1ULL << GPA_BITS) - 1, &r.gpa);
	if (!err && r.sized)
		err = util_parse_size(plus + 1, &r.len);
	if (err)
		return err;
	if (!r.len)
		return -EINVAL;
	if (!r.sized)
		r.gpa &= ~(SCOPE_PAGE - 1);
	if (r.len > (1ULL << GPA_BITS) - r.gpa)
		return -ERANGE;
	*range = r;
	return 0;
}

uint32_t scope_kind(const char *text)
{
	for (unsigned i = 0; i < SCOPE_KINDS; i++)
		if (!strcmp(scope_kinds[i], text))
			return 1u << i;
	return 0;
}
