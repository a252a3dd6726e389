// SPDX-License-Identifier: GPL-2.0-only
/*
 * Incidents taken, chosen, drawn a line each.
 * Must not: draw a time line; let what it took change while it is shown.
 */
#include "out/tui_incidents.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/util.h"
#include "out/out_incident.h"
#include "out/out_text.h"
#include "out/tui_bars.h"
#include "out/tui_layout.h"

#define NAME_MIN  10
#define NAME_MAX  40
#define CELL      48
#define SHARE_MIN 12
#define SHARE_MAX 32

static void let_go(struct tui_incidents *in)
{
	for (unsigned i = 0; i < in->n_taken; i++) {
		incident_put(in->taken[i].first);
		incident_put(in->taken[i].last);
	}
	in->n_taken = 0;
}

void tui_incidents_clear(struct tui_incidents *in)
{
	let_go(in);
	vm_put(in->vm);
	free(in->taken);
	free(in->shown);
	memset(in, 0, sizeof(*in));
}

/* --- taking ----------------------------------------------------------------------------------- */

static int reserve(struct tui_incidents *in, unsigned n)
{
	struct history_item *taken;
	unsigned *shown;

	if (n <= in->max_taken)
		return 0;
	n += n / 2 + 16;
	taken = reallocarray(in->taken, n, sizeof(*taken));
	if (taken)
		in->taken = taken;
	shown = taken ? reallocarray(in->shown, n, sizeof(*shown)) : NULL;
	if (!shown)
		return -ENOMEM;
	in->shown = shown;
	in->max_taken = n;
	return 0;
}

/* The cursor goes to this incident, and stays where it is if that is not among them. */
static void choose(struct tui_incidents *in, uint64_t id)
{
	unsigned n = 0;

	for (unsigned i = 0; i < in->n_taken; i++) {
		if (!in->all && in->taken[i].last->vm != in->vm)
			continue;
		if (in->taken[i].last->id == id)
			in->list.at = n;
		in->shown[n++] = i;
	}
	in->list.n = n;
}

/* What is open goes on while it is shown: of that a copy. */
static struct incident *as_it_is(struct incident *inc)
{
	return inc->closed ? incident_get(inc) : incident_copy(inc);
}

/* False: no memory. */
static bool take(struct tui_incidents *in, const struct history_item *item)
{
	struct history_item *to = &in->taken[in->n_taken];

	to->first = as_it_is(item->first);
	to->last = item->last == item->first ? incident_get(to->first) : as_it_is(item->last);
	to->closes = item->closes;
	if (to->first && to->last) {
		in->n_taken++;
		return true;
	}
	incident_put(to->first);
	incident_put(to->last);
	return false;
}

/* Who looks at the newest goes on looking at the newest; ids begin with 1. */
int tui_incidents_take(struct tui_incidents *in, const struct history *history)
{
	const struct history_item *at = tui_incidents_at(in), *item = NULL;
	uint64_t id = at && in->list.at ? at->last->id : 0;
	int err = 0;

	if (reserve(in, history_size(history)))
		return -ENOMEM;
	let_go(in);
	while ((item = history_next(history, item)))
		if (!take(in, item))
			err = -ENOMEM;
	in->beyond = history_beyond(history);
	choose(in, id);
	return err;
}

void tui_incidents_of(struct tui_incidents *in, bool all, struct vm *vm)
{
	vm_put(in->vm);
	in->vm = vm ? vm_hold(vm) : NULL;
	in->all = all;
	in->list = (struct tui_list){0};
	choose(in, 0);
}

bool tui_incidents_key(struct tui_incidents *in, int key)
{
	return tui_list_key(&in->list, key);
}

const struct history_item *tui_incidents_at(const struct tui_incidents *in)
{
	return in->list.at < in->list.n ? &in->taken[in->shown[in->list.at]] : NULL;
}

const struct history_item *tui_incidents_find(const struct tui_incidents *in, uint64_t id)
{
	for (unsigned i = 0; i < in->n_taken; i++)
		if (in->taken[i].last->id == id)
			return &in->taken[i];
	return NULL;
}

/* --- columns ---------------------------------------------------------------------------------- */

/* What the first close counted and what the last did, if that was another one. */
static uint64_t count(const struct history_item *item, enum meter meter)
{
	uint64_t n = item->first->counts[meter];

	return item->last == item->first ? n : n + item->last->counts[meter];
}

/* The field, as the close has it that says it. */
static const struct incident *having(const struct history_item *item, unsigned field)
{
	if (item->first->fields & field)
		return item->first;
	return item->last->fields & field ? item->last : NULL;
}

enum column_kind { TIME, ID, OUTCOME, COUNT, LATE, VCPU, PA, GPA, SPAN, TOTAL };

static const struct column {
	const char *title;
	unsigned width, rank;
	enum column_kind kind;
	unsigned what; /* enum meter, enum span */
} columns[] = {
	{"TIME", 12, 0, TIME, 0},
	{"ID", 5, 1, ID, 0},
	{"OUTCOME", 15, 0, OUTCOME, 0},
	{"LATE", 4, 2, LATE, 0},
	{"VCPU", 4, 3, VCPU, 0},
	{"SEA", 4, 2, COUNT, METER_SEA},
	{"REC", 3, 2, COUNT, METER_RECORD},
	{"FAIL", 4, 2, COUNT, METER_FAILURE},
	{"AO", 3, 2, COUNT, METER_SIGNAL_AO},
	{"AR", 3, 2, COUNT, METER_SIGNAL_AR},
	{"WAIT", 7, 4, SPAN, SPAN_WAIT},
	{"TOTAL", 7, 0, TOTAL, 0},
	{"PA", 12, 5, PA, 0},
	{"GPA", 12, 5, GPA, 0},
};

static void address(char text[CELL], const struct history_item *item, unsigned field)
{
	const struct incident *inc = having(item, field);

	if (inc)
		snprintf(text, CELL, "0x%" PRIx64, field == INCIDENT_FIELD_PA ? inc->pa : inc->gpa);
	else
		snprintf(text, CELL, "-");
}

static void number(char text[CELL], uint64_t n)
{
	snprintf(text, CELL, "%" PRIu64, n);
}

static void cell(char text[CELL], const struct out *out, const struct column *column,
		 const struct history_item *item)
{
	const struct incident *first = item->first, *sea = having(item, INCIDENT_FIELD_SEA);
	uint64_t spans[SPAN_MAX];

	switch (column->kind) {
	case TIME:
		out_time(out, first->time.first_ns, text)[12] = '\0'; /* to the millisecond */
		break;
	case ID:
		snprintf(text, CELL, "#%" PRIu64, first->id);
		break;
	case OUTCOME:
		snprintf(text, CELL, "%s",
			 item->last->closed ? outcome_names[incident_outcome(item->last)]
					    : "retried, open");
		break;
	case COUNT:
		number(text, count(item, column->what));
		break;
	case LATE:
		number(text, history_late(item));
		break;
	case VCPU:
		snprintf(text, CELL, sea ? "%u" : "-", sea ? sea->vcpu : 0);
		break;
	case PA:
		address(text, item, INCIDENT_FIELD_PA);
		break;
	case GPA:
		address(text, item, INCIDENT_FIELD_GPA);
		break;
	case SPAN:
		timeline_spans(&first->time, spans);
		util_format_ns(text, spans[column->what]);
		break;
	case TOTAL:
		util_format_ns(text, timeline_total(&first->time));
		break;
	}
}

static enum canvas_style cell_style(const struct column *column, const struct history_item *item,
				    const char *text)
{
	static const enum canvas_style tones[] = {
		[OUT_GOOD] = STYLE_GOOD,
		[OUT_WORRYING] = STYLE_WORRYING,
		[OUT_BAD] = STYLE_BAD,
	};

	if (column->kind == TIME)
		return STYLE_PLAIN;
	if (column->kind == OUTCOME)
		return tones[item->last->closed ? out_outcome_tone(incident_outcome(item->last))
						: OUT_WORRYING];
	/* "0", "0 ns", "-": what says nothing must not shout */
	return *text == '-' || (*text == '0' && text[1] != 'x') ? STYLE_FAINT : STYLE_PLAIN;
}

/* --- drawing ---------------------------------------------------------------------------------- */

struct layout {
	bool shown[UTIL_COUNT(columns)];
	int name;  /* width of the VMs' names with the blank behind; 0: they are all of one VM */
	int share; /* width of the shares at the end; 0: no room */
};

static int name_width(const struct tui_incidents *in)
{
	unsigned longest = NAME_MIN;

	for (unsigned i = 0; in->all && i < in->list.n; i++)
		longest =
			UTIL_MAX(longest, out_width(out_vm_name(in->taken[in->shown[i]].last->vm)));
	return in->all ? UTIL_MIN(longest, NAME_MAX) + 1 : 0;
}

static void lay_out(const struct tui_incidents *in, const struct canvas *c, struct layout *to)
{
	unsigned widths[UTIL_COUNT(columns)], ranks[UTIL_COUNT(columns)];
	int room;

	to->name = UTIL_MIN(name_width(in), c->columns / 4);
	for (size_t i = 0; i < UTIL_COUNT(columns); i++) {
		widths[i] = columns[i].width;
		ranks[i] = columns[i].rank;
	}
	/* the first column needs no blank before it */
	room = tui_fit(widths, ranks, UTIL_COUNT(columns), c->columns - to->name + 1, to->shown);
	to->share = room > SHARE_MIN ? UTIL_MIN(room - 1, SHARE_MAX) : 0;
}

static bool on_the_right(const struct column *column)
{
	return column->kind != TIME && column->kind != ID && column->kind != OUTCOME;
}

static void draw_head(const struct canvas *c, const struct layout *layout)
{
	int x = layout->name;

	canvas_text(c, 0, 0, c->columns, STYLE_STRONG, layout->name ? "VM" : "");
	for (size_t i = 0; i < UTIL_COUNT(columns); i++) {
		if (!layout->shown[i])
			continue;
		(on_the_right(&columns[i]) ? canvas_right : canvas_text)(
			c, 0, x, columns[i].width, STYLE_STRONG, columns[i].title);
		x += columns[i].width + 1;
	}
	if (layout->share)
		canvas_text(c, 0, x, layout->share, STYLE_STRONG, "SPENT ON");
}

static void draw_item(const struct history_item *item, const struct canvas *c, int line, bool at,
		      const struct out *out, const struct layout *layout)
{
	int x = layout->name;
	char text[CELL];

	canvas_text(c, line, 0, c->columns, at ? STYLE_CURSOR : STYLE_PLAIN, "");
	if (layout->name)
		canvas_name(c, line, 0, x - 1, at ? STYLE_CURSOR : STYLE_PLAIN,
			    out_vm_name(item->last->vm));
	for (size_t i = 0; i < UTIL_COUNT(columns); i++) {
		const struct column *column = &columns[i];

		if (!layout->shown[i])
			continue;
		cell(text, out, column, item);
		(on_the_right(column) ? canvas_right : canvas_text)(
			c, line, x, column->width,
			at ? STYLE_CURSOR : cell_style(column, item, text), text);
		x += column->width + 1;
	}
	tui_bars_shares(c, line, x, layout->share, &item->first->time, at);
}

void tui_incidents_draw(struct tui_incidents *in, const struct canvas *c, const struct out *out)
{
	struct tui_list *list = &in->list;
	struct layout layout;

	lay_out(in, c, &layout);
	tui_list_fit(list, list->n, UTIL_MAX(c->rows, 1) - 1);
	draw_head(c, &layout);
	for (unsigned i = 0; i < list->rows && list->first + i < list->n; i++)
		draw_item(&in->taken[in->shown[list->first + i]], c, i + 1,
			  list->first + i == list->at, out, &layout);
	if (!list->n)
		canvas_text(c, 1, 0, c->columns, STYLE_FAINT, "no incident has closed here");
}
