// SPDX-License-Identifier: GPL-2.0-only
/*
 * Rows of shots, added up.
 * Must not: judge.
 */
#include "inject/result.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

bool result_has_outcome(const struct shot_result *shot)
{
	return shot->verdict == VERDICT_PASS || shot->verdict == VERDICT_FAIL;
}

void result_count(struct campaign_result *result)
{
	memset(result->verdicts, 0, sizeof(result->verdicts));
	for (unsigned i = 0; i < result->n_shots; i++)
		result->verdicts[result->shots[i].verdict]++;
}

static void add(struct result_row *row, const struct shot_result *shot)
{
	row->n++;
	row->wanted += shot->wanted;
	row->fired += shot->fired;
	row->would += shot->evidence.would;
	row->verdicts[shot->verdict]++;
	if (result_has_outcome(shot))
		row->outcomes[shot->outcome]++;
	hist_merge(&row->phase1, &shot->phase1);
	hist_merge(&row->phase2, &shot->phase2);
}

/*
 * The row of a shot. A new one goes behind the last of its VM, which keeps each VM's together however
 * the campaign took turns.
 */
static struct result_row *row_of(struct result_row *rows, unsigned *n,
				 const struct shot_result *shot)
{
	unsigned at = *n;

	for (unsigned i = 0; i < *n; i++) {
		if (strcmp(rows[i].vm, shot->vm))
			continue;
		if (!strcmp(rows[i].method, shot->method))
			return &rows[i];
		at = i + 1;
	}
	memmove(&rows[at + 1], &rows[at], (*n - at) * sizeof(*rows));
	memset(&rows[at], 0, sizeof(*rows));
	rows[at].vm = shot->vm;
	rows[at].method = shot->method;
	(*n)++;
	return &rows[at];
}

/* Grows by one row at a time: they are few, and large. */
int result_rows(const struct campaign_result *result, struct result_row **rows)
{
	struct result_row *list = NULL, *more;
	unsigned n = 0;

	for (unsigned i = 0; i < result->n_shots; i++) {
		more = realloc(list, (n + 1) * sizeof(*list));
		if (!more) {
			free(list);
			return -ENOMEM;
		}
		list = more;
		add(row_of(list, &n, &result->shots[i]), &result->shots[i]);
	}
	*rows = list;
	return n;
}

static bool is_same(const struct shot_result *a, const struct shot_result *b)
{
	return !strcmp(a->vm, b->vm) && !strcmp(a->method, b->method) &&
	       !strcmp(a->place, b->place) &&
	       !strcmp(a->value ? a->value : "", b->value ? b->value : "") &&
	       a->wanted == b->wanted;
}

unsigned result_same_before(const struct campaign_result *result, unsigned i)
{
	unsigned same = 0;

	for (unsigned before = 0; before < i; before++)
		same += is_same(&result->shots[before], &result->shots[i]);
	return same;
}
