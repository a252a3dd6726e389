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

static struct result_key key_of(const struct shot_result *shot)
{
	return (struct result_key){
		.vm = shot->vm,
		.method = shot->method,
		.value = shot->value ? shot->value : "",
		.place = shot->place,
		.wanted = shot->wanted,
	};
}

int result_key_compare(const struct result_key *a, const struct result_key *b)
{
	int order = strcmp(a->vm, b->vm);

	if (!order)
		order = strcmp(a->method, b->method);
	if (!order)
		order = strcmp(a->value, b->value);
	if (!order)
		order = strcmp(a->place, b->place);
	if (!order)
		order = (a->wanted > b->wanted) - (a->wanted < b->wanted);
	if (!order)
		order = (a->same_before > b->same_before) - (a->same_before < b->same_before);
	return order;
}

struct result_key result_key(const struct campaign_result *result, unsigned i)
{
	struct result_key key = key_of(&result->shots[i]);
	unsigned same = 0;

	for (unsigned before = 0; before < i; before++) {
		struct result_key other = key_of(&result->shots[before]);

		same += !result_key_compare(&key, &other);
	}
	key.same_before = same;
	return key;
}
