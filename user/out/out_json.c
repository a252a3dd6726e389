// SPDX-License-Identifier: GPL-2.0-only
/*
 * Lines of JSON, and distributions in them.
 * Must not: know what a line is about.
 */
#include "out/out_json.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lib/util.h"

/* In one piece: to a file, jansson writes each bracket and comma by itself. */
int out_json_line(FILE *file, json_t *line, int err)
{
	char *text = !line || err ? NULL : json_dumps(line, JSON_COMPACT);

	json_decref(line);
	if (!text)
		return -ENOMEM;
	err = fputs(text, file) == EOF || fputc('\n', file) == EOF;
	free(text);
	return err || fflush(file) ? -errno : 0;
}

json_t *out_json_text(const char *text)
{
	char clean[OUT_JSON_TEXT];

	if (!text)
		return json_null();
	util_clean(clean, sizeof(clean), text, strlen(text));
	return json_string(clean);
}

json_t *out_json_hist(const struct hist *h)
{
	return json_pack("{s:I, s:I, s:I, s:I, s:I, s:I}", "count", (json_int_t)h->count, "sum_ns",
			 (json_int_t)h->sum, "p50_ns", (json_int_t)hist_quantile(h, 0.5), "p90_ns",
			 (json_int_t)hist_quantile(h, 0.9), "p99_ns",
			 (json_int_t)hist_quantile(h, 0.99), "max_ns", (json_int_t)h->max);
}
