/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What is different from an earlier campaign: as text, and as a line of JSON of type "baseline".
 * Layer: out. Must not know: other forms, how it is compared.
 */
#ifndef OUT_CAMPAIGN_BASELINE_H
#define OUT_CAMPAIGN_BASELINE_H

#include "inject/baseline.h"
#include "out/out.h"

/* `prefix` is before each line: "# " where text is a comment. Errors of writing stay in out->file. */
void campaign_baseline_text(const struct out *out, const struct baseline_changes *changes,
			    const char *prefix);

/*
 * file, complete, ratio, same (how many), and of each change: vm, method, value, place, wanted,
 * same_before; before and now (verdict, outcome, phase1_p50_ns, phase2_p50_ns; null: it was, or is, not
 * there); what, a list of "verdict", "outcome", "phase1", "phase2", "new", "gone". 0, -ENOMEM, or -errno
 * of writing.
 */
int campaign_baseline_json(const struct out *out, const struct baseline_changes *changes);

#endif
