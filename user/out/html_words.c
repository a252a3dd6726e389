// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the page calls things: names that need no manual.
 * Must not: know a number.
 */
#include "out/html_int.h"
#include "out/out_incident.h"

const struct html_word html_meters[METER_MAX] = {
	[METER_INCIDENT] = {"incident", "incidents"},
	[METER_SEA] = {"SEA", "SEAs"},
	[METER_CLAIMED] = {"claimed", "claimed"},
	[METER_SERROR] = {"SError", "SErrors"},
	[METER_TO_VMM] = {"exit to the VMM", "exits to the VMM"},
	[METER_RECORD] = {"record", "records"},
	[METER_DUPLICATE] = {"duplicate", "duplicates"},
	[METER_FAILURE] = {"page taken away", "pages taken away"},
	[METER_SIGNAL_AO] = {"SIGBUS AO", "SIGBUS AO"},
	[METER_SIGNAL_AR] = {"SIGBUS AR", "SIGBUS AR"},
	[METER_DELIVERED] = {"signal delivered", "signals delivered"},
	[METER_NOTIFIED] = {"notification", "notifications"},
};

const char *const html_laps[LAP_MAX] = {
	[LAP_PHASE1] = "Phase 1",    [LAP_CLAIM] = "Claim",    [LAP_PARSE] = "Parse",
	[LAP_RECOVERY] = "Recovery", [LAP_PHASE2] = "Phase 2", [LAP_SIGNAL] = "Signal",
	[LAP_NOTIFY] = "Notify",     [LAP_TOTAL] = "Total",    [LAP_ABORT] = "All aborts",
};

const char *const html_spans[SPAN_MAX] = {
	[SPAN_PHASE1] = "phase 1",    [SPAN_CLAIM] = "claim",   [SPAN_PARSE] = "parse",
	[SPAN_RECOVERY] = "recovery", [SPAN_SIGNAL] = "signal", [SPAN_NOTIFY] = "notify",
	[SPAN_WAIT] = "wait",
};

static const char *const meanings[OUTCOME_MAX] = {
	[OUTCOME_VMM_KILLED] = "the SIGBUS met the default action: the VMM died",
	[OUTCOME_NOTIFIED] = "the VMM told the guest: by an exception (explicit), or, it seems, by "
			     "writing its registers (inferred)",
	[OUTCOME_SERROR] = "nobody claimed the SEA; KVM gave the guest an SError",
	[OUTCOME_TO_VMM] = "KVM_EXIT_ARM_SEA went to the VMM, and nothing more",
	[OUTCOME_HOST_CONSUMED] = "a thread of the VMM touched the page itself",
	[OUTCOME_VMM_SIGNALLED] = "the VMM handled the SIGBUS and told nobody",
	[OUTCOME_FAILED] = "memory_failure could not take the page away",
	[OUTCOME_RECOVERED] = "the page was taken away before anybody touched it",
	[OUTCOME_IGNORED] = "memory_failure would not take the page away",
	[OUTCOME_DROPPED] = "a claim or a record that nothing came of",
	[OUTCOME_OPEN] = "the marks do not say",
};

const char *html_meaning(enum outcome outcome)
{
	return meanings[outcome];
}

void html_outcome(FILE *file, enum outcome outcome)
{
	static const char *const tones[] = {
		[OUT_GOOD] = "good", [OUT_WORRYING] = "fair", [OUT_BAD] = "bad"};

	fprintf(file, "<span class=\"outcome %s\" title=\"%s\">%s</span>",
		tones[out_outcome_tone(outcome)], meanings[outcome], outcome_names[outcome]);
}
