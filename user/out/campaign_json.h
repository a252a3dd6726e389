/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A campaign as JSON Lines: a line of type "shot" per shot, then one of type "campaign". Schema
 * RESULT_SCHEMA. inject/baseline.c reads these lines again.
 * Layer: out. Must not know: other forms, files.
 *
 * Of a shot: number, vm, method, value (null: the method has none), place, wanted, fired, expected (a
 * list), outcome (null: it was not fired), verdict, reason, time, mono_ns, took_ns, evidence, phase1,
 * phase2 (null: nothing was timed). vm, method, value, place and wanted say which one it is in another
 * run of the same file.
 */
#ifndef OUT_CAMPAIGN_JSON_H
#define OUT_CAMPAIGN_JSON_H

#include "inject/result.h"
#include "out/out.h"

/* 0, -ENOMEM, or -errno of writing. */
int campaign_json_shot(const struct out *out, const struct shot_result *shot);
int campaign_json(const struct out *out, const struct campaign_result *result);

#endif
