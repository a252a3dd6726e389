/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A campaign as a JUnit file: a test case per shot. A failure says what was expected and why it is one;
 * what was not fired is skipped, with its reason.
 * Layer: out. Must not know: other forms, files.
 *
 * Test cases are named so that two runs of one file have the same: "pfn-hwpoison any x5" of class
 * "CAMPAIGN.VM".
 */
#ifndef OUT_CAMPAIGN_JUNIT_H
#define OUT_CAMPAIGN_JUNIT_H

#include "inject/result.h"
#include "out/out.h"

/* Errors of writing stay in out->file. */
void campaign_junit(const struct out *out, const struct campaign_result *result);

#endif
