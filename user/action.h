/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The action hook (--exec): a command for each incident, at its first close.
 * Layer: main of seatrace. Must not know: how a command is run (lib/exec), what it is told (out/env).
 */
#ifndef ACTION_H
#define ACTION_H

#include "lib/exec.h"
#include "out/out.h"
#include "trace/incident.h"

/* Starts the command unless the incident had closed before. */
void action_incident(struct exec *exec, const struct out *out, const struct incident *inc,
		     uint64_t now_ns);

#endif
