// SPDX-License-Identifier: GPL-2.0-only
/*
 * Rows of counters and histograms.
 * Must not: know where a number comes from.
 */
#include "trace/agg.h"

#include <stdlib.h>

struct agg {
	struct agg_row **rows; /* [0] is the host's */
	unsigned n, cap;
	unsigned *by_vm; /* vm->id -> index into rows; 0: none */
	unsigned n_by_vm;
	uint64_t generation, dropped;
};

static struct agg_row *add_row(struct agg *agg, struct vm *vm)
{
	struct agg_row *row;

	if (agg->n == agg->cap) {
		unsigned cap = agg->cap ? 2 * agg->cap : 16;
		struct agg_row **rows = reallocarray(agg->rows, cap, sizeof(struct agg_row *));

		if (!rows)
			return NULL;
		agg->rows = rows;
		agg->cap = cap;
	}
	row = calloc(1, sizeof(*row));
	if (!row)
		return NULL;
	row->vm = vm ? vm_hold(vm) : NULL;
	agg->rows[agg->n++] = row;
	return row;
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

void agg_free(struct agg *agg)
{
	if (!agg)
		return;
	for (unsigned i = 0; i < agg->n; i++) {
		vm_put(agg->rows[i]->vm);
		for (int lap = 0; lap < LAP_MAX; lap++)
			free(agg->rows[i]->laps[lap]);
		free(agg->rows[i]);
	}
	free(agg->rows);
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
	return row;
}

void agg_count(struct agg *agg, struct vm *vm, enum meter meter)
{
	struct agg_row *row = row_for(agg, vm);

	if (row)
		row->counts[meter]++;
}

void agg_lap(struct agg *agg, struct vm *vm, enum lap lap, uint64_t ns)
{
	struct agg_row *row = row_for(agg, vm);

	if (!row)
		return;
	if (!row->laps[lap])
		row->laps[lap] = calloc(1, sizeof(struct hist));
	if (row->laps[lap])
		hist_add(row->laps[lap], ns);
	else
		agg->dropped++;
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
	if (row->outcomes[from]) /* else the VM is another one in the old one's place */
		row->outcomes[from]--;
	row->outcomes[to]++;
}

uint64_t agg_dropped(const struct agg *agg)
{
	return agg->dropped;
}

uint64_t agg_generation(const struct agg *agg)
{
	return agg->generation;
}

unsigned agg_size(const struct agg *agg)
{
	return agg->n;
}

const struct agg_row *agg_at(const struct agg *agg, unsigned i)
{
	return i < agg->n ? agg->rows[i] : NULL;
}
