/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which outputs are wanted, of a watch and of a recording alike.
 * Layer: main of seatrace. Must not know: how they are made.
 */
#ifndef OUTPUTS_H
#define OUTPUTS_H

#include <stdbool.h>

#include "trace/filter.h"

struct outputs {
	bool json;            /* JSON Lines on stdout instead of text */
	bool tui;             /* a full screen instead of text */
	bool timeline;        /* text: each incident's marks and spans too */
	bool marks;           /* every mark too */
	bool quiet;           /* text: no tables */
	const char *output;   /* a file for JSON Lines; NULL: none */
	const char *prom;     /* ADDRESS:PORT for metrics; NULL: none */
	const char *textfile; /* a file of metrics; NULL: none */
	struct filter filter; /* what of it all is shown */
};

#endif
