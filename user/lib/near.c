/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Levenshtein's distance, of short words (near.h).
 */
#include "lib/near.h"

#include <string.h>

#include "lib/util.h"

#define WORD_MAX    32
#define CHANGES_MAX 2

/* Row by row over the matrix of prefixes; `row` is the one above until it is overwritten. */
static unsigned distance(const char *a, size_t a_len, const char *b, size_t b_len)
{
	unsigned row[WORD_MAX + 1];

	for (size_t j = 0; j <= b_len; j++)
		row[j] = j;
	for (size_t i = 1; i <= a_len; i++) {
		unsigned diagonal = row[0];

		row[0] = i;
		for (size_t j = 1; j <= b_len; j++) {
			unsigned other = diagonal + (a[i - 1] != b[j - 1]);

			diagonal = row[j];
			row[j] = UTIL_MIN(other, UTIL_MIN(row[j], row[j - 1]) + 1);
		}
	}
	return row[b_len];
}

const char *near_word(const char *text, const char *const *words)
{
	size_t len = strlen(text);
	unsigned least = UTIL_MIN(CHANGES_MAX + 1, len);
	const char *nearest = NULL;

	for (; len <= WORD_MAX && *words; words++) {
		size_t word_len = strlen(*words);
		unsigned changes;

		if (word_len > WORD_MAX)
			continue;
		changes = distance(text, len, *words, word_len);
		if (changes < least) {
			least = changes;
			nearest = *words;
		}
	}
	return nearest;
}
