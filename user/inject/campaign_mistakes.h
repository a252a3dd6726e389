/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What is wrong with a file, each with its place: gathered by all who look at it, said at the end.
 * Layer: inject, behind campaign.h. Must not know: what may stand in a file.
 */
#ifndef INJECT_CAMPAIGN_MISTAKES_H
#define INJECT_CAMPAIGN_MISTAKES_H

#define MISTAKES_MAX 20 /* are said; of more, how many */
#define MISTAKE_TEXT 400

/* From 1; columns are characters. */
struct spot {
	unsigned line, column;
};

struct mistakes {
	unsigned n; /* all */
	struct mistake {
		struct spot at;
		char text[MISTAKE_TEXT];
	} first[MISTAKES_MAX]; /* those that come first in the file, in its order */
};

/* "what; what to do". */
void mistakes_add(struct mistakes *m, struct spot at, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/*
 * "unknown WHAT 'text'", with what was meant, or else all that there is: `words`, NULL-terminated.
 */
void mistakes_unknown(struct mistakes *m, struct spot at, const char *what, const char *text,
		      const char *const *words);

/* A line on stderr each. */
void mistakes_print(const struct mistakes *m, const char *file);

/* Text of the file for a message: in quotes, printable, of a long one the beginning. Returns buf. */
#define MISTAKE_QUOTE 56
const char *mistakes_quote(char buf[MISTAKE_QUOTE], const char *text);

#endif
