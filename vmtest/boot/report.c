// SPDX-License-Identifier: GPL-2.0-only
/* report.c - a result as JSON. */
#include "report.h"
#include "console.h"
#include "host.h"
#include "lib/util.h"
#include "verdict.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const ends[] = {
	[HOST_EXIT] = "exit",       [HOST_DOWN] = "down", [HOST_NOT_UP] = "not-up",
	[HOST_TIMEOUT] = "timeout", [HOST_LOST] = "lost", [HOST_CUT] = "cut",
	[HOST_PANIC] = "panic",     [HOST_HUNG] = "hung", [HOST_SIGNAL] = "signal",
	[HOST_ERROR] = "error",
};

/* Lines of a console hold any byte. */
static json_t *clean(const char *text)
{
	char out[1024];

	util_clean(out, sizeof(out), text, strlen(text));
	return json_string(out);
}

static json_t *splats(const struct console_seen *seen)
{
	json_t *list = json_array();

	for (unsigned int i = 0; i < seen->splat_tests; i++)
		json_array_append_new(list,
				      json_pack("{s:o, s:o}", "test", clean(seen->splat[i].test),
						"line", clean(seen->splat[i].line)));
	return list;
}

int report_write(const char *path, const struct host_result *result,
		 const struct console_seen *seen, const struct verdict *verdict)
{
	json_t *report = json_pack("{s:s, s:i, s:f, s:f, s:o, s:o, s:o}", "end", ends[result->end],
				   "status", verdict->status, "seconds", result->seconds,
				   "boot_seconds", result->boot_seconds, "why", clean(verdict->why),
				   "test", clean(seen->test), "splats", splats(seen));
	char *text;
	int error = -1;

	if (report && result->end == HOST_EXIT)
		json_object_set_new(report, "command", json_integer(result->status));
	text = report ? json_dumps(report, JSON_COMPACT | JSON_REAL_PRECISION(6)) : NULL;
	if (text)
		error = util_write_atomic(path, text, strlen(text));
	if (error)
		fprintf(stderr, "vmtest: report %s: %s\n", path,
			text ? strerror(-error) : "out of memory");
	free(text);
	json_decref(report);
	return error ? -1 : 0;
}
