// SPDX-License-Identifier: GPL-2.0-only
/*
 * Each result to each sink, in its format; the first error is remembered.
 * Must not: format.
 */
#include "sinks.h"

#include <errno.h>
#include <string.h>

#include "lib/exit.h"
#include "lib/log.h"
#include "lib/util.h"
#include "out/json.h"
#include "out/line.h"
#include "out/table.h"

static struct sink *add_sink(struct sinks *sinks, FILE *file, bool json,
			     const struct sinks_config *config)
{
	struct sink *sink = &sinks->list[sinks->n++];

	*sink = (struct sink){.out = out_on(file), .json = json};
	sink->out.color &= !json;
	sink->out.clock_offset_ns = config->clock_offset_ns;
	sink->out.page_kind = config->page_kind;
	sink->out.page_result = config->page_result;
	sink->out.page_kind_ctx = config->page_kind_ctx;
	return sink;
}

int sinks_open(struct sinks *sinks, const struct sinks_config *config)
{
	FILE *file;

	add_sink(sinks, stdout, config->json, config)->mute = config->mute;
	if (!config->path)
		return 0;
	file = fopen(config->path, "we");
	if (!file) {
		log_error("--output: open %s: %s", config->path, strerror(errno));
		return EXIT_ENVIRONMENT;
	}
	add_sink(sinks, file, true, config);
	return 0;
}

void sinks_close(struct sinks *sinks)
{
	/* flushed, and its errors seen, after each line */
	if (sinks->n > 1)
		fclose(sinks->list[1].out.file);
}

#define FOR_EACH_SINK(sinks, sink)                                                         \
	for (struct sink *sink = (sinks)->list; sink < (sinks)->list + (sinks)->n; sink++) \
		if (!sink->mute)

static void wrote(struct sinks *sinks, struct sink *sink, int err)
{
	if (!err && (fflush(sink->out.file) || ferror(sink->out.file)))
		err = errno ? -errno : -EIO;
	if (err && !sinks->error)
		sinks->error = err;
}

void sinks_incident(struct sinks *sinks, const struct incident *inc)
{
	FOR_EACH_SINK(sinks, sink)
	{
		int err = 0;

		if (sink->json)
			err = json_incident(&sink->out, inc);
		else
			line_print(&sink->out, inc);
		if (!sink->json && sinks->timeline)
			line_print_timeline(&sink->out, inc);
		wrote(sinks, sink, err);
	}
}

void sinks_retried(struct sinks *sinks, const struct incident *inc)
{
	FOR_EACH_SINK(sinks, sink)
	{
		int err = 0;

		if (sink->json)
			err = json_retried(&sink->out, inc);
		else
			line_print_retried(&sink->out, inc);
		wrote(sinks, sink, err);
	}
}

void sinks_mark(struct sinks *sinks, const struct sea_hdr *mark)
{
	FOR_EACH_SINK(sinks, sink)
	{
		int err = 0;

		if (sink->json)
			err = json_mark(&sink->out, mark);
		else
			line_print_mark(&sink->out, mark);
		wrote(sinks, sink, err);
	}
}

void sinks_rows(struct sinks *sinks, enum sinks_rows when, const struct agg *agg,
		const struct out_losses *losses, uint64_t now_ns)
{
	static const char *const types[] = {
		[SINKS_START] = "start",
		[SINKS_TABLE] = "table",
		[SINKS_SUMMARY] = "summary",
	};
	FOR_EACH_SINK(sinks, sink)
	{
		int err = 0;

		if (sink->json && when != SINKS_CHANGED)
			err = json_rows(&sink->out, types[when], agg, losses, now_ns);
		else if (!sink->json && when != SINKS_START && !sinks->quiet)
			table_print(&sink->out, agg, losses);
		wrote(sinks, sink, err);
	}
}
