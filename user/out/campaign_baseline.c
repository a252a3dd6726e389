// SPDX-License-Identifier: GPL-2.0-only
/*
 * Changes, shot by shot.
 * Must not: compare.
 */
#include "out/campaign_baseline.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "lib/util.h"
#include "out/campaign_words.h"
#include "out/out_json.h"

static const char *outcome_name(const struct baseline_state *state)
{
	return state->outcome == BASELINE_NO_OUTCOME ? NULL : shot_outcomes[state->outcome];
}

/* --- text ------------------------------------------------------------------------------------- */

struct line {
	char text[1024];
	size_t len;
};

static void __attribute__((format(printf, 2, 3))) add(struct line *line, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(line->text + line->len, sizeof(line->text) - line->len, format, args);
	va_end(args);
	line->len = strlen(line->text);
}

static void put_line(const struct out *out, const char *prefix, unsigned indent, const char *text)
{
	fputs(prefix, out->file);
	campaign_words_wrap(out, prefix, indent, text);
}

static void add_state(struct line *line, const struct baseline_state *state)
{
	const char *outcome = outcome_name(state);

	add(line, "%s", verdict_names[state->verdict]);
	if (outcome)
		add(line, ", %s", outcome);
}

static void add_difference(struct line *line, const char *what, const char *before, const char *now)
{
	add(line, "%s %s %s -> %s", line->text[line->len - 1] == ':' ? "" : ",", what,
	    before ? before : "none", now ? now : "none");
}

static void add_differences(struct line *line, const struct baseline_change *c)
{
	char before[16], now[16];

	if (c->what & BASELINE_VERDICT)
		add_difference(line, "verdict", verdict_names[c->before.verdict],
			       verdict_names[c->now.verdict]);
	if (c->what & BASELINE_OUTCOME)
		add_difference(line, "outcome", outcome_name(&c->before), outcome_name(&c->now));
	for (int phase = 0; phase < 2; phase++)
		if (c->what & (phase ? BASELINE_PHASE2 : BASELINE_PHASE1))
			add_difference(line, phase ? "phase 2 p50" : "phase 1 p50",
				       util_format_ns(before, c->before.p50_ns[phase]),
				       util_format_ns(now, c->now.p50_ns[phase]));
}

static void put_change(const struct out *out, const char *prefix, const struct baseline_change *c)
{
	char vm[CAMPAIGN_WORDS_NAME], what[CAMPAIGN_WORDS_WHAT];
	struct line line = {.len = 0};

	add(&line, "  %s %s:", campaign_words_name(c->key.vm, vm),
	    campaign_words_what(&c->key, what));
	if (c->what & BASELINE_NEW) {
		add(&line, " is new: ");
		add_state(&line, &c->now);
	} else if (c->what & BASELINE_GONE) {
		add(&line, " is gone, was: ");
		add_state(&line, &c->before);
	} else {
		add_differences(&line, c);
	}
	put_line(out, prefix, 4, line.text);
}

void campaign_baseline_text(const struct out *out, const struct baseline_changes *changes,
			    const char *prefix)
{
	char name[256];
	struct line line = {.len = 0};

	util_clean(name, sizeof(name), changes->name, strlen(changes->name));
	add(&line, "compared with %s: %u changed, %u the same (phases: by more than %.2f times)",
	    name, changes->n, changes->n_same, changes->ratio);
	put_line(out, prefix, 0, line.text);
	for (unsigned i = 0; i < changes->n; i++)
		put_change(out, prefix, &changes->list[i]);
	if (!changes->complete)
		put_line(out, prefix, 0, "that file was cut off: what is new may have been in it");
}

/* --- JSON ------------------------------------------------------------------------------------- */

/* 0: it was not timed. */
static json_t *p50_of(uint64_t ns)
{
	return ns ? json_integer((json_int_t)ns) : json_null();
}

static json_t *state_of(const struct baseline_state *state, bool holds)
{
	if (!holds)
		return json_null();
	return json_pack("{s:s, s:s?, s:o, s:o}", "verdict", verdict_names[state->verdict],
			 "outcome", outcome_name(state), "phase1_p50_ns", p50_of(state->p50_ns[0]),
			 "phase2_p50_ns", p50_of(state->p50_ns[1]));
}

static json_t *what_of(unsigned what)
{
	static const char *const names[] = {"verdict", "outcome", "phase1",
					    "phase2",  "new",     "gone"};
	json_t *list = json_array();

	for (unsigned i = 0; i < UTIL_COUNT(names); i++)
		if (what & 1u << i && json_array_append_new(list, json_string(names[i]))) {
			json_decref(list);
			return NULL;
		}
	return list;
}

static json_t *change_of(const struct baseline_change *c)
{
	return json_pack("{s:o, s:o, s:o, s:o, s:I, s:I, s:o, s:o, s:o}", "vm",
			 out_json_text(c->key.vm), "method", out_json_text(c->key.method), "value",
			 *c->key.value ? out_json_text(c->key.value) : json_null(), "place",
			 out_json_text(c->key.place), "wanted", (json_int_t)c->key.wanted,
			 "same_before", (json_int_t)c->key.same_before, "what", what_of(c->what),
			 "before", state_of(&c->before, !(c->what & BASELINE_NEW)), "now",
			 state_of(&c->now, !(c->what & BASELINE_GONE)));
}

int campaign_baseline_json(const struct out *out, const struct baseline_changes *changes)
{
	json_t *list = json_array();
	int err = 0;

	for (unsigned i = 0; i < changes->n; i++)
		err |= json_array_append_new(list, change_of(&changes->list[i]));
	return out_json_line(out->file,
			     json_pack("{s:s, s:s, s:o, s:b, s:f, s:I, s:o}", "schema",
				       RESULT_SCHEMA, "type", "baseline", "file",
				       out_json_text(changes->name), "complete", changes->complete,
				       "ratio", changes->ratio, "same", (json_int_t)changes->n_same,
				       "changes", list),
			     err);
}
