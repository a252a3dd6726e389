// SPDX-License-Identifier: GPL-2.0-only
/*
 * One function for the values of each list (campaign_list.h).
 */
#include "inject/campaign_list.h"

#include <errno.h>
#include <string.h>

#include "lib/util.h"

struct taking {
	struct group *group;
	const char *const *targets;
	struct mistakes *m;
};

static void refuse(const struct taking *t, const struct node *item, const char *why)
{
	char quote[MISTAKE_QUOTE];

	mistakes_add(t->m, item->at, "%s %s", mistakes_quote(quote, item->text), why);
}

static void refuse_again(const struct taking *t, const struct node *item)
{
	refuse(t, item, "is in the list already; remove one of the two");
}

/* --- the matrix ------------------------------------------------------------------------------- */

static void refuse_method(const struct taking *t, const struct node *item, const char *text)
{
	const char *words[SCHEMA_WORDS_MAX + 1] = {NULL};

	for (unsigned i = 0; i < SCHEMA_WORDS_MAX && method_at(i); i++)
		words[i] = method_at(i)->name;
	mistakes_unknown(t->m, item->at, "method", text, words);
}

static void take_method(struct taking *t, const char *text, const struct node *item)
{
	const struct method *method = method_find(text);
	struct group *group = t->group;

	if (!method) {
		refuse_method(t, item, text);
		return;
	}
	for (unsigned i = 0; i < group->n_methods; i++) {
		if (group->methods[i].method == method) {
			refuse_again(t, item);
			return;
		}
	}
	group->methods[group->n_methods++] = (struct group_method){.method = method, .node = item};
}

static void add_place(struct taking *t, const struct group_place *place)
{
	struct group *group = t->group;

	for (unsigned i = 0; i < group->n_places; i++) {
		const struct group_place *other = &group->places[i];

		if (other->any == place->any && other->range.gpa == place->range.gpa &&
		    other->range.len == place->range.len) {
			refuse_again(t, place->node);
			return;
		}
	}
	group->places[group->n_places++] = *place;
}

static void take_place(struct taking *t, const char *text, const struct node *item)
{
	struct group_place place = {.name = text, .node = item, .any = !strcmp(text, "any")};
	int err = place.any ? 0 : scope_range(text, &place.range);

	if (!err)
		add_place(t, &place);
	else if (err == -ERANGE)
		refuse(t, item, "is beyond 52 bits; no guest has such an address");
	else
		refuse(t, item,
		       "is no place; write any, an address like 0x80000000, or an address "
		       "and a size like 0x80000000+64K");
}

static void take_vcpu(struct taking *t, const char *text, const struct node *item)
{
	uint64_t vcpu = SEA_RULE_ANY_VCPU;
	struct group *group = t->group;

	if (strcmp(text, "any") && util_parse_u64(text, 0, SEA_RULE_VCPUS - 1, &vcpu)) {
		refuse(t, item, "is no vCPU; write any, or a number from 0 to 511");
		return;
	}
	for (unsigned i = 0; i < group->n_vcpus; i++) {
		if (group->vcpus[i] == vcpu) {
			refuse_again(t, item);
			return;
		}
	}
	group->vcpus[group->n_vcpus++] = vcpu;
}
_Static_assert(SEA_RULE_VCPUS == 512, "the message above");

static void take_count(struct taking *t, const char *text, const struct node *item)
{
	struct group *group = t->group;
	uint64_t count;

	if (util_parse_u64(text, 1, GROUP_COUNT_MAX, &count)) {
		refuse(t, item, "is no count; write a number from 1 to 1000000000");
		return;
	}
	for (unsigned i = 0; i < group->n_counts; i++) {
		if (group->counts[i].shots == count) {
			refuse_again(t, item);
			return;
		}
	}
	group->counts[group->n_counts++] = (struct group_count){.shots = count, .node = item};
}
_Static_assert(GROUP_COUNT_MAX == 1000000000, "the message above");

static void take_target(struct taking *t, const char *text, const struct node *item)
{
	struct group *group = t->group;
	unsigned target = 0;

	while (t->targets[target] && strcmp(t->targets[target], text))
		target++;
	if (!*t->targets) /* which has been said */
		return;
	if (!t->targets[target]) {
		mistakes_unknown(t->m, item->at, "target", text, t->targets);
		return;
	}
	for (unsigned i = 0; i < group->n_targets; i++) {
		if (group->targets[i] == target) {
			refuse_again(t, item);
			return;
		}
	}
	group->targets[group->n_targets++] = target;
}

/* --- what holds of all ------------------------------------------------------------------------ */

static void take_kind(struct taking *t, const char *text, const struct node *item)
{
	uint32_t kind = scope_kind(text);

	if (!kind)
		mistakes_unknown(t->m, item->at, "kind", text, scope_kinds);
	else if (t->group->kinds & kind)
		refuse_again(t, item);
	t->group->kinds |= kind;
}

static void take_outcome(struct taking *t, const char *text, const struct node *item)
{
	const char *words[SHOT_MAX + 1] = {NULL};
	unsigned outcome = 0;

	memcpy(words, shot_outcomes, sizeof(words) - sizeof(words[0]));
	while (outcome < SHOT_MAX && strcmp(words[outcome], text))
		outcome++;
	if (outcome == SHOT_MAX)
		mistakes_unknown(t->m, item->at, "outcome", text, words);
	else if (outcome == SHOT_LOST)
		refuse(t, item, "is never right: nothing can be said of such a shot; remove it");
	else if (t->group->expected & OUTCOME_BIT(outcome))
		refuse_again(t, item);
	else
		t->group->expected |= OUTCOME_BIT(outcome);
}

/* --- all of them ------------------------------------------------------------------------------ */

static void take_list(struct taking *t, const char *key, char *const *texts, unsigned n,
		      void (*take)(struct taking *t, const char *text, const struct node *item))
{
	const struct node *item = tree_first(tree_find(t->group->node, key));

	for (unsigned i = 0; i < n; i++, item = tree_next(item))
		take(t, texts[i], item);
}

static void fill_in(struct group *group, const struct file_group *file, const char *const *targets)
{
	if (!file->n_places)
		group->places[group->n_places++] = (struct group_place){.name = "any", .any = true};
	if (!file->n_vcpus)
		group->vcpus[group->n_vcpus++] = SEA_RULE_ANY_VCPU;
	if (!file->n_counts)
		group->counts[group->n_counts++] = (struct group_count){.shots = 1};
	for (unsigned i = 0; !file->n_targets && targets[i]; i++)
		group->targets[group->n_targets++] = i;
}

void list_take_all(struct group *group, const struct file_group *file, const char *const *targets,
		   struct mistakes *m)
{
	struct taking t = {.group = group, .targets = targets, .m = m};

	take_list(&t, "methods", file->methods, file->n_methods, take_method);
	take_list(&t, "places", file->places, file->n_places, take_place);
	take_list(&t, "vcpus", file->vcpus, file->n_vcpus, take_vcpu);
	take_list(&t, "counts", file->counts, file->n_counts, take_count);
	take_list(&t, "targets", file->targets, file->n_targets, take_target);
	take_list(&t, "kinds", file->kinds, file->n_kinds, take_kind);
	take_list(&t, "expect", file->expect, file->n_expect, take_outcome);
	fill_in(group, file, targets);
}
