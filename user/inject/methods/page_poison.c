// SPDX-License-Identifier: GPL-2.0-only
/*
 * page-poison: the kernel itself takes a page of the VM away.
 */
#include "inject/method.h"
#include "inject/pages.h"
#include "inject/poison.h"
#include "lib/util.h"

#include <errno.h>
#include <stdio.h>

enum { WAY_ANY, WAY_OFFLINE, WAY_INJECT };

/* The way of an order's value: 0, or -errno with the reason in why[]. */
static int choose(int64_t value, enum poison_way *way, char why[160])
{
	char other[160];
	int err;

	*way = value == WAY_INJECT ? POISON_INJECT : POISON_OFFLINE;
	err = poison_has(*way, why);
	if (!err || value != WAY_ANY)
		return err;
	*way = POISON_INJECT;
	return poison_has(*way, other) ? err : 0;
}

static void probe(const struct method *method, struct method_state *state)
{
	enum poison_way way;

	(void)method;
	state->available = !choose(WAY_ANY, &way, state->why);
	if (state->available)
		snprintf(state->mechanism, sizeof(state->mechanism), "%s", poison_ways[way]);
}

static int hit(const struct order *order, const struct place *place, bool *harmed, char why[160])
{
	enum poison_way way;
	int err = choose(order->value, &way, why);

	return err ? err : poison_frame(way, place->pfn, harmed, why);
}

static int fire(const struct method *method, struct injector *injector, const struct order *order,
		char why[160])
{
	static const struct pages_shot shot = {.what = JOURNAL_PAGE, .hit = hit};
	enum poison_way way;
	int err = choose(order->value, &way, why);

	return err ? err : pages_fire(method, injector, order, &shot, why);
}

const struct method method_page_poison = {
	.name = "page-poison",
	.family = METHOD_POISON,
	.does = "The page behind a guest physical address is looked up and handed to "
		"memory_failure() as broken: it is unmapped, the VMM is sent SIGBUS at once (AO) "
		"if it asked for that, and again (AR) when the guest touches it. Its contents are "
		"lost.",
	.needs = "CAP_SYS_ADMIN, and hard_offline_page in sysfs or the module hwpoison-inject "
		 "with debugfs; any kernel. The guest must have written to the page.",
	.undo = "The frame is lost to the host until `seainject undo` gives it back by "
		"unpoison-pfn (hwpoison-inject), which the kernel refuses while somebody still "
		"has the page, and from 5.19 on after any real memory failure in this boot.",
	.note = "From the GPA on, one page after the other. A transparent huge page is split, and "
		"one small page of it goes; a hugetlb page goes whole, therefore at most 16 a "
		"boot (hugetlb-max). A page that others have too (KSM) is refused. It counts as "
		"simulated from "
		"5.19 on.",
	.danger = DANGER_GUEST | DANGER_VMM | DANGER_HOST,
	.expected = OUTCOME_BIT(SHOT_GUEST_NOTIFIED) | OUTCOME_BIT(SHOT_APP_KILLED) |
		    OUTCOME_BIT(SHOT_TRANSPARENT),
	.predicates = SEA_PRED_VM | SEA_PRED_GPA,
	.needs_place = true,
	.values = {{"any", WAY_ANY},
		   {"hard-offline", WAY_OFFLINE},
		   {"hwpoison-inject", WAY_INJECT}},
	.probe = probe,
	.fire = fire,
};
