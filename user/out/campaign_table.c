// SPDX-License-Identifier: GPL-2.0-only
/*
 * A line per shot, a row per VM and method.
 * Must not: add up.
 */
#include "out/campaign_table.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/util.h"
#include "out/campaign_words.h"
#include "out/out_column.h"
#include "out/out_text.h"

#define VERDICT_WIDTH 11 /* "unavailable" */

/* --- a shot ----------------------------------------------------------------------------------- */

/* " 3/12 ": returns its columns. */
static int number(char buf[32], unsigned n, unsigned of)
{
	int digits = snprintf(NULL, 0, "%u", of);

	return snprintf(buf, 32, "%*u/%u ", digits, n, of);
}

void campaign_table_under_way(const struct out *out, const struct shot_result *shot, unsigned of,
			      const char *doing)
{
	char what[CAMPAIGN_WORDS_WHAT], vm[CAMPAIGN_WORDS_NAME], took[16], at[32];
	char line[512], cut[4 * 256 + 1];

	number(at, shot->number, of);
	snprintf(line, sizeof(line), "%s%-*s %s %s: %" PRIu64 " fired, %s", at, VERDICT_WIDTH,
		 doing, campaign_words_name(shot->vm, vm), campaign_words_shot(shot, what),
		 shot->fired, util_format_ns(took, shot->took_ns));
	out_cut(cut, sizeof(cut), line, UTIL_MIN(campaign_words_columns(out), 256u), 0,
		out->unicode);
	fprintf(out->file, "\r\033[K%s", cut);
}

void campaign_table_clear(const struct out *out)
{
	fputs("\r\033[K", out->file);
}

void campaign_table_shot(const struct out *out, const struct shot_result *shot, unsigned of,
			 bool why_passed)
{
	char what[CAMPAIGN_WORDS_WHAT], vm[CAMPAIGN_WORDS_NAME], became[CAMPAIGN_WORDS_BECAME],
		at[32];
	char line[sizeof(what) + sizeof(vm) + sizeof(became) + 8], reason[sizeof(shot->reason)];
	int indent = number(at, shot->number, of) + VERDICT_WIDTH + 1;

	campaign_words_became(shot, became);
	snprintf(line, sizeof(line), "%s %s%s%s", campaign_words_name(shot->vm, vm),
		 campaign_words_shot(shot, what), *became ? ": " : "", became);
	fprintf(out->file, "%s%s%-*s%s ", at, out_style(out, campaign_words_style(shot->verdict)),
		VERDICT_WIDTH, verdict_names[shot->verdict], out_style(out, "\033[0m"));
	campaign_words_wrap(out, "", indent, line);
	util_clean(reason, sizeof(reason), shot->reason, strlen(shot->reason));
	if (!*reason || (shot->verdict == VERDICT_PASS && !why_passed))
		return;
	fprintf(out->file, "%*s", indent, "");
	campaign_words_wrap(out, "", indent, reason);
}

/* --- the table -------------------------------------------------------------------------------- */

/* In a dry run nothing passes, in any other nothing is dry. */
static const struct verdict_column {
	const char *title;
	enum verdict of, of_dry;
} verdict_columns[] = {
	{"PASS", VERDICT_PASS, VERDICT_DRY},
	{"FAIL", VERDICT_FAIL, VERDICT_FAIL},
	{"UNAV", VERDICT_UNAVAILABLE, VERDICT_UNAVAILABLE},
	{"SKIP", VERDICT_SKIPPED, VERDICT_SKIPPED},
};

static void put_header(const struct out *out, const char *vm, bool dry)
{
	char name[CAMPAIGN_WORDS_NAME], cut[4 * CAMPAIGN_WORDS_NAME + 1];

	campaign_words_name(vm, name);
	out_cut(cut, sizeof(cut), name, campaign_words_columns(out),
		campaign_words_columns(out) / 2, out->unicode);
	fprintf(out->file, "%s%s%s\n", out_style(out, "\033[1m"), cut, out_style(out, "\033[0m"));
	fprintf(out->file, "%s%-13s %7s %7s", out_style(out, "\033[1m"), "METHOD", "SHOTS",
		dry ? "WOULD" : "FIRED");
	for (size_t i = 0; i < UTIL_COUNT(verdict_columns); i++)
		fprintf(out->file, " %4s", i || !dry ? verdict_columns[i].title : "DRY");
	fprintf(out->file, " %6s %6s %6s %6s%s\n", "P1 p50", "P1 p99", "P2 p50", "P2 p99",
		out_style(out, "\033[0m"));
}

static void put_quantile(const struct out *out, const struct hist *h, double q)
{
	static const struct out_column ns = {.kind = OUT_QUANTILE};
	char text[OUT_COLUMN_TEXT];

	fprintf(out->file, " %6s",
		out_column_text(&ns, h->count ? hist_quantile(h, q) : OUT_NOTHING, text));
}

static void put_verdicts(const struct out *out, const struct result_row *row, bool dry)
{
	for (size_t i = 0; i < UTIL_COUNT(verdict_columns); i++) {
		enum verdict v = dry ? verdict_columns[i].of_dry : verdict_columns[i].of;
		const char *style = row->verdicts[v] ? campaign_words_style(v) : "";

		fprintf(out->file, "%s %4u%s", out_style(out, style), row->verdicts[v],
			out_style(out, *style ? "\033[0m" : ""));
	}
}

/* "guest-notified 4, vmm-killed 1", below their row; nothing of a row of which nothing was fired. */
static void put_outcomes(const struct out *out, const struct result_row *row)
{
	char text[SHOT_MAX * 32] = "";
	size_t len = 0;

	for (int o = SHOT_MAX - 1; o >= 0; o--)
		if (row->outcomes[o])
			len += sprintf(text + len, "%s%s %u", len ? ", " : "", shot_outcomes[o],
				       row->outcomes[o]);
	if (!len)
		return;
	fputs("  ", out->file);
	campaign_words_wrap(out, "", 2, text);
}

static void put_row(const struct out *out, const struct result_row *row, bool dry)
{
	fprintf(out->file, "%-13s %7" PRIu64 " %7" PRIu64, row->method, row->wanted,
		dry ? row->would : row->fired);
	put_verdicts(out, row, dry);
	put_quantile(out, &row->phase1, 0.5);
	put_quantile(out, &row->phase1, 0.99);
	put_quantile(out, &row->phase2, 0.5);
	put_quantile(out, &row->phase2, 0.99);
	fputc('\n', out->file);
	put_outcomes(out, row);
}

static void put_conclusion(const struct out *out, const struct campaign_result *result)
{
	static const enum verdict order[] = {VERDICT_PASS, VERDICT_FAIL, VERDICT_DRY,
					     VERDICT_UNAVAILABLE, VERDICT_SKIPPED};
	char line[512], took[16], name[CAMPAIGN_WORDS_NAME];
	int len = snprintf(line, sizeof(line),
			   "campaign %s:", campaign_words_name(result->name, name));

	for (size_t i = 0; i < UTIL_COUNT(order); i++)
		if (result->verdicts[order[i]] || (i < 2 && !result->dry_run))
			len += snprintf(line + len, sizeof(line) - len, " %u %s,",
					result->verdicts[order[i]], verdict_names[order[i]]);
	snprintf(line + len, sizeof(line) - len, " %s%s; kernel %.80s, seed 0x%" PRIx64,
		 result->interrupted ? "interrupted after " : "in ",
		 util_format_ns(took, result->took_ns), result->kernel, result->seed);
	campaign_words_wrap(out, "", 0, line);
	fprintf(out->file, "budget left: %" PRIu64 " of %" PRIu64 ", lost marks: %" PRIu64 "\n",
		result->budget_left, result->budget, result->lost);
}

int campaign_table(const struct out *out, const struct campaign_result *result)
{
	struct result_row *rows;
	int n = result_rows(result, &rows);

	if (n < 0)
		return n;
	for (int i = 0; i < n; i++) {
		if (!i || strcmp(rows[i].vm, rows[i - 1].vm))
			put_header(out, rows[i].vm, result->dry_run);
		put_row(out, &rows[i], result->dry_run);
	}
	put_conclusion(out, result);
	free(rows);
	return 0;
}
