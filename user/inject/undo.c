// SPDX-License-Identifier: GPL-2.0-only
/*
 * What is in the journal, taken back (journal.h).
 */
#include "inject/journal.h"
#include "inject/poison.h"
#include "inject/record.h"
#include "lib/log.h"
#include "lib/util.h"

#include <stdio.h>

/*
 * An error that the platform put into memory is there until it is overwritten or its page is taken away.
 * When somebody met it, the kernel has done the latter, for good.
 */
static bool undo_error(const struct journal_entry *entry, char note[160])
{
	if (poison_is(entry->pfn) == 1)
		return !poison_undo(entry->pfn, note);
	snprintf(note, 160, "nothing can take an error out of memory; nobody has met it yet");
	return false;
}

static bool undo_record(char note[160])
{
	return record_discard(note) >= 0;
}

static bool undo(const struct journal_entry *entry, char note[160])
{
	note[0] = '\0';
	switch (entry->what) {
	case JOURNAL_PAGE:
		return !poison_undo(entry->pfn, note);
	case JOURNAL_ERROR:
		return undo_error(entry, note);
	case JOURNAL_RECORD:
	case JOURNAL_WHATS:
		break;
	}
	return undo_record(note);
}

static unsigned count_pending(const struct journal *j)
{
	unsigned n = 0;

	while (journal_pending(j, n))
		n++;
	return n;
}

int journal_undo_each(struct journal *j, void (*tell)(const struct journal_entry *entry, void *arg),
		      void *arg)
{
	int left = 0;

	/* Those that are done vanish from behind: the ones before keep their number. */
	for (unsigned i = count_pending(j); i-- > 0;) {
		struct journal_entry entry = *journal_pending(j, i);
		int err;

		entry.undone = undo(&entry, entry.note);
		err = journal_done(j, entry.id, entry.undone, entry.note);
		if (err)
			log_warn("journal: %s (entry %llu is not marked)", util_errno(err),
				 (unsigned long long)entry.id);
		left += !entry.undone;
		tell(&entry, arg);
	}
	return left;
}

static void print_line(const struct journal_entry *entry, void *arg)
{
	char text[JOURNAL_TEXT];

	(void)arg;
	if (entry->undone)
		printf("%s: taken back\n", journal_text(entry, text));
	else
		printf("%s: left: %s\n", journal_text(entry, text), entry->note);
}

int journal_undo(struct journal *j)
{
	return journal_undo_each(j, print_line, NULL);
}
