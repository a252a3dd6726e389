// SPDX-License-Identifier: GPL-2.0-only
/*
 * One table: what has to be seen for each outcome; one list: what a pass takes; the rest is words.
 * Must not: look at anything but the evidence.
 *
 * What was not looked at is no evidence. Without a probe nobody has seen whether the guest lives: what
 * marks show (it was told, a call failed) stays shown, and the reason says that it was not probed;
 * "transparent", for which there is nothing else to show, does not pass.
 */
#include "inject/verdict.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "lib/util.h"

const char *const verdict_names[VERDICT_MAX] = {
	[VERDICT_FAIL] = "fail",
	[VERDICT_PASS] = "pass",
	[VERDICT_UNAVAILABLE] = "unavailable",
	[VERDICT_DRY] = "dry",
	[VERDICT_SKIPPED] = "skipped",
};

/* --- outcome ---------------------------------------------------------------------------------- */

static bool is_lost(const struct evidence *e)
{
	return e->lost || e->observer_lost;
}

static bool is_host_affected(const struct evidence *e)
{
	return e->elsewhere;
}

static bool is_not_activated(const struct evidence *e)
{
	return !e->fired;
}

/* A SIGBUS that met the default action kills, also while the process is still writing its core. */
static bool is_vmm_killed(const struct evidence *e)
{
	return e->vmm_gone || e->outcomes[OUTCOME_VMM_KILLED];
}

static bool is_guest_dead(const struct evidence *e)
{
	return e->probe == PROBE_DEAD;
}

static bool is_vmm_error(const struct evidence *e)
{
	return e->calls_failed;
}

static bool is_app_killed(const struct evidence *e)
{
	return e->probe == PROBE_APP_KILLED;
}

/*
 * By KVM, or by its VMM. Counts, not how incidents ended: they are of the shot's time, also those of
 * incidents that are still open; a late touch may have ended long before as it is said to have ended.
 */
static bool is_guest_notified(const struct evidence *e)
{
	return e->told_guest || e->explicit_notified || e->counts[METER_SERROR] ||
	       e->counts[METER_NOTIFIED];
}

/* What has to be seen; the first that applies, in the order of the enum. None: transparent. */
static bool (*const applies[])(const struct evidence *e) = {
	[SHOT_LOST] = is_lost,
	[SHOT_HOST_AFFECTED] = is_host_affected,
	[SHOT_NOT_ACTIVATED] = is_not_activated,
	[SHOT_VMM_KILLED] = is_vmm_killed,
	[SHOT_GUEST_DEAD] = is_guest_dead,
	[SHOT_VMM_ERROR] = is_vmm_error,
	[SHOT_APP_KILLED] = is_app_killed,
	[SHOT_GUEST_NOTIFIED] = is_guest_notified,
};

_Static_assert(UTIL_COUNT(applies) == SHOT_TRANSPARENT,
	       "what is seen of nothing is the last outcome");

enum shot_outcome verdict_outcome(const struct evidence *e)
{
	enum shot_outcome outcome = 0;

	while (outcome < SHOT_TRANSPARENT && !applies[outcome](e))
		outcome++;
	return outcome;
}

/* --- verdict ---------------------------------------------------------------------------------- */

/* What ends a VM without a shot hides whether its trigger would have come. */
static bool is_sound(const struct evidence *e)
{
	return !is_vmm_killed(e) && !is_guest_dead(e) && !is_app_killed(e);
}

enum verdict verdict_of(const struct evidence *e, unsigned expected, uint64_t wanted)
{
	enum shot_outcome outcome = verdict_outcome(e);

	if (e->dry_run)
		return e->fired ? VERDICT_FAIL : VERDICT_DRY;
	if (outcome == SHOT_LOST || !(expected & OUTCOME_BIT(outcome)))
		return VERDICT_FAIL;
	if (outcome == SHOT_NOT_ACTIVATED)
		return is_sound(e) ? VERDICT_PASS : VERDICT_FAIL;
	if (e->fired != wanted)
		return VERDICT_FAIL;
	if (outcome == SHOT_TRANSPARENT && e->probe != PROBE_ALIVE)
		return VERDICT_FAIL;
	return VERDICT_PASS;
}

/* --- words ------------------------------------------------------------------------------------ */

#define REASON 200
#define END    64
#define CLAUSE 100 /* the longest has two numbers of 20 digits */

/* Clauses, before it is known how many of them there is room for. */
struct words {
	char text[20 * CLAUSE];
	size_t len;
};

static void __attribute__((format(printf, 2, 3))) say(struct words *w, const char *format, ...)
{
	size_t room = sizeof(w->text) - w->len;
	va_list args;

	if (room < CLAUSE)
		return;
	if (w->len)
		w->len += sprintf(w->text + w->len, ", ");
	va_start(args, format);
	w->len += vsnprintf(w->text + w->len, CLAUSE - 2, format, args);
	va_end(args);
}

/* The end tells how it ended: it is never what there is no room for. */
static void say_end(struct words *w, const char *end, char text[REASON])
{
	static const char more[] = ", ...";
	size_t room = REASON - 1 - strlen(", ") - strlen(end), cut = room - strlen(more);

	if (w->len > room) {
		while (cut && w->text[cut] != ',')
			cut--;
		w->len = stpcpy(w->text + cut, more) - w->text;
	}
	memcpy(text, w->text, w->len + 1);
	sprintf(text + w->len, "%s%s", w->len ? ", " : "", end);
}

/* What is counted, in the order in which things happen: before a signal, after it. */
struct clause {
	size_t at; /* uint64_t in struct evidence */
	const char *one, *many;
};

/* clang-format off */
#define SEEN(field) offsetof(struct evidence, field)
static const struct clause before_signals[] = {
	{SEEN(counts[METER_SEA]), "an SEA was taken", "SEAs were taken"},
	{SEEN(counts[METER_CLAIMED]), "APEI claimed one", "were claimed by APEI"},
	{SEEN(counts[METER_RECORD]), "a record was parsed", "records were parsed"},
	{SEEN(counts[METER_FAILURE]), "memory_failure ran", "memory_failures ran"},
	{SEEN(outcomes[OUTCOME_RECOVERED]), "a page was taken away", "pages were taken away"},
	{SEEN(outcomes[OUTCOME_FAILED]), "a page could not be taken away", "pages could not be taken away"},
	{SEEN(outcomes[OUTCOME_IGNORED]), "a page was ignored", "pages were ignored"},
	{SEEN(outcomes[OUTCOME_HOST_CONSUMED]), "the VMM touched a page", "pages were touched by the VMM"},
}, after_signals[] = {
	{SEEN(counts[METER_TO_VMM]), "KVM exited to the VMM", "exits to the VMM"},
	{SEEN(counts[METER_SERROR]), "KVM injected an SError", "SErrors were injected by KVM"},
	{SEEN(told_guest), "KVM injected an abort", "aborts were injected by KVM"},
	{SEEN(explicit_notified), "the VMM set a pending exception", "pending exceptions were set by the VMM"},
};
/* clang-format on */

static void say_counts(struct words *w, const struct evidence *e, const struct clause *clauses,
		       size_t n)
{
	for (const struct clause *c = clauses; c < clauses + n; c++) {
		uint64_t count = *(const uint64_t *)((const char *)e + c->at);

		if (count == 1)
			say(w, "%s", c->one);
		else if (count)
			say(w, "%" PRIu64 " %s", count, c->many);
	}
}

/* Signals of both kinds are delivered alike, and a pending one swallows the next of its kind. */
static void say_signals(struct words *w, const struct evidence *e)
{
	uint64_t ao = e->counts[METER_SIGNAL_AO], ar = e->counts[METER_SIGNAL_AR];
	uint64_t delivered = e->counts[METER_DELIVERED];
	const char *kind = ao && ar ? "SIGBUS AO and AR" : ao ? "SIGBUS AO" : "SIGBUS AR";

	if (!ao && !ar)
		kind = "SIGBUS";
	if (ao + ar > 1 && delivered == ao + ar)
		say(w, "%" PRIu64 " %s delivered", delivered, kind);
	else if (ao + ar > 1)
		say(w, "%" PRIu64 " %s, %" PRIu64 " of them delivered", ao + ar, kind, delivered);
	else if (ao + ar || delivered)
		say(w, "%s %s", kind, delivered ? "delivered" : "not delivered");
	if (e->outcomes[OUTCOME_VMM_KILLED])
		say(w, "SIGBUS met the default action");
}

/* QEMU writes the guest's exception registers itself: then nothing is pending. */
static void say_told(struct words *w, const struct evidence *e)
{
	say_counts(w, e, after_signals, UTIL_COUNT(after_signals));
	if (e->counts[METER_NOTIFIED] > e->explicit_notified)
		say(w, "the VMM set the guest's registers");
	if (e->calls_failed == 1)
		say(w, "a call of the VMM failed with %s", util_errno(e->call_errno));
	else if (e->calls_failed)
		say(w, "%" PRIu64 " calls of the VMM failed, the last with %s", e->calls_failed,
		    util_errno(e->call_errno));
}

/* Why nothing else may count, when it does not. */
static void say_doubts(struct words *w, const struct evidence *e)
{
	if (e->elsewhere)
		say(w, "%" PRIu64 " incident%s of the host or of other VMs began meanwhile",
		    e->elsewhere, e->elsewhere == 1 ? "" : "s");
	if (e->dry_run)
		say(w, "dry run: of %" PRIu64 " calls %" PRIu64 " would have been shots",
		    e->matched, e->would);
	else if (!e->fired && e->matched)
		say(w, "it never fired, though %" PRIu64 " call%s matched", e->matched,
		    e->matched == 1 ? "" : "s");
	else if (!e->fired)
		say(w, "it never fired: nothing matched");
}

static const char *end_of(const struct evidence *e, char text[END])
{
	static const char *const answers[] = {
		[PROBE_NONE] = "the guest was not probed",
		[PROBE_ALIVE] = "the guest answers",
		[PROBE_APP_KILLED] = "the guest answers, and has killed a program of its own",
		[PROBE_DEAD] = "the VMM lives, the guest does not answer",
	};

	char name[24];

	if (e->vmm_gone && e->vmm_signal) {
		snprintf(text, END, "the VMM's process was ended by %s",
			 util_signal(e->vmm_signal, name));
		return text;
	}
	if (e->vmm_gone)
		return "the VMM's process has ended";
	return is_vmm_killed(e) ? "the VMM's process is ending" : answers[e->probe];
}

void verdict_reason(const struct evidence *e, char text[REASON])
{
	struct words w = {.len = 0};
	char end[END];

	if (e->observer_lost)
		say(&w, "the observer failed");
	if (e->lost)
		say(&w, "%" PRIu64 " mark%s lost", e->lost, e->lost == 1 ? " was" : "s were");
	if (w.len) {
		say_end(&w, "nothing can be said", text);
		return;
	}
	say_doubts(&w, e);
	say_counts(&w, e, before_signals, UTIL_COUNT(before_signals));
	say_signals(&w, e);
	say_told(&w, e);
	if (!w.len)
		say(&w, "no consequence was seen");
	say_end(&w, end_of(e, end), text);
}
