// SPDX-License-Identifier: GPL-2.0-only
/*
 * A line per VM, one table of columns for header and rows.
 * Must not: aggregate.
 */
#include "out/table.h"

#include <inttypes.h>

#include "lib/util.h"
#include "trace/mark.h"

#define NAME_MIN   10
#define NAME_MAX   40
#define REST_WIDTH 69 /* of all columns but the name, with their blanks */

enum column_kind { COUNT, OUTCOMES, QUANTILE };

/* OUTCOMES are sets: the columns name those that matter most, OTHR is the rest. */
#define SET(outcome) (1u << (outcome))
#define NAMED_OUTCOMES                                                          \
	(SET(OUTCOME_NOTIFIED) | SET(OUTCOME_SERROR) | SET(OUTCOME_RECOVERED) | \
	 SET(OUTCOME_VMM_KILLED))

static const struct column {
	const char *title;
	int width;
	enum column_kind kind;
	unsigned what; /* enum meter, a set of enum outcome, enum lap */
	double quantile;
} columns[] = {
	{"SEA", 5, COUNT, METER_SEA, 0},
	{"REC", 4, COUNT, METER_RECORD, 0},
	{"FAIL", 4, COUNT, METER_FAILURE, 0},
	{"NTFD", 4, OUTCOMES, SET(OUTCOME_NOTIFIED), 0},
	{"SERR", 4, OUTCOMES, SET(OUTCOME_SERROR), 0},
	{"RECO", 4, OUTCOMES, SET(OUTCOME_RECOVERED), 0},
	{"KILL", 4, OUTCOMES, SET(OUTCOME_VMM_KILLED), 0},
	{"OTHR", 4, OUTCOMES, ~NAMED_OUTCOMES, 0},
	{"P1 p50", 6, QUANTILE, LAP_PHASE1, 0.50},
	{"P1 p99", 6, QUANTILE, LAP_PHASE1, 0.99},
	{"P2 p50", 6, QUANTILE, LAP_PHASE2, 0.50},
	{"P2 p99", 6, QUANTILE, LAP_PHASE2, 0.99},
};

static uint64_t outcomes(const struct agg_row *row, unsigned set)
{
	uint64_t n = 0;

	for (int o = 0; o < OUTCOME_MAX; o++)
		if (set & SET(o))
			n += row->outcomes[o];
	return n;
}

/* "6.91ms": without the blank, to keep the table narrow. */
static void print_ns(const struct out *out, int width, uint64_t ns)
{
	char text[16], tight[16], *to = tight;

	for (const char *from = util_format_ns(text, ns); *from; from++)
		if (*from != ' ')
			*to++ = *from;
	*to = '\0';
	fprintf(out->file, " %*s", width, tight);
}

static void print_cell(const struct out *out, const struct column *column,
		       const struct agg_row *row)
{
	const struct hist *lap;

	switch (column->kind) {
	case COUNT:
		fprintf(out->file, " %*" PRIu64, column->width, row->counts[column->what]);
		break;
	case OUTCOMES:
		fprintf(out->file, " %*" PRIu64, column->width, outcomes(row, column->what));
		break;
	case QUANTILE:
		lap = row->laps[column->what];
		if (lap)
			print_ns(out, column->width, hist_quantile(lap, column->quantile));
		else
			fprintf(out->file, " %*s", column->width, "-");
		break;
	}
}

/* Behind at most `max` characters of UTF-8; *n: so many they are. */
static const char *behind(const char *text, int max, int *n)
{
	for (*n = 0; *text && *n < max; ++*n)
		do
			text++;
		while ((*text & 0xc0) == 0x80);
	return text;
}

static void print_name(const struct out *out, int width, const char *name)
{
	int n, bytes = behind(name, width, &n) - name;

	fprintf(out->file, "%.*s%*s", bytes, name, width - n, "");
}

/* A line that fills the last column too would be wrapped by some terminals. */
static int name_width(const struct out *out, const struct agg *agg)
{
	int room = (int)UTIL_MAX(out->columns, REST_WIDTH + NAME_MIN + 1) - REST_WIDTH - 1;
	int longest = NAME_MIN;

	for (unsigned i = 0; i < agg_size(agg); i++) {
		int len;

		behind(out_vm_name(agg_at(agg, i)->vm), NAME_MAX, &len);
		longest = UTIL_MAX(len, longest);
	}
	return UTIL_MIN(longest, room);
}

static void print_losses(const struct out *out, const struct out_losses *losses)
{
	fprintf(out->file, "lost marks: %" PRIu64, out_losses_total(losses));
	for (unsigned id = 0; id < SEA_MARK_ID_MAX; id++)
		if (losses->marks[id])
			fprintf(out->file, " %s %" PRIu64,
				mark_type(id) ? mark_type(id)->name : "?", losses->marks[id]);
	fputc('\n', out->file);
}

static bool is_silent(const struct agg_row *row)
{
	for (int m = 0; m < METER_MAX; m++)
		if (row->counts[m])
			return false;
	return true;
}

void table_print(const struct out *out, const struct agg *agg, const struct out_losses *losses)
{
	int width = name_width(out, agg);

	fprintf(out->file, "%s%-*s", out_style(out, "\033[1m"), width, "VM");
	for (size_t c = 0; c < UTIL_COUNT(columns); c++)
		fprintf(out->file, " %*s", columns[c].width, columns[c].title);
	fprintf(out->file, "%s\n", out_style(out, "\033[0m"));
	for (unsigned i = 0; i < agg_size(agg); i++) {
		const struct agg_row *row = agg_at(agg, i);

		if (!row->vm && is_silent(row))
			continue;
		print_name(out, width, out_vm_name(row->vm));
		for (size_t c = 0; c < UTIL_COUNT(columns); c++)
			print_cell(out, &columns[c], row);
		fputc('\n', out->file);
	}
	print_losses(out, losses);
}
