// SPDX-License-Identifier: GPL-2.0-only
/*
 * The page as a whole: what it says first, and in which order the rest follows.
 * Must not: know how any part of it looks.
 */
#include "out/html.h"

#include <inttypes.h>

#include "lib/util.h"
#include "lib/xml.h"
#include "out/html_int.h"
#include "trace/mark.h"

/* Nothing is to be loaded or run, should something have got past the escaping. */
#define POLICY "default-src 'none'; style-src 'unsafe-inline'; img-src data:"

/* Who had incidents: VMs, the host, and VMs that ended so long ago that they share a row. */
static void put_whose(FILE *file, const struct agg *agg)
{
	unsigned vms = 0;
	const char *others[2], *between = "in";
	unsigned n_others = 0;

	for (unsigned i = 0; i < agg_size(agg); i++) {
		const struct agg_row *row = agg_at(agg, i);

		if (!row->counts[METER_INCIDENT])
			continue;
		if (row->vm)
			vms++;
		else
			others[n_others++] = row->n_folded ? "VMs that ended" : "the host";
	}
	if (vms) {
		fprintf(file, " in %u VM%s", vms, vms == 1 ? "" : "s");
		between = "and";
	}
	for (unsigned i = 0; i < n_others; i++, between = "and")
		fprintf(file, " %s %s", between, others[i]);
}

/* "4 incidents in 2 VMs" */
static void put_title(FILE *file, const struct html_page *page)
{
	uint64_t n = history_size(page->incidents) + history_beyond(page->incidents);

	if (!n) {
		fputs("No incident", file);
		return;
	}
	fprintf(file, "%" PRIu64 " incident%s", n, n == 1 ? "" : "s");
	put_whose(file, page->agg);
}

static void put_head(const struct out *out, const struct html_page *page)
{
	char text[36];

	fputs("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
	      "<meta http-equiv=\"Content-Security-Policy\" content=\"" POLICY "\">\n"
	      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
	      "<meta name=\"color-scheme\" content=\"light dark\">\n"
	      "<link rel=\"icon\" href=\"data:,\">\n<title>",
	      out->file);
	put_title(out->file, page);
	util_rfc3339(text, page->begin_ns + out->clock_offset_ns);
	fprintf(out->file,
		", %.10s \u2013 seatrace</title>\n<style>\n%s</style>\n</head>\n<body>\n", text,
		html_style);
}

static void put_losses(FILE *file, const struct out_losses *losses)
{
	uint64_t total = out_losses_total(losses);

	if (!total)
		return;
	fprintf(file,
		"<p class=\"alert\" role=\"note\"><strong>%" PRIu64
		" mark%s lost.</strong> What follows "
		"may lack incidents, and incidents may lack steps. Lost:",
		total, total == 1 ? " was" : "s were");
	for (unsigned id = 0; id < SEA_MARK_ID_MAX; id++)
		if (losses->marks[id])
			fprintf(file, " %" PRIu64 "\u00a0%s;", losses->marks[id],
				mark_type(id) ? mark_type(id)->name : "unknown");
	fprintf(file, " %" PRIu64 "\u00a0refused; %" PRIu64 "\u00a0dropped.</p>\n", losses->refused,
		losses->dropped);
}

static void put_fact(FILE *file, const char *name, const char *text)
{
	if (!*text)
		return;
	fprintf(file, "<div><dt>%s</dt><dd>", name);
	xml_text(file, text);
	fputs("</dd></div>\n", file);
}

static void put_facts(const struct out *out, const struct html_page *page)
{
	uint64_t lost = out_losses_total(page->losses);

	fputs("<dl class=\"head\">\n<div><dt>From</dt><dd>", out->file);
	html_time(out, page->begin_ns);
	fputs(" UTC</dd></div>\n<div><dt>For</dt><dd>", out->file);
	html_duration(out->file, page->end_ns - page->begin_ns);
	fputs("</dd></div>\n", out->file);
	put_fact(out->file, "Kernel", page->release);
	put_fact(out->file, "Boot", page->boot_id);
	fprintf(out->file, "<div><dt>Pages of</dt><dd>%" PRIu64 "\u00a0KiB</dd></div>\n",
		page->page_size / 1024);
	fputs("<div><dt>Closed after</dt><dd>", out->file);
	html_duration(out->file, page->timeout_ns);
	fprintf(out->file,
		" of quiet</dd></div>\n<div><dt>Marks</dt><dd>%" PRIu64 ", %" PRIu64
		" lost</dd></div>\n",
		page->marks, lost);
	if (page->losses->aborts)
		fprintf(out->file, "<div><dt>Aborts not timed</dt><dd>%" PRIu64 "</dd></div>\n",
			page->losses->untimed);
	fputs("</dl>\n", out->file);
}

/* What the outcomes that occur mean. */
static void put_words(FILE *file, const struct html_page *page)
{
	uint64_t n[OUTCOME_MAX] = {0}, any = 0;

	for (unsigned i = 0; i < agg_size(page->agg); i++)
		for (int o = 0; o < OUTCOME_MAX; o++)
			n[o] += agg_at(page->agg, i)->outcomes[o];
	for (int o = 0; o < OUTCOME_MAX; o++) {
		if (!n[o])
			continue;
		if (!any++)
			fputs("<section id=\"words\">\n<h2>Words</h2>\n<dl class=\"words\">\n",
			      file);
		fputs("<div><dt>", file);
		html_outcome(file, o);
		fprintf(file, "</dt><dd>%s</dd></div>\n", html_meaning(o));
	}
	if (any)
		fputs("</dl>\n</section>\n", file);
}

int html_page(const struct out *out, const struct html_page *page)
{
	int err;

	put_head(out, page);
	fputs("<header>\n<p class=\"program\">seatrace</p>\n<h1>", out->file);
	put_title(out->file, page);
	fputs("</h1>\n", out->file);
	put_losses(out->file, page->losses);
	put_facts(out, page);
	fputs("</header>\n<main>\n", out->file);
	err = html_vms(out, page->agg);
	if (!err)
		err = html_incidents(out, page->incidents);
	put_words(out->file, page);
	fputs("</main>\n</body>\n</html>\n", out->file);
	return err;
}
