// SPDX-License-Identifier: GPL-2.0-only
/*
 * The time line of an incident as SVG, in a table: a lane per kind of span, to scale, over it the
 * marks. Must not: know an incident, interpret a mark.
 *
 * A wait that would leave no room for anything else is drawn short, shaded, with its length below:
 * an error may lie for minutes until somebody touches it. All positions are percent.
 */
#include <inttypes.h>
#include <string.h>

#include "lib/util.h"
#include "out/html_int.h"
#include "out/out_mark.h"

#define CUTS_MAX  3
#define CUT_WIDTH 12.0 /* percent */
#define CUT_SHARE 3    /* a gap is cut when it takes more than one part in so many */
/* Between two marks, or at the edge of a piece. */
#define PIECES_MAX (2 * TIMELINE_INTERVALS + 1)
#define GAPS_MAX   (PIECES_MAX + TIMELINE_POINTS)

struct gap {
	uint64_t begin, end;
};

struct piece {
	uint64_t begin, end;
	enum span span;
};

struct lanes {
	FILE *file;
	const struct timeline *tl;
	uint64_t sums[SPAN_MAX];
	struct piece pieces[PIECES_MAX];
	unsigned n_pieces;
	unsigned row[SPAN_MAX], rows; /* marks, one per kind, total */
	struct gap cuts[CUTS_MAX];    /* in order of time */
	unsigned n_cuts;
	uint64_t drawn; /* ns that are to scale */
};

/* --- where waits are cut ---------------------------------------------------------------------- */

/* The parts of a wait between marks. */
static unsigned add_gaps(const struct timeline *tl, struct gap *gaps, unsigned n,
			 const struct piece *wait)
{
	uint64_t begin = wait->begin;

	for (unsigned i = 0; i < tl->n_points; i++) {
		uint64_t at = tl->points[i]->ts_ns;

		if (at <= begin || at >= wait->end)
			continue;
		gaps[n++] = (struct gap){begin, at};
		begin = at;
	}
	gaps[n++] = (struct gap){begin, wait->end};
	return n;
}

static uint64_t length(const struct gap *gap)
{
	return gap->end - gap->begin;
}

static void add_cut(struct lanes *l, struct gap gap)
{
	unsigned at = l->n_cuts++;

	for (; at && l->cuts[at - 1].begin > gap.begin; at--)
		l->cuts[at] = l->cuts[at - 1];
	l->cuts[at] = gap;
	l->drawn -= length(&gap);
}

static void cut_waits(struct lanes *l)
{
	struct gap gaps[GAPS_MAX], *longest;
	unsigned n = 0;

	for (unsigned i = 0; i < l->n_pieces; i++)
		if (l->pieces[i].span == SPAN_WAIT)
			n = add_gaps(l->tl, gaps, n, &l->pieces[i]);
	while (n && l->n_cuts < CUTS_MAX) {
		longest = gaps;
		for (unsigned i = 1; i < n; i++)
			if (length(&gaps[i]) > length(longest))
				longest = &gaps[i];
		if (length(longest) <= l->drawn / CUT_SHARE || length(longest) == l->drawn)
			break;
		add_cut(l, *longest);
		*longest = (struct gap){0, 0};
	}
}

/* Percent of the width. Within a cut: that part of it. */
static double place(const struct lanes *l, uint64_t ns)
{
	double scale = l->drawn ? (100 - CUT_WIDTH * l->n_cuts) / (double)l->drawn : 0, at = 0;
	uint64_t from = l->tl->first_ns;

	for (unsigned i = 0; i < l->n_cuts && ns > l->cuts[i].begin; i++) {
		const struct gap *cut = &l->cuts[i];

		at += (double)(cut->begin - from) * scale;
		from = cut->end;
		if (ns < cut->end)
			return at + CUT_WIDTH * (double)(ns - cut->begin) / (double)length(cut);
		at += CUT_WIDTH;
	}
	return at + (double)(ns - from) * scale;
}

/* --- what is drawn ---------------------------------------------------------------------------- */

static void put_marks(const struct lanes *l)
{
	char text[HTML_NS];

	for (unsigned i = 0; i < l->tl->n_points; i++) {
		const struct sea_hdr *mark = l->tl->points[i];
		double at = place(l, mark->ts_ns);

		fprintf(l->file,
			"<line class=\"grid\" x1=\"%.2f%%\" x2=\"%.2f%%\" y1=\"%.2f%%\" "
			"y2=\"100%%\"/>"
			"<line class=\"mark\" x1=\"%.2f%%\" x2=\"%.2f%%\" y1=\"%.2f%%\" "
			"y2=\"%.2f%%\">"
			"<title>+%s ",
			at, at, 100.0 / l->rows, at, at, 15.0 / l->rows, 85.0 / l->rows,
			html_ns(text, mark->ts_ns - l->tl->first_ns));
		out_mark(l->file, mark);
		fputs("</title></line>\n", l->file);
	}
}

static void put_rect(const struct lanes *l, const char *class, unsigned row, uint64_t begin,
		     uint64_t end)
{
	double left = place(l, begin);
	char from[HTML_NS], took[HTML_NS];

	fprintf(l->file,
		"<rect class=\"%s\" x=\"%.2f%%\" y=\"%.2f%%\" width=\"%.2f%%\" height=\"%.2f%%\">"
		"<title>%s %s, from +%s</title></rect>\n",
		class, left, (row + 0.2) * 100 / l->rows, place(l, end) - left, 60.0 / l->rows,
		class, html_ns(took, end - begin), html_ns(from, begin - l->tl->first_ns));
}

static void put_pieces(const struct lanes *l)
{
	const struct timeline *tl = l->tl;

	/* a very long story: what had to be summed up cannot be drawn */
	if (tl->settled_ns > tl->first_ns)
		put_rect(l, "early", 0, tl->first_ns, tl->settled_ns);
	for (const struct piece *p = l->pieces; p < l->pieces + l->n_pieces; p++)
		put_rect(l, span_names[p->span], l->row[p->span], p->begin, p->end);
}

static void put_cuts(const struct lanes *l)
{
	char text[HTML_NS];

	for (unsigned i = 0; i < l->n_cuts; i++) {
		double left = place(l, l->cuts[i].begin);

		fprintf(l->file,
			"<rect class=\"cut\" x=\"%.2f%%\" width=\"%.2f%%\" y=\"%.2f%%\" "
			"height=\"%.2f%%\"/>"
			"<text x=\"%.2f%%\" y=\"%.2f%%\" text-anchor=\"middle\">⇠ %s ⇢</text>\n",
			left, CUT_WIDTH, 100.0 / l->rows, 100.0 * (l->rows - 2) / l->rows,
			left + CUT_WIDTH / 2, (l->rows - 0.3) * 100 / l->rows,
			html_ns(text, length(&l->cuts[i])));
	}
}

static void put_svg(const struct lanes *l)
{
	char text[HTML_NS];

	fprintf(l->file,
		"<svg class=\"lanes\" role=\"img\" style=\"height:calc(%u*var(--lane))\">"
		"<title>Time line of %s with %u marks; the table beside it has the sums</title>\n",
		l->rows, html_ns(text, timeline_total(l->tl)), l->tl->n_points);
	put_cuts(l);
	put_marks(l);
	put_pieces(l);
	fputs("</svg>", l->file);
}

/* --- the table around it ---------------------------------------------------------------------- */

static void find_pieces(struct lanes *l)
{
	uint64_t until;

	for (uint64_t at = l->tl->settled_ns; at < l->tl->last_ns; at = until) {
		struct piece *piece = &l->pieces[l->n_pieces];

		if (l->n_pieces == PIECES_MAX)
			return;
		piece->span = timeline_owner(l->tl, at, &until);
		piece->begin = at;
		piece->end = until;
		l->n_pieces++;
	}
}

static void plan(struct lanes *l)
{
	find_pieces(l);
	l->drawn = timeline_total(l->tl);
	timeline_spans(l->tl, l->sums);
	l->rows = 1;
	for (int span = 0; span < SPAN_MAX; span++)
		if (l->sums[span])
			l->row[span] = l->rows++;
	l->rows++;
	cut_waits(l);
}

void html_timeline(FILE *file, const struct timeline *tl)
{
	struct lanes l = {.file = file, .tl = tl};

	plan(&l);
	fprintf(file,
		"<table class=\"timeline\" aria-label=\"Where the time went\">\n"
		"<tr><th scope=\"row\">marks</th><td class=\"drawn\" rowspan=\"%u\">",
		l.rows);
	put_svg(&l);
	fprintf(file, "</td><td>%" PRIu64 "</td></tr>\n", tl->n_points + tl->points_beyond);
	for (int span = 0; span < SPAN_MAX; span++) {
		if (!l.sums[span])
			continue;
		fprintf(file, "<tr><th scope=\"row\"><i class=\"key %s\"></i>%s</th><td>",
			span_names[span], html_spans[span]);
		html_duration(file, l.sums[span]);
		fputs("</td></tr>\n", file);
	}
	fputs("<tr class=\"total\"><th scope=\"row\">total</th><td>", file);
	html_duration(file, timeline_total(tl));
	fputs("</td></tr>\n</table>\n", file);
}
