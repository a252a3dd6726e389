/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A mark as a piece of text, by its field table: for every renderer that shows marks to people.
 * Layer: out. Must not know: any renderer, any single mark.
 */
#ifndef OUT_OUT_MARK_H
#define OUT_OUT_MARK_H

#include <sea/mark.h>
#include <stdio.h>

/* "cpu0     135  claim    exit ret=-2"; no time, no end of line. */
void out_mark(FILE *file, const struct sea_hdr *mark);

/* Its fields alone. */
void out_mark_fields(FILE *file, const struct sea_hdr *mark);

#endif
