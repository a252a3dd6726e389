// SPDX-License-Identifier: GPL-2.0-only
/*
 * One table of columns: titles, where their values come from, how they are written.
 * Must not: lay out a line.
 */
#include "out/out_column.h"

#include <inttypes.h>
#include <stdio.h>

#include "lib/util.h"

/* Outcomes are sets: the columns name those that matter most, OTHR is the rest. */
#define SET(outcome) (1u << (outcome))
#define NAMED_OUTCOMES                                                          \
	(SET(OUTCOME_NOTIFIED) | SET(OUTCOME_SERROR) | SET(OUTCOME_RECOVERED) | \
	 SET(OUTCOME_VMM_KILLED))

/* clang-format off */
const struct out_column out_columns[] = {
	{"INC", "incidents", 5, OUT_COUNT, METER_INCIDENT, 0, 2, 'I'},
	{"SEA", "SEAs taken", 5, OUT_COUNT, METER_SEA, 0, 0, 'S'},
	{"CLM", "SEAs claimed by APEI", 4, OUT_COUNT, METER_CLAIMED, 0, 3, 'M'},
	{"REC", "firmware records", 4, OUT_COUNT, METER_RECORD, 0, 0, 'R'},
	{"FAIL", "pages taken away", 4, OUT_COUNT, METER_FAILURE, 0, 0, 'F'},
	{"AO", "SIGBUS, early", 4, OUT_COUNT, METER_SIGNAL_AO, 0, 4, 'A'},
	{"AR", "SIGBUS at the touch", 4, OUT_COUNT, METER_SIGNAL_AR, 0, 4, 'B'},
	{"NTFD", "guest notified", 4, OUT_OUTCOMES, SET(OUTCOME_NOTIFIED), 0, 0, 'T'},
	{"SERR", "SError injected", 4, OUT_OUTCOMES, SET(OUTCOME_SERROR), 0, 0, 'E'},
	{"RECO", "recovered untouched", 4, OUT_OUTCOMES, SET(OUTCOME_RECOVERED), 0, 0, 'C'},
	{"KILL", "VMM killed", 4, OUT_OUTCOMES, SET(OUTCOME_VMM_KILLED), 0, 0, 'K'},
	{"OTHR", "ended otherwise", 4, OUT_OUTCOMES, ~NAMED_OUTCOMES, 0, 0, 'O'},
	{"P1 p50", "phase 1, median", 6, OUT_QUANTILE, LAP_PHASE1, 0.50, 0, '1'},
	{"P1 p99", "phase 1, 99 %", 6, OUT_QUANTILE, LAP_PHASE1, 0.99, 0, '2'},
	{"P2 p50", "phase 2, median", 6, OUT_QUANTILE, LAP_PHASE2, 0.50, 0, '3'},
	{"P2 p99", "phase 2, 99 %", 6, OUT_QUANTILE, LAP_PHASE2, 0.99, 0, '4'},
	{"SG p99", "SIGBUS delivered, 99 %", 6, OUT_QUANTILE, LAP_SIGNAL, 0.99, 5, '5'},
	{"NT p99", "guest notified, 99 %", 6, OUT_QUANTILE, LAP_NOTIFY, 0.99, 5, '6'},
	{"TT p99", "incident in all, 99 %", 6, OUT_QUANTILE, LAP_TOTAL, 0.99, 5, '7'},
};
/* clang-format on */

_Static_assert(UTIL_COUNT(out_columns) == OUT_COLUMNS, "OUT_COLUMNS says how many there are");

static uint64_t outcomes(const struct agg_row *row, unsigned set)
{
	uint64_t n = 0;

	for (int o = 0; o < OUTCOME_MAX; o++)
		if (set & SET(o))
			n += row->outcomes[o];
	return n;
}

uint64_t out_column_value(const struct out_column *column, const struct agg_row *row)
{
	const struct hist *lap;

	switch (column->kind) {
	case OUT_COUNT:
		return row->counts[column->what];
	case OUT_OUTCOMES:
		return outcomes(row, column->what);
	case OUT_LAPS:
		lap = row->laps[column->what];
		return lap ? lap->count : 0;
	case OUT_QUANTILE:
		lap = row->laps[column->what];
		return lap ? hist_quantile(lap, column->quantile) : OUT_NOTHING;
	}
	return OUT_NOTHING;
}

/* "6.91ms": without the blank, to keep the table narrow. */
static char *tight_ns(char *buf, uint64_t ns)
{
	char text[16], *to = buf;

	for (const char *from = util_format_ns(text, ns); *from; from++)
		if (*from != ' ')
			*to++ = *from;
	*to = '\0';
	return buf;
}

char *out_column_text(const struct out_column *column, uint64_t value, char buf[OUT_COLUMN_TEXT])
{
	if (value == OUT_NOTHING)
		snprintf(buf, OUT_COLUMN_TEXT, "-");
	else if (column->kind == OUT_QUANTILE)
		tight_ns(buf, value);
	else
		snprintf(buf, OUT_COLUMN_TEXT, "%" PRIu64, value);
	return buf;
}
