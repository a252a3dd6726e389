// SPDX-License-Identifier: GPL-2.0-only
/*
 * An incident as a page: first how it closed first, then, if a late touch reopened it, how it closed
 * last.
 * Must not: keep anything; know any single mark.
 */
#include "out/tui_incident.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/cper.h"
#include "lib/esr.h"
#include "lib/util.h"
#include "out/out_decode.h"
#include "out/out_incident.h"
#include "out/out_mark.h"
#include "out/tui_bars.h"
#include "trace/mark.h"

#define TEXT   256
#define INDENT 10 /* of what stands behind a label */

static void page_fact(struct tui_page *page, const char *label, const char *text)
{
	tui_page_item(page, INDENT, label, STYLE_PLAIN, text);
}

/* --- what is known ---------------------------------------------------------------------------- */

static void show_counts(struct tui_page *page, const struct incident *inc)
{
	char text[TEXT] = "";
	FILE *file = fmemopen(text, sizeof(text) - 1, "w");

	if (!file)
		return;
	out_incident_counts(file, inc);
	fclose(file);
	if (*text)
		page_fact(page, "counted", text + strlen(", "));
}

static void show_addresses(struct tui_page *page, const struct incident *inc)
{
	const struct {
		unsigned field;
		const char *name;
		uint64_t value;
	} addresses[] = {
		{INCIDENT_FIELD_PA, "pa", inc->pa},
		{INCIDENT_FIELD_GPA, "gpa", inc->gpa},
		{INCIDENT_FIELD_HVA, "hva", inc->hva},
	};
	char text[TEXT] = "";
	size_t n = 0;

	for (size_t i = 0; i < UTIL_COUNT(addresses); i++)
		if (inc->fields & addresses[i].field)
			n += snprintf(text + n, sizeof(text) - n, "%s%s=0x%" PRIx64, n ? " " : "",
				      addresses[i].name, addresses[i].value);
	if (n)
		page_fact(page, "memory", text);
}

static void show_sea(struct tui_page *page, const struct incident *inc)
{
	struct esr_info esr = esr_decode(inc->esr);
	char text[TEXT];

	if (!(inc->fields & INCIDENT_FIELD_SEA))
		return;
	snprintf(text, sizeof(text),
		 "vcpu=%u %s, %s esr=0x%" PRIx64 " far=0x%" PRIx64 " pc=0x%" PRIx64, inc->vcpu,
		 esr.class, esr.fault, inc->esr, inc->far, inc->pc);
	page_fact(page, "abort", text);
}

static void show_record(struct tui_page *page, const struct incident *inc)
{
	char text[TEXT];

	if (!(inc->fields & INCIDENT_FIELD_RECORD))
		return;
	snprintf(text, sizeof(text), "%s, by %s from source %u", cper_severity_name(inc->severity),
		 cper_notify_name(inc->notify), inc->source);
	page_fact(page, "record", text);
}

static void show_page(struct tui_page *page, const struct out *out, const struct incident *inc)
{
	char text[OUT_FACT];

	if (*out_fact_text(out, inc, OUT_PAGE, text))
		page_fact(page, "page", text);
}

/* --- marks ------------------------------------------------------------------------------------ */

static void show_mark(struct tui_page *page, const struct incident *inc, const struct sea_hdr *mark)
{
	char after[16], at[20], text[TEXT] = "";
	FILE *file = fmemopen(text, sizeof(text) - 1, "w");

	if (!file)
		return;
	out_mark(file, mark);
	fclose(file);
	snprintf(at, sizeof(at), "+%s", util_format_ns(after, mark->ts_ns - inc->time.first_ns));
	page_fact(page, at, text);
}

static void show_marks(struct tui_page *page, const struct incident *inc)
{
	char text[64];

	for (unsigned i = 0; i < inc->time.n_points; i++)
		show_mark(page, inc, inc->time.points[i]);
	if (!inc->time.points_beyond)
		return;
	snprintf(text, sizeof(text), "and %" PRIu64 " more", inc->time.points_beyond);
	page_fact(page, "...", text);
}

/* --- one close, and the page ------------------------------------------------------------------ */

static void show_close(struct tui_page *page, const struct out *out, const struct incident *inc)
{
	show_counts(page, inc);
	show_addresses(page, inc);
	show_sea(page, inc);
	show_record(page, inc);
	show_page(page, out, inc);
	page->line++;
	tui_bars(page, &inc->time);
	page->line++;
	show_marks(page, inc);
}

/* "outcome (explicit) (incomplete)", of an open one so far */
static const char *ending(char text[TEXT], const struct incident *inc)
{
	enum outcome outcome = incident_outcome(inc);

	snprintf(text, TEXT, "%s%s%s%s", inc->closed ? "" : "still open: ", outcome_names[outcome],
		 outcome != OUTCOME_NOTIFIED ? ""
		 : inc->explicit_notify      ? " (explicit)"
					     : " (inferred)",
		 inc->incomplete ? " (incomplete)" : "");
	return text;
}

static void show_headline(struct tui_page *page, const char *label, const char *text)
{
	tui_page_item(page, INDENT, label, STYLE_STRONG, text);
}

static void show_late(struct tui_page *page, const struct out *out, const struct history_item *item)
{
	const struct incident *first = item->first, *last = item->last;
	char text[2 * TEXT], end[TEXT], after[16], took[16];

	page->line++;
	if (history_between(item)) {
		snprintf(text, sizeof(text), "%" PRIu64 " more touches, which are not kept",
			 history_between(item));
		show_headline(page, "then", text);
	}
	snprintf(text, sizeof(text), "%s later: %s, %s",
		 util_format_ns(after, last->time.first_ns - first->time.first_ns),
		 ending(end, last), util_format_ns(took, timeline_total(&last->time)));
	show_headline(page, "touched", text);
	show_close(page, out, last);
}

void tui_incident_draw(struct tui_page *page, const struct out *out,
		       const struct history_item *item)
{
	const struct incident *first = item->first;
	char text[2 * TEXT], end[TEXT], took[16];

	snprintf(text, sizeof(text), "%s, %s", ending(end, first),
		 util_format_ns(took, timeline_total(&first->time)));
	show_headline(page, first->closed ? "ended" : "retried", text);
	show_close(page, out, first);
	if (item->last != first)
		show_late(page, out, item);
}
