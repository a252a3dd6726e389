// SPDX-License-Identifier: GPL-2.0-only
/*
 * Rows taken, sorted, filtered, drawn.
 * Must not: aggregate; let its copies change while they are shown.
 */
#include "out/tui_vms.h"

#include <curses.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/util.h"
#include "out/out.h"
#include "out/out_text.h"
#include "out/tui_layout.h"

#define NAME_MIN 10

struct tui_vm {
	struct vm *vm;  /* held; NULL: the host */
	unsigned order; /* of appearance */
	bool gone;
	char name[sizeof(((struct vm *)0)->name) + 2];
	uint64_t values[OUT_COLUMNS];
};

void tui_vms_init(struct tui_vms *vms)
{
	memset(vms, 0, sizeof(*vms)); /* the first column: who has most incidents */
}

static void let_go(struct tui_vms *vms)
{
	for (unsigned i = 0; i < vms->n_taken; i++)
		vm_put(vms->taken[i].vm);
	vms->n_taken = 0;
}

void tui_vms_clear(struct tui_vms *vms)
{
	let_go(vms);
	free(vms->taken);
	free(vms->shown);
	memset(vms, 0, sizeof(*vms));
}

/* --- taking ----------------------------------------------------------------------------------- */

static int reserve(struct tui_vms *vms, unsigned n)
{
	struct tui_vm *taken;
	struct tui_vm **shown;

	if (n <= vms->max_taken)
		return 0;
	n += n / 2 + 16;
	shown = reallocarray(vms->shown, n, sizeof(struct tui_vm *));
	if (shown)
		vms->shown = shown;
	taken = shown ? calloc(n, sizeof(*taken)) : NULL;
	if (!taken)
		return -ENOMEM;
	let_go(vms);
	free(vms->taken);
	vms->taken = taken;
	vms->max_taken = n;
	return 0;
}

/* Who has ended is shown in brackets, as ps shows who is not there. */
static void take(struct tui_vm *to, const struct agg_row *row, unsigned order)
{
	bool gone = row->vm && row->vm->gone;

	to->vm = row->vm ? vm_hold(row->vm) : NULL;
	to->order = order;
	to->gone = gone;
	snprintf(to->name, sizeof(to->name), gone ? "(%s)" : "%s", out_vm_name(row->vm));
	for (unsigned i = 0; i < OUT_COLUMNS; i++)
		to->values[i] = out_column_value(&out_columns[i], row);
}

/* --- order ------------------------------------------------------------------------------------ */

/* What is not known comes last either way. */
static int compare_values(uint64_t a, uint64_t b, bool reversed)
{
	if (a == b)
		return 0;
	if (a == OUT_NOTHING || b == OUT_NOTHING)
		return a == OUT_NOTHING ? 1 : -1;
	return (a > b) != reversed ? -1 : 1;
}

static int compare(const void *left, const void *right, void *ctx)
{
	const struct tui_vm *a = *(struct tui_vm *const *)left, *b = *(struct tui_vm *const *)right;
	const struct tui_vms *vms = ctx;
	int order;

	if (vms->by == TUI_BY_NAME)
		order = strcmp(a->name, b->name) * (vms->reversed ? -1 : 1);
	else
		order = compare_values(a->values[vms->by], b->values[vms->by], vms->reversed);
	return order ? order : (a->order > b->order) - (a->order < b->order);
}

/* Sorted, filtered, and the cursor on this VM, if there is one. */
static void arrange(struct tui_vms *vms, bool any, const struct vm *at)
{
	unsigned n = 0;

	for (unsigned i = 0; i < vms->n_taken; i++)
		if (strcasestr(vms->taken[i].name, vms->filter))
			vms->shown[n++] = &vms->taken[i];
	qsort_r(vms->shown, n, sizeof(struct tui_vm *), compare, vms);
	vms->list.n = n;
	for (unsigned i = 0; any && i < n; i++)
		if (vms->shown[i]->vm == at)
			vms->list.at = i;
}

void tui_vms_arrange(struct tui_vms *vms)
{
	struct vm *at = NULL;
	bool any = tui_vms_at(vms, &at);

	arrange(vms, any, at);
}

int tui_vms_take(struct tui_vms *vms, const struct agg *agg)
{
	struct vm *at = NULL;
	bool any = tui_vms_at(vms, &at);

	if (at)
		vm_hold(at); /* it may be gone from the rows */
	if (reserve(vms, agg_size(agg))) {
		vm_put(at);
		return -ENOMEM;
	}
	let_go(vms);
	for (; vms->n_taken < agg_size(agg); vms->n_taken++)
		take(&vms->taken[vms->n_taken], agg_at(agg, vms->n_taken), vms->n_taken);
	arrange(vms, any, at);
	vm_put(at);
	return 0;
}

static bool sort_by(struct tui_vms *vms, int column)
{
	if (column < TUI_BY_NAME || column >= OUT_COLUMNS)
		return false;
	vms->by = column;
	vms->reversed = false;
	tui_vms_arrange(vms);
	return true;
}

bool tui_vms_key(struct tui_vms *vms, int key)
{
	if (tui_list_key(&vms->list, key))
		return true;
	switch (key) {
	case '<':
		return sort_by(vms, vms->by - 1);
	case '>':
		return sort_by(vms, vms->by + 1);
	case 'N':
		return sort_by(vms, TUI_BY_NAME);
	case 'r':
		vms->reversed = !vms->reversed;
		tui_vms_arrange(vms);
		return true;
	}
	for (unsigned i = 0; i < OUT_COLUMNS; i++)
		if (out_columns[i].key == key)
			return sort_by(vms, i);
	return false;
}

char *tui_vms_order(const struct tui_vms *vms, char buf[TUI_ORDER])
{
	bool by_name = vms->by == TUI_BY_NAME;

	snprintf(buf, TUI_ORDER, "by %s, %s", by_name ? "name" : out_columns[vms->by].title,
		 by_name ? (vms->reversed ? "Z first" : "A first")
			 : (vms->reversed ? "lowest first" : "highest first"));
	return buf;
}

bool tui_vms_at(const struct tui_vms *vms, struct vm **vm)
{
	if (vms->list.at >= vms->list.n)
		return false;
	*vm = vms->shown[vms->list.at]->vm;
	return true;
}

/* --- drawing ---------------------------------------------------------------------------------- */

/*
 * The columns of every table come first, then whole names, then what else there is room for. Returns
 * the width of the names.
 */
static unsigned lay_out(const struct tui_vms *vms, const struct canvas *c, bool shown[])
{
	unsigned widths[OUT_COLUMNS], ranks[OUT_COLUMNS], base = 0, longest = NAME_MIN, room;

	for (unsigned i = 0; i < vms->list.n; i++)
		longest = UTIL_MAX(longest, out_width(vms->shown[i]->name));
	for (unsigned i = 0; i < OUT_COLUMNS; i++) {
		widths[i] = out_columns[i].width;
		ranks[i] = out_columns[i].rank;
		base += ranks[i] ? 0 : widths[i] + 1;
	}
	room = UTIL_MAX(c->columns, (int)base + NAME_MIN) - base;
	longest = UTIL_MIN(longest, room);
	room = UTIL_MAX(c->columns, (int)longest) - longest;
	return longest + UTIL_MIN(tui_fit(widths, ranks, OUT_COLUMNS, room, shown), 1);
}

static void draw_head(const struct tui_vms *vms, const struct canvas *c, const bool shown[], int x)
{
	canvas_text(c, 0, 0, x, vms->by == TUI_BY_NAME ? STYLE_CURSOR : STYLE_STRONG, "VM");
	for (unsigned i = 0; i < OUT_COLUMNS; i++) {
		const struct out_column *column = &out_columns[i];

		if (!shown[i])
			continue;
		canvas_text(c, 0, x, 1, STYLE_STRONG, "");
		canvas_right(c, 0, x + 1, column->width,
			     vms->by == (int)i ? STYLE_CURSOR : STYLE_STRONG, column->title);
		x += column->width + 1;
	}
}

/* A zero that says nothing must not shout. */
static enum canvas_style cell_style(const struct out_column *column, uint64_t value)
{
	if (!value || value == OUT_NOTHING)
		return STYLE_FAINT;
	if (column->kind == OUT_OUTCOMES && column->what == 1u << OUTCOME_VMM_KILLED)
		return STYLE_BAD;
	return STYLE_PLAIN;
}

static void draw_vm(const struct tui_vm *vm, const struct canvas *c, int line, bool at,
		    const bool shown[], int x)
{
	char text[OUT_COLUMN_TEXT];

	canvas_name(c, line, 0, x,
		    at         ? STYLE_CURSOR
		    : vm->gone ? STYLE_FAINT
			       : STYLE_PLAIN,
		    vm->name);
	for (unsigned i = 0; i < OUT_COLUMNS; i++) {
		const struct out_column *column = &out_columns[i];
		enum canvas_style style = at ? STYLE_CURSOR : cell_style(column, vm->values[i]);

		if (!shown[i])
			continue;
		canvas_text(c, line, x, 1, at ? STYLE_CURSOR : STYLE_PLAIN, "");
		canvas_right(c, line, x + 1, column->width, style,
			     out_column_text(column, vm->values[i], text));
		x += column->width + 1;
	}
	if (at)
		canvas_text(c, line, x, c->columns, STYLE_CURSOR, "");
}

void tui_vms_draw(struct tui_vms *vms, const struct canvas *c)
{
	bool shown[OUT_COLUMNS];
	struct tui_list *list = &vms->list;
	int x = lay_out(vms, c, shown);

	tui_list_fit(list, list->n, UTIL_MAX(c->rows, 1) - 1);
	draw_head(vms, c, shown, x);
	for (unsigned i = 0; i < list->rows && list->first + i < list->n; i++)
		draw_vm(vms->shown[list->first + i], c, i + 1, list->first + i == list->at, shown,
			x);
	if (!list->n)
		canvas_text(c, 1, 0, c->columns, STYLE_FAINT,
			    *vms->filter ? "no name has that" : "no VM yet");
}
