/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What renderers of JSON Lines share: a line of it, a text, a histogram.
 * Layer: out. Must not know: any renderer, what a line is about.
 */
#ifndef OUT_OUT_JSON_H
#define OUT_OUT_JSON_H

#include <jansson.h>
#include <stdio.h>

#include "trace/hist.h"

/* Takes line's reference. 0, -ENOMEM: it is NULL or err is set; or -errno of writing. */
int out_json_line(FILE *file, json_t *line, int err);

/* Anybody's text made UTF-8 by util_clean(), cut to this size; NULL is null. */
#define OUT_JSON_TEXT 512
json_t *out_json_text(const char *text);

/* How many, their sum, p50, p90, p99 and the largest, in nanoseconds. NULL without memory. */
json_t *out_json_hist(const struct hist *h);

#endif
