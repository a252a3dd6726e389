/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the files of the page share.
 * Layer: out, private to html_*.c. Must not know: anything that html.h must not.
 */
#ifndef OUT_HTML_INT_H
#define OUT_HTML_INT_H

#include "out/html.h"

/* --- text ------------------------------------------------------------------------------------- */

/* The name of a VM or of a row; its writing direction does not reach beyond it. */
void html_name(FILE *file, const char *name);

/* "1.26 ms", with a blank that does not break. Returns buf. */
#define HTML_NS 24
char *html_ns(char buf[HTML_NS], uint64_t ns);

/* The same as an element that holds the exact nanoseconds too. */
void html_duration(FILE *file, uint64_t ns);

/* "2026-11-23 01:45:21.969028" as an element, UTC */
void html_time(const struct out *out, uint64_t mono_ns);

/* --- words ------------------------------------------------------------------------------------ */

struct html_word {
	const char *one, *many;
};

extern const struct html_word html_meters[METER_MAX];
extern const char *const html_laps[LAP_MAX], *const html_spans[SPAN_MAX];

/* What an outcome means, in one sentence. */
const char *html_meaning(enum outcome outcome);

/* The outcome's name, in its tone. */
void html_outcome(FILE *file, enum outcome outcome);

/* --- parts ------------------------------------------------------------------------------------ */

extern const char html_style[];

/* The logarithmic axis that all histograms of a page share: whole decades of nanoseconds. */
struct html_axis {
	uint64_t low, high;
};

struct html_axis html_axis_of(const struct agg *agg);
void html_axis(FILE *file, const struct html_axis *axis);

/* `what` is said to who cannot see it. */
void html_hist(FILE *file, const struct html_axis *axis, const struct hist *h, const char *what);

void html_timeline(FILE *file, const struct timeline *tl);

/* The table of VMs, and a section for each that something happened to. 0 or -ENOMEM. */
int html_vms(const struct out *out, const struct agg *agg);

int html_incidents(const struct out *out, const struct history *incidents);

#endif
