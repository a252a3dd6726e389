// SPDX-License-Identifier: GPL-2.0-only
#include "lib/xml.h"

#include <stdbool.h>
#include <string.h>

#include "lib/util.h"

/* Longer text goes piece by piece. */
#define PIECE 500

static const char *entity(char c)
{
	switch (c) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '"':
		return "&quot;";
	case '\'':
		return "&#39;";
	}
	return NULL;
}

/* U+FFFE and U+FFFF are UTF-8, and no characters of XML 1.0 (2.2). */
static bool is_no_character(const char *c)
{
	return !strncmp(c, "\xef\xbf\xbe", 3) || !strncmp(c, "\xef\xbf\xbf", 3);
}

static void put_clean(FILE *file, const char *clean)
{
	for (const char *c = clean; *c; c++) {
		if (entity(*c)) {
			fputs(entity(*c), file);
		} else if (is_no_character(c)) {
			fputc('?', file);
			c += 2;
		} else {
			fputc(*c, file);
		}
	}
}

/* How much of `len` bytes goes into one piece, without cutting a character of UTF-8. */
static size_t piece_of(const char *text, size_t len)
{
	size_t size = len;

	if (len <= PIECE)
		return len;
	for (size = PIECE; size > PIECE - 4 && ((unsigned char)text[size] & 0xc0) == 0x80;)
		size--;
	return size;
}

static void put_text(FILE *file, const char *text, size_t len)
{
	char clean[PIECE + 1];

	while (len) {
		size_t size = piece_of(text, len);

		util_clean(clean, sizeof(clean), text, size);
		put_clean(file, clean);
		text += size;
		len -= size;
	}
}

void xml_text(FILE *file, const char *text)
{
	put_text(file, text, strlen(text));
}

void xml_lines(FILE *file, const char *text)
{
	for (size_t len; *text; text += len) {
		len = strcspn(text, "\n\t");
		put_text(file, text, len);
		if (text[len]) {
			fputc(text[len], file);
			len++;
		}
	}
}

void xml_attribute(FILE *file, const char *name, const char *value)
{
	fprintf(file, " %s=\"", name);
	xml_text(file, value);
	fputc('"', file);
}
