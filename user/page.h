/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a page (--html) is made of, gathered while a recording is replayed.
 * Layer: main of seatrace. Must not know: what a page looks like (out/html).
 */
#ifndef PAGE_H
#define PAGE_H

#include "out/out.h"
#include "trace/agg.h"
#include "trace/incident.h"
#include "trace/recording.h"

struct page;

/* For this file. NULL without memory. */
struct page *page_new(const char *path);
void page_free(struct page *page);

/* These accept NULL: nobody wants a page. */
void page_mark(struct page *page, uint64_t ts_ns);
void page_time(struct page *page, uint64_t now_ns);
void page_incident(struct page *page, const struct incident *inc);

/* The file, at once. 0 or an exit code after one line on stderr. */
int page_write(const struct page *page, const struct out *out, const struct recording_head *head,
	       const struct agg *agg, const struct out_losses *losses);

#endif
