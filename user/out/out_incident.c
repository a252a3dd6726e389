// SPDX-License-Identifier: GPL-2.0-only
/*
 * Counts and outcomes in words and tones.
 * Must not: format a whole line.
 */
#include "out/out_incident.h"

#include <inttypes.h>

#include "lib/util.h"

enum out_tone out_outcome_tone(enum outcome outcome)
{
	switch (outcome) {
	case OUTCOME_VMM_KILLED:
	case OUTCOME_FAILED:
		return OUT_BAD;
	case OUTCOME_RECOVERED:
	case OUTCOME_NOTIFIED:
		return OUT_GOOD;
	default:
		return OUT_WORRYING;
	}
}

static const struct {
	enum meter meter;
	const char *one, *many;
} shown[] = {
	{METER_SEA, "SEA", "SEAs"},          {METER_CLAIMED, "claimed", "claimed"},
	{METER_RECORD, "record", "records"}, {METER_DUPLICATE, "duplicate", "duplicates"},
	{METER_FAILURE, "page", "pages"},    {METER_SIGNAL_AO, "AO", "AOs"},
	{METER_SIGNAL_AR, "AR", "ARs"},
};

void out_incident_counts(FILE *file, const struct incident *inc)
{
	for (size_t i = 0; i < UTIL_COUNT(shown); i++) {
		uint64_t n = inc->counts[shown[i].meter];

		if (n)
			fprintf(file, ", %" PRIu64 " %s", n, n == 1 ? shown[i].one : shown[i].many);
	}
}
