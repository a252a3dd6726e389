/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * An incident as environment variables, for a command that acts on it.
 * Layer: out. Must not know: who runs the command, other renderers.
 *
 * SEATRACE_ and the key of the JSON output in capitals, with the same values: ID, ERROR_ID, TIME,
 * MONO_NS, VM, TGID, OUTCOME, LATE, INCOMPLETE, NOTIFIED, VCPU, ESR, FAR, PC, SOURCE, NOTIFY,
 * SEVERITY, PA, HVA, GPA, PAGE, the counts (SEAS, RECORDS, ...), TOTAL_NS, SPAN_<NAME>_NS. LATE and
 * INCOMPLETE are 0 or 1. SKIPPED: incidents so far for which no command was run. What the incident does not have is not set: an error of the host has no
 * VM. VM is what the VMM says it is: quote it.
 */
#ifndef OUT_ENV_H
#define OUT_ENV_H

#include "out/out.h"
#include "trace/incident.h"

/* NULL-terminated "NAME=VALUE"; env_free(). NULL without memory. out->file is not used. */
char **env_incident(const struct out *out, const struct incident *inc, uint64_t skipped);

/* Accepts NULL. */
void env_free(char **env);

#endif
