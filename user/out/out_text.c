// SPDX-License-Identifier: GPL-2.0-only
/*
 * Characters and their columns.
 * Must not: print.
 */
#include "out/out_text.h"

#include <langinfo.h>
#include <locale.h>
#include <string.h>
#include <wchar.h>

#include "lib/util.h"

/*
 * Names are UTF-8 whatever the user's locale is, which is not to change under anybody's toupper():
 * so there is a locale for this file alone. (locale_t)0 where none is installed.
 */
static locale_t utf8(void)
{
	static locale_t locale;
	static bool tried;

	if (!tried)
		locale = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
	tried = true;
	return locale;
}

/* Bytes of a character by UTF-8's own rule: the first, and all that go on with it. */
static size_t sequence(const char *text)
{
	size_t bytes = 1;

	while ((text[bytes] & 0xc0) == 0x80)
		bytes++;
	return bytes;
}

/* Bytes of a character, 0: it is none; and its columns, -1: it is not printed. */
static size_t decode(const char *text, int *width)
{
	locale_t before = uselocale(utf8());
	mbstate_t state = {0};
	wchar_t wide;
	size_t bytes = mbrtowc(&wide, text, strlen(text), &state);
	bool valid = bytes != (size_t)-1 && bytes != (size_t)-2 && bytes;

	*width = valid ? wcwidth(wide) : 1;
	uselocale(before);
	return valid ? bytes : 0;
}

/* One character: its bytes, and the columns that it takes. Bytes that are none count as one each. */
static size_t character(const char *text, unsigned *columns)
{
	size_t bytes;
	int width;

	*columns = 1;
	if (!utf8())
		return sequence(text);
	bytes = decode(text, &width);
	if (width >= 0)
		*columns = width;
	return bytes ? bytes : 1;
}

unsigned out_width(const char *text)
{
	unsigned width = 0, columns;

	for (; *text; width += columns)
		text += character(text, &columns);
	return width;
}

/* As much of the text as goes into `columns`; *took is what it takes. */
static size_t head(const char *text, unsigned columns, unsigned *took)
{
	size_t bytes = 0;
	unsigned width;

	for (*took = 0; text[bytes]; *took += width) {
		size_t more = character(text + bytes, &width);

		if (*took + width > columns)
			break;
		bytes += more;
	}
	return bytes;
}

/* The same, of its end. */
static const char *last(const char *text, unsigned columns, unsigned *took)
{
	unsigned width;

	for (*took = out_width(text); *text && *took > columns; *took -= width)
		text += character(text, &width);
	return text;
}

static size_t append(char *to, size_t size, size_t at, const char *text, size_t bytes)
{
	bytes = UTIL_MIN(bytes, size - 1 - at);
	memcpy(to + at, text, bytes);
	return at + bytes;
}

unsigned out_cut(char *to, size_t size, const char *text, unsigned columns, unsigned tail,
		 bool unicode)
{
	const char *omission = unicode ? "\u2026" : "~", *end;
	unsigned took, took_last;
	size_t at = head(text, columns, &took);

	if (!text[at] || !columns) {
		to[append(to, size, 0, text, at)] = '\0';
		return took;
	}
	end = last(text, UTIL_MIN(tail, columns - 1), &took_last);
	at = append(to, size, 0, text, head(text, columns - 1 - took_last, &took));
	at = append(to, size, at, omission, strlen(omission));
	at = append(to, size, at, end, strlen(end));
	to[at] = '\0';
	return took + 1 + took_last;
}

void out_ascii(char *text)
{
	char *to = text;
	unsigned columns;

	for (size_t bytes; *text; text += bytes) {
		bytes = character(text, &columns);
		memset(to, bytes == 1 && *text >= ' ' && *text <= '~' ? *text : '?', columns);
		to += columns;
	}
	*to = '\0';
}

size_t out_wrap(const char *text, unsigned columns)
{
	unsigned took;
	size_t all = head(text, UTIL_MAX(columns, 1), &took), at = all;

	if (!text[all])
		return all;
	while (at && text[at] != ' ')
		at--;
	return at ? at : UTIL_MAX(all, 1);
}

bool out_is_utf8(void)
{
	locale_t user = newlocale(LC_CTYPE_MASK, "", (locale_t)0);
	bool is = user && !strcmp(nl_langinfo_l(CODESET, user), "UTF-8");

	if (user)
		freelocale(user);
	return is;
}
