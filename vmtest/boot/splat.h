/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which lines of a kernel log are splats: those that an expression of the deny file matches and none
 * of the allow file. Must not know where lines come from, nor what a splat means for the verdict.
 */
#ifndef BOOT_SPLAT_H
#define BOOT_SPLAT_H

#include <stdbool.h>

struct splat;

/*
 * Reads both files: one extended regular expression per line, then blanks, # and a comment. In the
 * allow file the comment is the reason and must be there. On failure says what is wrong on stderr
 * and gives NULL.
 */
struct splat *splat_new(const char *deny, const char *allow);
void splat_free(struct splat *splat);

bool splat_match(const struct splat *splat, const char *line);

#endif
