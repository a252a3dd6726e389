/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A page for people: everything that a recording holds, in one file that needs nothing else: no
 * network, no script. Readable in light and dark, on a phone, on paper, and to a screen reader.
 * Layer: out. Must not know: probes, other renderers, files.
 *
 * The same input gives the same bytes: times are UTC. Whatever comes from the recording is escaped.
 */
#ifndef OUT_HTML_H
#define OUT_HTML_H

#include "out/out.h"
#include "trace/agg.h"
#include "trace/history.h"

struct html_page {
	const char *release, *boot_id; /* of the traced host */
	uint64_t begin_ns, end_ns;     /* what was watched, CLOCK_MONOTONIC */
	uint64_t page_size;            /* bytes */
	uint64_t timeout_ns;           /* after which an incident was closed */
	uint64_t marks;
	const struct agg *agg;
	const struct history *incidents;
	const struct out_losses *losses;
};

/* 0 or -ENOMEM; errors of writing stay in out->file. */
int html_page(const struct out *out, const struct html_page *page);

#endif
