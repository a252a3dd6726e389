/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Text as character data of XML and of HTML. What these files look like is their writers' affair.
 * Layer: lib. Must not: trust a text.
 */
#ifndef LIB_XML_H
#define LIB_XML_H

#include <stdio.h>

/*
 * One line, cleaned as util_clean() does: fit for an element and for a quoted attribute, can end
 * neither. XML 1.0 (2.2) allows all that is left.
 */
void xml_text(FILE *file, const char *text);

/* The same of text with lines: their ends stay, and tabulators. */
void xml_lines(FILE *file, const char *text);

/* ` NAME="VALUE"`; the name is the caller's own. */
void xml_attribute(FILE *file, const char *name, const char *value);

#endif
