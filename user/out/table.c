// SPDX-License-Identifier: GPL-2.0-only
/*
 * A line per VM.
 * Must not: aggregate.
 */
#include "out/table.h"

#include <inttypes.h>

#include "lib/util.h"
#include "out/out_column.h"
#include "out/out_text.h"
#include "trace/mark.h"

#define NAME_MIN   10u
#define NAME_MAX   40u
#define REST_WIDTH 69 /* of all columns but the name, with their blanks */

/* clang-format off */
static const struct out_column abort_columns[] = {
	{"ABORTS", "aborts, SEA or not", 10, OUT_LAPS, LAP_ABORT, 0, 0, 0},
	{"p50", "abort, median", 6, OUT_QUANTILE, LAP_ABORT, 0.50, 0, 0},
	{"p90", "abort, 90 %", 6, OUT_QUANTILE, LAP_ABORT, 0.90, 0, 0},
	{"p99", "abort, 99 %", 6, OUT_QUANTILE, LAP_ABORT, 0.99, 0, 0},
	{"max", "abort, longest", 6, OUT_QUANTILE, LAP_ABORT, 1, 0, 0},
};
/* clang-format on */

/* Of columns, those that are in each table. NULL starts, NULL ends. */
struct columns {
	const struct out_column *first;
	unsigned n;
};

static const struct out_column *next_column(const struct columns *columns,
					    const struct out_column *after)
{
	for (after = after ? after + 1 : columns->first; after < columns->first + columns->n;
	     after++)
		if (!after->rank)
			return after;
	return NULL;
}

/* Names differ at their ends: what is left out of a long one is in its middle. */
static void print_name(const struct out *out, int width, const char *name)
{
	char cut[4 * NAME_MAX + 1];
	int took = out_cut(cut, sizeof(cut), name, width, width / 2, out->unicode);

	fprintf(out->file, "%s%*s", cut, width - took, "");
}

/* A line that fills the last column too would be wrapped by some terminals. */
static int name_width(const struct out *out, const struct agg *agg)
{
	int room = (int)UTIL_MAX(out->columns, REST_WIDTH + NAME_MIN + 1) - REST_WIDTH - 1;
	unsigned longest = NAME_MIN;

	for (unsigned i = 0; i < agg_size(agg); i++)
		longest = UTIL_MAX(longest, out_width(out_row_name(agg_at(agg, i))));
	return UTIL_MIN((int)UTIL_MIN(longest, NAME_MAX), room);
}

static void print_losses(const struct out *out, const struct out_losses *losses)
{
	fprintf(out->file, "lost marks: %" PRIu64, out_losses_total(losses));
	for (unsigned id = 0; id < SEA_MARK_ID_MAX; id++)
		if (losses->marks[id])
			fprintf(out->file, " %s %" PRIu64,
				mark_type(id) ? mark_type(id)->name : "?", losses->marks[id]);
	if (losses->untimed)
		fprintf(out->file, " untimed aborts %" PRIu64, losses->untimed);
	fputc('\n', out->file);
}

static bool is_silent(const struct agg_row *row)
{
	for (int m = 0; m < METER_MAX; m++)
		if (row->counts[m])
			return false;
	return true;
}

static void print_header(const struct out *out, int width, const struct columns *columns)
{
	fprintf(out->file, "%s%-*s", out_style(out, "\033[1m"), width, "VM");
	for (const struct out_column *c = NULL; (c = next_column(columns, c));)
		fprintf(out->file, " %*s", c->width, c->title);
	fprintf(out->file, "%s\n", out_style(out, "\033[0m"));
}

static void print_row(const struct out *out, int width, const struct columns *columns,
		      const struct agg_row *row)
{
	char cell[OUT_COLUMN_TEXT];

	print_name(out, width, out_row_name(row));
	for (const struct out_column *c = NULL; (c = next_column(columns, c));)
		fprintf(out->file, " %*s", c->width,
			out_column_text(c, out_column_value(c, row), cell));
	fputc('\n', out->file);
}

static void print_vms(const struct out *out, int width, const struct agg *agg)
{
	const struct columns columns = {out_columns, OUT_COLUMNS};

	print_header(out, width, &columns);
	for (unsigned i = 0; i < agg_size(agg); i++) {
		const struct agg_row *row = agg_at(agg, i);

		if (row->vm || row->n_folded || !is_silent(row))
			print_row(out, width, &columns, row);
	}
}

/* Those that had any. */
static void print_aborts(const struct out *out, int width, const struct agg *agg)
{
	const struct columns columns = {abort_columns, UTIL_COUNT(abort_columns)};

	print_header(out, width, &columns);
	for (unsigned i = 0; i < agg_size(agg); i++)
		if (agg_at(agg, i)->laps[LAP_ABORT])
			print_row(out, width, &columns, agg_at(agg, i));
}

void table_print(const struct out *out, const struct agg *agg, const struct out_losses *losses)
{
	int width = name_width(out, agg);

	print_vms(out, width, agg);
	if (losses->aborts)
		print_aborts(out, width, agg);
	print_losses(out, losses);
}
