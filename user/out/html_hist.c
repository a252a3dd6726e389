// SPDX-License-Identifier: GPL-2.0-only
/*
 * A distribution as SVG: bars over a logarithmic axis, with its quantiles.
 * Must not: know what was measured.
 *
 * All positions are percent, so that it fills whatever width there is and its texts stay upright.
 * The axis is that of the buckets: powers of two at equal distances, linear in between, which is
 * within 0.09 of an octave of the logarithm. So all bars are equally wide, from 16 ns on.
 */
#include <inttypes.h>

#include "lib/util.h"
#include "out/html_int.h"

#define BAR     4    /* buckets: a quarter of an octave */
#define LOWEST  6.0  /* percent of the height: a bar of one is seen beside one of a million */
#define TOP     14.0 /* percent above the highest bar */
#define LABELS  6    /* of the axis at most: they have to fit a phone */
#define DECADES 20   /* of 2^64 */

/* In sixteenths of an octave, from 1 ns on. */
static double place(uint64_t ns)
{
	unsigned octave = 63 - __builtin_clzll(ns | 1);

	return HIST_SUB * (octave + (double)ns / (double)(1ULL << octave));
}

static double percent(const struct html_axis *axis, uint64_t ns)
{
	double low = place(axis->low), high = place(axis->high);
	double to = (place(ns) - low) / (high - low) * 100;

	return UTIL_MAX(to, 0.0); /* 0 ns is left of any logarithmic axis */
}

struct html_axis html_axis_of(const struct agg *agg)
{
	struct html_axis axis = {1, 1};
	uint64_t min = UINT64_MAX, max = 0;

	for (unsigned i = 0; i < agg_size(agg); i++)
		for (int lap = 0; lap < LAP_MAX; lap++) {
			const struct hist *h = agg_at(agg, i)->laps[lap];

			if (!h || !h->count)
				continue;
			min = UTIL_MIN(min, h->min);
			max = UTIL_MAX(max, h->max);
		}
	while (max && axis.low <= min / 10)
		axis.low *= 10;
	/* with values of centuries, beyond the last decade that there is */
	do
		if (__builtin_mul_overflow(UTIL_MAX(axis.high, axis.low), 10, &axis.high))
			axis.high = UINT64_MAX;
	while (axis.high <= max && axis.high != UINT64_MAX);
	return axis;
}

/* 1, 10, ... 100 s: powers of ten need no decimals. */
static void power_text(FILE *file, uint64_t ns)
{
	static const char *const units[] = {"ns", "µs", "ms", "s"};
	unsigned unit = 0;

	for (; unit + 1 < UTIL_COUNT(units) && ns >= 1000; unit++)
		ns /= 1000;
	fprintf(file, "%" PRIu64 "\u00a0%s", ns, units[unit]);
}

static unsigned decades(const struct html_axis *axis, uint64_t powers[DECADES])
{
	unsigned n = 0;

	for (uint64_t at = axis->low; n < DECADES; at *= 10) {
		powers[n++] = at;
		if (at > axis->high / 10)
			break;
	}
	return n;
}

void html_axis(FILE *file, const struct html_axis *axis)
{
	uint64_t powers[DECADES];
	unsigned n = decades(axis, powers), step = (n + LABELS - 1) / LABELS;

	fputs("<svg class=\"axis\" aria-hidden=\"true\">", file);
	for (unsigned i = 0; i < n; i += step) {
		double at = percent(axis, powers[i]);
		const char *anchor = !i ? "start" : at > 95 ? "end" : "middle";

		fprintf(file, "<text x=\"%.2f%%\" y=\"80%%\" text-anchor=\"%s\">", at, anchor);
		power_text(file, powers[i]);
		fputs("</text>", file);
	}
	fputs("</svg>", file);
}

static void put_grid(FILE *file, const struct html_axis *axis)
{
	uint64_t powers[DECADES];
	unsigned n = decades(axis, powers);

	for (unsigned i = 0; i < n; i++) {
		double at = percent(axis, powers[i]);

		fprintf(file, "<line class=\"grid\" x1=\"%.2f%%\" x2=\"%.2f%%\" y2=\"100%%\"/>", at,
			at);
	}
}

static uint64_t bar_count(const struct hist *h, unsigned first)
{
	uint64_t n = 0;

	for (unsigned i = first; i < first + BAR; i++)
		n += h->bucket[i];
	return n;
}

static void put_bar(FILE *file, const struct html_axis *axis, unsigned first, uint64_t n,
		    uint64_t most)
{
	double height = (100 - TOP) * (double)n / (double)most;
	uint64_t end = first + BAR < HIST_BUCKETS ? hist_bucket_low(first + BAR) : UINT64_MAX;
	double left = percent(axis, hist_bucket_low(first)), right = percent(axis, end);
	char low[HTML_NS], high[HTML_NS];

	height = UTIL_MAX(height, LOWEST);
	right = UTIL_MIN(right, 100.0);
	fprintf(file,
		"<rect class=\"bar\" x=\"%.2f%%\" y=\"%.1f%%\" width=\"%.2f%%\" height=\"%.1f%%\">"
		"<title>%" PRIu64 " from %s to %s</title></rect>",
		left, 100 - height, right - left, height, n, html_ns(low, hist_bucket_low(first)),
		html_ns(high, hist_bucket_high(first + BAR - 1)));
}

static void put_bars(FILE *file, const struct html_axis *axis, const struct hist *h)
{
	uint64_t most = 0;

	for (unsigned i = 0; i < HIST_BUCKETS; i += BAR)
		most = UTIL_MAX(most, bar_count(h, i));
	for (unsigned i = 0; i < HIST_BUCKETS; i += BAR)
		if (bar_count(h, i))
			put_bar(file, axis, i, bar_count(h, i), most);
}

static void put_quantile(FILE *file, const struct html_axis *axis, const char *name, uint64_t ns)
{
	double at = percent(axis, ns);
	char text[HTML_NS];

	fprintf(file,
		"<line class=\"%s\" x1=\"%.2f%%\" x2=\"%.2f%%\" y2=\"100%%\"><title>%s "
		"%s</title></line>",
		name, at, at, name, html_ns(text, ns));
}

void html_hist(FILE *file, const struct html_axis *axis, const struct hist *h, const char *what)
{
	char p50[HTML_NS], max[HTML_NS];
	uint64_t median = hist_quantile(h, 0.5);

	fprintf(file,
		"<svg class=\"hist\" role=\"img\"><title>%s: %" PRIu64
		" values, half of them up to %s, all up to %s</title>",
		what, h->count, html_ns(p50, median), html_ns(max, h->max));
	put_grid(file, axis);
	put_bars(file, axis, h);
	put_quantile(file, axis, "p50", median);
	put_quantile(file, axis, "p90", hist_quantile(h, 0.9));
	put_quantile(file, axis, "p99", hist_quantile(h, 0.99));
	fprintf(file,
		"<circle class=\"max\" cx=\"%.2f%%\" cy=\"8%%\" r=\"3\"><title>max "
		"%s</title></circle>",
		percent(axis, h->max), max);
	fputs("</svg>", file);
}
