/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What may stand in a campaign file: its keys as tables for libcyaml, and what libcyaml fills by them.
 * Layer: inject, behind campaign.h; the only one that knows libcyaml. Must not know: what values mean.
 *
 * All keys are optional to libcyaml, and values are texts: which of them must be there and what they may
 * say is told by campaign_check.c, which knows where they stand. (libcyaml 1.3.1 gives an unknown key the
 * place of the key before it, and takes any text but "false" and three others for true.)
 */
#ifndef INJECT_CAMPAIGN_SCHEMA_H
#define INJECT_CAMPAIGN_SCHEMA_H

#include <cyaml/cyaml.h>

#include "inject/campaign_mistakes.h"

#define SCHEMA_TEXT_MAX    255
#define SCHEMA_WORDS_MAX   64
#define SCHEMA_WORD_MAX    4096
#define SCHEMA_TARGETS_MAX 64
#define SCHEMA_GROUPS_MAX  256
#define SCHEMA_METHODS_MAX 32
#define SCHEMA_PLACES_MAX  256
#define SCHEMA_COUNTS_MAX  64
#define SCHEMA_VCPUS_MAX   513 /* all of them, and any */
#define SCHEMA_EXPECT_MAX  16
#define SCHEMA_KINDS_MAX   16

struct file_probe {
	char **command;
	unsigned n_command;
	char *timeout;
};

struct file_stop {
	char *failures, *host_affected;
};

struct file_target {
	char *vm;
	struct file_probe *probe;
};

/* One group of shots: a matrix. */
struct file_group {
	char **methods, **places, **counts, **vcpus, **kinds, **expect, **targets;
	unsigned n_methods, n_places, n_counts, n_vcpus, n_kinds, n_expect, n_targets;
	char *value, *every, *after, *probability, *gap, *delay, *window;
	char *if_available, *timeout, *settle;
};

struct file_campaign {
	char *name, *unsafe, *seed, *budget, *hugetlb_max, *dead_man, *warm_up;
	struct file_stop *stop;
	struct file_probe *probe;
	struct file_target *targets;
	unsigned n_targets;
	struct file_group *shots;
	unsigned n_shots;
};

extern const cyaml_schema_value_t schema_campaign;

/* Likewise: the keys of each mapping, for who takes values by name (campaign_value.h). */
extern const cyaml_schema_field_t schema_campaign_keys[], schema_stop_keys[], schema_probe_keys[],
	schema_group_keys[];

/*
 * Fills *out, to be schema_free()d; NULL when there was nothing to fill in. What libcyaml refuses is a
 * mistake, and *out NULL; it refuses nothing that shape_check() leaves. 0 or -ENOMEM.
 */
int schema_load(struct file_campaign **out, const char *text, size_t len, struct mistakes *m);

void schema_free(struct file_campaign *file); /* accepts NULL */

#endif
