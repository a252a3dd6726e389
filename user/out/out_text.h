/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Text in columns of a terminal, as UTF-8 has it: how wide it is, cut to a width.
 * Layer: out, for all renderers. Must not know: what it says, any renderer.
 */
#ifndef OUT_OUT_TEXT_H
#define OUT_OUT_TEXT_H

#include <stdbool.h>
#include <stddef.h>

/* Whether the user's locale has UTF-8: a terminal has signs beyond ASCII then. */
bool out_is_utf8(void);

/* Columns that a text takes on a terminal that has UTF-8. */
unsigned out_width(const char *text);

/*
 * The text within so many columns. One that is longer has a mark where something was left out, before
 * its last `tail` columns: an ellipsis, or '~' without `unicode`. Returns the columns that it takes now.
 * 4 bytes per column and one are always enough.
 */
unsigned out_cut(char *to, size_t size, const char *text, unsigned columns, unsigned tail,
		 bool unicode);

/* For other terminals: as wide as before, '?' where it is not ASCII. */
void out_ascii(char *text);

/* Bytes of the text that go into one line of so many columns, up to a blank where there is one. */
size_t out_wrap(const char *text, unsigned columns);

#endif
