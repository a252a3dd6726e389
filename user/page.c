// SPDX-License-Identifier: GPL-2.0-only
/*
 * Remembers the last incidents and how long was watched; writes the file.
 * Must not: render.
 */
#include "page.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lib/exit.h"
#include "lib/log.h"
#include "lib/util.h"
#include "out/html.h"
#include "trace/history.h"

#define INCIDENTS_MAX 500 /* a page of some megabytes at most */

struct page {
	const char *path;
	struct history *incidents;
	uint64_t begin_ns, end_ns, marks;
};

struct page *page_new(const char *path)
{
	struct page *page = calloc(1, sizeof(*page));

	if (!page)
		return NULL;
	page->path = path;
	page->incidents = history_new(INCIDENTS_MAX);
	if (page->incidents)
		return page;
	page_free(page);
	return NULL;
}

void page_free(struct page *page)
{
	if (!page)
		return;
	history_free(page->incidents);
	free(page);
}

void page_time(struct page *page, uint64_t now_ns)
{
	if (!page || now_ns == UINT64_MAX) /* which closes all, and is no time */
		return;
	if (!page->end_ns || now_ns < page->begin_ns)
		page->begin_ns = now_ns;
	page->end_ns = UTIL_MAX(page->end_ns, now_ns);
}

void page_mark(struct page *page, uint64_t ts_ns)
{
	if (!page)
		return;
	page->marks++;
	page_time(page, ts_ns);
}

void page_incident(struct page *page, const struct incident *inc)
{
	if (page)
		history_add(page->incidents, inc);
}

static int render(const struct out *like, const struct html_page *html, char **text, size_t *len)
{
	struct out out = *like;
	int err;

	out.file = open_memstream(text, len);
	if (!out.file)
		return -ENOMEM;
	err = html_page(&out, html);
	if (ferror(out.file) && !err)
		err = -ENOMEM;
	if (fclose(out.file) && !err)
		err = -ENOMEM;
	return err;
}

int page_write(const struct page *page, const struct out *out, const struct recording_head *head,
	       const struct agg *agg, const struct out_losses *losses)
{
	const struct html_page html = {
		.release = head->release,
		.boot_id = head->boot_id,
		.begin_ns = page->begin_ns,
		.end_ns = page->end_ns,
		.page_size = 1ULL << head->page_shift,
		.timeout_ns = head->timeout_ns,
		.marks = page->marks,
		.agg = agg,
		.incidents = page->incidents,
		.losses = losses,
	};
	char *text = NULL;
	size_t len;
	int err = render(out, &html, &text, &len);

	if (!err)
		err = util_write_atomic(page->path, text, len);
	free(text);
	if (!err)
		return 0;
	log_error("--html: write %s: %s (%s)", page->path, util_errno(err), strerror(-err));
	return EXIT_ENVIRONMENT;
}
