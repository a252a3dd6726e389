// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reads the lines of an earlier campaign.
 * Must not: trust the file: it may be anybody's, and of another version.
 */
#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "inject/baseline_int.h"
#include "lib/exit.h"
#include "lib/log.h"
#include "lib/util.h"

/* --- where ------------------------------------------------------------------------------------ */

/* Where reading is, or what a message is about. */
struct where {
	const char *name, *text; /* of the file; what is not read yet */
	size_t len;
	unsigned line, column;
};

static void go_on(struct where *w, size_t bytes)
{
	for (; bytes; bytes--, w->len--) {
		w->column++;
		if (*w->text++ != '\n')
			continue;
		w->line++;
		w->column = 1;
	}
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static size_t blanks(const struct where *w, size_t at)
{
	size_t n = 0;

	while (at + n < w->len && is_blank(w->text[at + n]))
		n++;
	return n;
}

/* The index of the quote that ends the string which begins at `at`. */
static size_t end_of_string(const struct where *w, size_t at)
{
	for (at++; at < w->len && w->text[at] != '"'; at++)
		at += w->text[at] == '\\';
	return at;
}

static bool is_key(const struct where *w, size_t at, const char *key)
{
	size_t end = end_of_string(w, at), len = end - at - 1, colon = end + 1;

	colon += blanks(w, colon);
	return len == strlen(key) && !memcmp(w->text + at + 1, key, len) && colon < w->len &&
	       w->text[colon] == ':';
}

/* To a key of the object itself; stays where there is none. The object is valid JSON. */
static void seek(struct where *w, const char *key)
{
	int depth = 0;

	for (size_t at = 0; at < w->len; at++) {
		char c = w->text[at];

		if (c == '"' && depth == 1 && is_key(w, at, key)) {
			go_on(w, at);
			return;
		}
		if (c == '"')
			at = end_of_string(w, at);
		depth += c == '{' || c == '[';
		depth -= c == '}' || c == ']';
		if (!depth)
			return;
	}
}

static int wrong(const struct where *where, const char *key, const char *what)
{
	struct where w = *where;

	if (key)
		seek(&w, key);
	log_error("--baseline: %s:%u:%u: %s%s%s", w.name, w.line, w.column, key ? key : "",
		  key ? ": " : "", what);
	return EXIT_USAGE;
}

static int no_memory(void)
{
	log_error("--baseline: no memory");
	return EXIT_ENVIRONMENT;
}

/* --- one value -------------------------------------------------------------------------------- */

static int get_text(const struct where *w, json_t *line, const char *key, const char **value)
{
	*value = json_string_value(json_object_get(line, key));
	return *value ? 0 : wrong(w, key, "no string, or none at all");
}

/* As we would have written it, whoever wrote it: fit to be compared, and to be shown. */
static int get_clean(const struct where *w, json_t *line, const char *key, const char **value)
{
	char clean[RESULT_TEXT];
	int exit_code = get_text(w, line, key, value);

	if (exit_code)
		return exit_code;
	util_clean(clean, sizeof(clean), *value, strlen(*value));
	if (json_object_set_new(line, key, json_string(clean)))
		return no_memory();
	*value = json_string_value(json_object_get(line, key));
	return 0;
}

static int get_count(const struct where *w, json_t *line, const char *key, uint64_t *value)
{
	json_t *number = json_object_get(line, key);

	if (!json_is_integer(number) || json_integer_value(number) < 0)
		return wrong(w, key, "no count, or none at all");
	*value = json_integer_value(number);
	return 0;
}

/* One of these names: its number. */
static int get_name(const struct where *w, json_t *line, const char *key, const char *const *names,
		    unsigned n, unsigned *value)
{
	const char *name;
	int exit_code = get_text(w, line, key, &name);

	if (exit_code)
		return exit_code;
	for (*value = 0; *value < n; (*value)++)
		if (!strcmp(names[*value], name))
			return 0;
	return wrong(w, key, "a word that this version does not know");
}

/* null: nothing was timed. */
static int get_p50(const struct where *w, json_t *line, const char *key, uint64_t *value)
{
	json_t *phase = json_object_get(line, key);
	json_t *p50 = json_object_get(phase, "p50_ns");

	*value = 0;
	if (json_is_null(phase))
		return 0;
	if (!json_is_integer(p50) || json_integer_value(p50) < 0)
		return wrong(w, key, "no p50_ns in it");
	*value = json_integer_value(p50);
	return 0;
}

static int get_state(const struct where *w, json_t *line, struct baseline_state *state)
{
	unsigned verdict = 0, outcome = BASELINE_NO_OUTCOME;
	bool fired;
	int exit_code = get_name(w, line, "verdict", verdict_names, VERDICT_MAX, &verdict);

	fired = verdict == VERDICT_PASS || verdict == VERDICT_FAIL;
	if (!exit_code && fired)
		exit_code = get_name(w, line, "outcome", shot_outcomes, SHOT_MAX, &outcome);
	else if (!exit_code && !json_is_null(json_object_get(line, "outcome")))
		exit_code = wrong(w, "outcome", "not null, of a shot that was not fired");
	state->verdict = verdict;
	state->outcome = outcome;
	if (!exit_code)
		exit_code = get_p50(w, line, "phase1", &state->p50_ns[0]);
	if (!exit_code)
		exit_code = get_p50(w, line, "phase2", &state->p50_ns[1]);
	return exit_code;
}

static int get_key(const struct where *w, json_t *line, struct result_key *key)
{
	int exit_code = get_clean(w, line, "vm", &key->vm);

	if (!exit_code)
		exit_code = get_clean(w, line, "method", &key->method);
	if (!exit_code)
		exit_code = get_clean(w, line, "place", &key->place);
	if (!exit_code)
		exit_code = get_count(w, line, "wanted", &key->wanted);
	if (exit_code)
		return exit_code;
	key->value = "";
	if (json_is_null(json_object_get(line, "value")))
		return 0;
	return get_clean(w, line, "value", &key->value);
}

/* --- the file --------------------------------------------------------------------------------- */

static int add_shot(struct baseline *b, const struct where *w, json_t *line)
{
	struct old_shot *shot;
	int exit_code;

	if (b->complete)
		return wrong(w, NULL, "a shot behind the campaign's end: one campaign in a file");
	if (b->n == b->room) {
		unsigned room = b->room ? b->room * 2 : 64;

		shot = realloc(b->shots, room * sizeof(*shot));
		if (!shot)
			return no_memory();
		b->shots = shot;
		b->room = room;
	}
	shot = &b->shots[b->n];
	*shot = (struct old_shot){.at = b->n};
	exit_code = get_key(w, line, &shot->key);
	if (!exit_code)
		exit_code = get_state(w, line, &shot->state);
	if (exit_code)
		return exit_code;
	shot->line = json_incref(line);
	b->n++;
	return 0;
}

/* What else there may be of this schema is not about shots. */
static int add_line(struct baseline *b, const struct where *w, json_t *line)
{
	const char *schema, *type;
	int exit_code;

	if (!json_is_object(line))
		return wrong(w, NULL, "not an object");
	exit_code = get_text(w, line, "schema", &schema);
	if (!exit_code && strcmp(schema, RESULT_SCHEMA))
		exit_code = wrong(w, "schema", "is not " RESULT_SCHEMA);
	if (!exit_code)
		exit_code = get_text(w, line, "type", &type);
	if (exit_code)
		return exit_code;
	if (!strcmp(type, "shot"))
		return add_shot(b, w, line);
	b->complete |= !strcmp(type, "campaign");
	return 0;
}

/* Value after value: a file that was laid out in several lines per value is as good. */
static int read_values(struct baseline *b, struct where *w)
{
	int exit_code = 0;

	go_on(w, blanks(w, 0));
	while (w->len && !exit_code) {
		json_error_t error;
		json_t *line = json_loadb(w->text, w->len,
					  JSON_REJECT_DUPLICATES | JSON_DISABLE_EOF_CHECK, &error);

		if (!line) {
			unsigned column = error.line == 1 ? w->column - 1 : 0;

			w->line += UTIL_MAX(error.line, 1) - 1;
			w->column = column + UTIL_MAX(error.column, 1);
			return wrong(w, NULL, error.text);
		}
		exit_code = add_line(b, w, line);
		json_decref(line);
		go_on(w, error.position);
		go_on(w, blanks(w, 0));
	}
	return exit_code;
}

int baseline_parse(struct baseline **out, const char *name, const char *text, size_t len)
{
	struct baseline *b = calloc(1, sizeof(*b));
	struct where w = {.text = text, .len = len, .line = 1, .column = 1};
	int exit_code = 0;

	if (b)
		b->name = strdup(name);
	if (!b || !b->name)
		exit_code = no_memory();
	if (!exit_code) {
		w.name = b->name;
		exit_code = read_values(b, &w);
	}
	if (!exit_code && !b->n)
		exit_code = wrong(&w, NULL, "no shots in the file");
	if (exit_code) {
		baseline_free(b);
		return exit_code;
	}
	baseline_sort(b);
	*out = b;
	return 0;
}

int baseline_read(struct baseline **out, const char *path)
{
	char *text;
	size_t len;
	int exit_code, err = util_read_file(path, &text, &len);

	if (err) {
		log_error("--baseline: read %s: %s (%s)", path, util_errno(err), strerror(-err));
		return EXIT_ENVIRONMENT;
	}
	exit_code = baseline_parse(out, path, text, len);
	free(text);
	return exit_code;
}
