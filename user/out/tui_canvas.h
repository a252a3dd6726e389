/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A part of the screen to draw on, and a longer page seen through it.
 * Layer: out, above curses. Must not know: what is drawn.
 */
#ifndef OUT_TUI_CANVAS_H
#define OUT_TUI_CANVAS_H

#include <stdbool.h>

#include "trace/timeline.h"

/* Lines are counted from `top`; those that are not within `rows` are not drawn. */
struct canvas {
	int top, rows, columns;
	bool unicode;
};

enum canvas_style {
	STYLE_PLAIN,
	STYLE_STRONG,
	STYLE_FAINT,
	STYLE_BAR, /* the first line of the screen */
	STYLE_ALARM,
	STYLE_CURSOR, /* the line of a list that keys act on */
	STYLE_GOOD,
	STYLE_WORRYING,
	STYLE_BAD,
	STYLE_SPAN, /* + enum span */
	STYLE_MAX = STYLE_SPAN + SPAN_MAX,
};

/* Once, after curses has begun. */
void canvas_styles(bool colors);

/* Text over exactly `width` columns, cut with its last `tail` columns kept, filled with blanks. */
void canvas_put(const struct canvas *c, int row, int column, int width, enum canvas_style style,
		int tail, const char *text);

/* The usual ways: cut at its end; in its middle, as names want it; on the right. */
void canvas_text(const struct canvas *c, int row, int column, int width, enum canvas_style style,
		 const char *text);
void canvas_name(const struct canvas *c, int row, int column, int width, enum canvas_style style,
		 const char *text);
void canvas_right(const struct canvas *c, int row, int column, int width, enum canvas_style style,
		  const char *text);

/* "Text" and how much room it has taken; for lines that are put together from the left. */
int canvas_append(const struct canvas *c, int row, int column, enum canvas_style style,
		  const char *text);

/* A page: drawn from its first line on, whatever part of it is seen. */
struct tui_page {
	struct canvas canvas;
	int scroll; /* lines above the first that is seen */
	int line;   /* where it is drawn now; in the end, how many there are */
};

/* A label and a text of any length behind it, over as many lines as it takes. */
void tui_page_item(struct tui_page *page, int indent, const char *label, enum canvas_style style,
		   const char *text);

/* Draws on the line that it is at; page->line says when to go on. */
void tui_page_text(struct tui_page *page, int column, int width, enum canvas_style style,
		   const char *text);
void tui_page_right(struct tui_page *page, int column, int width, enum canvas_style style,
		    const char *text);

#endif
