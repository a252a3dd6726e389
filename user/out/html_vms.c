// SPDX-License-Identifier: GPL-2.0-only
/*
 * The VMs: a table of all that something happened to, then of each what was counted and how long
 * things took. Must not: aggregate.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

#include "lib/util.h"
#include "lib/xml.h"
#include "out/html_int.h"
#include "trace/vm.h"

#define HIT_MAX   200 /* VMs in detail; beyond, the page would be no page any more */
#define QUIET_MAX 200 /* names */

static const struct {
	const char *name;
	double q;
} quantiles[] = {{"p50", 0.5}, {"p90", 0.9}, {"p99", 0.99}, {"max", 1}};

/* --- the table -------------------------------------------------------------------------------- */

/* These fit beside each other; the sections have all. */
static const enum meter columns[] = {METER_SEA,       METER_CLAIMED,   METER_RECORD,  METER_FAILURE,
				     METER_SIGNAL_AO, METER_SIGNAL_AR, METER_NOTIFIED};

static void put_number(FILE *file, const char *class, uint64_t n)
{
	fprintf(file, "<td class=\"n%s%s\">%" PRIu64 "</td>", class, n ? "" : " none", n);
}

static void put_outcomes(FILE *file, const struct agg_row *row)
{
	for (int o = 0; o < OUTCOME_MAX; o++) {
		if (!row->outcomes[o])
			continue;
		fprintf(file, "<div class=\"nobreak\">%" PRIu64 " ", row->outcomes[o]);
		html_outcome(file, o);
		fputs("</div>", file);
	}
}

static void put_process(FILE *file, const struct agg_row *row)
{
	const struct vm *vm = row->vm;

	if (row->n_folded)
		fprintf(file, "%" PRIu64 " VM%s that ended", row->n_folded,
			row->n_folded == 1 ? "" : "s");
	if (!vm)
		return;
	xml_text(file, vm->comm);
	fprintf(file, " %" PRIu32 "%s", vm->tgid, vm->gone ? ", ended" : "");
}

static void put_row(FILE *file, const struct agg_row *row, unsigned at)
{
	fprintf(file, "<tr><th scope=\"row\"><a href=\"#vm-%u\">", at);
	html_name(file, out_row_name(row));
	fputs("</a></th><td class=\"wide\">", file);
	put_process(file, row);
	fputs("</td>", file);
	for (size_t c = 0; c < UTIL_COUNT(columns); c++)
		put_number(file, " wide", row->counts[columns[c]]);
	put_number(file, "", row->counts[METER_INCIDENT]);
	fputs("<td>", file);
	put_outcomes(file, row);
	fputs("</td></tr>\n", file);
}

static void put_table(FILE *file, const struct agg_row *const *hit, unsigned n)
{
	fputs("<table class=\"vms\">\n<thead><tr><th scope=\"col\">VM</th>"
	      "<th scope=\"col\" class=\"wide\">Process</th>",
	      file);
	for (size_t c = 0; c < UTIL_COUNT(columns); c++)
		fprintf(file, "<th scope=\"col\" class=\"n wide\">%s</th>",
			html_meters[columns[c]].many);
	fputs("<th scope=\"col\" class=\"n\">Incidents</th><th scope=\"col\">Ended "
	      "as</th></tr></thead>\n"
	      "<tbody>\n",
	      file);
	for (unsigned i = 0; i < n; i++)
		put_row(file, hit[i], i);
	fputs("</tbody></table>\n", file);
}

/* --- a section -------------------------------------------------------------------------------- */

static void put_counts(FILE *file, const struct agg_row *row)
{
	fputs("<dl class=\"counts\">\n", file);
	for (int m = 0; m < METER_MAX; m++)
		fprintf(file, "<div%s><dt>%s</dt><dd>%" PRIu64 "</dd></div>\n",
			row->counts[m] ? "" : " class=\"none\"",
			row->counts[m] == 1 ? html_meters[m].one : html_meters[m].many,
			row->counts[m]);
	fputs("</dl>\n", file);
}

static void put_lap(FILE *file, const struct html_axis *axis, enum lap lap, const struct hist *h)
{
	fprintf(file, "<tr class=\"lap-%s\"><th scope=\"row\">%s</th><td class=\"drawn\">",
		lap_names[lap], html_laps[lap]);
	html_hist(file, axis, h, html_laps[lap]);
	fprintf(file, "</td><td class=\"n\" data-of=\"count\">%" PRIu64 "</td>", h->count);
	for (size_t i = 0; i < UTIL_COUNT(quantiles); i++) {
		fprintf(file, "<td class=\"n\" data-of=\"%s\">", quantiles[i].name);
		html_duration(file, hist_quantile(h, quantiles[i].q));
		fputs("</td>", file);
	}
	fputs("</tr>\n", file);
}

static void put_laps(FILE *file, const struct html_axis *axis, const struct agg_row *row)
{
	fputs("<table class=\"laps\">\n<thead><tr><th scope=\"col\">Latency</th>"
	      "<th scope=\"col\" class=\"drawn\"><span class=\"unseen\">Distribution</span>",
	      file);
	html_axis(file, axis);
	fputs("</th><th scope=\"col\" class=\"n\">count</th>", file);
	for (size_t i = 0; i < UTIL_COUNT(quantiles); i++)
		fprintf(file, "<th scope=\"col\" class=\"n\">%s</th>", quantiles[i].name);
	fputs("</tr></thead>\n<tbody>\n", file);
	for (int lap = 0; lap < LAP_MAX; lap++)
		if (row->laps[lap] && row->laps[lap]->count)
			put_lap(file, axis, lap, row->laps[lap]);
	fputs("</tbody></table>\n", file);
}

static void put_section(FILE *file, const struct html_axis *axis, const struct agg_row *row,
			unsigned at)
{
	fprintf(file, "<section class=\"one-vm\" id=\"vm-%u\">\n<h3>", at);
	html_name(file, out_row_name(row));
	fputs(" <small>", file);
	put_process(file, row);
	fputs("</small></h3>\n", file);
	put_counts(file, row);
	put_laps(file, axis, row);
	fputs("</section>\n", file);
}

static void put_key(FILE *file)
{
	fprintf(file,
		"<p class=\"note\">Bars: how often, over a logarithmic axis that is the same for "
		"all; "
		"each distribution has its own height. "
		"<span class=\"nobreak\"><svg class=\"sample\" aria-hidden=\"true\"><line "
		"class=\"p50\" "
		"x1=\"50%%\" x2=\"50%%\" y2=\"100%%\"/></svg> p50</span> "
		"<span class=\"nobreak\"><svg class=\"sample\" aria-hidden=\"true\"><line "
		"class=\"p90\" "
		"x1=\"50%%\" x2=\"50%%\" y2=\"100%%\"/></svg> p90</span> "
		"<span class=\"nobreak\"><svg class=\"sample\" aria-hidden=\"true\"><line "
		"class=\"p99\" "
		"x1=\"50%%\" x2=\"50%%\" y2=\"100%%\"/></svg> p99</span> "
		"<span class=\"nobreak\"><svg class=\"sample\" aria-hidden=\"true\"><circle "
		"class=\"max\" cx=\"50%%\" cy=\"50%%\" r=\"3\"/></svg> max</span>. "
		"Quantiles are taken from buckets: at most %.4g %% too high, never too low. Counts "
		"and "
		"maxima are exact; to each duration belong its exact nanoseconds, shown when the "
		"pointer "
		"rests on it.</p>\n",
		100.0 / HIST_SUB);
}

/* --- which ------------------------------------------------------------------------------------ */

static bool is_quiet(const struct agg_row *row)
{
	uint64_t any = 0;

	for (int m = 0; m < METER_MAX; m++)
		any |= row->counts[m];
	return !any && !row->laps[LAP_ABORT];
}

/* Most incidents first, else as they appeared. */
static int compare(const void *pa, const void *pb)
{
	const struct agg_row *a = *(const struct agg_row *const *)pa;
	const struct agg_row *b = *(const struct agg_row *const *)pb;

	if (a->counts[METER_INCIDENT] != b->counts[METER_INCIDENT])
		return a->counts[METER_INCIDENT] < b->counts[METER_INCIDENT] ? 1 : -1;
	return 0;
}

static void put_quiet(FILE *file, const struct agg *agg)
{
	unsigned n = 0;

	for (unsigned i = 0; i < agg_size(agg); i++) {
		const struct agg_row *row = agg_at(agg, i);

		if (!row->vm || !is_quiet(row) || ++n > QUIET_MAX)
			continue;
		fputs(n == 1 ? "<p class=\"note\">Nothing happened to " : ", ", file);
		html_name(file, out_row_name(row));
	}
	if (n > QUIET_MAX)
		fprintf(file, " and %u more", n - QUIET_MAX);
	if (n)
		fputs(".</p>\n", file);
}

static void put_hit(FILE *file, const struct agg *agg, const struct agg_row *const *hit, unsigned n)
{
	struct html_axis axis = html_axis_of(agg);
	unsigned shown = UTIL_MIN(n, HIT_MAX);

	if (n)
		put_table(file, hit, shown);
	if (n > shown)
		fprintf(file, "<p class=\"more\">%u more VMs not shown.</p>\n", n - shown);
	put_quiet(file, agg);
	fputs("</section>\n", file);
	if (!n)
		return;
	fputs("<section id=\"latency\">\n<h2>How long it took</h2>\n", file);
	put_key(file);
	for (unsigned i = 0; i < shown; i++)
		put_section(file, &axis, hit[i], i);
	fputs("</section>\n", file);
}

int html_vms(const struct out *out, const struct agg *agg)
{
	const struct agg_row **hit = calloc(agg_size(agg), sizeof(struct agg_row *));
	unsigned n = 0;

	if (!hit)
		return -ENOMEM;
	for (unsigned i = 0; i < agg_size(agg); i++)
		if (!is_quiet(agg_at(agg, i)))
			hit[n++] = agg_at(agg, i);
	qsort(hit, n, sizeof(struct agg_row *), compare);
	fputs("<section id=\"vms\">\n<h2>Virtual machines</h2>\n", out->file);
	put_hit(out->file, agg, hit, n);
	free(hit);
	return 0;
}
