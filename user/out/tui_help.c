// SPDX-License-Identifier: GPL-2.0-only
/*
 * What keys do, and what columns mean; the latter out of the table of columns.
 * Must not: read a key.
 */
#include "out/tui_help.h"

#include <stdio.h>

#include "lib/util.h"
#include "out/out_column.h"

#define INDENT 12
#define HALF   36

static const struct {
	const char *keys, *what;
} keys[] = {
	{"Enter Right", "a VM's incidents; an incident's time line"},
	{"Esc Left", "back"},
	{"Up Down", "move, also k j, Page Up, Page Down, Home, End"},
	{"a", "the incidents of all VMs"},
	{"< >", "sort by the column before, behind; r reverses"},
	{"/", "VMs with this in their name; Esc while typing: all"},
	{"p Space", "pause: what is shown stays; again: go on"},
	{"? h", "this page"},
	{"q", "quit; from a live view also Ctrl-C"},
};

static const struct {
	const char *sign, *what;
} signs[] = {
	{"(name)", "a VM that has ended"},
	{"LATE", "touches after the incident had been closed"},
	{"1 c p r s n .",
	 "shares of a time line: phase1, claim, parse, recovery, signal, notify, wait"},
};

static void show_column(struct tui_page *page, int at, const char key, const char *title,
			const char *help)
{
	char text[128];

	snprintf(text, sizeof(text), "%c  %-6s  %s", key, title, help);
	tui_page_text(page, at, HALF - 1, STYLE_PLAIN, text);
}

/* Two in a line, where there is room. */
static void show_columns(struct tui_page *page)
{
	int beside = page->canvas.columns >= 2 * HALF ? 2 : 1, n = 0;

	tui_page_item(page, INDENT, "Sort by", STYLE_PLAIN, "");
	show_column(page, 0, 'N', "VM", "name");
	for (unsigned i = 0; i < OUT_COLUMNS; i++) {
		n = (n + 1) % beside;
		page->line += !n;
		show_column(page, n * HALF, out_columns[i].key, out_columns[i].title,
			    out_columns[i].help);
	}
	page->line++;
}

void tui_help_draw(struct tui_page *page)
{
	for (size_t i = 0; i < UTIL_COUNT(keys); i++)
		tui_page_item(page, INDENT, keys[i].keys, STYLE_PLAIN, keys[i].what);
	page->line++;
	show_columns(page);
	page->line++;
	for (size_t i = 0; i < UTIL_COUNT(signs); i++)
		tui_page_item(page, INDENT, signs[i].sign, STYLE_PLAIN, signs[i].what);
}
