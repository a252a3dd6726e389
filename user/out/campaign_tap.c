// SPDX-License-Identifier: GPL-2.0-only
/*
 * The Test Anything Protocol, version 13.
 * Must not: trust a text.
 */
#include "out/campaign_tap.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "lib/util.h"
#include "out/campaign_words.h"

/* What is called "x # SKIP" skips nothing. */
static void put_text(FILE *file, const char *text)
{
	char clean[512];

	util_clean(clean, sizeof(clean), text, strlen(text));
	for (const char *c = clean; *c; c++)
		fprintf(file, "%s%c", *c == '#' || *c == '\\' ? "\\" : "", *c);
}

/* A comment goes up to the end of its line, whatever is in it. */
static void put_comment(FILE *file, const char *text)
{
	char clean[512];

	util_clean(clean, sizeof(clean), text, strlen(text));
	fprintf(file, "#   %s\n", clean);
}

void campaign_tap_plan(const struct out *out, unsigned shots)
{
	fprintf(out->file, "TAP version 13\n1..%u\n", shots);
}

static void put_judged(FILE *file, const struct shot_result *shot)
{
	char became[CAMPAIGN_WORDS_BECAME];

	fprintf(file, ": %s\n", campaign_words_became(shot, became));
	put_comment(file, shot->reason);
}

static void put_skipped(FILE *file, const struct shot_result *shot)
{
	fprintf(file, " # SKIP %s: ", verdict_names[shot->verdict]);
	put_text(file, shot->reason);
	fputc('\n', file);
}

void campaign_tap_shot(const struct out *out, const struct shot_result *shot)
{
	char name[CAMPAIGN_WORDS_NAME], what[CAMPAIGN_WORDS_WHAT];

	fprintf(out->file, "%s %u - ", shot->verdict == VERDICT_FAIL ? "not ok" : "ok",
		shot->number);
	put_text(out->file, campaign_words_name(shot->vm, name));
	fputc(' ', out->file);
	put_text(out->file, campaign_words_shot(shot, what));
	if (result_has_outcome(shot))
		put_judged(out->file, shot);
	else
		put_skipped(out->file, shot);
}

void campaign_tap_end(const struct out *out, const struct campaign_result *result)
{
	char name[CAMPAIGN_WORDS_NAME];

	fprintf(out->file, "# campaign %s: ", campaign_words_name(result->name, name));
	for (int v = 0; v < VERDICT_MAX; v++)
		fprintf(out->file, "%u %s, ", result->verdicts[v], verdict_names[v]);
	fprintf(out->file, "lost marks: %" PRIu64 "\n", result->lost);
	fprintf(out->file, "# kernel %s, seed 0x%" PRIx64 "%s\n", result->kernel, result->seed,
		result->interrupted ? ", interrupted" : "");
}
