// SPDX-License-Identifier: GPL-2.0-only
/*
 * JUnit's XML. There is no one schema; this keeps to what that of Jenkins and that of Ant both allow.
 * Must not: trust a text.
 */
#include "out/campaign_junit.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "lib/util.h"
#include "lib/xml.h"
#include "out/campaign_words.h"

/* --- XML -------------------------------------------------------------------------------------- */

static void put_element(FILE *file, const char *name, const char *text)
{
	fprintf(file, "      <%s>", name);
	xml_text(file, text);
	fprintf(file, "</%s>\n", name);
}

static void put_seconds(FILE *file, uint64_t ns)
{
	uint64_t ms = ns / UTIL_NS_PER_MS;

	fprintf(file, " time=\"%" PRIu64 ".%03u\"", ms / 1000, (unsigned)(ms % 1000));
}

/* --- the suite -------------------------------------------------------------------------------- */

static void put_totals(FILE *file, const struct campaign_result *result)
{
	const unsigned *n = result->verdicts;

	fprintf(file, " tests=\"%u\" failures=\"%u\" errors=\"0\" skipped=\"%u\"", result->n_shots,
		n[VERDICT_FAIL], n[VERDICT_UNAVAILABLE] + n[VERDICT_DRY] + n[VERDICT_SKIPPED]);
	put_seconds(file, result->took_ns);
}

static void put_property(FILE *file, const char *name, const char *value)
{
	fprintf(file, "      <property name=\"%s\"", name);
	xml_attribute(file, "value", value);
	fputs("/>\n", file);
}

static void put_properties(FILE *file, const struct campaign_result *result)
{
	char number[24];

	fputs("    <properties>\n", file);
	put_property(file, "kernel", result->kernel);
	snprintf(number, sizeof(number), "0x%" PRIx64, result->seed);
	put_property(file, "seed", number);
	put_property(file, "dry-run", result->dry_run ? "true" : "false");
	put_property(file, "interrupted", result->interrupted ? "true" : "false");
	snprintf(number, sizeof(number), "%" PRIu64, result->lost);
	put_property(file, "lost-marks", number);
	fputs("    </properties>\n", file);
}

/* ISO 8601 without a zone: UTC. */
static void put_begin(const struct out *out, const struct campaign_result *result)
{
	char time[36];

	if (!result->n_shots)
		return;
	util_rfc3339(time, result->shots[0].started_ns + out->clock_offset_ns);
	fprintf(out->file, " timestamp=\"%.19s\"", time);
}

/* --- a shot ----------------------------------------------------------------------------------- */

static void put_failure(FILE *file, const struct shot_result *shot)
{
	char became[CAMPAIGN_WORDS_BECAME];

	fprintf(file, "      <failure type=\"%s\"", shot_outcomes[shot->outcome]);
	xml_attribute(file, "message", campaign_words_became(shot, became));
	fputc('>', file);
	xml_text(file, shot->reason);
	fputs("</failure>\n", file);
}

static void put_skipped(FILE *file, const struct shot_result *shot)
{
	char message[sizeof(shot->reason) + 32];

	snprintf(message, sizeof(message), "%s: %s", verdict_names[shot->verdict], shot->reason);
	fputs("      <skipped", file);
	xml_attribute(file, "message", message);
	fputs("/>\n", file);
}

static void put_shot(FILE *file, const struct campaign_result *result, unsigned i)
{
	const struct shot_result *shot = &result->shots[i];
	struct result_key key = result_key(result, i);
	char class[2 * CAMPAIGN_WORDS_NAME], name[CAMPAIGN_WORDS_NAME], what[CAMPAIGN_WORDS_WHAT];
	size_t len;

	campaign_words_name(result->name, class);
	len = strlen(class);
	snprintf(class + len, sizeof(class) - len, ".%s", campaign_words_name(shot->vm, name));
	fputs("    <testcase", file);
	xml_attribute(file, "classname", class);
	xml_attribute(file, "name", campaign_words_what(&key, what));
	put_seconds(file, shot->took_ns);
	fputs(">\n", file);
	if (shot->verdict == VERDICT_PASS)
		put_element(file, "system-out", shot->reason);
	else if (shot->verdict == VERDICT_FAIL)
		put_failure(file, shot);
	else
		put_skipped(file, shot);
	fputs("    </testcase>\n", file);
}

void campaign_junit(const struct out *out, const struct campaign_result *result)
{
	FILE *file = out->file;

	fputs("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"seainject\"", file);
	put_totals(file, result);
	fputs(">\n  <testsuite", file);
	xml_attribute(file, "name", result->name);
	put_totals(file, result);
	put_begin(out, result);
	fputs(">\n", file);
	put_properties(file, result);
	for (unsigned i = 0; i < result->n_shots; i++)
		put_shot(file, result, i);
	fputs("  </testsuite>\n</testsuites>\n", file);
}
