// SPDX-License-Identifier: GPL-2.0-only
/*
 * What --check found, as text and as JSON (check.h).
 */
#include "out/check.h"

#include <errno.h>
#include <inttypes.h>
#include <jansson.h>

#include "lib/privilege.h"
#include "out/out.h"

static int written(FILE *file)
{
	return fflush(file) || ferror(file) ? -EIO : 0;
}

/* --- text ------------------------------------------------------------------------------------- */

static void put_hook(FILE *file, const struct check_hook *hook)
{
	const char *what = hook->loses ? "missing" : "not needed";

	fprintf(file, "%-22s %-26s ", hook->program, hook->target);
	if (hook->how)
		fprintf(file, "%s\n", hook->how);
	else
		fprintf(file, "%s: %s\n", what, hook->why);
	if (hook->loses)
		fprintf(file, "%-49s not seen: %s\n", "", hook->loses);
}

static void put_rights(FILE *file, const char *what, uint64_t set)
{
	char names[PRIVILEGE_TEXT];

	fprintf(file, "%-22s %s\n", what, set ? privilege_names(set, names) : "-");
}

static void put_limits(FILE *file, const struct check *check)
{
	fprintf(file, "%-22s %s\n", "lockdown", check->lockdown);
	fprintf(file, "%-22s %" PRId64 "%s\n", "perf_event_paranoid", check->paranoid,
		check->paranoid > 2 ? " (kprobes take CAP_SYS_ADMIN)" : "");
	if (check->memlock == UINT64_MAX)
		fprintf(file, "%-22s no limit\n", "RLIMIT_MEMLOCK");
	else
		fprintf(file, "%-22s %" PRIu64 " bytes, maps count\n", "RLIMIT_MEMLOCK",
			check->memlock);
}

int check_text(FILE *file, const struct check *check)
{
	fprintf(file, "%-22s %-26s %s\n", "HOOK", "TARGET",
		check->proven ? "ATTACHED" : "WOULD BE ATTACHED");
	for (unsigned i = 0; i < check->n_hooks; i++)
		put_hook(file, &check->hooks[i]);
	fputc('\n', file);
	put_rights(file, "to start", check->to_start);
	put_rights(file, "to run", check->to_run);
	put_rights(file, "missing", check->missing);
	put_limits(file, check);
	for (unsigned i = 0; i < check->n_gaps; i++)
		fprintf(file, "%-22s %s\n", "gap", check->gaps[i]);
	return written(file);
}

/* --- JSON ------------------------------------------------------------------------------------- */

static json_t *names_of(uint64_t set)
{
	json_t *names = json_array();
	char name[PRIVILEGE_TEXT];

	for (unsigned cap = 0; cap < 64; cap++)
		if (set & PRIVILEGE(cap))
			json_array_append_new(names,
					      json_string(privilege_names(PRIVILEGE(cap), name)));
	return names;
}

static json_t *hooks_of(const struct check *check)
{
	json_t *hooks = json_array();

	for (unsigned i = 0; i < check->n_hooks; i++) {
		const struct check_hook *hook = &check->hooks[i];

		json_array_append_new(hooks, json_pack("{s:s, s:s, s:s?, s:s?, s:s?}", "hook",
						       hook->program, "target", hook->target,
						       "attached", hook->how, "why", hook->why,
						       "not_seen", hook->loses));
	}
	return hooks;
}

static json_t *gaps_of(const struct check *check)
{
	json_t *gaps = json_array();

	for (unsigned i = 0; i < check->n_gaps; i++)
		json_array_append_new(gaps, json_string(check->gaps[i]));
	return gaps;
}

int check_json(FILE *file, const struct check *check)
{
	json_t *limit = check->memlock == UINT64_MAX ? json_null() : json_integer(check->memlock);
	json_t *line = json_pack(
		"{s:s, s:s, s:b, s:o, s:{s:o, s:o, s:o}, s:s, s:I, s:o, s:o}", "schema", OUT_SCHEMA,
		"type", "check", "proven", check->proven, "hooks", hooks_of(check), "capabilities",
		"to_start", names_of(check->to_start), "to_run", names_of(check->to_run), "missing",
		names_of(check->missing), "lockdown", check->lockdown, "perf_event_paranoid",
		(json_int_t)check->paranoid, "memlock_bytes", limit, "gaps", gaps_of(check));

	if (!line)
		return -ENOMEM;
	json_dumpf(line, file, JSON_COMPACT);
	fputc('\n', file);
	json_decref(line);
	return written(file);
}
