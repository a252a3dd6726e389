/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * An incident as text: one line, and its time line below when wanted.
 * Layer: out. Must not know: probes, other renderers.
 */
#ifndef OUT_LINE_H
#define OUT_LINE_H

#include "out/out.h"
#include "trace/incident.h"

void line_print(const struct out *out, const struct incident *inc);

/* One that is open: its vCPU was sent back to the same instruction. */
void line_print_retried(const struct out *out, const struct incident *inc);

/* Its marks with their offsets, then where the time went. */
void line_print_timeline(const struct out *out, const struct incident *inc);

/* Any mark as text, by its field table: for debugging. */
void line_print_mark(const struct out *out, const struct sea_hdr *mark);

#endif
