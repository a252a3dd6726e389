// SPDX-License-Identifier: GPL-2.0-only
/*
 * The list of incidents: each with its end, its facts, its time line and its marks.
 * Must not: judge.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>

#include "lib/cper.h"
#include "lib/esr.h"
#include "lib/util.h"
#include "lib/xml.h"
#include "out/html_int.h"
#include "out/out_decode.h"
#include "out/out_incident.h"
#include "out/out_mark.h"

/* --- the facts -------------------------------------------------------------------------------- */

__attribute__((format(printf, 3, 4))) static void put_fact(FILE *file, const char *name,
							   const char *fmt, ...)
{
	char text[OUT_FACT];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	fprintf(file, "<div><dt>%s</dt><dd>", name);
	xml_text(file, text);
	fputs("</dd></div>\n", file);
}

/* As every renderer says it. */
static void put_known(const struct out *out, const struct incident *inc, enum out_fact fact,
		      const char *name)
{
	char text[OUT_FACT];

	if (*out_fact_text(out, inc, fact, text))
		put_fact(out->file, name, "%s", text);
}

static void put_sea(const struct out *out, const struct incident *inc)
{
	put_fact(out->file, "vCPU", "%" PRIu32, inc->vcpu);
	put_fact(out->file, "ESR", "0x%" PRIx64, inc->esr);
	put_known(out, inc, OUT_SYNDROME, "Syndrome");
	if (!esr_decode(inc->esr).fnv)
		put_fact(out->file, "FAR", "0x%" PRIx64, inc->far);
	put_fact(out->file, "PC", "0x%" PRIx64, inc->pc);
}

static void put_record(FILE *file, const struct incident *inc)
{
	put_fact(file, "Record", "%s, source %" PRIu32 " (%s)", cper_severity_name(inc->severity),
		 inc->source, cper_notify_name(inc->notify));
}

static void put_addresses(FILE *file, const struct incident *inc)
{
	if (inc->fields & INCIDENT_FIELD_PA)
		put_fact(file, "PA", "0x%" PRIx64, inc->pa);
	if (inc->fields & INCIDENT_FIELD_GPA)
		put_fact(file, "GPA", "0x%" PRIx64, inc->gpa);
	if (inc->fields & INCIDENT_FIELD_HVA)
		put_fact(file, "HVA", "0x%" PRIx64, inc->hva);
}

/* Those that this incident has; see INCIDENT_FIELD_*. */
static void put_facts(const struct out *out, const struct incident *inc)
{
	char to[OUT_PROCESS];

	if (!inc->fields && !inc->delivered_tgid)
		return;
	fputs("<dl class=\"facts\">\n", out->file);
	if (inc->delivered_tgid)
		put_fact(out->file, "Delivered to", "%s", out_delivered_to(inc, to));
	if (inc->fields & INCIDENT_FIELD_SEA)
		put_sea(out, inc);
	if (inc->fields & INCIDENT_FIELD_RECORD)
		put_record(out->file, inc);
	put_addresses(out->file, inc);
	put_known(out, inc, OUT_MEMORY, "Memory");
	put_known(out, inc, OUT_PROCESSOR, "Processor");
	put_known(out, inc, OUT_PAGE, "Page");
	fputs("</dl>\n", out->file);
}

/* --- one close -------------------------------------------------------------------------------- */

static void put_marks(FILE *file, const struct timeline *tl)
{
	char text[HTML_NS];

	fprintf(file, "<details><summary>The marks</summary>\n<table class=\"marks\"><thead><tr>"
		      "<th scope=\"col\">After</th><th scope=\"col\">CPU, thread, "
		      "mark</th></tr></thead>\n"
		      "<tbody>\n");
	for (unsigned i = 0; i < tl->n_points; i++) {
		fprintf(file, "<tr><td>+%s</td><td><code>",
			html_ns(text, tl->points[i]->ts_ns - tl->first_ns));
		out_mark(file, tl->points[i]);
		fputs("</code></td></tr>\n", file);
	}
	fputs("</tbody></table>\n", file);
	if (tl->points_beyond)
		fprintf(file, "<p class=\"more\">%" PRIu64 " more marks were not kept.</p>\n",
			tl->points_beyond);
	fputs("</details>\n", file);
}

static void put_close(const struct out *out, const struct incident *inc)
{
	fputs("<section class=\"close\">\n<p class=\"when\">", out->file);
	html_time(out, inc->time.first_ns);
	out_incident_counts(out->file, inc);
	if (inc->incomplete)
		fputs(", <strong>incomplete: a mark is missing</strong>", out->file);
	fputs("</p>\n", out->file);
	put_facts(out, inc);
	html_timeline(out->file, &inc->time);
	put_marks(out->file, &inc->time);
	fputs("</section>\n", out->file);
}

/* --- an incident ------------------------------------------------------------------------------ */

/* "guest-notified, explicit" */
static void put_end(FILE *file, const struct incident *inc)
{
	enum outcome outcome = incident_outcome(inc);

	html_outcome(file, outcome);
	if (outcome == OUTCOME_NOTIFIED)
		fprintf(file, ", %s", inc->explicit_notify ? "explicit" : "inferred");
	if (inc->late)
		fputs(", late", file);
}

static void put_again(const struct out *out, const struct history_item *item)
{
	char text[HTML_NS];
	uint64_t end = item->first->time.last_ns, begin = item->last->time.first_ns;

	if (history_between(item))
		fprintf(out->file,
			"<p class=\"more\">%" PRIu64 " closes in between are not shown.</p>\n",
			history_between(item));
	fputs("<p class=\"gap\">Closed as ", out->file);
	html_outcome(out->file, incident_outcome(item->first));
	fprintf(out->file, ", touched again %s later</p>\n",
		html_ns(text, begin > end ? begin - end : 0));
	put_close(out, item->last);
}

static void put_incident(const struct out *out, const struct history_item *item)
{
	const struct incident *inc = item->last;

	fprintf(out->file,
		"<article class=\"incident\" id=\"incident-%" PRIu64 "\">\n"
		"<header><h3><a href=\"#incident-%" PRIu64 "\">#%" PRIu64 "</a> ",
		inc->id, inc->id, inc->id);
	html_name(out->file, out_vm_name(inc->vm));
	fputs("</h3><p class=\"end\">", out->file);
	put_end(out->file, inc);
	fputs("</p><p class=\"took\">", out->file);
	html_duration(out->file, timeline_total(&item->first->time));
	if (item->first != item->last) {
		fputs(" + ", out->file);
		html_duration(out->file, timeline_total(&inc->time));
	}
	fputs("</p></header>\n", out->file);
	put_close(out, item->first);
	if (item->first != item->last)
		put_again(out, item);
	fputs("</article>\n", out->file);
}

static int compare(const void *pa, const void *pb)
{
	uint64_t a = (*(const struct history_item *const *)pa)->last->id;
	uint64_t b = (*(const struct history_item *const *)pb)->last->id;

	return a < b ? -1 : a > b;
}

/* In the order in which they began, as a story is read. */
int html_incidents(const struct out *out, const struct history *incidents)
{
	unsigned n = history_size(incidents), i = 0;
	const struct history_item **items, *item = NULL;

	if (!n)
		return 0;
	items = calloc(n, sizeof(struct history_item *));
	if (!items)
		return -ENOMEM;
	while ((item = history_next(incidents, item)))
		items[i++] = item;
	qsort(items, n, sizeof(struct history_item *), compare);
	fputs("<section id=\"incidents\">\n<h2>Incidents</h2>\n"
	      "<p class=\"note\">Spans exclude each other: with the waiting they add up to the "
	      "total. "
	      "They are drawn to scale, but for the shaded waits, which are longer.</p>\n",
	      out->file);
	if (history_beyond(incidents))
		fprintf(out->file,
			"<p class=\"more\">The last %u; %" PRIu64 " more not shown.</p>\n", n,
			history_beyond(incidents));
	for (i = 0; i < n; i++)
		put_incident(out, items[i]);
	fputs("</section>\n", out->file);
	free(items);
	return 0;
}
