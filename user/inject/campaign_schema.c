// SPDX-License-Identifier: GPL-2.0-only
/*
 * The tables of keys (campaign_schema.h). seainject(5) describes each; tests/man.sh compares the two.
 */
#include "inject/campaign_schema.h"

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#define OPTIONAL (CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL)
#define TEXT(key, structure, member) \
	CYAML_FIELD_STRING_PTR(key, OPTIONAL, structure, member, 1, SCHEMA_TEXT_MAX)
#define LIST(key, structure, member, count, entry, max) \
	CYAML_FIELD_SEQUENCE_COUNT(key, OPTIONAL, structure, member, count, entry, 1, max)
#define TEXTS(key, structure, member, count, max) \
	LIST(key, structure, member, count, &text_entry, max)

static const cyaml_schema_value_t text_entry = {
	CYAML_VALUE_STRING(CYAML_FLAG_POINTER, char, 1, SCHEMA_TEXT_MAX),
};

/* An argument of a command may be empty, or a script. */
static const cyaml_schema_value_t word_entry = {
	CYAML_VALUE_STRING(CYAML_FLAG_POINTER, char, 0, SCHEMA_WORD_MAX),
};

const cyaml_schema_field_t schema_probe_keys[] = {
	LIST("command", struct file_probe, command, n_command, &word_entry, SCHEMA_WORDS_MAX),
	TEXT("timeout", struct file_probe, timeout),
	CYAML_FIELD_END,
};

const cyaml_schema_field_t schema_stop_keys[] = {
	TEXT("failures", struct file_stop, failures),
	TEXT("host-affected", struct file_stop, host_affected),
	CYAML_FIELD_END,
};

static const cyaml_schema_field_t target_keys[] = {
	TEXT("vm", struct file_target, vm),
	CYAML_FIELD_MAPPING_PTR("probe", OPTIONAL, struct file_target, probe, schema_probe_keys),
	CYAML_FIELD_END,
};

static const cyaml_schema_value_t target_entry = {
	CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct file_target, target_keys),
};

const cyaml_schema_field_t schema_group_keys[] = {
	TEXTS("methods", struct file_group, methods, n_methods, SCHEMA_METHODS_MAX),
	TEXTS("places", struct file_group, places, n_places, SCHEMA_PLACES_MAX),
	TEXTS("vcpus", struct file_group, vcpus, n_vcpus, SCHEMA_VCPUS_MAX),
	TEXTS("counts", struct file_group, counts, n_counts, SCHEMA_COUNTS_MAX),
	TEXTS("targets", struct file_group, targets, n_targets, SCHEMA_TARGETS_MAX),
	TEXTS("kinds", struct file_group, kinds, n_kinds, SCHEMA_KINDS_MAX),
	TEXT("value", struct file_group, value),
	TEXT("every", struct file_group, every),
	TEXT("after", struct file_group, after),
	TEXT("probability", struct file_group, probability),
	TEXT("gap", struct file_group, gap),
	TEXT("delay", struct file_group, delay),
	TEXT("window", struct file_group, window),
	TEXTS("expect", struct file_group, expect, n_expect, SCHEMA_EXPECT_MAX),
	TEXT("if-available", struct file_group, if_available),
	TEXT("timeout", struct file_group, timeout),
	TEXT("settle", struct file_group, settle),
	CYAML_FIELD_END,
};

static const cyaml_schema_value_t group_entry = {
	CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct file_group, schema_group_keys),
};

const cyaml_schema_field_t schema_campaign_keys[] = {
	TEXT("name", struct file_campaign, name),
	TEXT("unsafe", struct file_campaign, unsafe),
	TEXT("seed", struct file_campaign, seed),
	TEXT("budget", struct file_campaign, budget),
	TEXT("hugetlb-max", struct file_campaign, hugetlb_max),
	TEXT("dead-man", struct file_campaign, dead_man),
	TEXT("warm-up", struct file_campaign, warm_up),
	CYAML_FIELD_MAPPING_PTR("stop", OPTIONAL, struct file_campaign, stop, schema_stop_keys),
	CYAML_FIELD_MAPPING_PTR("probe", OPTIONAL, struct file_campaign, probe, schema_probe_keys),
	LIST("targets", struct file_campaign, targets, n_targets, &target_entry,
	     SCHEMA_TARGETS_MAX),
	LIST("shots", struct file_campaign, shots, n_shots, &group_entry, SCHEMA_GROUPS_MAX),
	CYAML_FIELD_END,
};

const cyaml_schema_value_t schema_campaign = {
	CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, struct file_campaign, schema_campaign_keys),
};

/* --- libcyaml --------------------------------------------------------------------------------- */

/* Its complaint: a line of what, then a backtrace of places, the innermost first. */
struct complaint {
	char what[200];
	struct spot at;
};

__attribute__((format(printf, 3, 0))) static void hear(cyaml_log_t level, void *ctx,
						       const char *fmt, va_list args)
{
	struct complaint *c = ctx;
	char line[200], *place;
	struct spot at;

	(void)level;
	vsnprintf(line, sizeof(line), fmt, args);
	line[strcspn(line, "\n")] = '\0';
	place = strstr(line, "(line: ");
	if (!*c->what)
		strcpy(c->what, line);
	else if (!c->at.line && place &&
		 sscanf(place, "(line: %u, column: %u)", &at.line, &at.column) == 2)
		c->at = at;
}

static cyaml_config_t config(struct complaint *c)
{
	return (cyaml_config_t){
		.log_fn = hear,
		.log_ctx = c,
		.log_level = CYAML_LOG_ERROR,
		.mem_fn = cyaml_mem,
		.flags = CYAML_CFG_NO_ALIAS,
	};
}

int schema_load(struct file_campaign **out, const char *text, size_t len, struct mistakes *m)
{
	struct complaint c = {.what = ""};
	cyaml_config_t cyaml = config(&c);
	cyaml_data_t *data = NULL;
	cyaml_err_t err;

	err = cyaml_load_data((const uint8_t *)text, len, &cyaml, &schema_campaign, &data, NULL);
	*out = data;
	if (err == CYAML_ERR_OOM)
		return -ENOMEM;
	if (!c.at.line)
		c.at = (struct spot){1, 1};
	if (err)
		mistakes_add(m, c.at, "libcyaml: %s: %s; seainject(5) has the keys",
			     cyaml_strerror(err), c.what);
	return 0;
}

void schema_free(struct file_campaign *file)
{
	struct complaint c = {.what = ""};
	cyaml_config_t cyaml = config(&c);

	cyaml_free(&cyaml, &schema_campaign, file, 0);
}
