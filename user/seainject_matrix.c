// SPDX-License-Identifier: GPL-2.0-only
/*
 * A campaign's shots as text and as JSON (seainject_matrix.h).
 */
#include "seainject_matrix.h"

#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdbool.h>
#include <string.h>

#include "inject/injector.h"
#include "inject/result.h"
#include "inject/scope.h"
#include "lib/util.h"
#include "out/out_json.h"

/* The method's word for what the caller gets; NULL: it has none. */
static const char *value_name(const struct campaign_shot *shot)
{
	for (unsigned i = 0; i < METHOD_VALUES_MAX && shot->method->values[i].name; i++)
		if (shot->method->values[i].value == shot->order.value)
			return shot->method->values[i].name;
	return NULL;
}

static unsigned shots_of(const struct campaign *c, unsigned target, uint64_t *times)
{
	unsigned n = 0;

	*times = 0;
	for (unsigned i = 0; i < c->n_shots; i++) {
		if (c->shots[i].target != target)
			continue;
		*times += c->shots[i].order.at_most;
		n++;
	}
	return n;
}

/* A path, a command: what is somebody else's and may hold anything. Returns buf. */
#define CLEAN_MAX 256
static const char *clean(char buf[CLEAN_MAX], const char *text)
{
	util_clean(buf, CLEAN_MAX, text, strlen(text));
	return buf;
}

/* --- text ------------------------------------------------------------------------------------- */

static const char *plural(uint64_t n)
{
	return n == 1 ? "" : "s";
}

static void put_words(FILE *file, const char *const *words, unsigned n, unsigned set)
{
	const char *between = "";

	for (unsigned i = 0; i < n; i++) {
		if (!(set & 1u << i))
			continue;
		fprintf(file, "%s%s", between, words[i]);
		between = ",";
	}
}

static void put_time(FILE *file, const char *what, uint64_t ns)
{
	char text[16];

	if (ns)
		fprintf(file, "  %s %s", what, util_format_ns(text, ns));
}

/* Only what is not the rule. */
static void put_limits(FILE *file, const struct campaign_shot *shot)
{
	const struct order *order = &shot->order;

	if (shot->method->values[1].name) /* else there is no other */
		fprintf(file, "  value %s", value_name(shot));
	if (order->every > 1)
		fprintf(file, "  every %" PRIu64, order->every);
	if (order->after)
		fprintf(file, "  after %" PRIu64, order->after);
	if (order->probability < 1)
		fprintf(file, "  probability %g", order->probability);
	put_time(file, "gap", order->gap_ns);
	put_time(file, "delay", order->delay_ns);
	put_time(file, "window", order->window_ns);
	if (order->kinds) {
		fputs("  kinds ", file);
		put_words(file, scope_kinds, SCOPE_KINDS, order->kinds);
	}
	if (shot->if_available)
		fputs("  if available", file);
}

/* As wide as the longest text of a column. */
struct widths {
	int method, place;
};

static struct widths widths_of(const struct campaign *c)
{
	struct widths w = {sizeof("METHOD") - 1, sizeof("PLACE") - 1};

	for (unsigned i = 0; i < c->n_shots; i++) {
		int method = strlen(c->shots[i].method->name), place = strlen(c->shots[i].place);

		w.method = UTIL_MAX(w.method, method);
		w.place = UTIL_MAX(w.place, place);
	}
	return w;
}

static void put_shot(FILE *file, const struct campaign_shot *shot, struct widths w)
{
	char vcpu[16] = "any";

	if (shot->order.vcpu != SEA_RULE_ANY_VCPU)
		snprintf(vcpu, sizeof(vcpu), "%u", shot->order.vcpu);
	fprintf(file, "%5u  %-*s  %-*s  %4s  %9" PRIu64 "  ", shot->order.id, w.method,
		shot->method->name, w.place, shot->place, vcpu, shot->order.at_most);
	put_words(file, shot_outcomes, SHOT_MAX, shot->expected);
	put_limits(file, shot);
	fputc('\n', file);
}

static void put_target(FILE *file, const struct campaign *c, unsigned target, struct widths w)
{
	const struct campaign_probe *probe = &c->targets[target].probe;
	uint64_t times;
	unsigned n = shots_of(c, target, &times);
	char timeout[16], text[CLEAN_MAX];

	fprintf(file, "\n%s: %u shot%s, %" PRIu64 " time%s in all; ", c->targets[target].vm, n,
		plural(n), times, plural(times));
	if (probe->command) {
		fputs("probe", file);
		for (char *const *word = probe->command; *word; word++)
			fprintf(file, " %s", clean(text, *word));
		fprintf(file, " (%s)\n", util_format_ns(timeout, probe->timeout_ns));
	} else {
		fputs("no probe\n", file);
	}
	if (n)
		fprintf(file, "%5s  %-*s  %-*s  %4s  %9s  %s\n", "SHOT", w.method, "METHOD",
			w.place, "PLACE", "VCPU", "COUNT", "EXPECTED, LIMITS");
	for (unsigned i = 0; i < c->n_shots; i++)
		if (c->shots[i].target == target)
			put_shot(file, &c->shots[i], w);
}

int matrix_text(FILE *file, const struct campaign *c)
{
	struct widths w = widths_of(c);
	char dead_man[16], warm_up[16], path[CLEAN_MAX];

	fprintf(file, "%s (%s): %u shot%s, seed %" PRIu64 ", budget %" PRIu64 "\n", c->name,
		clean(path, c->path), c->n_shots, plural(c->n_shots), c->seed, c->budget);
	fprintf(file, "dead man %s, warm-up %s; %s\n", util_format_ns(dead_man, c->dead_man_ns),
		util_format_ns(warm_up, c->warm_up_ns),
		c->unsafe ? "unsafe: true" : "to run it takes --unsafe");
	if (c->hugetlb_max != INJECTOR_HUGETLB_MAX)
		fprintf(file, "takes up to %" PRIu64 " hugetlb pages in a boot\n", c->hugetlb_max);
	if (c->stop_failures)
		fprintf(file, "stops after %u failed verdict%s\n", c->stop_failures,
			plural(c->stop_failures));
	fprintf(file, "%s when anything but its VM is hit\n",
		c->stop_host_affected ? "stops" : "goes on");
	for (unsigned i = 0; i < c->n_targets; i++)
		put_target(file, c, i, w);
	return fflush(file) || ferror(file) ? -EIO : 0;
}

/* --- JSON ------------------------------------------------------------------------------------- */

static json_t *words_of(const char *const *words, unsigned n, unsigned set)
{
	json_t *list = json_array();

	for (unsigned i = 0; i < n; i++)
		if (set & 1u << i)
			json_array_append_new(list, json_string(words[i]));
	return list;
}

static json_t *place_of(const struct order *order)
{
	char gpa[24];

	if (!(order->asked & SEA_PRED_GPA))
		return json_null();
	snprintf(gpa, sizeof(gpa), "0x%" PRIx64, order->gpa);
	return json_pack("{s:s, s:I}", "gpa", gpa, "bytes", (json_int_t)order->gpa_len);
}

static json_t *limits_of(const struct order *order)
{
	return json_pack("{s:I, s:I, s:f, s:I, s:I, s:I, s:o}", "every", (json_int_t)order->every,
			 "after", (json_int_t)order->after, "probability", order->probability,
			 "gap_ns", (json_int_t)order->gap_ns, "delay_ns",
			 (json_int_t)order->delay_ns, "window_ns", (json_int_t)order->window_ns,
			 "kinds", words_of(scope_kinds, SCOPE_KINDS, order->kinds));
}

static json_t *shot_of(const struct campaign *c, const struct campaign_shot *shot)
{
	const struct order *order = &shot->order;
	json_t *vcpu = order->vcpu == SEA_RULE_ANY_VCPU ? json_null() : json_integer(order->vcpu);

	return json_pack("{s:i, s:s, s:s, s:s, s:o, s:o, s:s?, s:I, s:o, s:o, s:b, s:I, s:I, s:i}",
			 "number", order->id, "vm", c->targets[shot->target].vm, "method",
			 shot->method->name, "place", shot->place, "range", place_of(order), "vcpu",
			 vcpu, "value", value_name(shot), "count", (json_int_t)order->at_most,
			 "limits", limits_of(order), "expect",
			 words_of(shot_outcomes, SHOT_MAX, shot->expected), "if_available",
			 shot->if_available, "timeout_ns", (json_int_t)shot->timeout_ns,
			 "settle_ns", (json_int_t)shot->settle_ns, "line", shot->line);
}

static json_t *target_of(const struct campaign *c, unsigned target)
{
	const struct campaign_probe *probe = &c->targets[target].probe;
	json_t *command = probe->command ? json_array() : json_null();
	uint64_t times;
	unsigned n = shots_of(c, target, &times);

	for (char *const *word = probe->command; word && *word; word++)
		json_array_append_new(command, json_string(*word));
	return json_pack("{s:s, s:i, s:I, s:o, s:I, s:i}", "vm", c->targets[target].vm, "shots", n,
			 "times", (json_int_t)times, "probe", command, "probe_timeout_ns",
			 (json_int_t)probe->timeout_ns, "line", c->targets[target].line);
}

int matrix_json(FILE *file, const struct campaign *c)
{
	json_t *targets = json_array(), *shots = json_array();
	char path[CLEAN_MAX];

	for (unsigned i = 0; i < c->n_targets; i++)
		json_array_append_new(targets, target_of(c, i));
	for (unsigned i = 0; i < c->n_shots; i++)
		json_array_append_new(shots, shot_of(c, &c->shots[i]));
	return out_json_line(file,
			     json_pack("{s:s, s:s, s:s, s:s, s:b, s:I, s:I, s:I, s:I, s:I, s:{s:i, "
				       "s:b}, s:o, s:o}",
				       "schema", RESULT_SCHEMA, "type", "campaign", "name", c->name,
				       "file", clean(path, c->path), "unsafe", c->unsafe, "seed",
				       (json_int_t)c->seed, "budget", (json_int_t)c->budget,
				       "hugetlb_max", (json_int_t)c->hugetlb_max, "dead_man_ns",
				       (json_int_t)c->dead_man_ns, "warm_up_ns",
				       (json_int_t)c->warm_up_ns, "stop", "failures",
				       c->stop_failures, "host_affected", c->stop_host_affected,
				       "targets", targets, "shots", shots),
			     0);
}
