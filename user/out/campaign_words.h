/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What every form of a campaign's result says in the same words.
 * Layer: out, private to campaign_*.c. Must not know: any of these forms.
 */
#ifndef OUT_CAMPAIGN_WORDS_H
#define OUT_CAMPAIGN_WORDS_H

#include <stdbool.h>
#include <stdint.h>

#include "inject/result.h"
#include "out/out.h"

/*
 * What a row of the file asks for: "abort-errno EFAULT any x5", in UTF-8 without control characters; the
 * second of two that ask for the same has " (2)" behind. Returns buf.
 */
#define CAMPAIGN_WORDS_WHAT 192
char *campaign_words_what(const struct result_key *key, char buf[CAMPAIGN_WORDS_WHAT]);

/* The same of a shot by itself. */
char *campaign_words_shot(const struct shot_result *shot, char buf[CAMPAIGN_WORDS_WHAT]);

/*
 * What became of it, against what should have: "guest-notified", "guest-dead, expected guest-notified or
 * transparent", "guest-notified, 3 of 5 shots". Of what was not fired "". Returns buf.
 */
#define CAMPAIGN_WORDS_BECAME 256
char *campaign_words_became(const struct shot_result *shot, char buf[CAMPAIGN_WORDS_BECAME]);

/* Columns of a line: one that fills the last column too would be wrapped by some terminals. */
unsigned campaign_words_columns(const struct out *out);

/*
 * A text in as many lines as it takes: the first goes on where the line is, which is column `indent` but
 * for `prefix`; the others begin with both.
 */
void campaign_words_wrap(const struct out *out, const char *prefix, unsigned indent,
			 const char *text);

/* The verdict's colour, for out_style(). */
const char *campaign_words_style(enum verdict verdict);

/* Whose shot it was: its name in UTF-8 without control characters. Returns buf. */
#define CAMPAIGN_WORDS_NAME 80
char *campaign_words_name(const char *name, char buf[CAMPAIGN_WORDS_NAME]);

#endif
