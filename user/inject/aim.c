// SPDX-License-Identifier: GPL-2.0-only
/*
 * From guest physical addresses to what a target knows.
 * Must not: choose another place than the one that was asked for.
 */
#include "inject/aim.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "inject/place.h"
#include "lib/util.h"

static const unsigned predicates[SEA_TARGET_ID_MAX] = {
#define SEA_TARGET(stem, id, what, help) [id] = (what),
#include <sea/targets.def>
#undef SEA_TARGET
};

/* --- why not ---------------------------------------------------------------------------------- */

static int refuse(int err, uint64_t gpa, char why[160])
{
	static const struct {
		int err;
		const char *text;
	} texts[] = {
		{-ENXIO, "the VM has no memory there"},
		{-ENOTUNIQ, "several VMs of this process have memory there"},
		{-ENOENT, "the VMM has no page there (never written, or swapped out)"},
		{-EPERM, "page frame numbers are hidden (takes CAP_SYS_ADMIN)"},
		{-ESRCH, "the process has ended, or holds no VM"},
		{-EXDEV, "other processes have the same page (KSM)"},
		{-EHWPOISON, "the page has been poisoned already"},
	};

	for (size_t i = 0; i < UTIL_COUNT(texts); i++)
		if (texts[i].err == err) {
			snprintf(why, 160, "0x%" PRIx64 ": %s", gpa, texts[i].text);
			return err;
		}
	snprintf(why, 160, "0x%" PRIx64 ": %s", gpa, util_errno(err));
	return err;
}

/* --- addresses of the VMM --------------------------------------------------------------------- */

static int find_hva(struct aim *out, struct slots *slots, const struct order *order, char why[160])
{
	uint64_t last = order->gpa + order->gpa_len - 1;
	struct slot *all = NULL;
	int n = slots_read(slots, order->tgid, &all), err = n < 0 ? n : 0;

	if (!err)
		err = place_hva(all, n, order->gpa, &out->first);
	if (err) {
		free(all);
		return refuse(err, order->gpa, why);
	}
	err = place_hva(all, n, last, &out->last);
	free(all);
	if (err)
		return refuse(err, last, why);
	if (out->last - out->first == last - order->gpa)
		return 0;
	snprintf(why, 160,
		 "0x%" PRIx64 " to 0x%" PRIx64
		 ": the VMM has these in several places; take less at once",
		 order->gpa, last);
	return -E2BIG;
}

/* --- page frames ------------------------------------------------------------------------------ */

static int add_frame(struct aim *out, struct slots *slots, uint32_t tgid, uint64_t gpa,
		     char why[160])
{
	struct place place;
	int err = slots_place(slots, tgid, gpa, &place);

	if (!err && place.shared)
		err = -EXDEV;
	if (!err && place.poisoned)
		err = -EHWPOISON;
	if (err)
		return refuse(err, gpa, why);
	out->frames[out->n_frames++] = place.pfn;
	return 0;
}

static int find_frames(struct aim *out, struct slots *slots, const struct order *order, uint64_t n,
		       char why[160])
{
	uint64_t page_size = sysconf(_SC_PAGESIZE), gpa = order->gpa & ~(page_size - 1);
	int err = 0;

	if (n > SEA_RULE_PFNS) {
		snprintf(why, 160,
			 "%" PRIu64
			 " pages: it goes by page frame, and of these at most %d at a time",
			 n, SEA_RULE_PFNS);
		return -E2BIG;
	}
	out->frames = calloc(n, sizeof(*out->frames));
	if (!out->frames) {
		snprintf(why, 160, "no memory");
		return -ENOMEM;
	}
	for (uint64_t i = 0; i < n && !err; i++)
		err = add_frame(out, slots, order->tgid, gpa + i * page_size, why);
	return err;
}

static uint64_t n_pages(const struct order *order)
{
	uint64_t page_size = sysconf(_SC_PAGESIZE);

	return (order->gpa + order->gpa_len - 1) / page_size - order->gpa / page_size + 1;
}

/* --- all of it -------------------------------------------------------------------------------- */

bool aim_needs_memory(const struct order *order, const struct method *method)
{
	if (!(order->asked & SEA_PRED_GPA))
		return false;
	return method->family != METHOD_OVERRIDE ||
	       predicates[method->target] & (SEA_PRED_HVA | SEA_PRED_PFN);
}

static int find_range(struct aim *out, struct slots *slots, const struct order *order,
		      unsigned target, char why[160])
{
	if (target & SEA_PRED_HVA)
		return find_hva(out, slots, order, why);
	if (target & SEA_PRED_PFN)
		return find_frames(out, slots, order, n_pages(order), why);
	out->first = order->gpa;
	out->last = order->gpa + order->gpa_len - 1;
	return 0;
}

int aim_find(struct aim *out, struct slots *slots, const struct order *order,
	     const struct method *method, char why[160])
{
	unsigned target = predicates[method->target];

	*out = (struct aim){.last = UINT64_MAX};
	if (method->family != METHOD_OVERRIDE)
		return order->asked & SEA_PRED_GPA
			       ? find_frames(out, slots, order, order->at_most, why)
			       : 0;
	if (order->asked & SEA_PRED_GPA)
		return find_range(out, slots, order, target, why);
	if (!(target & SEA_PRED_PFN))
		return 0;
	snprintf(why, 160,
		 "it goes by page frame, and all of a VM's memory is too much: name an address");
	return -E2BIG;
}

void aim_clear(struct aim *aim)
{
	free(aim->frames);
	*aim = (struct aim){0};
}
