/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What must hold of a page of HTML whose words come from others: they stay words.
 * For tests only. Must not know: what is on the page.
 */
#ifndef TESTS_FUZZ_MARKUP_H
#define TESTS_FUZZ_MARKUP_H

/*
 * Every element that opens closes in its turn, values of attributes are quoted, no & or < stands for
 * itself. Scripts, and anything that would be loaded, are refused wherever they come from.
 */
void markup_check(const char *page);

#endif
