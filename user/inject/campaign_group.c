// SPDX-License-Identifier: GPL-2.0-only
/*
 * The values of an entry of `shots` (campaign_group.h), and whether they go together.
 */
#include "inject/campaign_group.h"

#include <inttypes.h>

#include "inject/campaign_list.h"
#include "inject/campaign_value.h"
#include "lib/util.h"

#define DAY_NS     (24 * 3600 * UTIL_NS_PER_S)

#define AT(member) offsetof(struct group, member)
/* clang-format off */
static const struct opt values[] = {
	{ .name = "every", .kind = OPT_U64, .offset = AT(every), .min = 1, .max = GROUP_COUNT_MAX },
	{ .name = "after", .kind = OPT_U64, .offset = AT(after), .max = GROUP_COUNT_MAX },
	{ .name = "gap", .kind = OPT_DURATION, .offset = AT(gap_ns), .max = DAY_NS },
	{ .name = "delay", .kind = OPT_DURATION, .offset = AT(delay_ns), .max = DAY_NS },
	{ .name = "window", .kind = OPT_DURATION, .offset = AT(window_ns), .max = DAY_NS },
	{ .name = "timeout", .kind = OPT_DURATION, .offset = AT(timeout_ns),
	  .min = UTIL_NS_PER_MS, .max = DAY_NS },
	{ .name = "settle", .kind = OPT_DURATION, .offset = AT(settle_ns), .max = DAY_NS },
	{ .name = "if-available", .kind = OPT_ENUM, .offset = AT(if_available), .words = value_bools },
	{ 0 },
};
/* clang-format on */
#undef AT

/* What only a rule in the kernel can do. */
static const char *const rule_keys[] = {"every", "after",  "probability", "gap",
					"delay", "window", NULL};

static void take_probability(struct group *group, const struct file_group *file, struct mistakes *m)
{
	char quote[MISTAKE_QUOTE];

	if (file->probability && util_parse_fraction(file->probability, &group->probability))
		mistakes_add(m, value_spot(group->node, "probability"),
			     "probability: %s is not a number above 0, up to 1, like 0.25",
			     mistakes_quote(quote, file->probability));
}

/* --- times ------------------------------------------------------------------------------------ */

/* So many shots cannot be had in the time that there is for them. */
static void check_gaps(const struct group *group, const struct group_count *count,
		       struct mistakes *m)
{
	unsigned __int128 least = (unsigned __int128)group->gap_ns * (count->shots - 1);
	uint64_t limit = group->timeout_ns - UTIL_MIN(group->delay_ns, group->timeout_ns);
	bool in_window = group->window_ns && group->window_ns < limit;
	char gap[16], time[16];

	if (in_window)
		limit = group->window_ns;
	if (!count->node || !group->gap_ns || least <= limit)
		return;
	mistakes_add(m, count->node->at,
		     "%" PRIu64 " shots %s apart do not fit into the %s of their %s; make the gap "
		     "shorter, or the %s longer",
		     count->shots, util_format_ns(gap, group->gap_ns), util_format_ns(time, limit),
		     in_window ? "window" : "timeout", in_window ? "window" : "timeout");
}

static void check_times(const struct group *group, struct mistakes *m)
{
	if (group->delay_ns >= group->timeout_ns)
		mistakes_add(
			m, value_spot(group->node, "delay"),
			"the delay is not over by the timeout; make one of the two shorter, or "
			"the other longer");
	for (unsigned i = 0; i < group->n_counts; i++)
		check_gaps(group, &group->counts[i], m);
}

/* --- methods ---------------------------------------------------------------------------------- */

static void value_words(const struct method *method, char text[128])
{
	size_t used = 0;

	*text = '\0';
	for (unsigned i = 0; i < METHOD_VALUES_MAX && method->values[i].name && used < 128; i++)
		used += snprintf(text + used, 128 - used, "%s%s", i ? ", " : "",
				 method->values[i].name);
}

static void take_value(struct group *group, struct group_method *of, const char *value,
		       struct mistakes *m)
{
	struct spot at = value_spot(group->node, "value");
	char quote[MISTAKE_QUOTE], words[128];

	of->value = of->method->values[0].value;
	if (!value)
		return;
	mistakes_quote(quote, value);
	value_words(of->method, words);
	if (!*words)
		mistakes_add(m, at,
			     "%s takes no value; remove it, or give the method shots of its own",
			     of->method->name);
	else if (method_value(of->method, value, &of->value))
		mistakes_add(m, at, "%s is no value of %s; there are: %s", quote, of->method->name,
			     words);
}

/* A method that acts at once, and no rule in the kernel. */
static void check_keys(const struct group *group, const struct group_method *of, struct mistakes *m)
{
	for (const char *const *key = rule_keys; *key; key++)
		if (tree_find(group->node, *key))
			mistakes_add(m, tree_find(group->node, *key)->key_at,
				     "%s acts at once, '%s' is of no use to it; remove it, or give "
				     "the method shots of its own",
				     of->method->name, *key);
}

/* One page after the other, from a place that has an end. */
static void check_pages(const struct group *group, const struct group_method *of,
			const struct group_place *place, struct mistakes *m)
{
	for (unsigned i = 0; i < group->n_counts; i++) {
		const struct group_count *count = &group->counts[i];

		if (place->range.sized &&
		    count->shots > (place->range.len + SCOPE_PAGE - 1) / SCOPE_PAGE)
			mistakes_add(m, place->node->at,
				     "%s takes a page for each of %" PRIu64 " shots, which are not "
				     "in it; make it larger, or the count smaller",
				     of->method->name, count->shots);
	}
}

static void check_place(const struct group *group, const struct group_method *of,
			const struct group_place *place, struct mistakes *m)
{
	const struct node *node = place->node ? place->node : of->node;

	if (place->any && of->method->needs_place &&
	    (place->node || value_is_missing(group->node, "places")))
		mistakes_add(m, node->at, "%s needs a place; add one like 'places: [0x80000000]'",
			     of->method->name);
}

/* Each match of a volley is one that the guest retries: without some let by it gets nowhere. */
static void check_volleys(const struct group *group, const struct group_method *of,
			  struct mistakes *m)
{
	for (unsigned i = 0; i < group->n_counts; i++) {
		const struct group_count *count = &group->counts[i];

		if (of->method->volley_max && count->shots > of->method->volley_max &&
		    group->every == 1)
			mistakes_add(m, count->node ? count->node->at : of->node->at,
				     "%" PRIu64 " times %s, one after the other, would starve the "
				     "guest; add 'every: 2' or more, or ask for at most %" PRIu64,
				     count->shots, of->method->name, of->method->volley_max);
	}
}

static void check_method(struct group *group, struct group_method *of,
			 const struct file_group *file, struct mistakes *m)
{
	take_value(group, of, file->value, m);
	if (of->method->family != METHOD_OVERRIDE)
		check_keys(group, of, m);
	for (unsigned i = 0; i < group->n_places; i++)
		check_place(group, of, &group->places[i], m);
}

/* Whether they go together: when one of them is wrong that would be said of what nobody has written. */
static void check_together(const struct group *group, struct mistakes *m)
{
	check_times(group, m);
	for (unsigned i = 0; i < group->n_methods; i++) {
		const struct group_method *of = &group->methods[i];

		check_volleys(group, of, m);
		for (unsigned p = 0; of->method->family != METHOD_OVERRIDE && p < group->n_places;
		     p++)
			check_pages(group, of, &group->places[p], m);
	}
}

void group_take(struct group *group, const struct file_group *file, const struct node *node,
		const char *const *targets, struct mistakes *m)
{
	unsigned before = m->n;

	*group = (struct group){
		.node = node,
		.every = 1,
		.probability = 1,
		.timeout_ns = 10 * UTIL_NS_PER_S,
		.settle_ns = UTIL_NS_PER_S,
	};
	value_take(node, schema_group_keys, file, values, group, m);
	take_probability(group, file, m);
	list_take_all(group, file, targets, m);
	if (value_is_missing(node, "methods"))
		mistakes_add(m, node->at,
			     "shots without a method; add 'methods: [...]', of those "
			     "that seainject list names");
	for (unsigned i = 0; i < group->n_methods; i++)
		check_method(group, &group->methods[i], file, m);
	if (tree_is_whole(node) && m->n == before)
		check_together(group, m);
}
