/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The table: a line per VM.
 * Layer: out. Must not know: marks, probes, other renderers.
 */
#ifndef OUT_TABLE_H
#define OUT_TABLE_H

#include "out/out.h"
#include "trace/agg.h"

/* Header, the host if anything happened to it, every VM, and what was lost. */
void table_print(const struct out *out, const struct agg *agg, const struct out_losses *losses);

#endif
