// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which screen is seen, what keys do, the lines around it.
 * Must not: draw a list or a page by itself.
 */
#include "out/tui.h"

#include <curses.h>
#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "lib/exit.h"
#include "lib/log.h"
#include "lib/util.h"
#include "out/out_incident.h"
#include "out/out_text.h"
#include "out/tui_canvas.h"
#include "out/tui_help.h"
#include "out/tui_incident.h"
#include "out/tui_incidents.h"
#include "out/tui_layout.h"
#include "out/tui_terminal.h"
#include "out/tui_vms.h"
#include "trace/mark.h"

#define ROWS_MIN    4
#define COLUMNS_MIN 16
#define NAMED_MIN   60 /* columns from which on there is room for the program's name */
#define RIGHT_MIN   8
#define ESCAPE      27
#define NO_KEY      (KEY_MAX + 1)

enum view { VIEW_VMS, VIEW_INCIDENTS, VIEW_INCIDENT };

struct tui {
	struct tui_config config;
	struct tui_terminal *terminal;
	enum view view;
	bool help, paused, typing, said, over;
	struct tui_vms vms;
	struct tui_incidents incidents;
	struct history_item incident; /* the one that is looked at; held */
	struct tui_list page;         /* where one is on it */
	struct tui_list help_page;
	struct out_losses losses;
	uint64_t now_ns, n_incidents;
	unsigned n_open;
};

int tui_check(void)
{
	return tui_terminal_check();
}

int tui_open(struct tui **out, const struct tui_config *config)
{
	struct tui *t = calloc(1, sizeof(*t));
	int exit_code;

	if (!t) {
		log_error("--tui: no memory");
		return EXIT_ENVIRONMENT;
	}
	t->config = *config;
	tui_vms_init(&t->vms);
	exit_code = tui_terminal_open(&t->terminal, config->out->color);
	if (exit_code) {
		tui_free(t);
		return exit_code;
	}
	canvas_styles(tui_terminal_colors(t->terminal));
	*out = t;
	return 0;
}

static void look_at(struct tui *t, const struct history_item *item)
{
	const struct history_item before = t->incident;

	t->incident = (struct history_item){0};
	if (item)
		t->incident = (struct history_item){
			.first = incident_get(item->first),
			.last = incident_get(item->last),
			.closes = item->closes,
		};
	incident_put(before.first);
	incident_put(before.last);
}

void tui_free(struct tui *t)
{
	if (!t)
		return;
	tui_terminal_close(t->terminal);
	look_at(t, NULL);
	tui_incidents_clear(&t->incidents);
	tui_vms_clear(&t->vms);
	free(t);
}

int tui_fd(const struct tui *t)
{
	return tui_terminal_fd(t->terminal);
}

bool tui_over(const struct tui *t)
{
	return t->over;
}

/* An incident that is forgotten is still looked at; one that closed again is shown so. */
void tui_take(struct tui *t, const struct tui_data *data)
{
	const struct history_item *again;

	if (t->paused)
		return;
	if (tui_vms_take(&t->vms, data->agg) || tui_incidents_take(&t->incidents, data->history))
		log_warn("--tui: no memory; what is shown is not the newest");
	again = t->incident.last ? tui_incidents_find(&t->incidents, t->incident.last->id) : NULL;
	if (again)
		look_at(t, again);
	t->losses = data->losses;
	t->now_ns = data->now_ns;
	t->n_incidents = data->incidents;
	t->n_open = data->open_incidents;
}

/* --- keys ------------------------------------------------------------------------------------- */

/* Deeper: from a VM to its incidents, from one of these to its page. */
static void go_in(struct tui *t)
{
	const struct history_item *item;
	struct vm *vm;

	if (t->view == VIEW_VMS && tui_vms_at(&t->vms, &vm)) {
		tui_incidents_of(&t->incidents, false, vm);
		t->view = VIEW_INCIDENTS;
	} else if (t->view == VIEW_INCIDENTS) {
		item = tui_incidents_at(&t->incidents);
		if (!item)
			return;
		look_at(t, item);
		t->page = (struct tui_list){0};
		t->view = VIEW_INCIDENT;
	}
}

static void go_back(struct tui *t)
{
	if (t->help)
		t->help = false;
	else if (t->view != VIEW_VMS)
		t->view--;
}

static bool screen_key(struct tui *t, int key)
{
	if (t->help)
		return tui_list_page_key(&t->help_page, key);
	switch (t->view) {
	case VIEW_VMS:
		return tui_vms_key(&t->vms, key);
	case VIEW_INCIDENTS:
		return tui_incidents_key(&t->incidents, key);
	case VIEW_INCIDENT:
		return tui_list_page_key(&t->page, key);
	}
	return false;
}

static void press(struct tui *t, int key)
{
	switch (key) {
	case 'q':
		t->over = true;
		break;
	case '?':
	case 'h':
	case KEY_F(1):
		t->help = !t->help;
		break;
	case 'p':
	case ' ':
		t->paused = !t->paused;
		break;
	case ESCAPE:
	case KEY_LEFT:
	case KEY_BACKSPACE:
		go_back(t);
		break;
	case '\r':
	case KEY_ENTER:
	case KEY_RIGHT:
		if (!t->help)
			go_in(t);
		break;
	case 'a':
		tui_incidents_of(&t->incidents, true, NULL);
		t->view = VIEW_INCIDENTS;
		t->help = false;
		break;
	case '/':
		t->typing = t->view == VIEW_VMS && !t->help;
		break;
	default:
		screen_key(t, key);
	}
}

/* --- typing a part of a name ------------------------------------------------------------------ */

static void erase_last(char *text)
{
	size_t n = strlen(text);

	while (n && (text[--n] & 0xc0) == 0x80)
		;
	text[n] = '\0';
}

static void type(char text[TUI_FILTER], wint_t wide)
{
	char bytes[MB_LEN_MAX + 1];
	int n = wctomb(bytes, wide);

	if (n <= 0 || wide < ' ' || strlen(text) + n >= TUI_FILTER)
		return;
	bytes[n] = '\0';
	strcat(text, bytes);
}

static void type_key(struct tui *t, bool function, wint_t code)
{
	char *filter = t->vms.filter;

	if (function ? code == KEY_ENTER : code == '\r')
		t->typing = false;
	else if (!function && code == ESCAPE)
		t->typing = false, *filter = '\0';
	else if (function ? code == KEY_BACKSPACE : code == 127 || code == '\b')
		erase_last(filter);
	else if (!function)
		type(filter, code);
	tui_vms_arrange(&t->vms);
}

bool tui_input(struct tui *t)
{
	struct tui_terminal_news news = tui_terminal_news(t->terminal);
	bool any = news.resized || news.said;
	wint_t code;
	int kind;

	t->said |= news.said;
	t->over |= news.gone;
	while ((kind = get_wch(&code)) != ERR) {
		bool function = kind == KEY_CODE_YES;

		any = true;
		if (function && code == KEY_RESIZE)
			continue;
		t->said = false;
		if (t->typing)
			type_key(t, function, code);
		else
			press(t, function || code < 128 ? (int)code : NO_KEY);
	}
	return any;
}

/* --- the lines around a screen ---------------------------------------------------------------- */

static void losses_text(const struct out_losses *losses, bool by_type, char *text, size_t size)
{
	size_t n = snprintf(text, size, " lost marks: %" PRIu64, out_losses_total(losses));

	for (unsigned id = 0; by_type && id < SEA_MARK_ID_MAX && n < size; id++)
		if (losses->marks[id])
			n += snprintf(text + n, size - n, " %s %" PRIu64,
				      mark_type(id) ? mark_type(id)->name : "?", losses->marks[id]);
	if (n < size)
		snprintf(text + n, size - n, " ");
}

/* What was lost is seen on each screen, whatever else has to go. */
static void draw_bar(const struct tui *t, const struct canvas *c)
{
	char text[512], time[OUT_TIME];
	bool lost = out_losses_total(&t->losses);
	int width;

	losses_text(&t->losses, true, text, sizeof(text));
	if (out_width(text) > (unsigned)c->columns / 2)
		losses_text(&t->losses, false, text, sizeof(text));
	width = UTIL_MIN((int)out_width(text), c->columns);
	canvas_right(c, 0, c->columns - width, width, lost ? STYLE_ALARM : STYLE_BAR, text);
	out_time(t->config.out, t->now_ns, time)[8] = '\0'; /* seconds */
	snprintf(text, sizeof(text), " %s%s%s  %s", t->paused ? "PAUSED  " : "",
		 c->columns < NAMED_MIN ? "" : "seatrace  ", time, t->config.source);
	canvas_text(c, 0, 0, c->columns - width, STYLE_BAR, text);
}

/* What is on the left matters more. */
static void draw_sides(const struct canvas *c, const char *left, const char *right)
{
	int width = UTIL_MIN((int)out_width(left) + 2, c->columns);

	canvas_text(c, 1, 0, c->columns, STYLE_FAINT, left);
	if (c->columns - width >= RIGHT_MIN)
		canvas_right(c, 1, width, c->columns - width, STYLE_FAINT, right);
}

static const char *plural(uint64_t n)
{
	return n == 1 ? "" : "s";
}

static void draw_vms_line(const struct tui *t, const struct canvas *c)
{
	unsigned vms = t->vms.n_taken ? t->vms.n_taken - 1 : 0; /* less the host */
	char left[256], order[TUI_ORDER];
	int n = snprintf(left, sizeof(left), "%u VM%s, %" PRIu64 " incident%s, %u open", vms,
			 plural(vms), t->n_incidents, plural(t->n_incidents), t->n_open);

	if (*t->vms.filter && !t->typing)
		snprintf(left + n, sizeof(left) - n, ", names with \"%s\"", t->vms.filter);
	draw_sides(c, left, tui_vms_order(&t->vms, order));
}

static void draw_incidents_line(const struct tui *t, const struct canvas *c)
{
	const struct tui_incidents *in = &t->incidents;
	char left[256], right[64] = "newest first";

	snprintf(left, sizeof(left), "%s, %u incident%s", in->all ? "all VMs" : out_vm_name(in->vm),
		 in->list.n, plural(in->list.n));
	if (in->beyond)
		snprintf(right, sizeof(right), "%" PRIu64 " older ones not kept", in->beyond);
	draw_sides(c, left, right);
}

static void draw_incident_line(const struct tui *t, const struct canvas *c)
{
	const struct incident *inc = t->incident.first;
	char left[256], time[OUT_TIME];

	snprintf(left, sizeof(left), "%s, incident #%" PRIu64, out_vm_name(inc->vm), inc->id);
	draw_sides(c, left, out_time(t->config.out, inc->time.first_ns, time));
}

static const struct hint {
	const char *key, *what;
} vms_hints[] =
	{
		{"q", "quit"},   {"?", "help"},  {"Enter", "incidents"}, {"< > r", "sort"},
		{"/", "filter"}, {"p", "pause"}, {"a", "all incidents"}, {NULL, NULL},
},
  incidents_hints[] =
	  {
		  {"q", "quit"},   {"?", "help"},  {"Enter", "time line"},
		  {"Esc", "back"}, {"p", "pause"}, {NULL, NULL},
},
  page_hints[] = {
	  {"q", "quit"}, {"?", "help"}, {"Esc", "back"}, {"Up Down", "scroll"}, {NULL, NULL},
};

/* As many as there is room for, the most needed first. */
static void draw_hints(const struct canvas *c, int row, const struct hint *hint)
{
	for (int x = 0; hint->key; hint++) {
		int width = strlen(hint->key) + strlen(hint->what) + 1;

		if (x + width > c->columns)
			break;
		x = canvas_append(c, row, x, STYLE_STRONG, hint->key);
		x = canvas_append(c, row, x, STYLE_FAINT, " ");
		x = canvas_append(c, row, x, STYLE_FAINT, hint->what) + 2;
	}
}

static void draw_last_line(const struct tui *t, const struct canvas *c)
{
	int row = c->rows - 1, x;

	if (t->typing) {
		x = canvas_append(c, row, 0, STYLE_STRONG, "name has: ");
		x = canvas_append(c, row, x, STYLE_PLAIN, t->vms.filter);
		canvas_append(c, row, x, STYLE_CURSOR, " ");
	} else if (t->said) {
		canvas_text(c, row, 0, c->columns, STYLE_WORRYING, tui_terminal_said(t->terminal));
	} else {
		draw_hints(c, row,
			   t->help || t->view == VIEW_INCIDENT ? page_hints
			   : t->view == VIEW_VMS               ? vms_hints
							       : incidents_hints);
	}
}

/* --- a screen --------------------------------------------------------------------------------- */

static void draw_help(struct tui_page *page, void *ctx)
{
	(void)ctx;
	tui_help_draw(page);
}

static void draw_incident(struct tui_page *page, void *ctx)
{
	const struct tui *t = ctx;

	tui_incident_draw(page, t->config.out, &t->incident);
}

/* Drawn once to know how long it is, beyond the screen; and once for good. */
static void draw_page(struct tui *t, const struct canvas *c, struct tui_list *at,
		      void (*draw)(struct tui_page *page, void *ctx))
{
	struct tui_page page = {.canvas = *c};

	page.canvas.rows = 0;
	draw(&page, t);
	tui_list_fit(at, page.line, c->rows);
	page = (struct tui_page){.canvas = *c, .scroll = at->first};
	draw(&page, t);
}

static void draw_view(struct tui *t, const struct canvas *all, const struct canvas *body)
{
	if (t->help) {
		draw_sides(all, "help", "");
		draw_page(t, body, &t->help_page, draw_help);
		return;
	}
	switch (t->view) {
	case VIEW_VMS:
		draw_vms_line(t, all);
		tui_vms_draw(&t->vms, body);
		break;
	case VIEW_INCIDENTS:
		draw_incidents_line(t, all);
		tui_incidents_draw(&t->incidents, body, t->config.out);
		break;
	case VIEW_INCIDENT:
		draw_incident_line(t, all);
		draw_page(t, body, &t->page, draw_incident);
		break;
	}
}

void tui_draw(struct tui *t)
{
	const struct canvas all = {0, LINES, COLS, t->config.out->unicode};
	const struct canvas body = {2, LINES - 3, COLS, all.unicode};

	erase();
	draw_bar(t, &all);
	if (LINES >= ROWS_MIN && COLS >= COLUMNS_MIN) {
		draw_view(t, &all, &body);
		draw_last_line(t, &all);
	}
	refresh();
}
