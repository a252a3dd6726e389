/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A campaign as text: a line per shot while it goes on, a table per VM at the end. Under 80 columns.
 * Layer: out. Must not know: other forms, how shots are fired.
 */
#ifndef OUT_CAMPAIGN_TABLE_H
#define OUT_CAMPAIGN_TABLE_H

#include <stdbool.h>

#include "inject/result.h"
#include "out/out.h"

/*
 * What is under way: the terminal's last line, without an end, for the next call to write over. Of the
 * shot hold what was asked for, `fired` and `took_ns` by now. doing: one word, "settling".
 */
void campaign_table_under_way(const struct out *out, const struct shot_result *shot, unsigned of,
			      const char *doing);

/* Takes that line away. */
void campaign_table_clear(const struct out *out);

/* A shot that is over, one of `of`: what became of it, and why; why it passed only if told to say so. */
void campaign_table_shot(const struct out *out, const struct shot_result *shot, unsigned of,
			 bool why_passed);

/* Per VM and method, then what it comes to. 0 or -ENOMEM. */
int campaign_table(const struct out *out, const struct campaign_result *result);

#endif
