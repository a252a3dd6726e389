// SPDX-License-Identifier: GPL-2.0-only
/*
 * Entries as JSON and back (journal_line.h).
 */
#include "inject/journal_line.h"

#include "lib/util.h"

#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

const char *const journal_whats[JOURNAL_WHATS] = {
	[JOURNAL_PAGE] = "page",
	[JOURNAL_RECORD] = "record",
	[JOURNAL_ERROR] = "error",
};

/* --- out ------------------------------------------------------------------------------------- */

static json_t *pack_entry(const struct journal_entry *e)
{
	char time[36];

	return json_pack("{s:s, s:I, s:s, s:s, s:s, s:s, s:s, s:I, s:I, s:I, s:I, s:s, s:I}",
			 "type", "entry", "id", (json_int_t)e->id, "boot_id", e->boot_id, "time",
			 util_rfc3339(time, util_clock_ns(CLOCK_REALTIME)), "what",
			 journal_whats[e->what], "vm", e->vm, "method", e->method, "tgid",
			 (json_int_t)e->tgid, "start_ticks", (json_int_t)e->start_ticks, "pfn",
			 (json_int_t)e->pfn, "gpa", (json_int_t)e->gpa, "kind", page_kinds[e->kind],
			 "page_size", (json_int_t)e->page_size);
}

static json_t *pack_done(const struct journal_entry *e)
{
	return json_pack("{s:s, s:I, s:s, s:b, s:s}", "type", "done", "id", (json_int_t)e->id,
			 "boot_id", e->boot_id, "undone", e->undone, "note", e->note);
}

char *journal_line_write(enum journal_line type, const struct journal_entry *entry)
{
	json_t *json = type == JOURNAL_LINE_ENTRY ? pack_entry(entry) : pack_done(entry);
	char *text = json ? json_dumps(json, JSON_COMPACT) : NULL, *line = NULL;
	size_t len = text ? strlen(text) : 0;

	if (text)
		line = realloc(text, len + 2);
	if (line)
		memcpy(line + len, "\n", 2);
	else
		free(text);
	json_decref(json);
	return line;
}

/* --- in -------------------------------------------------------------------------------------- */

/* There is room behind it for those that follow. */
static bool is_id(json_int_t id)
{
	return id > 0 && id < INT64_MAX / 2;
}

/* The number of a word, or -1. */
static int find_word(const char *const *words, int n, const char *word)
{
	for (int i = 0; i < n; i++)
		if (!strcmp(words[i], word))
			return i;
	return -1;
}

static void copy_text(char *out, size_t size, const char *text)
{
	util_clean(out, size, text, strlen(text));
}

static int unpack_entry(json_t *json, struct journal_entry *e)
{
	const char *boot, *vm, *method, *what, *kind;
	json_int_t id, tgid, ticks, pfn, gpa, page_size;
	int what_id, kind_id;

	if (json_unpack(json, "{s:I, s:s, s:s, s:s, s:s, s:I, s:I, s:I, s:I, s:s, s:I}", "id", &id,
			"boot_id", &boot, "what", &what, "vm", &vm, "method", &method, "tgid",
			&tgid, "start_ticks", &ticks, "pfn", &pfn, "gpa", &gpa, "kind", &kind,
			"page_size", &page_size))
		return -EINVAL;
	what_id = find_word(journal_whats, JOURNAL_WHATS, what);
	kind_id = find_word(page_kinds, PAGE_HUGETLB + 1, kind);
	if (what_id < 0 || kind_id < 0 || !is_id(id) || tgid < 0 || tgid > INT32_MAX)
		return -EINVAL;
	*e = (struct journal_entry){
		.id = id,
		.what = what_id,
		.tgid = tgid,
		.start_ticks = ticks,
		.pfn = pfn,
		.gpa = gpa,
		.kind = kind_id,
		.page_size = page_size,
	};
	copy_text(e->boot_id, sizeof(e->boot_id), boot);
	copy_text(e->vm, sizeof(e->vm), vm);
	copy_text(e->method, sizeof(e->method), method);
	return 0;
}

static int unpack_done(json_t *json, struct journal_entry *e)
{
	const char *boot, *note;
	json_int_t id;
	int undone;

	if (json_unpack(json, "{s:I, s:s, s:b, s:s}", "id", &id, "boot_id", &boot, "undone",
			&undone, "note", &note) ||
	    !is_id(id))
		return -EINVAL;
	*e = (struct journal_entry){.id = id, .undone = undone};
	copy_text(e->boot_id, sizeof(e->boot_id), boot);
	copy_text(e->note, sizeof(e->note), note);
	return 0;
}

int journal_line_read(const char *text, size_t len, enum journal_line *type,
		      struct journal_entry *entry)
{
	json_t *json = json_loadb(text, len, JSON_REJECT_DUPLICATES, NULL);
	const char *word = "";
	int err = -EINVAL;

	if (json && !json_unpack(json, "{s:s}", "type", &word)) {
		*type = strcmp(word, "entry") ? JOURNAL_LINE_DONE : JOURNAL_LINE_ENTRY;
		if (!strcmp(word, "entry"))
			err = unpack_entry(json, entry);
		else if (!strcmp(word, "done"))
			err = unpack_done(json, entry);
	}
	json_decref(json);
	return err;
}
