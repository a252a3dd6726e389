// SPDX-License-Identifier: GPL-2.0-only
/*
 * Incidents as environment variables.
 * Must not: run anything.
 */
#include "out/env.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>

#include "lib/cper.h"
#include "lib/util.h"

struct env {
	char **vars; /* NULL-terminated */
	size_t n, room;
	bool failed; /* no memory */
};

static bool make_room(struct env *env)
{
	size_t room = env->room ? 2 * env->room : 64;
	char **vars;

	if (env->n + 1 < env->room)
		return true;
	vars = reallocarray(env->vars, room, sizeof(*vars));
	if (!vars)
		return false;
	env->vars = vars;
	env->room = room;
	return true;
}

/* "SEATRACE_" and a formatted rest, up to its '=' in capitals. */
__attribute__((format(printf, 2, 3))) static void put(struct env *env, const char *fmt, ...)
{
	char *rest = NULL, *var;
	va_list args;

	va_start(args, fmt);
	if (vasprintf(&rest, fmt, args) < 0)
		rest = NULL;
	va_end(args);
	if (!rest || !make_room(env) || asprintf(&var, "SEATRACE_%s", rest) < 0) {
		env->failed = true;
		free(rest);
		return;
	}
	for (char *c = var; *c != '='; c++)
		*c = toupper((unsigned char)*c);
	env->vars[env->n++] = var;
	env->vars[env->n] = NULL;
	free(rest);
}

static void put_identity(struct env *env, const struct out *out, const struct incident *inc)
{
	enum outcome outcome = incident_outcome(inc);
	char time[36], to[OUT_PROCESS];

	put(env, "id=%" PRIu64, inc->id);
	put(env, "error_id=%" PRIu64, inc->error_id);
	put(env, "time=%s", util_rfc3339(time, inc->time.first_ns + out->clock_offset_ns));
	put(env, "mono_ns=%" PRIu64, inc->time.first_ns);
	if (inc->vm) {
		put(env, "vm=%s", inc->vm->name);
		put(env, "tgid=%" PRIu32, inc->vm->tgid);
	}
	put(env, "outcome=%s", outcome_names[outcome]);
	put(env, "late=%d", inc->late);
	if (inc->delivered_tgid)
		put(env, "delivered_to=%s", out_delivered_to(inc, to));
	put(env, "incomplete=%d", inc->incomplete);
	if (outcome == OUTCOME_NOTIFIED)
		put(env, "notified=%s", inc->explicit_notify ? "explicit" : "inferred");
}

/* The fields that this incident has; see INCIDENT_FIELD_*. */
static void put_fields(struct env *env, const struct out *out, const struct incident *inc)
{
	char result[OUT_RESULT];
	const char *page = NULL;

	if (inc->fields & INCIDENT_FIELD_VCPU)
		put(env, "vcpu=%" PRIu32, inc->vcpu);
	if (inc->fields & INCIDENT_FIELD_SEA) {
		put(env, "esr=0x%" PRIx64, inc->esr);
		put(env, "far=0x%" PRIx64, inc->far);
		put(env, "pc=0x%" PRIx64, inc->pc);
	}
	if (inc->fields & INCIDENT_FIELD_RECORD) {
		put(env, "source=%" PRIu32, inc->source);
		put(env, "notify=%s", cper_notify_name(inc->notify));
		put(env, "severity=%s", cper_severity_name(inc->severity));
	}
	if (inc->fields & INCIDENT_FIELD_PA)
		put(env, "pa=0x%" PRIx64, inc->pa);
	if (inc->fields & INCIDENT_FIELD_HVA)
		put(env, "hva=0x%" PRIx64, inc->hva);
	if (inc->fields & INCIDENT_FIELD_GPA)
		put(env, "gpa=0x%" PRIx64, inc->gpa);
	if (!(inc->fields & INCIDENT_FIELD_PAGE))
		return;
	page = out_page_kind(out, inc->page_kind);
	if (page)
		put(env, "page=%s", page);
	else
		put(env, "page=%" PRIu32, inc->page_kind);
	put(env, "page_result=%s", out_page_result(out, inc, result));
}

static void put_times(struct env *env, const struct incident *inc)
{
	uint64_t spans[SPAN_MAX];

	timeline_spans(&inc->time, spans);
	put(env, "total_ns=%" PRIu64, timeline_total(&inc->time));
	for (int span = 0; span < SPAN_MAX; span++)
		put(env, "span_%s_ns=%" PRIu64, span_names[span], spans[span]);
}

char **env_incident(const struct out *out, const struct incident *inc, uint64_t skipped)
{
	struct env env = {0};

	put_identity(&env, out, inc);
	put_fields(&env, out, inc);
	for (int m = METER_SEA; m < METER_MAX; m++)
		put(&env, "%s=%" PRIu64, meter_names[m], inc->counts[m]);
	put_times(&env, inc);
	put(&env, "skipped=%" PRIu64, skipped);
	if (!env.failed)
		return env.vars;
	env_free(env.vars);
	return NULL;
}

void env_free(char **env)
{
	for (char **var = env; var && *var; var++)
		free(*var);
	free(env);
}
