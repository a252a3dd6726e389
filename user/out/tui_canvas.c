// SPDX-License-Identifier: GPL-2.0-only
/*
 * Text onto curses' standard screen, in styles.
 * Must not: refresh; know what is drawn.
 */
#include "out/tui_canvas.h"

#include <curses.h>
#include <string.h>

#include "lib/util.h"
#include "out/out_text.h"

#define TEXT_BYTES 2048 /* more than the widest screens show */

static attr_t styles[STYLE_MAX];

/* Without colours; what differs in colour only, differs in words or shapes too. */
static void plain_styles(void)
{
	memset(styles, 0, sizeof(styles));
	styles[STYLE_STRONG] = A_BOLD;
	styles[STYLE_FAINT] = A_DIM;
	styles[STYLE_BAR] = A_REVERSE;
	styles[STYLE_ALARM] = A_REVERSE | A_BOLD;
	styles[STYLE_CURSOR] = A_REVERSE;
	styles[STYLE_BAD] = A_BOLD;
	styles[STYLE_SPAN + SPAN_WAIT] = A_DIM;
}

void canvas_styles(bool colors)
{
	static const struct {
		int style, color;
	} colored[] = {
		{STYLE_ALARM, COLOR_RED},
		{STYLE_GOOD, COLOR_GREEN},
		{STYLE_WORRYING, COLOR_YELLOW},
		{STYLE_BAD, COLOR_RED},
		{STYLE_SPAN + SPAN_PHASE1, COLOR_BLUE},
		{STYLE_SPAN + SPAN_CLAIM, COLOR_CYAN},
		{STYLE_SPAN + SPAN_PARSE, COLOR_MAGENTA},
		{STYLE_SPAN + SPAN_RECOVERY, COLOR_GREEN},
		{STYLE_SPAN + SPAN_SIGNAL, COLOR_YELLOW},
		{STYLE_SPAN + SPAN_NOTIFY, COLOR_RED},
	};

	plain_styles();
	for (size_t i = 0; colors && i < UTIL_COUNT(colored); i++) {
		init_pair(i + 1, colored[i].color, -1);
		styles[colored[i].style] |= COLOR_PAIR(i + 1);
	}
}

/* Draws and returns the columns taken; nothing where it cannot be seen. */
static int draw(const struct canvas *c, int row, int column, int width, enum canvas_style style,
		int tail, const char *text)
{
	char cut[TEXT_BYTES];
	int took;

	width = UTIL_MIN(width, c->columns - column);
	if (row < 0 || row >= c->rows || column < 0 || width <= 0)
		return 0;
	took = out_cut(cut, sizeof(cut), text, width, tail, c->unicode);
	if (!c->unicode)
		out_ascii(cut);
	attrset(styles[style]);
	mvaddstr(c->top + row, column, cut);
	return took;
}

void canvas_put(const struct canvas *c, int row, int column, int width, enum canvas_style style,
		int tail, const char *text)
{
	int took = draw(c, row, column, width, style, tail, text);

	width = UTIL_MIN(width, c->columns - column);
	if (row >= 0 && row < c->rows && took < width)
		mvprintw(c->top + row, column + took, "%*s", width - took, "");
}

void canvas_text(const struct canvas *c, int row, int column, int width, enum canvas_style style,
		 const char *text)
{
	canvas_put(c, row, column, width, style, 0, text);
}

void canvas_name(const struct canvas *c, int row, int column, int width, enum canvas_style style,
		 const char *text)
{
	canvas_put(c, row, column, width, style, width / 2, text);
}

void canvas_right(const struct canvas *c, int row, int column, int width, enum canvas_style style,
		  const char *text)
{
	int free_columns = width - (int)out_width(text);

	if (free_columns > 0)
		canvas_text(c, row, column, free_columns, style, "");
	else
		free_columns = 0;
	draw(c, row, column + free_columns, width - free_columns, style, 0, text);
}

int canvas_append(const struct canvas *c, int row, int column, enum canvas_style style,
		  const char *text)
{
	return column + draw(c, row, column, c->columns - column, style, 0, text);
}

void tui_page_text(struct tui_page *page, int column, int width, enum canvas_style style,
		   const char *text)
{
	canvas_text(&page->canvas, page->line - page->scroll, column, width, style, text);
}

void tui_page_right(struct tui_page *page, int column, int width, enum canvas_style style,
		    const char *text)
{
	canvas_right(&page->canvas, page->line - page->scroll, column, width, style, text);
}

void tui_page_item(struct tui_page *page, int indent, const char *label, enum canvas_style style,
		   const char *text)
{
	int room = page->canvas.columns - indent;

	tui_page_text(page, 0, indent - 1, STYLE_FAINT, label);
	do {
		size_t bytes = UTIL_MIN(out_wrap(text, UTIL_MAX(room, 8)), TEXT_BYTES - 1);
		char line[TEXT_BYTES];

		memcpy(line, text, bytes);
		line[bytes] = '\0';
		tui_page_text(page, indent, room, style, line);
		page->line++;
		text += bytes;
		text += strspn(text, " ");
	} while (*text);
}
