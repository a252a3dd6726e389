// SPDX-License-Identifier: GPL-2.0-only
/*
 * Groups and the tracer's own numbers as metric families: HELP and TYPE once, then the samples.
 * Must not: merge, keep anything between two calls.
 */
#include "out/prom.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <sea/aborts.h>

#include "lib/util.h"
#include "trace/mark.h"

/* One metric per meter: they count different things, some part of others; a sum says nothing. */
static const struct meter_row {
	const char *name, *code, *help;
} meters[] = {
	[METER_INCIDENT] = {"seatrace_incidents_opened_total", NULL, "Incidents opened."},
	[METER_SEA] = {"seatrace_seas_total", NULL, "Synchronous external aborts taken."},
	[METER_CLAIMED] = {"seatrace_seas_claimed_total", NULL,
			   "Synchronous external aborts that APEI claimed."},
	[METER_SERROR] = {"seatrace_serrors_injected_total", NULL,
			  "SErrors that KVM injected because nobody claimed."},
	[METER_TO_VMM] = {"seatrace_vmm_exits_total", NULL,
			  "Exits to the VMM with KVM_EXIT_ARM_SEA."},
	[METER_RECORD] = {"seatrace_records_total", NULL, "Firmware error records parsed."},
	[METER_DUPLICATE] = {"seatrace_records_duplicate_total", NULL,
			     "Firmware error records that the kernel had seen just before."},
	[METER_FAILURE] = {"seatrace_memory_failures_total", NULL,
			   "Pages that memory_failure was called for."},
	[METER_SIGNAL_AO] = {"seatrace_signals_total", "ao",
			     "SIGBUS signals generated, early (ao) or at the touch (ar)."},
	[METER_SIGNAL_AR] = {"seatrace_signals_total", "ar", NULL},
	[METER_DELIVERED] = {"seatrace_signals_delivered_total", NULL,
			     "SIGBUS signals delivered; early ones coalesce, so fewer."},
	[METER_NOTIFIED] = {"seatrace_guest_notifications_total", NULL,
			    "Times that a VMM told its guest."},
};
_Static_assert(UTIL_COUNT(meters) == METER_MAX, "a row for every meter");

#define STEP_LE_BITS 2

/* --- one line --------------------------------------------------------------------------------- */

static void begin_family(FILE *file, const char *name, const char *type, const char *help)
{
	fprintf(file, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

static void put_escaped(FILE *file, const char *text)
{
	for (; *text; text++) {
		if (*text == '\n')
			fputs("\\n", file);
		else if (*text == '\\' || *text == '"')
			fprintf(file, "\\%c", *text);
		else
			fputc(*text, file);
	}
}

static void put_label(FILE *file, const char *key, const char *value)
{
	fprintf(file, "%s=\"", key);
	put_escaped(file, value);
	fputc('"', file);
}

/* name{vm="...",key="..."}, with either label left out where it has no value */
static void put_name(FILE *file, const char *name, const char *vm, const char *key,
		     const char *value)
{
	fputs(name, file);
	if (!vm && !value)
		return;
	fputc('{', file);
	if (vm)
		put_label(file, "vm", vm);
	if (vm && value)
		fputc(',', file);
	if (value)
		put_label(file, key, value);
	fputc('}', file);
}

static void put_count(FILE *file, const char *name, const char *vm, const char *key,
		      const char *value, uint64_t n)
{
	put_name(file, name, vm, key, value);
	fprintf(file, " %" PRIu64 "\n", n);
}

/* Nanoseconds as seconds, exactly: "0.000001023", "3", "0". */
static char *format_seconds(char text[32], uint64_t ns)
{
	int n = snprintf(text, 32, "%llu.%09llu", ns / UTIL_NS_PER_S, ns % UTIL_NS_PER_S);

	while (text[n - 1] == '0')
		text[--n] = '\0';
	if (text[n - 1] == '.')
		text[n - 1] = '\0';
	return text;
}

static void put_seconds(FILE *file, const char *name, const char *vm, const char *key,
			const char *value, uint64_t ns)
{
	char text[32];

	put_name(file, name, vm, key, value);
	fprintf(file, " %s\n", format_seconds(text, ns));
}

/* --- VMs -------------------------------------------------------------------------------------- */

static void put_outcomes(FILE *file, const struct groups *groups)
{
	static const char closed[] = "seatrace_incidents_total";
	static const char changed[] = "seatrace_incidents_changed_total";

	begin_family(file, closed, "counter",
		     "Incidents closed, by outcome; once more when a late touch changes it.");
	for (unsigned i = 0; i < groups_size(groups); i++)
		for (int o = 0; o < OUTCOME_MAX; o++)
			put_count(file, closed, groups_at(groups, i)->label, "outcome",
				  outcome_names[o], groups_at(groups, i)->closed[o]);
	begin_family(file, changed, "counter",
		     "Incidents closed with an outcome that a late touch then changed.");
	for (unsigned i = 0; i < groups_size(groups); i++)
		for (int o = 0; o < OUTCOME_MAX; o++)
			put_count(file, changed, groups_at(groups, i)->label, "outcome",
				  outcome_names[o], groups_at(groups, i)->changed[o]);
}

/* Neighbours of one name are one family. */
static void put_meters(FILE *file, const struct groups *groups)
{
	int next;

	for (int first = 0; first < METER_MAX; first = next) {
		const char *name = meters[first].name;

		for (next = first + 1; next < METER_MAX; next++)
			if (strcmp(meters[next].name, name))
				break;
		begin_family(file, name, "counter", meters[first].help);
		for (unsigned i = 0; i < groups_size(groups); i++)
			for (int m = first; m < next; m++)
				put_count(file, name, groups_at(groups, i)->label, "code",
					  meters[m].code, groups_at(groups, i)->counts[m]);
	}
}

/* Values that do not exceed bound_ns, the end of a bucket; goes on from bucket *next. */
static uint64_t count_up_to(const struct hist *h, uint64_t bound_ns, unsigned *next)
{
	uint64_t n = 0;

	for (; *next <= hist_bucket(bound_ns); ++*next)
		n += h->bucket[*next];
	return n;
}

/* The name of a family with its suffix. */
static const char *series(char name[64], const char *family, const char *suffix)
{
	snprintf(name, 64, "%s%s", family, suffix);
	return name;
}

static void put_bucket(FILE *file, const char *family, const char *vm, const char *phase,
		       const char *le, uint64_t n)
{
	fprintf(file, "%s_bucket{", family);
	put_label(file, "vm", vm);
	if (phase)
		fprintf(file, ",phase=\"%s\"", phase);
	fprintf(file, ",le=\"%s\"} %" PRIu64 "\n", le, n);
}

/* Bounds are 2^bits - 1 ns. */
struct bounds {
	unsigned first_bits, last_bits;
};

static void put_hist(FILE *file, const char *family, struct bounds bounds, const char *vm,
		     const char *phase, const struct hist *h)
{
	uint64_t n = 0;
	unsigned next = 0;
	char le[32], name[64];

	for (unsigned bits = bounds.first_bits; bits <= bounds.last_bits; bits += STEP_LE_BITS) {
		uint64_t bound_ns = (1ULL << bits) - 1;

		n += count_up_to(h, bound_ns, &next);
		put_bucket(file, family, vm, phase, format_seconds(le, bound_ns), n);
	}
	put_bucket(file, family, vm, phase, "+Inf", h->count);
	put_seconds(file, series(name, family, "_sum"), vm, "phase", phase, h->sum);
	put_count(file, series(name, family, "_count"), vm, "phase", phase, h->count);
}

static void put_phases(FILE *file, const struct groups *groups)
{
	static const char name[] = "seatrace_phase_duration_seconds";
	static const struct bounds bounds = {10, 36};

	begin_family(file, name, "histogram",
		     "Duration of each step; total is an incident's first to last mark.");
	for (unsigned i = 0; i < groups_size(groups); i++) {
		const struct group *group = groups_at(groups, i);

		for (int l = 0; l < LAP_MAX; l++)
			if (group->laps[l] && l != LAP_ABORT)
				put_hist(file, name, bounds, group->label, lap_names[l],
					 group->laps[l]);
	}
}

static void put_aborts(FILE *file, const struct groups *groups)
{
	static const char name[] = "seatrace_abort_duration_seconds";
	static const struct bounds bounds = {8, SEA_ABORTS_BITS};

	begin_family(file, name, "histogram", "Duration of each abort, SEA or not (--aborts).");
	for (unsigned i = 0; i < groups_size(groups); i++)
		if (groups_at(groups, i)->laps[LAP_ABORT])
			put_hist(file, name, bounds, groups_at(groups, i)->label, NULL,
				 groups_at(groups, i)->laps[LAP_ABORT]);
}

/* --- the tracer itself ------------------------------------------------------------------------ */

static void put_gauge(FILE *file, const char *name, const char *help, uint64_t n)
{
	begin_family(file, name, "gauge", help);
	put_count(file, name, NULL, NULL, NULL, n);
}

static void put_counter(FILE *file, const char *name, const char *help, uint64_t n)
{
	begin_family(file, name, "counter", help);
	put_count(file, name, NULL, NULL, NULL, n);
}

static void put_build(FILE *file)
{
	begin_family(file, "seatrace_build_info", "gauge",
		     "1; the version of seatrace, and of its marks' layout.");
	fprintf(file, "seatrace_build_info{version=\"%s\",abi=\"%u\"} 1\n", SEA_VERSION, SEA_ABI);
}

static void put_losses(FILE *file, const struct out_losses *losses)
{
	begin_family(file, "seatrace_lost_marks_total", "counter",
		     "Marks that the kernel's ring had no room for.");
	for (unsigned id = 0; id < SEA_MARK_ID_MAX; id++)
		if (mark_type(id))
			put_count(file, "seatrace_lost_marks_total", NULL, "mark",
				  mark_type(id)->name, losses->marks[id]);
	put_counter(file, "seatrace_refused_marks_total", "Marks of an unknown type or size.",
		    losses->refused);
	put_counter(file, "seatrace_dropped_marks_total",
		    "Marks and counts dropped for want of memory.", losses->dropped);
}

static void put_programs(FILE *file, const struct prom_self *self)
{
	if (!self->n_programs)
		return;
	begin_family(file, "seatrace_bpf_run_seconds_total", "counter",
		     "Time spent in each BPF program.");
	for (unsigned i = 0; i < self->n_programs; i++)
		put_seconds(file, "seatrace_bpf_run_seconds_total", NULL, "program",
			    self->programs[i].name, self->programs[i].run_ns);
	begin_family(file, "seatrace_bpf_runs_total", "counter", "Runs of each BPF program.");
	for (unsigned i = 0; i < self->n_programs; i++)
		put_count(file, "seatrace_bpf_runs_total", NULL, "program", self->programs[i].name,
			  self->programs[i].runs);
}

static void put_exec(FILE *file, const struct exec_stats *stats)
{
	static const char name[] = "seatrace_exec_total";

	if (!stats)
		return;
	begin_family(file, name, "counter", "Commands due for an incident, by how they ended.");
	put_count(file, name, NULL, "result", "done", stats->done);
	put_count(file, name, NULL, "result", "failed", stats->failed);
	put_count(file, name, NULL, "result", "killed", stats->killed);
	put_count(file, name, NULL, "result", "skipped", stats->skipped);
	put_gauge(file, "seatrace_exec_running", "Commands that run.", stats->running);
}

/* --- all of it -------------------------------------------------------------------------------- */

int prom_print(FILE *file, const struct groups *groups, const struct prom_self *self)
{
	errno = 0;
	put_build(file);
	put_gauge(file, "seatrace_vms", "VMs that run.", groups_live(groups));
	put_gauge(file, "seatrace_open_incidents", "Incidents not closed yet.",
		  self->open_incidents);
	put_outcomes(file, groups);
	put_meters(file, groups);
	put_phases(file, groups);
	if (self->losses.aborts)
		put_aborts(file, groups);
	put_losses(file, &self->losses);
	put_programs(file, self);
	put_exec(file, self->exec);
	if (fflush(file) || ferror(file))
		return errno ? -errno : -EIO;
	return 0;
}

int prom_text(const struct groups *groups, const struct prom_self *self, char **text, size_t *len)
{
	char *data = NULL;
	size_t n = 0;
	FILE *file = open_memstream(&data, &n);
	int err;

	if (!file)
		return -ENOMEM;
	err = prom_print(file, groups, self);
	if (fclose(file) && !err)
		err = -ENOMEM;
	if (err) {
		free(data);
		return -ENOMEM;
	}
	*text = data;
	*len = n;
	return 0;
}

int prom_write(const char *path, const struct groups *groups, const struct prom_self *self)
{
	char *text;
	size_t len;
	int err = prom_text(groups, self, &text, &len);

	if (err)
		return err;
	err = util_write_atomic(path, text, len);
	free(text);
	return err;
}
