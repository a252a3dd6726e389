// SPDX-License-Identifier: GPL-2.0-only
/*
 * Rows of counters and histograms.
 * Must not: know where a number comes from.
 */
#include "trace/agg.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>

struct agg {
	struct agg_row **rows; /* [0] is the host's */
	struct agg_row folded;
	const struct agg_row **shown; /* of rows; as much room */
	unsigned n_shown;
	const struct filter *filter; /* NULL: all are shown */
	unsigned n, cap;
	unsigned *by_vm; /* vm->id -> index into rows; 0: none */
	unsigned n_by_vm;
	uint64_t generation, dropped;
};

static int grow(struct agg *agg)
{
	unsigned cap = agg->cap ? 2 * agg->cap : 16;
	const struct agg_row **shown;
	struct agg_row **rows;

	if (agg->n < agg->cap)
		return 0;
	rows = reallocarray(agg->rows, cap, sizeof(*rows));
	if (!rows)
		return -ENOMEM;
	agg->rows = rows;
	shown = reallocarray(agg->shown, cap, sizeof(*shown));
	if (!shown)
		return -ENOMEM;
	agg->shown = shown;
	agg->cap = cap;
	return 0;
}

static void show(struct agg *agg, const struct agg_row *row)
{
	if (!agg->filter || filter_vm(agg->filter, row->vm))
		agg->shown[agg->n_shown++] = row;
}

static struct agg_row *add_row(struct agg *agg, struct vm *vm)
{
	struct agg_row *row;

	if (grow(agg))
		return NULL;
	row = calloc(1, sizeof(*row));
	if (!row)
		return NULL;
	row->vm = vm ? vm_hold(vm) : NULL;
	agg->rows[agg->n++] = row;
	show(agg, row);
	return row;
}

static void show_again(struct agg *agg)
{
	agg->n_shown = 0;
	for (unsigned i = 0; i < agg->n; i++)
		show(agg, agg->rows[i]);
}

void agg_show(struct agg *agg, const struct filter *filter)
{
	agg->filter = filter;
	show_again(agg);
}

struct agg *agg_new(void)
{
	struct agg *agg = calloc(1, sizeof(*agg));

	if (agg && !add_row(agg, NULL)) {
		agg_free(agg);
		return NULL;
	}
	return agg;
}

void agg_row_clear(struct agg_row *row)
{
	vm_put(row->vm);
	for (int lap = 0; lap < LAP_MAX; lap++)
		free(row->laps[lap]);
}

static void free_row(struct agg_row *row)
{
	agg_row_clear(row);
	free(row);
}

void agg_free(struct agg *agg)
{
	if (!agg)
		return;
	for (unsigned i = 0; i < agg->n; i++)
		free_row(agg->rows[i]);
	agg_row_clear(&agg->folded);
	free(agg->rows);
	free(agg->shown);
	free(agg->by_vm);
	free(agg);
}

static int reach_id(struct agg *agg, uint32_t id)
{
	unsigned n = 2 * id + 16, *by_vm;

	if (id < agg->n_by_vm)
		return 0;
	by_vm = reallocarray(agg->by_vm, n, sizeof(*by_vm));
	if (!by_vm)
		return -1;
	for (unsigned i = agg->n_by_vm; i < n; i++)
		by_vm[i] = 0;
	agg->by_vm = by_vm;
	agg->n_by_vm = n;
	return 0;
}

struct agg_row *agg_row(struct agg *agg, struct vm *vm)
{
	struct agg_row *row;

	if (!vm)
		return agg->rows[0];
	if (reach_id(agg, vm->id))
		return NULL;
	if (agg->by_vm[vm->id])
		return agg->rows[agg->by_vm[vm->id]];
	row = add_row(agg, vm);
	if (!row)
		return NULL;
	agg->by_vm[vm->id] = agg->n - 1;
	agg->generation++;
	return row;
}

/* The row to add to; the addition is counted either way. */
static struct agg_row *row_for(struct agg *agg, struct vm *vm)
{
	struct agg_row *row = agg_row(agg, vm);

	agg->generation++;
	agg->dropped += !row;
	if (row)
		row->activity++;
	return row;
}

void agg_count(struct agg *agg, struct vm *vm, enum meter meter)
{
	struct agg_row *row = row_for(agg, vm);

	if (row)
		row->counts[meter]++;
}

static struct hist *reach_lap(struct agg_row *row, enum lap lap)
{
	if (row && !row->laps[lap])
		row->laps[lap] = calloc(1, sizeof(struct hist));
	return row ? row->laps[lap] : NULL;
}

void agg_lap(struct agg *agg, struct vm *vm, enum lap lap, uint64_t ns)
{
	struct agg_row *row = row_for(agg, vm);
	struct hist *h = reach_lap(row, lap);

	if (h)
		hist_add(h, ns);
	else
		agg->dropped += !!row;
}

void agg_merge_lap(struct agg *agg, struct vm *vm, enum lap lap, const struct hist *more)
{
	struct hist *h = reach_lap(agg_row(agg, vm), lap);

	if (h)
		hist_merge(h, more);
	else
		agg->dropped += more->count;
}

void agg_outcome(struct agg *agg, struct vm *vm, enum outcome outcome)
{
	struct agg_row *row = row_for(agg, vm);

	if (row)
		row->outcomes[outcome]++;
}

void agg_change_outcome(struct agg *agg, struct vm *vm, enum outcome from, enum outcome to)
{
	struct agg_row *row = row_for(agg, vm);

	if (!row)
		return;
	if (row->outcomes[from])
		row->outcomes[from]--;
	else if (agg->folded.outcomes[from]) /* the VM's old row is in there */
		agg->folded.outcomes[from]--;
	row->outcomes[to]++;
}

/* --- VMs that are gone ------------------------------------------------------------------------ */

int agg_row_add(struct agg_row *to, const struct agg_row *from)
{
	int err = 0;

	for (int m = 0; m < METER_MAX; m++)
		to->counts[m] += from->counts[m];
	for (int o = 0; o < OUTCOME_MAX; o++)
		to->outcomes[o] += from->outcomes[o];
	for (int lap = 0; lap < LAP_MAX; lap++) {
		if (!from->laps[lap])
			continue;
		if (!to->laps[lap])
			to->laps[lap] = calloc(1, sizeof(struct hist));
		if (to->laps[lap])
			hist_merge(to->laps[lap], from->laps[lap]);
		else
			err = -ENOMEM;
	}
	return err;
}

/* Whether the VM is gone; notes since when nothing was added. */
static bool is_gone(struct agg_row *row, uint64_t now_ns)
{
	if (!row->vm || !row->vm->gone)
		return false;
	if (!row->quiet_ns || row->activity != row->seen_activity) {
		row->quiet_ns = now_ns;
		row->seen_activity = row->activity;
	}
	return true;
}

static int quiet_for_longest(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

/* Which rows of VMs that are gone are due. */
struct due {
	uint64_t before_ns; /* those that are quiet since before */
	uint64_t at_ns;     /* and, in order of appearance, so many that are quiet since then */
	unsigned n_at;
};

/* So that at most `most` stay. Without memory that has to wait. */
static void limit_due(struct due *due, const struct agg *agg, uint64_t now_ns, unsigned most)
{
	uint64_t *quiet = calloc(agg->n, sizeof(*quiet));
	unsigned n = 0, excess;

	for (unsigned i = 0; quiet && i < agg->n; i++)
		if (is_gone(agg->rows[i], now_ns))
			quiet[n++] = agg->rows[i]->quiet_ns;
	excess = n > most ? n - most : 0;
	if (excess) {
		qsort(quiet, n, sizeof(*quiet), quiet_for_longest);
		due->at_ns = quiet[excess - 1];
		for (due->n_at = 0; due->n_at < excess; due->n_at++)
			if (quiet[excess - 1 - due->n_at] != due->at_ns)
				break;
		if (due->at_ns > due->before_ns)
			due->before_ns = due->at_ns;
	}
	free(quiet);
}

static bool is_due(struct due *due, struct agg_row *row, uint64_t now_ns)
{
	if (!is_gone(row, now_ns))
		return false;
	if (row->quiet_ns < due->before_ns)
		return true;
	return row->quiet_ns == due->at_ns && due->n_at && due->n_at--;
}

static void fold_row(struct agg *agg, struct agg_row *row)
{
	agg->dropped += agg_row_add(&agg->folded, row) != 0;
	agg->folded.n_folded++;
	agg->by_vm[row->vm->id] = 0;
	free_row(row);
}

void agg_fold(struct agg *agg, uint64_t now_ns, uint64_t keep_ns, unsigned most,
	      void (*folded)(void *ctx, const struct agg_row *row), void *ctx)
{
	/* untouched for keep_ns: since before the next nanosecond */
	struct due due = {.before_ns = now_ns >= keep_ns ? now_ns - keep_ns + 1 : 0};
	unsigned kept = 0;

	limit_due(&due, agg, now_ns, most);
	for (unsigned i = 0; i < agg->n; i++) {
		struct agg_row *row = agg->rows[i];

		if (is_due(&due, row, now_ns)) {
			if (folded)
				folded(ctx, row);
			fold_row(agg, row);
			continue;
		}
		if (row->vm)
			agg->by_vm[row->vm->id] = kept;
		agg->rows[kept++] = row;
	}
	agg->n = kept;
	show_again(agg);
}

uint64_t agg_dropped(const struct agg *agg)
{
	return agg->dropped;
}

uint64_t agg_generation(const struct agg *agg)
{
	return agg->generation;
}

const struct agg_row *agg_vm_row(const struct agg *agg, unsigned i)
{
	return i + 1 < agg->n ? agg->rows[i + 1] : NULL; /* the host's comes first */
}

/* Nobody in there has a name that could be asked for. */
static bool shows_folded(const struct agg *agg)
{
	return agg->folded.n_folded && (!agg->filter || !agg->filter->vms.n);
}

unsigned agg_size(const struct agg *agg)
{
	return agg->n_shown + shows_folded(agg);
}

const struct agg_row *agg_at(const struct agg *agg, unsigned i)
{
	if (i == agg->n_shown && shows_folded(agg))
		return &agg->folded;
	return i < agg->n_shown ? agg->shown[i] : NULL;
}
