// SPDX-License-Identifier: GPL-2.0-only
/*
 * Incidents and marks as lines of text; marks by their field tables.
 * Must not: know any single mark.
 */
#include "out/line.h"

#include <inttypes.h>

#include "lib/util.h"
#include "out/out_incident.h"
#include "out/out_decode.h"
#include "out/out_mark.h"

static const char *outcome_style(const struct out *out, enum outcome outcome)
{
	static const char *const styles[] = {
		[OUT_GOOD] = "\033[32m",
		[OUT_WORRYING] = "\033[33m",
		[OUT_BAD] = "\033[31m",
	};

	return out_style(out, styles[out_outcome_tone(outcome)]);
}

void line_print(const struct out *out, const struct incident *inc)
{
	enum outcome outcome = incident_outcome(inc);
	char total[16], time[OUT_TIME], to[OUT_PROCESS];

	fprintf(out->file, "%s #%-4" PRIu64 " %-10s %s%s%s",
		out_time(out, inc->time.first_ns, time), inc->id, out_vm_name(inc->vm),
		outcome_style(out, outcome), outcome_names[outcome], out_style(out, "\033[0m"));
	fprintf(out->file, "%s%s%s", inc->late ? " (late)" : "",
		inc->incomplete ? " (incomplete)" : "",
		outcome == OUTCOME_NOTIFIED ? inc->explicit_notify ? " (explicit)" : " (inferred)"
					    : "");
	if (inc->delivered_tgid)
		fprintf(out->file, ", delivered to %s", out_delivered_to(inc, to));
	if (inc->fields & INCIDENT_FIELD_VCPU)
		fprintf(out->file, ", vcpu %u", inc->vcpu);
	out_incident_counts(out->file, inc);
	if (inc->fields & INCIDENT_FIELD_PA)
		fprintf(out->file, ", pa 0x%" PRIx64, inc->pa);
	if (inc->fields & INCIDENT_FIELD_GPA)
		fprintf(out->file, ", gpa 0x%" PRIx64, inc->gpa);
	fprintf(out->file, ", %s\n", util_format_ns(total, timeline_total(&inc->time)));
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
