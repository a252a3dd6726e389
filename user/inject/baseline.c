// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shots of then and now, side by side.
 * Must not: read; judge which of the two is right.
 */
#include "inject/baseline_int.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lib/util.h"

void baseline_free(struct baseline *b)
{
	if (!b)
		return;
	for (unsigned i = 0; i < b->n; i++)
		json_decref(b->shots[i].line);
	free(b->shots);
	free(b->name);
	free(b);
}

/* The same key again is told apart by the order in the file. */
static int by_key(const void *a, const void *b)
{
	const struct old_shot *one = a, *other = b;
	int order = result_key_compare(&one->key, &other->key);

	return order ? order : (one->at > other->at) - (one->at < other->at);
}

void baseline_sort(struct baseline *b)
{
	struct result_key before;

	if (b->n)
		qsort(b->shots, b->n, sizeof(*b->shots), by_key);
	for (unsigned i = 1; i < b->n; i++) {
		before = b->shots[i - 1].key;
		before.same_before = 0;
		if (!result_key_compare(&before, &b->shots[i].key))
			b->shots[i].key.same_before = b->shots[i - 1].key.same_before + 1;
	}
}

/* --- comparing -------------------------------------------------------------------------------- */

static int by_key_alone(const void *key, const void *shot)
{
	return result_key_compare(key, &((const struct old_shot *)shot)->key);
}

static struct baseline_state state_of(const struct shot_result *shot)
{
	return (struct baseline_state){
		.verdict = shot->verdict,
		.outcome = result_has_outcome(shot) ? shot->outcome : BASELINE_NO_OUTCOME,
		.p50_ns = {hist_quantile(&shot->phase1, 0.5), hist_quantile(&shot->phase2, 0.5)},
	};
}

/* Both were timed, and one is more than so many times the other. */
static bool is_far(uint64_t before, uint64_t now, double ratio)
{
	return before && now && (now > before * ratio || before > now * ratio);
}

static unsigned differences(const struct baseline_state *before, const struct baseline_state *now,
			    double ratio)
{
	return (before->verdict != now->verdict ? BASELINE_VERDICT : 0) |
	       (before->outcome != now->outcome ? BASELINE_OUTCOME : 0) |
	       (is_far(before->p50_ns[0], now->p50_ns[0], ratio) ? BASELINE_PHASE1 : 0) |
	       (is_far(before->p50_ns[1], now->p50_ns[1], ratio) ? BASELINE_PHASE2 : 0);
}

/* Names went into the file as util_clean() left them. */
static const struct old_shot *find(const struct baseline *b, const struct result_key *key)
{
	char vm[RESULT_TEXT], value[RESULT_TEXT], place[RESULT_TEXT];
	struct result_key clean = *key;

	util_clean(vm, sizeof(vm), key->vm, strlen(key->vm));
	util_clean(value, sizeof(value), key->value, strlen(key->value));
	util_clean(place, sizeof(place), key->place, strlen(key->place));
	clean.vm = vm;
	clean.value = value;
	clean.place = place;
	return bsearch(&clean, b->shots, b->n, sizeof(*b->shots), by_key_alone);
}

/* What the file has of a shot of the campaign is marked as seen. */
static void compare_shot(const struct baseline *b, const struct campaign_result *result, unsigned i,
			 struct baseline_changes *out, bool *seen)
{
	struct baseline_change change = {
		.key = result_key(result, i),
		.now = state_of(&result->shots[i]),
		.what = BASELINE_NEW,
	};
	const struct old_shot *old = find(b, &change.key);

	if (old) {
		seen[old->at] = true;
		change.before = old->state;
		change.what = differences(&change.before, &change.now, out->ratio);
	}
	if (change.what)
		out->list[out->n++] = change;
	else
		out->n_same++;
}

static int by_place_in_file(const void *a, const void *b)
{
	const struct old_shot *const *one = a, *const *other = b;

	return ((*one)->at > (*other)->at) - ((*one)->at < (*other)->at);
}

static int add_gone(const struct baseline *b, struct baseline_changes *out, const bool *seen)
{
	const struct old_shot **in_file = calloc(b->n, sizeof(*in_file));

	if (!in_file)
		return -ENOMEM;
	for (unsigned i = 0; i < b->n; i++)
		in_file[i] = &b->shots[i];
	qsort(in_file, b->n, sizeof(*in_file), by_place_in_file);
	for (unsigned i = 0; i < b->n; i++)
		if (!seen[i])
			out->list[out->n++] = (struct baseline_change){
				.key = in_file[i]->key,
				.before = in_file[i]->state,
				.what = BASELINE_GONE,
			};
	free(in_file);
	return 0;
}

int baseline_compare(const struct baseline *b, const struct campaign_result *result, double ratio,
		     struct baseline_changes *out)
{
	bool *seen = calloc(b->n, sizeof(*seen));
	int err = -ENOMEM;

	*out = (struct baseline_changes){
		.name = b->name,
		.complete = b->complete,
		.ratio = ratio,
		.list = calloc(b->n + result->n_shots, sizeof(*out->list)),
	};
	if (seen && out->list) {
		for (unsigned i = 0; i < result->n_shots; i++)
			compare_shot(b, result, i, out, seen);
		err = add_gone(b, out, seen);
	}
	free(seen);
	if (err)
		baseline_changes_free(out);
	return err;
}

void baseline_changes_free(struct baseline_changes *changes)
{
	free(changes->list);
	changes->list = NULL;
	changes->n = 0;
}
