// SPDX-License-Identifier: GPL-2.0-only
/*
 * Checks of JSON Lines (lines.h).
 */
#include "tests/fuzz/lines.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "tests/fuzz/fuzz.h"
#include "trace/timeline.h"

struct checked {
	json_t *sums;    /* over the rows of the last table */
	json_t *retried; /* open incidents that were told of: id to SEAs; none of the late ones */
	uint64_t incidents, late;
};

/* 64 bits, as jansson has no unsigned ones. */
static uint64_t number(const json_t *object, const char *key)
{
	const json_t *value = json_object_get(object, key);

	FUZZ_CHECK(json_is_integer(value), "%s", key);
	return json_integer_value(value);
}

static const char *id_of(const json_t *line, char buf[24])
{
	snprintf(buf, 24, "%llu", (long long)number(line, "id"));
	return buf;
}

/* Late ones have an id again that another open one may have too. */
static bool is_late(const json_t *line)
{
	return json_is_true(json_object_get(line, "late"));
}

static void check_retry(struct checked *c, const json_t *line)
{
	char id[24];

	FUZZ_CHECK(number(line, "seas") > 1);
	if (is_late(line))
		return;
	FUZZ_CHECK(!json_object_get(c->retried, id_of(line, id)), "%s is told again", id);
	json_object_set_new(c->retried, id, json_integer(number(line, "seas")));
}

static void check_incident(struct checked *c, const json_t *line)
{
	json_t *spans = json_object_get(line, "spans_ns"), *points, *value;
	uint64_t sum = 0, total = number(line, "total_ns"), last = 0;
	const char *key;
	char id[24];
	size_t i;

	json_object_foreach(spans, key, value)
	{
		FUZZ_CHECK((uint64_t)json_integer_value(value) <= total, "%s", key);
		sum += json_integer_value(value);
	}
	FUZZ_CHECK(sum == total, "spans %llu, total %llu", (long long)sum, (long long)total);
	points = json_object_get(line, "timeline");
	FUZZ_CHECK(json_array_size(points) <= TIMELINE_POINTS);
	json_array_foreach(points, i, value)
	{
		FUZZ_CHECK(number(value, "at_ns") >= last, "point %zu", i);
		last = number(value, "at_ns");
		FUZZ_CHECK(last <= total, "point %zu", i);
	}
	c->late += is_late(line);
	c->incidents += !is_late(line);
	if (is_late(line) || !json_object_get(c->retried, id_of(line, id)))
		return;
	FUZZ_CHECK(number(line, "seas") >= number(c->retried, id), "%s", id);
	json_object_del(c->retried, id);
}

/* Adds the numbers of `row` to those of `sums`, but for quantiles and maxima. */
static void add_up(json_t *sums, const json_t *row)
{
	const char *key;
	json_t *value;

	json_object_foreach((json_t *)row, key, value)
	{
		if (json_is_object(value) && strcmp(key, "outcomes")) {
			if (!json_object_get(sums, key))
				json_object_set_new(sums, key, json_object());
			add_up(json_object_get(sums, key), value);
		} else if (json_is_integer(value) && key[0] != 'p' && strcmp(key, "max_ns") &&
			   strcmp(key, "tgid")) {
			json_t *sum = json_object_get(sums, key);
			uint64_t total = json_integer_value(sum);

			/* as a histogram's sum does */
			if (__builtin_add_overflow(total, (uint64_t)json_integer_value(value),
						   &total))
				total = UINT64_MAX;
			json_object_set_new(sums, key, json_integer(total));
		}
	}
}

static void check_grows(const json_t *before, const json_t *now)
{
	const char *key;
	json_t *value;

	json_object_foreach((json_t *)before, key, value)
	{
		if (json_is_object(value))
			check_grows(value, json_object_get(now, key));
		else
			FUZZ_CHECK(number(now, key) >= (uint64_t)json_integer_value(value),
				   "%s fell", key);
	}
}

static void check_rows(struct checked *c, json_t *line)
{
	json_t *rows = json_object_get(line, "rows"), *sums = json_object(), *row, *value;
	uint64_t outcomes = 0;
	const char *key;
	size_t i;

	json_array_foreach(rows, i, row)
	{
		json_object_foreach(json_object_get(row, "outcomes"), key, value)
		{
			FUZZ_CHECK(json_integer_value(value) >= 0, "%s", key);
			outcomes += json_integer_value(value);
		}
		add_up(sums, row);
	}
	check_grows(c->sums, sums);
	/* a late touch changes an outcome, or adds one where another VM has the old one's place */
	FUZZ_CHECK(outcomes >= c->incidents && outcomes <= c->incidents + c->late,
		   "outcomes %llu, incidents %llu", (long long)outcomes, (long long)c->incidents);
	json_decref(c->sums);
	c->sums = sums;
}

static void check_line(struct checked *c, const char *text, size_t len)
{
	json_error_t error;
	json_t *line = json_loadb(text, len, JSON_REJECT_DUPLICATES, &error);
	const char *type = json_string_value(json_object_get(line, "type"));

	FUZZ_CHECK(line, "%s: %.*s", error.text, (int)len, text);
	FUZZ_CHECK(type && json_object_get(line, "schema"));
	if (!strcmp(type, "incident"))
		check_incident(c, line);
	else if (!strcmp(type, "retry"))
		check_retry(c, line);
	else if (json_object_get(line, "rows"))
		check_rows(c, line);
	else
		FUZZ_CHECK(!strcmp(type, "mark"), "%s", type);
	json_decref(line);
}

void lines_check(const char *text, size_t len)
{
	struct checked c = {.sums = json_object(), .retried = json_object()};

	for (const char *end = text + len, *newline; text < end; text = newline + 1) {
		newline = memchr(text, '\n', end - text);
		FUZZ_CHECK(newline, "half a line");
		check_line(&c, text, newline - text);
	}
	json_decref(c.sums);
	json_decref(c.retried);
}
