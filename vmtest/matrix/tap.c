// SPDX-License-Identifier: GPL-2.0-only
/* tap.c - a line apart. */
#include "tap.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const char *behind(const char *line, const char *start)
{
	size_t len = strlen(start);

	return strncmp(line, start, len) ? NULL : line + len;
}

static struct tap_line numbered(enum tap_kind kind, const char *text, const char *end)
{
	char *rest;
	double number =
		strtod(text, &rest); /* which takes signs, blanks, "inf" and "nan" as well */

	if (!isdigit((unsigned char)*text) || !isfinite(number) || strcmp(rest, end))
		return (struct tap_line){.kind = TAP_OTHER, .text = text};
	return (struct tap_line){.kind = kind, .number = number};
}

static struct tap_line comment(const char *line)
{
	static const struct {
		const char *start;
		enum tap_kind kind;
	} comments[] = {{"# kernel ", TAP_KERNEL}, {"# begins ", TAP_BEGINS}, {"# | ", TAP_LOG}};
	const char *text = behind(line, "# took ");

	if (text)
		return numbered(TAP_TOOK, text, " s");
	for (size_t i = 0; i < sizeof(comments) / sizeof(*comments); i++) {
		text = behind(line, comments[i].start);
		if (text)
			return (struct tap_line){.kind = comments[i].kind, .text = text};
	}
	return (struct tap_line){.kind = TAP_OTHER, .text = line};
}

/* "SKIP no such thing" of a test that passed, "TIMEOUT after 9 s" or other words of one that did not. */
static void directive(struct tap_line *tap, const char *words)
{
	if (tap->kind == TAP_PASS && !strncasecmp(words, "SKIP", 4)) {
		tap->kind = TAP_SKIP;
		words += 4;
	} else if (tap->kind == TAP_FAIL && !strncmp(words, "TIMEOUT", 7)) {
		tap->kind = TAP_TIMEOUT;
		words += 7;
	}
	tap->reason = words + strspn(words, " ");
}

/* "N - NAME # DIRECTIVE" */
static struct tap_line result(enum tap_kind kind, char *text)
{
	struct tap_line tap = {.kind = kind, .reason = ""};
	char *hash;

	text += strspn(text, " 0123456789");
	text += strspn(text, "- ");
	tap.text = text;
	hash = strstr(text, " # ");
	if (hash) {
		*hash = '\0';
		directive(&tap, hash + 3);
	}
	return tap;
}

struct tap_line tap_read(char *line)
{
	if (!strncmp(line, "ok ", 3))
		return result(TAP_PASS, line + 3);
	if (!strncmp(line, "not ok ", 7))
		return result(TAP_FAIL, line + 7);
	if (!strncmp(line, "1..", 3))
		return numbered(TAP_PLAN, line + 3, "");
	if (*line == '#')
		return comment(line);
	return (struct tap_line){.kind = TAP_OTHER, .text = line};
}
