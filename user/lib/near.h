/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The word that somebody meant who wrote another one.
 * Layer: lib. Must not know: what the words are for; does not print.
 */
#ifndef LIB_NEAR_H
#define LIB_NEAR_H

/*
 * Of `words` (NULL-terminated) the one that takes the fewest changes, a letter more, less or another
 * each; NULL when all take more than two, or as many as the word has letters.
 */
const char *near_word(const char *text, const char *const *words);

#endif
