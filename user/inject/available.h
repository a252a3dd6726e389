/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Whether a method can be had on this kernel, and how; or why not.
 * Layer: inject. Must not know: any single method.
 */
#ifndef INJECT_AVAILABLE_H
#define INJECT_AVAILABLE_H

#include "inject/arm.h"
#include "inject/method.h"

/* arm NULL: this host has nothing that could be overridden; then `why_not` is the reason. */
void available(const struct method *method, const struct arm *arm, const char *why_not,
	       struct method_state *state);

#endif
