/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What must hold of seatrace's JSON Lines, whatever it was fed.
 * For tests only. Must not know: where the lines come from.
 */
#ifndef TESTS_FUZZ_LINES_H
#define TESTS_FUZZ_LINES_H

#include <stddef.h>

/*
 * Every line is JSON. Of an incident, spans add up to the total, and marks stand in order. From table
 * to table no total of counts and laps falls. Each incident is counted once among the outcomes, and told
 * of as retried once at most before it closes, with fewer SEAs.
 */
void lines_check(const char *text, size_t len);

#endif
