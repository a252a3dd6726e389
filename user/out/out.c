// SPDX-License-Identifier: GPL-2.0-only
/*
 * What renderers share.
 * Must not: format a whole line of any of them.
 */
#include "out/out.h"

#include "trace/vm.h"

uint64_t out_losses_total(const struct out_losses *losses)
{
	uint64_t total = losses->refused + losses->dropped;

	for (int id = 0; id < SEA_MARK_ID_MAX; id++)
		total += losses->marks[id];
	return total;
}

const char *out_vm_name(const struct vm *vm)
{
	return vm ? vm->name : "host";
}

const char *out_style(const struct out *out, const char *sgr)
{
	return out->color ? sgr : "";
}

const char *out_page_kind(const struct out *out, uint32_t value)
{
	return out->page_kind ? out->page_kind(out->page_kind_ctx, value) : NULL;
}
