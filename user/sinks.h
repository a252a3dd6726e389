/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Where seatrace's results go: stdout as text or JSON, and a file of JSON Lines beside it.
 * Layer: main of seatrace. Must not know: marks' meaning, hooks.
 */
#ifndef SINKS_H
#define SINKS_H

#include <stdbool.h>

#include "out/out.h"
#include "trace/agg.h"
#include "trace/incident.h"

struct sinks {
	struct sink {
		struct out out;
		bool json;
		bool mute; /* nothing is written there */
	} list[2];
	unsigned n;
	bool timeline; /* text: each incident's marks and spans too */
	bool quiet;    /* text: no tables */
	int error;     /* -errno of the first write that failed */
};

struct sinks_config {
	bool json;        /* stdout is JSON Lines */
	bool mute;        /* stdout is a screen: neither */
	const char *path; /* JSON Lines here as well; NULL: no */
	uint64_t clock_offset_ns;
	const char *(*page_kind)(const void *ctx, uint32_t value); /* see struct out */
	const char *(*page_result)(const void *ctx, uint32_t value);
	const void *page_kind_ctx;
};

/* 0, or an exit code after one line on stderr. */
int sinks_open(struct sinks *sinks, const struct sinks_config *config);
void sinks_close(struct sinks *sinks);

void sinks_incident(struct sinks *sinks, const struct incident *inc);
void sinks_retried(struct sinks *sinks, const struct incident *inc);
void sinks_mark(struct sinks *sinks, const struct sea_hdr *mark);

enum sinks_rows {
	SINKS_START,   /* JSON only */
	SINKS_CHANGED, /* text only */
	SINKS_TABLE,   /* an interval was asked for */
	SINKS_SUMMARY,
};

void sinks_rows(struct sinks *sinks, enum sinks_rows when, const struct agg *agg,
		const struct out_losses *losses, uint64_t now_ns);

#endif
