// SPDX-License-Identifier: GPL-2.0-only
/*
 * Checks of a page (markup.h).
 */
#include "tests/fuzz/markup.h"

#include <ctype.h>
#include <string.h>

#include "tests/fuzz/fuzz.h"

#define DEPTH_MAX 64
#define NAME      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-:"

struct element {
	const char *name;
	size_t len;
};

struct markup {
	struct element open[DEPTH_MAX];
	unsigned depth;
};

static int is_named(const struct element *e, const char *name)
{
	return strlen(name) == e->len && !memcmp(e->name, name, e->len);
}

static const char *check_attributes(const char *at)
{
	for (at += strspn(at, " \n"); *at != '>' && strncmp(at, "/>", 2); at += strspn(at, " \n")) {
		size_t len = strspn(at, NAME);

		FUZZ_CHECK(len, "an attribute: %.80s", at);
		FUZZ_CHECK(strncmp(at, "on", 2) && strncmp(at, "src", 3), "%.80s", at);
		at += len;
		if (*at != '=')
			continue;
		FUZZ_CHECK(at[1] == '"' && strchr(at + 2, '"'), "not quoted: %.80s", at);
		FUZZ_CHECK(strncmp(at - 4, "href", 4) || at[2] == '#' ||
				   !strncmp(at, "=\"data:,\"", 9),
			   "%.80s", at);
		at = strchr(at + 2, '"') + 1;
	}
	return at;
}

static const char *check_open(struct markup *m, const char *at)
{
	struct element e = {at, strspn(at, NAME)};

	FUZZ_CHECK(e.len, "a bare <: %.80s", at);
	FUZZ_CHECK(!is_named(&e, "script") && !is_named(&e, "iframe") && !is_named(&e, "img"));
	at = check_attributes(at + e.len);
	if (*at == '/')
		return at + 2;
	if (is_named(&e, "meta") || is_named(&e, "link"))
		return at + 1;
	FUZZ_CHECK(m->depth < DEPTH_MAX);
	m->open[m->depth++] = e;
	if (is_named(&e, "style")) /* ours, and no markup */
		at = strstr(at, "</style>");
	FUZZ_CHECK(at);
	return *at == '>' ? at + 1 : at;
}

static const char *check_close(struct markup *m, const char *at)
{
	size_t len = strspn(at, NAME);

	FUZZ_CHECK(m->depth--, "closes nothing: %.80s", at);
	FUZZ_CHECK(m->open[m->depth].len == len && !memcmp(m->open[m->depth].name, at, len),
		   "closes %.*s: %.80s", (int)m->open[m->depth].len, m->open[m->depth].name, at);
	FUZZ_CHECK(at[len] == '>', "%.80s", at);
	return at + len + 1;
}

static const char *check_reference(const char *at)
{
	size_t len = strspn(at + 1, NAME "#");

	FUZZ_CHECK(len && at[len + 1] == ';', "a bare &: %.80s", at);
	return at + len + 2;
}

void markup_check(const char *page)
{
	static const char doctype[] = "<!doctype html>";
	struct markup m = {.depth = 0};

	FUZZ_CHECK(!strncasecmp(page, doctype, strlen(doctype)), "%.80s", page);
	for (const char *at = page + strlen(doctype); *at;) {
		if (!strncmp(at, "</", 2))
			at = check_close(&m, at + 2);
		else if (*at == '<')
			at = check_open(&m, at + 1);
		else if (*at == '&')
			at = check_reference(at);
		else
			at += strcspn(at, "<&");
	}
	FUZZ_CHECK(!m.depth, "%.*s stays open", (int)m.open[m.depth - 1].len,
		   m.open[m.depth - 1].name);
}
