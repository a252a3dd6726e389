/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What methods that hit page frames share: an order's pages looked up one after the other, each checked,
 * written into the journal, and only then shot at.
 * Layer: inject; for methods/. Must not know: which method, how a frame is hit.
 */
#ifndef INJECT_PAGES_H
#define INJECT_PAGES_H

#include "inject/injector.h"
#include "inject/method.h"
#include "inject/order.h"

struct pages_shot {
	enum journal_what what;
	/*
	 * Hits the frame, now. 0, or -errno with the reason in why[]; *harmed (false before) says whether
	 * there is something to take back all the same.
	 */
	int (*hit)(const struct order *order, const struct place *place, bool *harmed,
		   char why[160]);
};

/* method->fire() by means of `shot`. */
int pages_fire(const struct method *method, struct injector *injector, const struct order *order,
	       const struct pages_shot *shot, char why[160]);

#endif
