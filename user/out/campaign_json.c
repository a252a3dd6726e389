// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shots and their sum as JSON Lines (campaign_json.h).
 * Must not: add up.
 */
#include "out/campaign_json.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

#include "lib/util.h"
#include "out/out_json.h"

_Static_assert(OUT_JSON_TEXT == RESULT_TEXT, "names are looked for as they were written");

/* Counts that nobody reaches would become negative. */
static json_int_t number(uint64_t value)
{
	return UTIL_MIN(value, (uint64_t)INT64_MAX);
}

static json_t *hist(const struct hist *h)
{
	return h->count ? out_json_hist(h) : json_null();
}

static json_t *names(unsigned expected)
{
	json_t *list = json_array();

	for (int o = 0; o < SHOT_MAX; o++)
		if (expected & OUTCOME_BIT(o) &&
		    json_array_append_new(list, json_string(shot_outcomes[o]))) {
			json_decref(list);
			return NULL;
		}
	return list;
}

/* All of them, zeros included: who reads them need not know which there are. */
static json_t *counts(const unsigned *n, const char *const *name, unsigned size)
{
	json_t *object = json_object();

	for (unsigned i = 0; i < size; i++)
		if (json_object_set_new(object, name[i], json_integer(n[i]))) {
			json_decref(object);
			return NULL;
		}
	return object;
}

static json_t *counts64(const uint64_t *n, const char *const *name, unsigned size)
{
	json_t *object = json_object();

	for (unsigned i = 0; i < size; i++)
		if (json_object_set_new(object, name[i], json_integer(number(n[i])))) {
			json_decref(object);
			return NULL;
		}
	return object;
}

static json_t *evidence(const struct evidence *e)
{
	static const char *const answers[] = {
		[PROBE_ALIVE] = "alive",
		[PROBE_APP_KILLED] = "app-killed",
		[PROBE_DEAD] = "dead",
	};
	char name[24];

	return json_pack(
		"{s:I, s:I, s:b, s:b, s:s?, s:I, s:o, s:o, s:I, s:I, s:s?, s:I, s:I, s:s?}",
		"matched", number(e->matched), "lost", number(e->lost), "observer_lost",
		e->observer_lost, "vmm_gone", e->vmm_gone, "vmm_signal",
		e->vmm_signal ? util_signal(e->vmm_signal, name) : NULL, "incidents",
		number(e->incidents), "counts", counts64(e->counts, meter_names, METER_MAX),
		"outcomes", counts64(e->outcomes, outcome_names, OUTCOME_MAX), "explicit_notified",
		number(e->explicit_notified), "calls_failed", number(e->calls_failed), "call_errno",
		e->calls_failed ? util_errno(e->call_errno) : NULL, "told_guest",
		number(e->told_guest), "elsewhere", number(e->elsewhere), "probe",
		answers[e->probe]);
}

int campaign_json_shot(const struct out *out, const struct shot_result *shot)
{
	const char *outcome = result_has_outcome(shot) ? shot_outcomes[shot->outcome] : NULL;
	char time[36];
	json_t *line;

	util_rfc3339(time, shot->started_ns + out->clock_offset_ns);
	line = json_pack(
		"{s:s, s:s, s:I, s:o, s:s, s:o, s:o, s:I, s:I, s:I, s:o, s:s?, s:s, s:o, s:s, "
		"s:I, s:I, s:o, s:o, s:o}",
		"schema", RESULT_SCHEMA, "type", "shot", "number", (json_int_t)shot->number, "vm",
		out_json_text(shot->vm), "method", shot->method, "value",
		out_json_text(shot->value), "place", out_json_text(shot->place), "wanted",
		number(shot->wanted), "fired", number(shot->fired), "would",
		number(shot->evidence.would), "expected", names(shot->expected), "outcome", outcome,
		"verdict", verdict_names[shot->verdict], "reason", out_json_text(shot->reason),
		"time", time, "mono_ns", number(shot->started_ns), "took_ns", number(shot->took_ns),
		"evidence", evidence(&shot->evidence), "phase1", hist(&shot->phase1), "phase2",
		hist(&shot->phase2));
	return out_json_line(out->file, line, 0);
}

static json_t *row(const struct result_row *r)
{
	return json_pack("{s:o, s:s, s:I, s:I, s:I, s:I, s:o, s:o, s:o, s:o}", "vm",
			 out_json_text(r->vm), "method", r->method, "rows", (json_int_t)r->n,
			 "wanted", number(r->wanted), "fired", number(r->fired), "would",
			 number(r->would), "outcomes", counts(r->outcomes, shot_outcomes, SHOT_MAX),
			 "verdicts", counts(r->verdicts, verdict_names, VERDICT_MAX), "phase1",
			 hist(&r->phase1), "phase2", hist(&r->phase2));
}

static json_t *rows(const struct campaign_result *result)
{
	json_t *list = json_array();
	struct result_row *all;
	int n = result_rows(result, &all), err = n < 0;

	for (int i = 0; i < n; i++)
		err |= json_array_append_new(list, row(&all[i]));
	if (n >= 0)
		free(all);
	if (!err)
		return list;
	json_decref(list);
	return NULL;
}

int campaign_json(const struct out *out, const struct campaign_result *result)
{
	char seed[19], time[36];
	json_t *line;

	util_rfc3339(time, result->started_ns + out->clock_offset_ns);
	snprintf(seed, sizeof(seed), "0x%" PRIx64, result->seed);
	line = json_pack(
		"{s:s, s:s, s:o, s:s, s:s, s:b, s:b, s:I, s:I, s:I, s:I, s:s, s:I, s:I, s:o, s:o}",
		"schema", RESULT_SCHEMA, "type", "campaign", "name", out_json_text(result->name),
		"kernel", result->kernel, "seed", seed, "dry_run", result->dry_run, "interrupted",
		result->interrupted, "shots", (json_int_t)result->n_shots, "budget",
		number(result->budget), "budget_left", number(result->budget_left), "lost",
		number(result->lost), "time", time, "mono_ns", number(result->started_ns),
		"took_ns", number(result->took_ns), "verdicts",
		counts(result->verdicts, verdict_names, VERDICT_MAX), "rows", rows(result));
	return out_json_line(out->file, line, 0);
}
