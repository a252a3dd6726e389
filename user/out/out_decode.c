// SPDX-License-Identifier: GPL-2.0-only
/*
 * Words for an incident's numbers.
 * Must not: decide what an incident is.
 */
#include "out/out_decode.h"

#include <inttypes.h>

#include "lib/esr.h"
#include "out/out_mark.h"

const char *const out_fact_names[OUT_FACTS] = {
	[OUT_SYNDROME] = "syndrome",
	[OUT_MEMORY] = "memory",
	[OUT_PROCESSOR] = "processor",
	[OUT_PAGE] = "page",
};

bool out_knows(const struct incident *inc, enum out_fact fact)
{
	static const unsigned fields[OUT_FACTS] = {
		[OUT_SYNDROME] = INCIDENT_FIELD_SEA,
		[OUT_MEMORY] = INCIDENT_FIELD_MEMORY,
		[OUT_PROCESSOR] = INCIDENT_FIELD_PROCESSOR,
		[OUT_PAGE] = INCIDENT_FIELD_PAGE,
	};

	return inc->fields & fields[fact];
}

/* SET is said for an external abort that is not on a table walk only: Arm ARM D24.2.40. */
static void syndrome(FILE *file, const struct incident *inc)
{
	struct esr_info info = esr_decode(inc->esr);
	uint64_t ipa;

	fprintf(file, "%s, %s", info.class, info.fault);
	if (info.fsc == ESR_FSC_EXTABT)
		fprintf(file, ", %s", esr_set_name(info.set));
	fputs(info.wnr ? ", write" : "", file);
	fputs(info.s1ptw ? ", of a stage 1 walk" : "", file);
	fputs(info.fnv ? ", far not valid" : "", file);
	if (incident_ipa(inc, &ipa))
		fprintf(file, ", ipa 0x%" PRIx64, ipa);
}

static void page(const struct out *out, FILE *file, const struct incident *inc)
{
	const char *kind = out_page_kind(out, inc->page_kind);
	char result[OUT_RESULT];

	if (kind)
		fprintf(file, "%s", kind);
	else
		fprintf(file, "kind %" PRIu32, inc->page_kind);
	fprintf(file, ", %s", out_page_result(out, inc, result));
}

void out_fact(const struct out *out, FILE *file, const struct incident *inc, enum out_fact fact)
{
	switch (fact) {
	case OUT_SYNDROME:
		syndrome(file, inc);
		break;
	case OUT_MEMORY:
		out_mark_fields(file, &inc->memory.hdr);
		break;
	case OUT_PROCESSOR:
		out_mark_fields(file, &inc->processor.hdr);
		break;
	case OUT_PAGE:
		page(out, file, inc);
		break;
	case OUT_FACTS:
		break;
	}
}

char *out_fact_text(const struct out *out, const struct incident *inc, enum out_fact fact,
		    char buf[OUT_FACT])
{
	FILE *file = out_knows(inc, fact) ? fmemopen(buf, OUT_FACT, "w") : NULL;

	*buf = '\0';
	if (!file)
		return buf;
	out_fact(out, file, inc, fact);
	fclose(file);
	buf[OUT_FACT - 1] = '\0';
	return buf;
}
