/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * JSON Lines: one object per line, each with "schema" and "type".
 * Layer: out. Must not know: probes, other renderers.
 *
 * Times are integers of nanoseconds, monotonic, and RFC 3339; addresses and ESR are hex strings.
 */
#ifndef OUT_JSON_H
#define OUT_JSON_H

#include "out/out.h"
#include "trace/agg.h"
#include "trace/incident.h"

/* 0, -ENOMEM, or -errno of writing. */
int json_incident(const struct out *out, const struct incident *inc);

/* One that is open, type "retry": what is known of it by now. */
int json_retried(const struct out *out, const struct incident *inc);

/* A row per VM, distributions included; type "table" while running, "summary" at the end. */
int json_rows(const struct out *out, const char *type, const struct agg *agg,
	      const struct out_losses *losses, uint64_t now_ns);

/* One raw mark, by its field table. */
int json_mark(const struct out *out, const struct sea_hdr *mark);

#endif
