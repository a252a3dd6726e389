/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A campaign as TAP: a test per shot, as soon as it is over. A pass is "ok", a failure "not ok" with its
 * reason behind it; what was not fired is skipped, which TAP calls "ok ... # SKIP".
 * Layer: out. Must not know: other forms.
 */
#ifndef OUT_CAMPAIGN_TAP_H
#define OUT_CAMPAIGN_TAP_H

#include "inject/result.h"
#include "out/out.h"

/* First: how many shots there will be. Errors of writing stay in out->file, here and below. */
void campaign_tap_plan(const struct out *out, unsigned shots);

void campaign_tap_shot(const struct out *out, const struct shot_result *shot);

/* Last: what else a reader should know, as comments. */
void campaign_tap_end(const struct out *out, const struct campaign_result *result);

#endif
