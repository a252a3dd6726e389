// SPDX-License-Identifier: GPL-2.0-only
/*
 * Rows merged by label.
 * Must not: change a row.
 */
#include "trace/group.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct entry {
	struct group group;
	unsigned rows;             /* in this update */
	uint64_t activity;         /* grows with whatever happens to it */
	uint64_t active_ns;        /* when it last lived, or that grew */
	struct agg_row past;       /* of rows that were folded */
	struct hist *own[LAP_MAX]; /* for laps of several rows; one row's own is borrowed */
};

struct groups {
	struct entry **entries; /* by label */
	unsigned n, cap;
	const struct group **shown; /* as many as there are entries, at most */
	unsigned n_shown;
	uint64_t keep_ns, dropped;
};

struct groups *groups_new(uint64_t keep_ns)
{
	struct groups *g = calloc(1, sizeof(*g));

	if (g)
		g->keep_ns = keep_ns;
	return g;
}

static void free_entry(struct entry *e)
{
	agg_row_clear(&e->past);
	for (int lap = 0; lap < LAP_MAX; lap++)
		free(e->own[lap]);
	free(e);
}

void groups_free(struct groups *g)
{
	if (!g)
		return;
	for (unsigned i = 0; i < g->n; i++)
		free_entry(g->entries[i]);
	free(g->entries);
	free(g->shown);
	free(g);
}

/* --- by label --------------------------------------------------------------------------------- */

static void label_of(char label[sizeof(((struct group *)0)->label)], const struct vm *vm)
{
	const char *name = !vm ? "host" : vm->named ? vm->name : "unnamed";
	bool taken = vm && vm->named && (!strcmp(name, "host") || !strcmp(name, "unnamed"));

	snprintf(label, sizeof(((struct group *)0)->label), "%s%s", name, taken ? "#1" : "");
}

/* Where the label is, or belongs. */
static unsigned position(const struct groups *g, const char *label)
{
	unsigned low = 0, high = g->n;

	while (low < high) {
		unsigned middle = low + (high - low) / 2;

		if (strcmp(g->entries[middle]->group.label, label) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static int grow(struct groups *g)
{
	unsigned cap = g->cap ? 2 * g->cap : 16;
	const struct group **shown;
	struct entry **entries;

	if (g->n < g->cap)
		return 0;
	entries = reallocarray(g->entries, cap, sizeof(*entries));
	if (!entries)
		return -ENOMEM;
	g->entries = entries;
	shown = reallocarray(g->shown, cap, sizeof(*shown));
	if (!shown)
		return -ENOMEM;
	g->shown = shown;
	g->cap = cap;
	return 0;
}

static struct entry *find_entry(const struct groups *g, const char *label)
{
	unsigned at = position(g, label);

	return at < g->n && !strcmp(g->entries[at]->group.label, label) ? g->entries[at] : NULL;
}

/* The entry of a VM's label, made when new. NULL without memory. */
static struct entry *entry_for(struct groups *g, const struct vm *vm)
{
	char label[sizeof(((struct group *)0)->label)];
	struct entry *e;
	unsigned at;

	label_of(label, vm);
	e = find_entry(g, label);
	if (e)
		return e;
	if (grow(g))
		return NULL;
	e = calloc(1, sizeof(*e));
	if (!e)
		return NULL;
	at = position(g, label);
	strcpy(e->group.label, label);
	memmove(g->entries + at + 1, g->entries + at, (g->n - at) * sizeof(*g->entries));
	g->entries[at] = e;
	g->n++;
	return e;
}

/* --- merging ---------------------------------------------------------------------------------- */

static int add_lap(struct entry *e, int lap, const struct hist *from)
{
	const struct hist **laps = e->group.laps;

	if (!from)
		return 0;
	if (!laps[lap]) {
		laps[lap] = from;
		return 0;
	}
	if (laps[lap] != e->own[lap]) {
		if (!e->own[lap])
			e->own[lap] = malloc(sizeof(*e->own[lap]));
		if (!e->own[lap])
			return -ENOMEM;
		*e->own[lap] = *laps[lap];
		laps[lap] = e->own[lap];
	}
	hist_merge(e->own[lap], from);
	return 0;
}

static int add_numbers(struct entry *e, const struct agg_row *row)
{
	int err = 0;

	for (int m = 0; m < METER_MAX; m++)
		e->group.counts[m] += row->counts[m];
	for (int o = 0; o < OUTCOME_MAX; o++)
		e->group.closed[o] += row->outcomes[o];
	for (int lap = 0; lap < LAP_MAX && !err; lap++)
		err = add_lap(e, lap, row->laps[lap]);
	return err;
}

/* With what was before: alone it needs no memory. */
static void begin(struct entry *e)
{
	struct group *group = &e->group;

	e->rows = 0;
	group->live = 0;
	memset(group->counts, 0, sizeof(group->counts));
	memcpy(group->closed, group->changed, sizeof(group->closed));
	memset(group->laps, 0, sizeof(group->laps));
	add_numbers(e, &e->past);
}

static int add_row(struct entry *e, const struct agg_row *row)
{
	e->rows++;
	e->group.live += row->vm && !row->vm->gone;
	return add_numbers(e, row);
}

static uint64_t activity(const struct group *group)
{
	uint64_t sum = 0;

	for (int m = 0; m < METER_MAX; m++)
		sum += group->counts[m];
	for (int o = 0; o < OUTCOME_MAX; o++)
		sum += group->closed[o];
	return sum;
}

static bool is_shown(const struct groups *g, struct entry *e, uint64_t now_ns)
{
	uint64_t sum = activity(&e->group);

	if (e->group.live || !e->active_ns || sum != e->activity)
		e->active_ns = now_ns;
	e->activity = sum;
	return now_ns - e->active_ns < g->keep_ns || !strcmp(e->group.label, "host");
}

/* Forgets labels without a row, lists those to be shown. */
static void conclude(struct groups *g, uint64_t now_ns)
{
	unsigned kept = 0;

	for (unsigned i = 0; i < g->n; i++) {
		struct entry *e = g->entries[i];

		if (!e->rows) {
			free_entry(e);
			continue;
		}
		g->entries[kept++] = e;
		if (is_shown(g, e, now_ns))
			g->shown[g->n_shown++] = &e->group;
	}
	g->n = kept;
}

int groups_update(struct groups *g, const struct agg *agg, uint64_t now_ns)
{
	g->n_shown = 0;
	for (unsigned i = 0; i < g->n; i++)
		begin(g->entries[i]);
	for (unsigned i = 0; i < agg_size(agg); i++) {
		const struct agg_row *row = agg_at(agg, i);
		struct entry *e;

		if (row->n_folded)
			continue;
		e = entry_for(g, row->vm);
		if (!e || add_row(e, row))
			return -ENOMEM;
	}
	conclude(g, now_ns);
	return 0;
}

/* Of a label that no update has shown yet, nobody misses anything. */
void groups_folded(struct groups *g, const struct agg_row *row)
{
	char label[sizeof(((struct group *)0)->label)];
	struct entry *e;

	label_of(label, row->vm);
	e = find_entry(g, label);
	if (e && agg_row_add(&e->past, row))
		g->dropped++;
}

void groups_changed(struct groups *g, const struct vm *vm, enum outcome from)
{
	struct entry *e = entry_for(g, vm);

	if (e)
		e->group.changed[from]++;
	else
		g->dropped++;
}

/* --- what there is ---------------------------------------------------------------------------- */

uint64_t groups_dropped(const struct groups *g)
{
	return g->dropped;
}

unsigned groups_live(const struct groups *g)
{
	unsigned live = 0;

	for (unsigned i = 0; i < g->n_shown; i++)
		live += g->shown[i]->live;
	return live;
}

unsigned groups_size(const struct groups *g)
{
	return g->n_shown;
}

const struct group *groups_at(const struct groups *g, unsigned i)
{
	return i < g->n_shown ? g->shown[i] : NULL;
}
