/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The columns of a list of VMs: for every renderer that has such a list.
 * Layer: out. Must not know: any renderer.
 */
#ifndef OUT_OUT_COLUMN_H
#define OUT_OUT_COLUMN_H

#include <stdint.h>

#include "trace/agg.h"

enum out_column_kind {
	OUT_COUNT,    /* what: enum meter */
	OUT_OUTCOMES, /* what: a set of enum outcome */
	OUT_LAPS,     /* what: enum lap; how many there were */
	OUT_QUANTILE, /* what: enum lap */
};

struct out_column {
	const char *title, *help;
	int width;
	enum out_column_kind kind;
	unsigned what;
	double quantile;
	unsigned rank; /* where there is no room for all: the lower the sooner; 0: in each table */
	char key;      /* a key on which to sort by it */
};

/* In the order to be shown; the VM's name comes before them. */
#define OUT_COLUMNS 19
extern const struct out_column out_columns[OUT_COLUMNS];

/* What a row has there; OUT_NOTHING where nothing was measured. */
#define OUT_NOTHING UINT64_MAX
uint64_t out_column_value(const struct out_column *column, const struct agg_row *row);

/* A value as it is shown: "23", "6.91ms", "-". Returns buf. */
#define OUT_COLUMN_TEXT 24
char *out_column_text(const struct out_column *column, uint64_t value, char buf[OUT_COLUMN_TEXT]);

#endif
