/* SPDX-License-Identifier: GPL-2.0-only */
/* out/out_text: how wide text is, cut to its columns between characters. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <locale.h>
#include <stdlib.h>
#include <string.h>

#include "lib/util.h"
#include "out/out_text.h"

static uint64_t seed = 42;

static uint64_t any(void)
{
	seed = seed * 6364136223846793005 + 1442695040888963407;
	return seed >> 24;
}

/* As it stands on a terminal: with and without UTF-8 it has the same width. */
static const char *cut(const char *text, unsigned columns, unsigned tail, bool unicode)
{
	static char to[256];
	unsigned took = out_cut(to, sizeof(to), text, columns, tail, unicode);

	assert_true(took <= columns);
	assert_int_equal(took, out_width(to));
	if (!unicode) {
		out_ascii(to);
		assert_int_equal(took, strlen(to));
	}
	return to;
}

static void text_that_fits(void **state)
{
	(void)state;
	assert_string_equal(cut("vm-a", 10, 5, true), "vm-a");
	assert_string_equal(cut("vm-a", 4, 2, true), "vm-a");
	assert_string_equal(cut("", 4, 2, true), "");
	assert_string_equal(cut("", 0, 0, true), "");
}

/* Names differ at their ends: both are kept. */
static void names_keep_both_ends(void **state)
{
	(void)state;
	assert_string_equal(cut("customer-4711-database-2", 11, 5, true), "custo\u2026ase-2");
	assert_string_equal(cut("customer-4711-database-2", 11, 5, false), "custo~ase-2");
	assert_string_equal(cut("customer-4711", 2, 1, true), "\u20261");
	assert_string_equal(cut("customer-4711", 1, 5, true), "\u2026");
	assert_string_equal(cut("customer-4711", 0, 5, true), "");
}

static void text_is_cut_at_its_end(void **state)
{
	(void)state;
	assert_string_equal(cut("no name has that", 8, 0, true), "no name\u2026");
}

/* A character of two columns is not halved; what is no character becomes no surprise. */
static void wide_characters(void **state)
{
	(void)state;
	assert_int_equal(out_width("\u6771\u4eac"), 4);
	assert_string_equal(cut("\u6771\u4eac-1", 6, 3, true), "\u6771\u4eac-1");
	assert_string_equal(cut("\u6771\u4eac-1", 5, 2, true), "\u6771\u2026-1");
	assert_string_equal(cut("\u6771\u4eac-1", 4, 2, true), "\u2026-1");
	assert_string_equal(cut("caf\u00e9", 4, 0, true), "caf\u00e9");
	assert_int_equal(out_width("\xff\xfe"), 2);
}

/* A sign per column, whatever the locale. */
static void other_terminals_get_ascii(void **state)
{
	(void)state;
	assert_string_equal(cut("caf\u00e9", 10, 0, false), "caf?");
	assert_string_equal(cut("\u6771\u4eac-1", 10, 0, false), "???"
								 "?-1");
	assert_string_equal(cut("e\u0301t\u00e9", 10, 0, false), "et?");
	assert_string_equal(cut("a\033[2J", 10, 0, false), "a?[2J");
	assert_string_equal(cut("\u6771\u4eac-1", 5, 2, false), "?"
								"?~-1");
	assert_string_equal(cut("\xff\xfe", 2, 0, false), "??");
}

/* Of the user's: what LC_ALL says. Nothing else changes by it. */
static void utf8_is_the_locales(void **state)
{
	(void)state;
	assert_int_equal(setenv("LC_ALL", "C", 1), 0);
	assert_false(out_is_utf8());
	assert_int_equal(out_width("caf\u00e9"), 4);
	assert_int_equal(setenv("LC_ALL", "C.UTF-8", 1), 0);
	assert_true(out_is_utf8());
	assert_int_equal(setenv("LC_ALL", "no_SUCH.UTF-8", 1), 0);
	assert_false(out_is_utf8());
	assert_string_equal(setlocale(LC_CTYPE, NULL), "C");
}

static void small_buffers(void **state)
{
	char to[8];

	(void)state;
	out_cut(to, sizeof(to), "customer-4711-database-2", 20, 10, true);
	assert_true(strlen(to) < sizeof(to));
}

/* Whatever is cut to whatever: never wider than asked for, and the end is there if there is room. */
static void any_text_any_width(void **state)
{
	static const char *const parts[] = {"a", "\u00e9", "\u6771", "-", "0", "\u0301"};

	(void)state;
	for (int round = 0; round < 2000; round++) {
		unsigned columns = any() % 20, tail = columns / 2;
		char text[200] = "";

		for (unsigned n = any() % 24; n; n--)
			strcat(text, parts[any() % UTIL_COUNT(parts)]);
		strcat(text, "z");
		const char *got = cut(text, columns, tail, true);

		if (columns >= 4)
			assert_int_equal(got[strlen(got) - 1], 'z');
	}
}

static void wrapping(void **state)
{
	(void)state;
	assert_int_equal(out_wrap("one two", 10), 7);
	assert_int_equal(out_wrap("one two", 7), 7);
	assert_int_equal(out_wrap("one two", 6), 3);
	assert_int_equal(out_wrap("one two", 3), 3);
	assert_int_equal(out_wrap("onetwo", 3), 3);
	assert_int_equal(out_wrap("\u6771", 1), 1); /* it cannot fit: but on it must go */
	assert_int_equal(out_wrap("", 5), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_that_fits),
		cmocka_unit_test(names_keep_both_ends),
		cmocka_unit_test(text_is_cut_at_its_end),
		cmocka_unit_test(wide_characters),
		cmocka_unit_test(other_terminals_get_ascii),
		cmocka_unit_test(utf8_is_the_locales),
		cmocka_unit_test(small_buffers),
		cmocka_unit_test(any_text_any_width),
		cmocka_unit_test(wrapping),
	};

	return cmocka_run_group_tests_name("out_text", tests, NULL, NULL);
}
