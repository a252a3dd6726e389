/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The lines of a journal: an entry, or what came of taking one back.
 * Layer: inject, of journal.c alone. Must not know: files.
 */
#ifndef INJECT_JOURNAL_LINE_H
#define INJECT_JOURNAL_LINE_H

#include <stddef.h>

#include "inject/journal.h"

enum journal_line {
	JOURNAL_LINE_ENTRY,
	JOURNAL_LINE_DONE, /* id, boot_id, undone and note hold */
};

/* With its newline; free() it. NULL: no memory. */
char *journal_line_write(enum journal_line type, const struct journal_entry *entry);

/* 0, or -EINVAL: it is none. */
int journal_line_read(const char *text, size_t len, enum journal_line *type,
		      struct journal_entry *entry);

#endif
