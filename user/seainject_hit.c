// SPDX-License-Identifier: GPL-2.0-only
/*
 * Memslots, the journal, and the method's own shot (seainject_hit.h).
 */
#include "seainject_hit.h"

#include <errno.h>

#include "inject/injector.h"
#include "lib/exit.h"
#include "lib/log.h"
#include "lib/util.h"

static int fire(const struct method *method, const struct order *order, struct injector *injector,
		uint64_t *done)
{
	char why[160] = "";
	int n = method->fire(method, injector, order, why);

	*done = n > 0 ? n : 0;
	if (*done >= order->at_most)
		return EXIT_DONE;
	log_error("%s: %s", method->name, *why ? why : util_errno(n));
	return n == -EINVAL ? EXIT_USAGE : n < 0 ? EXIT_ENVIRONMENT : EXIT_VERDICT;
}

static int check(const struct method *method)
{
	struct method_state state = {0};

	method->probe(method, &state);
	if (state.available)
		return EXIT_DONE;
	log_error("%s: not on this kernel: %s", method->name, state.why);
	return EXIT_UNSUPPORTED;
}

int hit_fire(const struct method *method, const struct order *order, const char *vm,
	     const char *journal, uint64_t *done)
{
	struct injector injector = {.vm = vm};
	int exit_code = check(method);

	*done = 0;
	if (!exit_code)
		exit_code = slots_open(&injector.slots);
	if (!exit_code)
		exit_code = order->dry_run ? journal_look(&injector.journal, journal)
					   : journal_open(&injector.journal, journal);
	if (!exit_code)
		exit_code = fire(method, order, &injector, done);
	journal_close(injector.journal);
	slots_close(injector.slots);
	return exit_code;
}
