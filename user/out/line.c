// SPDX-License-Identifier: GPL-2.0-only
/*
 * Incidents and marks as lines of text; marks by their field tables.
 * Must not: know any single mark.
 */
#include "out/line.h"

#include <inttypes.h>
#include <time.h>

#include "lib/util.h"
#include "out/out_mark.h"

/* Local time of day: who watches a screen thinks in it; JSON has the date. */
static void print_time(const struct out *out, uint64_t mono_ns)
{
	uint64_t ns = mono_ns + out->clock_offset_ns;
	time_t seconds = ns / 1000000000;
	struct tm tm;

	localtime_r(&seconds, &tm);
	fprintf(out->file, "%02d:%02d:%02d.%06" PRIu64, tm.tm_hour, tm.tm_min, tm.tm_sec,
		ns % 1000000000 / 1000);
}

static const char *outcome_style(const struct out *out, enum outcome outcome)
{
	switch (outcome) {
	case OUTCOME_VMM_KILLED:
	case OUTCOME_FAILED:
		return out_style(out, "\033[31m");
	case OUTCOME_RECOVERED:
	case OUTCOME_NOTIFIED:
		return out_style(out, "\033[32m");
	default:
		return out_style(out, "\033[33m");
	}
}

/* What an operator counts, in the order things happen; zeros are left out. */
static const struct {
	enum meter meter;
	const char *one, *many;
} shown[] = {
	{METER_SEA, "SEA", "SEAs"},          {METER_CLAIMED, "claimed", "claimed"},
	{METER_RECORD, "record", "records"}, {METER_DUPLICATE, "duplicate", "duplicates"},
	{METER_FAILURE, "page", "pages"},    {METER_SIGNAL_AO, "AO", "AOs"},
	{METER_SIGNAL_AR, "AR", "ARs"},
};

static void print_counts(const struct out *out, const struct incident *inc)
{
	for (size_t i = 0; i < UTIL_COUNT(shown); i++) {
		uint64_t n = inc->counts[shown[i].meter];

		if (n)
			fprintf(out->file, ", %" PRIu64 " %s", n,
				n == 1 ? shown[i].one : shown[i].many);
	}
}

void line_print(const struct out *out, const struct incident *inc)
{
	enum outcome outcome = incident_outcome(inc);
	char total[16];

	print_time(out, inc->time.first_ns);
	fprintf(out->file, " #%-4" PRIu64 " %-10s %s%s%s", inc->id, out_vm_name(inc->vm),
		outcome_style(out, outcome), outcome_names[outcome], out_style(out, "\033[0m"));
	fprintf(out->file, "%s%s%s", inc->late ? " (late)" : "",
		inc->incomplete ? " (incomplete)" : "",
		outcome == OUTCOME_NOTIFIED ? inc->explicit_notify ? " (explicit)" : " (inferred)"
					    : "");
	if (inc->fields & INCIDENT_FIELD_SEA)
		fprintf(out->file, ", vcpu %u", inc->vcpu);
	print_counts(out, inc);
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

void line_print_timeline(const struct out *out, const struct incident *inc)
{
	char text[16];

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
	print_time(out, mark->ts_ns);
	fputc(' ', out->file);
	out_mark(out->file, mark);
	fputc('\n', out->file);
}
