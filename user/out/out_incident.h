/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What every renderer for people says of an incident in the same words.
 * Layer: out. Must not know: any renderer.
 */
#ifndef OUT_OUT_INCIDENT_H
#define OUT_OUT_INCIDENT_H

#include <stdio.h>

#include "trace/incident.h"

/* Whether an operator can be content. */
enum out_tone {
	OUT_GOOD,
	OUT_WORRYING,
	OUT_BAD,
};

enum out_tone out_outcome_tone(enum outcome outcome);

/* ", 2 SEAs, 1 claimed, 1 record": what was counted, in the order things happen, without zeros. */
void out_incident_counts(FILE *file, const struct incident *inc);

#endif
