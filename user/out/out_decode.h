/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What an incident's numbers say, in words: syndrome, page, where the error is.
 * Layer: out, for all renderers. Must not know: how lines are laid out.
 */
#ifndef OUT_OUT_DECODE_H
#define OUT_OUT_DECODE_H

#include "out/out.h"
#include "trace/incident.h"

/* One thing that can be said of an incident. */
enum out_fact {
	OUT_SYNDROME,
	OUT_MEMORY,
	OUT_PROCESSOR,
	OUT_PAGE,
	OUT_FACTS,
};

extern const char *const out_fact_names[OUT_FACTS];

/* Whether there is anything to say; then it can be printed, without a newline. */
bool out_knows(const struct incident *inc, enum out_fact fact);
void out_fact(const struct out *out, FILE *file, const struct incident *inc, enum out_fact fact);

/* The same as a piece of text, "" if there is nothing to say. Returns buf. */
#define OUT_FACT 256
char *out_fact_text(const struct out *out, const struct incident *inc, enum out_fact fact,
		    char buf[OUT_FACT]);

#endif
