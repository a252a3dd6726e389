/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One entry of `shots`: which methods, places, vCPUs and counts make its matrix, and what holds of all
 * of its shots.
 * Layer: inject, behind campaign.h. Must not know: other entries, how a matrix is laid out.
 */
#ifndef INJECT_CAMPAIGN_GROUP_H
#define INJECT_CAMPAIGN_GROUP_H

#include "inject/campaign_schema.h"
#include "inject/campaign_tree.h"
#include "inject/method.h"
#include "inject/scope.h"

#define GROUP_COUNT_MAX 1000000000ULL /* shots of one volley */

struct group_method {
	const struct method *method;
	const struct node *node;
	int64_t value;
};

struct group_place {
	const char *name;        /* as it is written, borrowed; "any" when nothing is */
	const struct node *node; /* NULL: not given */
	bool any;
	struct scope_range range;
};

struct group_count {
	uint64_t shots;
	const struct node *node; /* NULL: not given */
};

struct group {
	const struct node *node;
	struct group_method methods[SCHEMA_METHODS_MAX];
	struct group_place places[SCHEMA_PLACES_MAX];
	uint32_t vcpus[SCHEMA_VCPUS_MAX]; /* SEA_RULE_ANY_VCPU: any */
	struct group_count counts[SCHEMA_COUNTS_MAX];
	unsigned targets[SCHEMA_TARGETS_MAX]; /* indices */
	unsigned n_methods, n_places, n_vcpus, n_counts, n_targets;
	uint32_t kinds;
	unsigned expected; /* OUTCOME_BIT()s; 0: what the method says */
	uint64_t every, after, gap_ns, delay_ns, window_ns, timeout_ns, settle_ns;
	double probability;
	int if_available;
};

/*
 * The values of an entry. `targets` are the names of the campaign's, NULL-terminated. What is wrong is a
 * mistake, and then only the values that are right are there.
 */
void group_take(struct group *group, const struct file_group *file, const struct node *node,
		const char *const *targets, struct mistakes *m);

#endif
