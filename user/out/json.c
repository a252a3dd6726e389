// SPDX-License-Identifier: GPL-2.0-only
/*
 * Incidents, rows and marks as JSON Lines.
 * Must not: know any single mark; aggregate.
 */
#include "out/json.h"

#include <errno.h>
#include <inttypes.h>
#include <jansson.h>

#include "lib/cper.h"
#include "lib/esr.h"
#include "lib/util.h"
#include "out/out_json.h"
#include "trace/mark.h"

static json_t *hex(uint64_t value)
{
	char text[19];

	snprintf(text, sizeof(text), "0x%" PRIx64, value);
	return json_string_nocheck(text);
}

static json_t *number(uint64_t value)
{
	return json_integer((json_int_t)value);
}

static json_t *object(const char *type)
{
	return json_pack("{s:s, s:s}", "schema", OUT_SCHEMA, "type", type);
}

/* jansson remembers nothing: a set that failed for want of memory shows in the size. */
static int put(json_t *object, const char *key, json_t *value)
{
	/* keys are ours: that they are UTF-8 is not asked each time */
	return json_object_set_new_nocheck(object, key, value) ? -ENOMEM : 0;
}

static json_t *time_rfc3339(const struct out *out, uint64_t mono_ns)
{
	char text[36];

	return json_string(util_rfc3339(text, mono_ns + out->clock_offset_ns));
}

static int put_vm(json_t *to, const struct vm *vm)
{
	int err = put(to, "vm", vm ? json_string(vm->name) : json_null());

	if (vm)
		err |= put(to, "tgid", number(vm->tgid));
	return vm && *vm->uuid ? err | put(to, "uuid", json_string(vm->uuid)) : err;
}

static int put_counts(json_t *to, const uint64_t counts[METER_MAX], enum meter from)
{
	int err = 0;

	for (int m = from; m < METER_MAX; m++)
		err |= put(to, meter_names[m], number(counts[m]));
	return err;
}

static json_t *value_of(const struct sea_field *field, const struct sea_hdr *mark)
{
	uint64_t value = mark_value(field, mark);
	const char *name = mark_value_name(field, value);

	if (name)
		return json_string(name);
	return field->kind == FIELD_HEX ? hex(value) : number(value);
}

/* Of a mark what it knows, without what is the kernel's own. */
static json_t *known_fields(const struct sea_hdr *mark)
{
	const struct mark_type *type = mark_type(mark->type);
	json_t *to = json_object();
	int err = 0;

	for (unsigned f = 0; f < type->n_fields; f++)
		if (!type->fields[f].internal && mark_knows(&type->fields[f], mark))
			err |= put(to, type->fields[f].name, value_of(&type->fields[f], mark));
	if (!err)
		return to;
	json_decref(to);
	return NULL;
}

static json_t *syndrome(uint64_t esr)
{
	struct esr_info info = esr_decode(esr);
	json_t *to = json_object();
	int err = put(to, "class", json_string(info.class));

	err |= put(to, "fault", json_string(info.fault));
	if (info.fsc == ESR_FSC_EXTABT) {
		err |= put(to, "set", json_string(esr_set_name(info.set)));
		err |= put(to, "fnv", json_boolean(info.fnv));
	}
	err |= put(to, "write", json_boolean(info.wnr));
	err |= put(to, "s1ptw", json_boolean(info.s1ptw));
	if (!err)
		return to;
	json_decref(to);
	return NULL;
}

static int put_ipa(json_t *to, const struct incident *inc)
{
	uint64_t ipa;

	return incident_ipa(inc, &ipa) ? put(to, "ipa", hex(ipa)) : 0;
}

static int put_delivered(json_t *to, const struct incident *inc)
{
	char buf[OUT_PROCESS];
	int err;

	if (!inc->delivered_tgid)
		return 0;
	err = put(to, "delivered_to", json_string(out_delivered_to(inc, buf)));
	return err | put(to, "delivered_tgid", number(inc->delivered_tgid));
}

/* The fields that this incident has; see INCIDENT_FIELD_*. */
static int put_fields(const struct out *out, json_t *to, const struct incident *inc)
{
	char result[OUT_RESULT];
	const char *kind;
	int err = 0;

	if (inc->fields & INCIDENT_FIELD_VCPU)
		err |= put(to, "vcpu", number(inc->vcpu));
	if (inc->fields & INCIDENT_FIELD_SEA) {
		err |= put(to, "esr", hex(inc->esr)) | put(to, "syndrome", syndrome(inc->esr));
		err |= put(to, "far", hex(inc->far)) | put(to, "pc", hex(inc->pc));
		err |= put_ipa(to, inc);
	}
	if (inc->fields & INCIDENT_FIELD_RECORD) {
		err |= put(to, "source", number(inc->source));
		err |= put(to, "notify", json_string(cper_notify_name(inc->notify)));
		err |= put(to, "severity", json_string(cper_severity_name(inc->severity)));
	}
	if (inc->fields & INCIDENT_FIELD_PA)
		err |= put(to, "pa", hex(inc->pa));
	if (inc->fields & INCIDENT_FIELD_HVA)
		err |= put(to, "hva", hex(inc->hva));
	if (inc->fields & INCIDENT_FIELD_GPA)
		err |= put(to, "gpa", hex(inc->gpa));
	if (inc->fields & INCIDENT_FIELD_PAGE) {
		kind = out_page_kind(out, inc->page_kind);
		err |= put(to, "page", kind ? json_string(kind) : number(inc->page_kind));
		err |= put(to, "page_result", json_string(out_page_result(out, inc, result)));
	}
	if (inc->fields & INCIDENT_FIELD_MEMORY)
		err |= put(to, "memory", known_fields(&inc->memory.hdr));
	if (inc->fields & INCIDENT_FIELD_PROCESSOR)
		err |= put(to, "processor", known_fields(&inc->processor.hdr));
	return err;
}

static json_t *spans(const struct timeline *time)
{
	uint64_t ns[SPAN_MAX];
	json_t *to = json_object();
	int err = 0;

	timeline_spans(time, ns);
	for (int span = 0; span < SPAN_MAX; span++)
		err |= put(to, span_names[span], number(ns[span]));
	if (!err)
		return to;
	json_decref(to);
	return NULL;
}

static int put_mark(json_t *to, const struct sea_hdr *mark)
{
	const struct mark_type *type = mark_type(mark->type);
	int err = put(to, "mark", json_string(type->name));

	err |= put(to, "cpu", number(mark->cpu)) | put(to, "tgid", number(mark->tgid));
	err |= put(to, "tid", number(mark->tid));
	for (unsigned f = 0; f < type->n_fields; f++)
		err |= put(to, type->fields[f].name, value_of(&type->fields[f], mark));
	return err;
}

static json_t *points(const struct timeline *time)
{
	json_t *to = json_array();
	int err = 0;

	for (unsigned i = 0; i < time->n_points; i++) {
		json_t *point = json_object();

		err |= put(point, "at_ns", number(time->points[i]->ts_ns - time->first_ns));
		err |= put_mark(point, time->points[i]);
		err |= json_array_append_new(to, point);
	}
	if (!err)
		return to;
	json_decref(to);
	return NULL;
}

/* Which one it is, when it began, whose it is. */
static json_t *incident_object(const struct out *out, const char *type, const struct incident *inc)
{
	json_t *to = object(type);
	int err = put(to, "id", number(inc->id));

	err |= put(to, "error_id", number(inc->error_id));
	err |= put(to, "time", time_rfc3339(out, inc->time.first_ns));
	err |= put(to, "mono_ns", number(inc->time.first_ns));
	err |= put_vm(to, inc->vm);
	if (!err)
		return to;
	json_decref(to);
	return NULL;
}

/* What happened to it, and for how long. */
static int put_story(const struct out *out, json_t *to, const struct incident *inc)
{
	int err = put_delivered(to, inc) | put_fields(out, to, inc);

	err |= put_counts(to, inc->counts, METER_SEA);
	return err | put(to, "total_ns", number(timeline_total(&inc->time)));
}

int json_incident(const struct out *out, const struct incident *inc)
{
	const struct timeline *time = &inc->time;
	enum outcome outcome = incident_outcome(inc);
	json_t *line = incident_object(out, "incident", inc);
	int err = put(line, "outcome", json_string(outcome_names[outcome]));

	err |= put(line, "late", json_boolean(inc->late));
	if (inc->late)
		err |= put(line, "before", json_string(outcome_names[inc->before]));
	err |= put(line, "incomplete", json_boolean(inc->incomplete));
	if (outcome == OUTCOME_NOTIFIED)
		err |= put(line, "notified",
			   json_string(inc->explicit_notify ? "explicit" : "inferred"));
	err |= put_story(out, line, inc);
	err |= put(line, "spans_ns", spans(time));
	err |= put(line, "timeline", points(time));
	err |= put(line, "timeline_beyond", number(time->points_beyond));
	return out_json_line(out->file, line, err);
}

int json_retried(const struct out *out, const struct incident *inc)
{
	json_t *line = incident_object(out, "retry", inc);
	int err = put(line, "late", json_boolean(inc->late));

	err |= put(line, "incomplete", json_boolean(inc->incomplete));
	return out_json_line(out->file, line, err | put_story(out, line, inc));
}

/* No VM, whatever a VM may be called: "folded" says so. */
static int put_folded(json_t *to, const struct agg_row *row)
{
	int err = put(to, "vm", json_string(out_row_name(row)));

	err |= put(to, "folded", number(row->n_folded));
	return err | put(to, "gone", json_true());
}

static int put_row(json_t *rows, const struct agg_row *row)
{
	json_t *to = json_object(), *outcomes = json_object(), *laps = json_object();
	int err = row->n_folded ? put_folded(to, row) : put_vm(to, row->vm);

	err |= put_counts(to, row->counts, METER_INCIDENT);
	if (row->vm)
		err |= put(to, "gone", json_boolean(row->vm->gone));
	for (int o = 0; o < OUTCOME_MAX; o++)
		err |= put(outcomes, outcome_names[o], number(row->outcomes[o]));
	for (int l = 0; l < LAP_MAX; l++)
		if (row->laps[l] && l != LAP_ABORT)
			err |= put(laps, lap_names[l], out_json_hist(row->laps[l]));
	err |= put(to, "outcomes", outcomes) | put(to, "laps", laps);
	if (row->laps[LAP_ABORT])
		err |= put(to, "aborts", out_json_hist(row->laps[LAP_ABORT]));
	return err | json_array_append_new(rows, to);
}

static json_t *lost(const struct out_losses *losses)
{
	json_t *to = json_object();
	int err = put(to, "total", number(out_losses_total(losses)));

	err |= put(to, "refused", number(losses->refused));
	err |= put(to, "dropped", number(losses->dropped));
	if (losses->aborts)
		err |= put(to, "untimed", number(losses->untimed));
	for (unsigned id = 0; id < SEA_MARK_ID_MAX; id++)
		if (mark_type(id))
			err |= put(to, mark_type(id)->name, number(losses->marks[id]));
	if (!err)
		return to;
	json_decref(to);
	return NULL;
}

int json_rows(const struct out *out, const char *type, const struct agg *agg,
	      const struct out_losses *losses, uint64_t now_ns)
{
	json_t *line = object(type), *rows = json_array();
	int err = put(line, "time", time_rfc3339(out, now_ns));

	for (unsigned i = 0; i < agg_size(agg); i++)
		err |= put_row(rows, agg_at(agg, i));
	err |= put(line, "mono_ns", number(now_ns)) | put(line, "rows", rows);
	err |= put(line, "lost", lost(losses));
	return out_json_line(out->file, line, err);
}

int json_mark(const struct out *out, const struct sea_hdr *mark)
{
	json_t *line = object("mark");
	int err = put(line, "mono_ns", number(mark->ts_ns));

	err |= put_mark(line, mark);
	return out_json_line(out->file, line, err);
}
