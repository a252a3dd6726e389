// SPDX-License-Identifier: GPL-2.0-only
/*
 * Spans as bars.
 * Must not: compute a span.
 */
#include "out/tui_bars.h"

#include <stdio.h>
#include <string.h>

#include "lib/util.h"
#include "out/out_text.h"
#include "out/tui_layout.h"

#define LABEL     10 /* "recovery  " */
#define NUMBERS   17 /* "  7.62 ms  28.3 %" */
#define DURATION  9
#define BAR_MIN   8
#define STEPS_MAX 1024
#define TICK_ROOM 10

/* Of a long story the beginning is known as sums only: a line of its own, behind the spans. */
#define EARLIER SPAN_MAX

struct bars {
	const struct timeline *time;
	uint64_t total;
	unsigned width; /* columns */
	unsigned steps; /* halves of a column where there are characters for them */
	bool numbers;   /* there is room for them */
	bool on[SPAN_MAX + 1][STEPS_MAX];
};

static void cover(struct bars *b, unsigned line, uint64_t begin_ns, uint64_t end_ns)
{
	uint64_t first = b->time->first_ns;
	struct tui_stretch at = tui_scale(begin_ns - first, end_ns - first, b->total, b->steps);

	for (unsigned step = at.from; step < at.to; step++)
		b->on[line][step] = true;
}

static void fill(struct bars *b)
{
	const struct timeline *time = b->time;
	uint64_t until;

	cover(b, EARLIER, time->first_ns, time->settled_ns);
	for (uint64_t at = time->settled_ns; at < time->last_ns; at = until) {
		enum span span = timeline_owner(time, at, &until);

		cover(b, span, at, until);
	}
}

/* [left half][right half] of a column; [1][1] is the whole of it. */
static const char *glyph(const struct bars *b, bool unicode, unsigned line, unsigned column)
{
	static const char *const solid[2][2] = {{" ", "\u2590"}, {"\u258c", "\u2588"}};
	static const char *const thin[2][2] = {{" ", "\u2576"}, {"\u2574", "\u2500"}};
	bool still = line == SPAN_WAIT || line == EARLIER;

	if (!unicode)
		return !b->on[line][column] ? " " : still ? "." : "#";
	return (still ? thin : solid)[b->on[line][2 * column]][b->on[line][2 * column + 1]];
}

static void draw_bar(const struct bars *b, struct tui_page *page, unsigned line)
{
	char text[4 * STEPS_MAX] = "", *to = text;

	for (unsigned column = 0; column < b->width; column++)
		to = stpcpy(to, glyph(b, page->canvas.unicode, line, column));
	tui_page_text(page, LABEL, b->width, line == EARLIER ? STYLE_FAINT : STYLE_SPAN + line,
		      text);
}

static void draw_line(const struct bars *b, struct tui_page *page, unsigned line, uint64_t ns)
{
	char text[32], percent[16];

	tui_page_text(page, 0, LABEL - 1, STYLE_PLAIN,
		      line == EARLIER ? "earlier" : span_names[line]);
	draw_bar(b, page, line);
	tui_page_right(page, LABEL + b->width, DURATION, STYLE_PLAIN, util_format_ns(text, ns));
	if (b->numbers) {
		snprintf(percent, sizeof(percent), "%.1f %%",
			 b->total ? 100.0 * ns / b->total : 0.0);
		tui_page_right(page, LABEL + b->width + DURATION, NUMBERS - DURATION, STYLE_FAINT,
			       percent);
	}
	page->line++;
}

/* "5 ms" of "5.00 ms": marks of an axis are round. */
static const char *round_ns(char buf[16], uint64_t ns)
{
	char *dot = strchr(util_format_ns(buf, ns), '.'), *unit = strchr(buf, ' '), *end = unit;

	if (!ns)
		return "0";
	while (dot && end > dot && (end[-1] == '0' || end[-1] == '.'))
		if (*--end == '.')
			break;
	memmove(end, unit, strlen(unit) + 1);
	return buf;
}

static void draw_axis(const struct bars *b, struct tui_page *page)
{
	uint64_t tick = tui_tick(b->total, UTIL_MAX(b->width / TICK_ROOM, 1));
	const char *mark = page->canvas.unicode ? "\u2575" : "|";
	int end = LABEL + b->width;
	char label[16], text[32];

	for (uint64_t at = 0; at <= b->total && tick != UINT64_MAX; at += tick) {
		unsigned column = tui_scale(at, b->total, b->total, b->width).from;

		if (at == b->total)
			break;
		snprintf(text, sizeof(text), "%s%s", mark, round_ns(label, at));
		if (LABEL + column + out_width(text) <= (unsigned)end)
			tui_page_text(page, LABEL + column, out_width(text), STYLE_FAINT, text);
	}
	tui_page_right(page, end, DURATION, STYLE_STRONG, util_format_ns(label, b->total));
	page->line++;
}

void tui_bars(struct tui_page *page, const struct timeline *time)
{
	int columns = page->canvas.columns;
	struct bars b = {.time = time, .total = timeline_total(time)};
	uint64_t spans[SPAN_MAX];

	b.numbers = columns >= LABEL + 4 * BAR_MIN + NUMBERS;
	b.width = UTIL_MAX(columns - LABEL - (b.numbers ? NUMBERS : DURATION), BAR_MIN);
	b.width = UTIL_MIN(b.width, STEPS_MAX / 2);
	b.steps = page->canvas.unicode ? 2 * b.width : b.width;
	fill(&b);
	timeline_spans(time, spans);
	for (unsigned span = 0; span < SPAN_MAX; span++)
		if (spans[span])
			draw_line(&b, page, span, spans[span]);
	if (time->settled_ns != time->first_ns)
		draw_line(&b, page, EARLIER, time->settled_ns - time->first_ns);
	draw_axis(&b, page);
}

void tui_bars_shares(const struct canvas *c, int row, int column, int width,
		     const struct timeline *time, bool cursor)
{
	static const char letters[SPAN_MAX] = {
		[SPAN_PHASE1] = '1', [SPAN_CLAIM] = 'c',  [SPAN_PARSE] = 'p', [SPAN_RECOVERY] = 'r',
		[SPAN_SIGNAL] = 's', [SPAN_NOTIFY] = 'n', [SPAN_WAIT] = '.',
	};
	unsigned shares[SPAN_MAX];
	uint64_t spans[SPAN_MAX];
	char text[STEPS_MAX];

	timeline_spans(time, spans);
	tui_share(spans, SPAN_MAX, UTIL_MIN(width, STEPS_MAX - 1), shares);
	for (int span = 0; span < SPAN_MAX; span++) {
		memset(text, letters[span], shares[span]);
		text[shares[span]] = '\0';
		canvas_text(c, row, column, shares[span], cursor ? STYLE_CURSOR : STYLE_SPAN + span,
			    text);
		column += shares[span];
	}
}
