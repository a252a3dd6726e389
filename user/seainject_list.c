// SPDX-License-Identifier: GPL-2.0-only
/*
 * Methods as text or as JSON Lines.
 * Must not: know how a method is found to be available (inject/available.h).
 */
#include "seainject_list.h"

#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "inject/available.h"
#include "lib/log.h"
#include "lib/util.h"
#include "out/out_json.h"
#include "out/out_text.h"

#define COLUMNS 79
#define INDENT  12

struct config {
	bool json, long_;
	int verbose;
	const char *only; /* a method's name; NULL: all */
};

#define AT(member) offsetof(struct config, member)
static const struct opt options[] = {
	{.name = "json",
	 .key = 'j',
	 .kind = OPT_FLAG,
	 .offset = AT(json),
	 .help = "print JSON Lines, all of it"},
	{.name = "long",
	 .key = 'l',
	 .kind = OPT_FLAG,
	 .offset = AT(long_),
	 .help = "say all that is known of each"},
	{.name = "verbose",
	 .key = 'v',
	 .kind = OPT_COUNT,
	 .offset = AT(verbose),
	 .help = "say more; -vv adds libbpf's words"},
	{0},
};
#undef AT

static int take_method(void *config, unsigned index, const char *text, char *err, size_t errlen)
{
	(void)index;
	((struct config *)config)->only = text;
	if (method_find(text))
		return 0;
	snprintf(err, errlen, "there is no method '%s' (see seainject list)", text);
	return -EINVAL;
}

const struct opt_program seainject_list_program = {
	.name = "seainject list",
	.summary = "Shows the ways to inject an error, and of each whether this kernel has it: by "
		   "which mechanism, or what is missing. Changes nothing; without privilege less "
		   "can be found out.",
	.args_doc = "[METHOD]",
	.examples = "Examples:\n"
		    "  seainject list\n"
		    "  seainject list --long guest-sea\n"
		    "  seainject list -j | jq -r 'select(.available) | .name'\n",
	.opts = options,
	.arg = take_method,
	.max_args = 1,
};

/* --- words ------------------------------------------------------------------------------------ */

static const struct {
	unsigned bit;
	const char *name;
} predicate_names[] = {
	{SEA_PRED_VM, "vm"},
	{SEA_PRED_VCPU, "vcpu"},
	{SEA_PRED_GPA, "gpa"},
	{SEA_PRED_KIND, "kind"},
};

static const char *outcome_name(unsigned i)
{
	return shot_outcomes[i];
}

static const char *predicate_name(unsigned i)
{
	return predicate_names[i].name;
}

static const char *danger_name(unsigned i)
{
	static const char *const names[] = {"guest", "vmm", "host"};

	return names[i];
}

static unsigned predicates_of(const struct method *method)
{
	unsigned set = 0;

	for (unsigned i = 0; i < UTIL_COUNT(predicate_names); i++)
		if (method_predicates(method) & predicate_names[i].bit)
			set |= 1u << i;
	return set;
}

/* --- text ------------------------------------------------------------------------------------- */

/* A paragraph, its first line behind a title. */
static void print_wrapped(const char *title, const char *text)
{
	while (*text) {
		size_t bytes = out_wrap(text, COLUMNS - INDENT - 2);

		printf("  %-*s%.*s\n", INDENT, title, (int)bytes, text);
		title = "";
		text += bytes;
		text += strspn(text, " ");
	}
}

static void print_set(const char *title, unsigned set, const char *(*name)(unsigned))
{
	char text[160] = "";

	for (unsigned i = 0; set >> i; i++)
		if (set >> i & 1)
			snprintf(text + strlen(text), sizeof(text) - strlen(text), "%s%s",
				 *text ? ", " : "", name(i));
	print_wrapped(title, text);
}

static void print_values(const struct method *method)
{
	char text[160] = "";

	for (unsigned i = 0; i < METHOD_VALUES_MAX && method->values[i].name; i++)
		snprintf(text + strlen(text), sizeof(text) - strlen(text), "%s%s", i ? ", " : "",
			 method->values[i].name);
	print_wrapped("values", text);
}

static void print_long(const struct method *method)
{
	print_wrapped("does", method->does);
	print_wrapped("needs", method->needs);
	print_wrapped("undo", method->undo);
	print_wrapped("note", method->note ? method->note : "");
	print_set("goes by", predicates_of(method), predicate_name);
	print_values(method);
	print_set("expected", method->expected, outcome_name);
}

static void print_method(const struct method *method, const struct method_state *state, bool all)
{
	char dangers[32];

	printf("%-14s %s, endangers %s\n", method->name, method_families[method->family],
	       method_dangers(method, dangers));
	print_wrapped(state->available ? "available" : "not here",
		      state->available ? state->mechanism : state->why);
	if (all)
		print_long(method);
}

/* --- JSON ------------------------------------------------------------------------------------- */

static json_t *json_set(unsigned set, const char *(*name)(unsigned))
{
	json_t *array = json_array();

	for (unsigned i = 0; set >> i; i++)
		if (set >> i & 1)
			json_array_append_new(array, json_string(name(i)));
	return array;
}

static json_t *json_values(const struct method *method)
{
	json_t *array = json_array();

	for (unsigned i = 0; i < METHOD_VALUES_MAX && method->values[i].name; i++)
		json_array_append_new(array,
				      json_pack("{s:s, s:I}", "name", method->values[i].name,
						"value", (json_int_t)method->values[i].value));
	return array;
}

static int json_method(const struct method *method, const struct method_state *state)
{
	json_t *line = json_pack("{s:s, s:s, s:s, s:s, s:b, s:s?, s:s?}", "schema", "seainject/1",
				 "type", "method", "name", method->name, "family",
				 method_families[method->family], "available", state->available,
				 "mechanism", state->available ? state->mechanism : NULL, "reason",
				 state->available ? NULL : state->why);
	json_t *rest = json_pack("{s:s, s:s, s:s, s:s?, s:o, s:o, s:o, s:o}", "does", method->does,
				 "needs", method->needs, "undo", method->undo, "note", method->note,
				 "danger", json_set(method->danger, danger_name), "predicates",
				 json_set(predicates_of(method), predicate_name), "values",
				 json_values(method), "expected",
				 json_set(method->expected, outcome_name));
	int err = line && rest ? json_object_update(line, rest) : -1;

	json_decref(rest);
	return out_json_line(stdout, line, err);
}

/* --- all of them ------------------------------------------------------------------------------ */

static int print_one(const struct config *config, const struct method *method,
		     const struct arm *arm)
{
	struct method_state state;

	available(method, arm, "this is no arm64 KVM host whose BTF can be read", &state);
	if (config->json)
		return json_method(method, &state);
	print_method(method, &state, config->long_ || config->only);
	return 0;
}

static int print_all(const struct config *config, const struct arm *arm)
{
	const struct method *method;
	int err = 0;

	for (unsigned i = 0; !err && (method = method_at(i)); i++)
		if (!config->only || !strcmp(config->only, method->name))
			err = print_one(config, method, arm);
	if (!err && (fflush(stdout) || ferror(stdout)))
		err = errno ? -errno : -EIO;
	if (!err)
		return EXIT_DONE;
	log_error("stdout: %s (%s)", util_errno(err), strerror(-err));
	return EXIT_ENVIRONMENT;
}

/* A host where nothing can be overridden has methods all the same; what is wrong with it was said. */
int seainject_list(int argc, char **argv)
{
	struct config config = {0};
	struct feature *kernel = NULL;
	struct arm *arm = NULL;
	int exit_code = opt_parse(&seainject_list_program, argc, argv, &config);

	if (exit_code)
		return opt_exit(exit_code);
	log_setup("seainject", config.verbose);
	if (!feature_open(&kernel))
		exit_code = arm_new(&arm, kernel);
	if (!exit_code)
		exit_code = print_all(&config, arm);
	arm_free(arm);
	feature_free(kernel);
	return exit_code;
}
