// SPDX-License-Identifier: GPL-2.0-only
/*
 * Incidents and marks as lines of text; marks by their field tables.
 * Must not: know any single mark.
 */
#include "out/line.h"

#include <inttypes.h>

#include "lib/esr.h"
#include "lib/util.h"
#include "out/out_incident.h"
#include "out/out_decode.h"
#include "out/out_mark.h"
#include "out/out_text.h"

#define NAME 10u /* columns that are kept for a VM's name */

static const char *style(const struct out *out, enum out_tone tone)
{
	static const char *const styles[] = {
		[OUT_GOOD] = "\033[32m",
		[OUT_WORRYING] = "\033[33m",
		[OUT_BAD] = "\033[31m",
	};

	return out_style(out, styles[tone]);
}

/* When, which, whose; and a word for what became of it. */
static void print_head(const struct out *out, const struct incident *inc, enum out_tone tone,
		       const char *word)
{
	const char *name = out_vm_name(inc->vm);
	int fill = NAME - (int)UTIL_MIN(out_width(name), NAME);
	char time[OUT_TIME];

	fprintf(out->file, "%s #%-4" PRIu64 " %s%*s %s%s%s%s%s",
		out_time(out, inc->time.first_ns, time), inc->id, name, fill, "", style(out, tone),
		word, out_style(out, "\033[0m"), inc->late ? " (late)" : "",
		inc->incomplete ? " (incomplete)" : "");
}

static void print_what(const struct out *out, const struct incident *inc)
{
	char to[OUT_PROCESS];

	if (inc->delivered_tgid)
		fprintf(out->file, ", delivered to %s", out_delivered_to(inc, to));
	if (inc->fields & INCIDENT_FIELD_VCPU)
		fprintf(out->file, ", vcpu %u", inc->vcpu);
	out_incident_counts(out->file, inc);
	if (inc->fields & INCIDENT_FIELD_PA)
		fprintf(out->file, ", pa 0x%" PRIx64, inc->pa);
	if (inc->fields & INCIDENT_FIELD_GPA)
		fprintf(out->file, ", gpa 0x%" PRIx64, inc->gpa);
}

void line_print(const struct out *out, const struct incident *inc)
{
	enum outcome outcome = incident_outcome(inc);
	char total[16];

	print_head(out, inc, out_outcome_tone(outcome), outcome_names[outcome]);
	if (outcome == OUTCOME_NOTIFIED)
		fputs(inc->explicit_notify ? " (explicit)" : " (inferred)", out->file);
	print_what(out, inc);
	fprintf(out->file, ", %s\n", util_format_ns(total, timeline_total(&inc->time)));
}

void line_print_retried(const struct out *out, const struct incident *inc)
{
	char total[16];

	print_head(out, inc, OUT_WORRYING, "retried");
	print_what(out, inc);
	if (!esr_decode(inc->esr).fnv)
		fprintf(out->file, ", far 0x%" PRIx64, inc->far);
	fprintf(out->file, ", pc 0x%" PRIx64 ", %s so far\n", inc->pc,
		util_format_ns(total, timeline_total(&inc->time)));
}

static void print_spans(const struct out *out, const struct incident *inc)
{
	uint64_t spans[SPAN_MAX];
	char text[16];
	bool first = true;

	timeline_spans(&inc->time, spans);
	fprintf(out->file, "    %s", out_style(out, "\033[1m"));
	for (int span = 0; span < SPAN_MAX; span++) {
		if (!spans[span])
			continue;
		fprintf(out->file, "%s%s %s", first ? "" : " + ", span_names[span],
			util_format_ns(text, spans[span]));
		first = false;
	}
	fprintf(out->file, "%s%s%s\n", first ? "total " : " = ",
		util_format_ns(text, timeline_total(&inc->time)), out_style(out, "\033[0m"));
}

static void print_facts(const struct out *out, const struct incident *inc)
{
	for (int fact = 0; fact < OUT_FACTS; fact++) {
		if (!out_knows(inc, fact))
			continue;
		fprintf(out->file, "    %-9s  ", out_fact_names[fact]);
		out_fact(out, out->file, inc, fact);
		fputc('\n', out->file);
	}
}

void line_print_timeline(const struct out *out, const struct incident *inc)
{
	char text[16];

	print_facts(out, inc);
	for (unsigned i = 0; i < inc->time.n_points; i++) {
		const struct sea_hdr *mark = inc->time.points[i];

		fprintf(out->file, "    +%-8s  ",
			util_format_ns(text, mark->ts_ns - inc->time.first_ns));
		out_mark(out->file, mark);
		fputc('\n', out->file);
	}
	if (inc->time.points_beyond)
		fprintf(out->file, "    ... and %" PRIu64 " more\n", inc->time.points_beyond);
	print_spans(out, inc);
}

void line_print_mark(const struct out *out, const struct sea_hdr *mark)
{
	char time[OUT_TIME];

	fprintf(out->file, "%s ", out_time(out, mark->ts_ns, time));
	out_mark(out->file, mark);
	fputc('\n', out->file);
}
