/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What outlives seainject, written down before it is done, so that `seainject undo` can take it back
 * after any end: pages that were poisoned, records that were left unread.
 * Layer: inject. Must not know: campaigns, verdicts. A line of JSON per entry, and one for what came of
 * taking it back, appended and synced.
 */
#ifndef INJECT_JOURNAL_H
#define INJECT_JOURNAL_H

#include <stdbool.h>
#include <stdint.h>

#include "inject/slots.h"

#define JOURNAL_PATH "/var/lib/seainject/journal"

enum journal_what {
	JOURNAL_PAGE,   /* a page frame was poisoned by hand */
	JOURNAL_RECORD, /* a claim was denied: the platform's record may be unread */
	JOURNAL_ERROR,  /* the platform was asked for an error in a page frame */
	JOURNAL_WHATS,
};

struct journal_entry {
	uint64_t id;
	enum journal_what what;
	char boot_id
		[40]; /* /proc/sys/kernel/random/boot_id: of another boot nothing is left to undo */
	char vm[64];  /* name, for people */
	char method[32];
	uint32_t tgid;
	uint64_t start_ticks;
	/* not JOURNAL_RECORD: the frame, what it was a part of then, and how large that is */
	uint64_t pfn, gpa;
	enum page_kind kind;
	uint64_t page_size;
	bool undone;
	char note[160]; /* why it could not be undone; "": not tried */
};

struct journal;

/*
 * Opens or makes the journal at path (NULL: JOURNAL_PATH, its folder too, for root alone) and locks it
 * for itself: another process that holds it is EXIT_ENVIRONMENT. A last line that was cut short is taken
 * off: what it speaks of was not done. 0, or an exit code after one line on stderr.
 */
int journal_open(struct journal **out, const char *path);

/* To look only: neither made nor locked nor mended. No journal is an empty one. */
int journal_look(struct journal **out, const char *path);

void journal_close(struct journal *j); /* accepts NULL */

/* Before it is done: fills in id and boot_id, synced to the disk when this returns. 0 or -errno. */
int journal_add(struct journal *j, struct journal_entry *entry);

/* What came of taking it back. 0 or -errno. */
int journal_done(struct journal *j, uint64_t id, bool undone, const char *note);

/* Entry number i of this boot that is not undone, in order; NULL past the end. Valid until the next add. */
const struct journal_entry *journal_pending(const struct journal *j, unsigned i);

/* How many hugetlb pages were shot at in this boot, taken back or not. */
unsigned journal_hugetlb(const struct journal *j);

/*
 * Takes back all that is pending, newest first, as far as the kernel lets it (unpoison-pfn of
 * hwpoison-inject; an unread record is acknowledged and cleared), one line on stdout each. Returns how
 * many could not be.
 */
int journal_undo(struct journal *j);

/* The same, telling `tell` of each, and not stdout: entry->undone and entry->note say what came of it. */
int journal_undo_each(struct journal *j, void (*tell)(const struct journal_entry *entry, void *arg),
		      void *arg);

/* What an entry is about, in words: "page 0x12345 of vm-a (page-poison at 0x80005000)". */
#define JOURNAL_TEXT 200
const char *journal_text(const struct journal_entry *entry, char text[JOURNAL_TEXT]);

extern const char *const journal_whats[JOURNAL_WHATS]; /* "page" */

#endif
