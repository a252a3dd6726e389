// SPDX-License-Identifier: GPL-2.0-only
/*
 * lib/xml: text that wants out of where it stands, that is no text, that is long.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "lib/xml.h"

/* What `put` wrote of the text; the caller frees it. */
static char *written(void (*put)(FILE *file, const char *text), const char *text)
{
	char *data = NULL;
	size_t size = 0;
	FILE *file = open_memstream(&data, &size);

	assert_non_null(file);
	put(file, text);
	assert_int_equal(fclose(file), 0);
	return data;
}

static void equal(void (*put)(FILE *file, const char *text), const char *text, const char *wanted)
{
	char *got = written(put, text);

	assert_string_equal(got, wanted);
	free(got);
}

static void text_cannot_end_what_it_is_in(void **state)
{
	(void)state;
	equal(xml_text, "</title><script>alert('1')</script>\" onload=\"x&lt;",
	      "&lt;/title&gt;&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&quot; onload=&quot;x"
	      "&amp;lt;");
}

static void text_is_clean(void **state)
{
	(void)state;
	equal(xml_text, "a\033[31mb\nc\x7f\xc2\x85\xff d é\xef\xbf\xbe", "a?[31mb?c???? d é?");
	equal(xml_text, "", "");
}

static void lines_stay_lines(void **state)
{
	(void)state;
	equal(xml_lines, "a<\n\n b\tc\r\n", "a&lt;\n\n b\tc?\n");
	equal(xml_lines, "no end", "no end");
}

/* Pieces begin and end between characters, wherever they fall. */
static void long_text_is_whole(void **state)
{
	char text[4 * 2000 + 1];

	(void)state;
	for (size_t shift = 0; shift < 4; shift++) {
		size_t len = shift;

		memset(text, 'x', shift);
		while (len + 4 < sizeof(text)) {
			memcpy(text + len, "\xf0\x9f\x98\x80", 4);
			len += 4;
		}
		text[len] = '\0';
		equal(xml_text, text, text);
	}
}

static void attributes(void **state)
{
	char *data = NULL;
	size_t size = 0;
	FILE *file = open_memstream(&data, &size);

	(void)state;
	assert_non_null(file);
	xml_attribute(file, "name", "a\"b");
	assert_int_equal(fclose(file), 0);
	assert_string_equal(data, " name=\"a&quot;b\"");
	free(data);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_cannot_end_what_it_is_in),
		cmocka_unit_test(text_is_clean),
		cmocka_unit_test(lines_stay_lines),
		cmocka_unit_test(long_text_is_whole),
		cmocka_unit_test(attributes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
