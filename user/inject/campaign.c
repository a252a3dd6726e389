// SPDX-License-Identifier: GPL-2.0-only
/*
 * A campaign file from its text to its shots (campaign.h), as a list of steps: a tree, its shape, the
 * texts out of it, what they mean, the matrix. Whatever is wrong is said at the end, in the file's order.
 */
#include "inject/campaign.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "inject/campaign_group.h"
#include "inject/campaign_layout.h"
#include "inject/campaign_schema.h"
#include "inject/campaign_shape.h"
#include "inject/campaign_target.h"
#include "inject/campaign_tree.h"
#include "inject/campaign_value.h"
#include "inject/injector.h"
#include "lib/exit.h"
#include "lib/log.h"
#include "lib/util.h"

#define FILE_MAX (1u << 20)

/* The file's single values, with what they are when nothing is said. JSON has no numbers above INT64_MAX. */
struct settings {
	int unsafe, host_affected;
	uint64_t seed, budget, hugetlb_max, dead_man_ns, warm_up_ns, failures;
};
static const struct settings usual = {
	.host_affected = 1,
	.seed = 1,
	.hugetlb_max = INJECTOR_HUGETLB_MAX,
	.dead_man_ns = 2 * UTIL_NS_PER_S,
};

#define AT(member) offsetof(struct settings, member)
/* clang-format off */
static const struct opt campaign_values[] = {
	{ .name = "unsafe", .kind = OPT_ENUM, .offset = AT(unsafe), .words = value_bools },
	{ .name = "seed", .kind = OPT_U64, .offset = AT(seed), .max = INT64_MAX },
	{ .name = "budget", .kind = OPT_U64, .offset = AT(budget), .min = 1, .max = INT64_MAX },
	{ .name = "hugetlb-max", .kind = OPT_U64, .offset = AT(hugetlb_max), .max = UINT32_MAX },
	{ .name = "dead-man", .kind = OPT_DURATION, .offset = AT(dead_man_ns),
	  .min = 100 * UTIL_NS_PER_MS, .max = 60 * UTIL_NS_PER_S },
	{ .name = "warm-up", .kind = OPT_DURATION, .offset = AT(warm_up_ns),
	  .max = 24 * 3600 * UTIL_NS_PER_S },
	{ 0 },
};
static const struct opt stop_values[] = {
	{ .name = "failures", .kind = OPT_U64, .offset = AT(failures), .max = LAYOUT_SHOTS_MAX },
	{ .name = "host-affected", .kind = OPT_ENUM, .offset = AT(host_affected), .words = value_bools },
	{ 0 },
};
/* clang-format on */
#undef AT

/* --- steps ------------------------------------------------------------------------------------ */

static int take_name(struct campaign *c, const struct file_campaign *file, const struct node *root,
		     struct mistakes *m)
{
	char clean[SCHEMA_TEXT_MAX + 1];

	if (value_is_missing(root, "name"))
		mistakes_add(m, root->at, "no name; add 'name: NAME', for the reports");
	if (!file->name)
		return 0;
	util_clean(clean, sizeof(clean), file->name, strlen(file->name));
	if (strcmp(clean, file->name))
		mistakes_add(m, value_spot(root, "name"),
			     "a name with what is no text; write one line of text");
	c->name = strdup(file->name);
	return c->name ? 0 : -ENOMEM;
}

static struct settings take_settings(struct campaign *c, const struct file_campaign *file,
				     const struct node *root, struct mistakes *m)
{
	struct settings s = usual;

	value_take(root, schema_campaign_keys, file, campaign_values, &s, m);
	if (file->stop)
		value_take(tree_find(root, "stop"), schema_stop_keys, file->stop, stop_values, &s,
			   m);
	c->unsafe = s.unsafe;
	c->seed = s.seed;
	c->hugetlb_max = s.hugetlb_max;
	c->dead_man_ns = s.dead_man_ns;
	c->warm_up_ns = s.warm_up_ns;
	c->stop_failures = s.failures;
	c->stop_host_affected = s.host_affected;
	return s;
}

static int take_shots(struct campaign *c, const struct file_campaign *file, const struct node *root,
		      struct mistakes *m)
{
	const struct node *node = tree_first(tree_find(root, "shots"));
	const char *targets[SCHEMA_TARGETS_MAX + 1] = {NULL};
	struct group *group = malloc(sizeof(*group));
	int err = group ? 0 : -ENOMEM;

	if (value_is_missing(root, "shots"))
		mistakes_add(m, root->at, "no shots; add 'shots: [{methods: [...]}]'");
	for (unsigned i = 0; i < c->n_targets; i++)
		targets[i] = c->targets[i].vm;
	for (unsigned i = 0; !err && i < file->n_shots; i++, node = tree_next(node)) {
		unsigned before = m->n;

		group_take(group, &file->shots[i], node, targets, m);
		if (tree_is_whole(node) && m->n == before)
			err = layout_add(c, group, m);
	}
	free(group);
	return err;
}

/* Of a file that has no mistake so far: else its shots are not all there. */
static void take_budget(struct campaign *c, uint64_t budget, const struct node *root,
			struct mistakes *m)
{
	uint64_t asked = 0; /* LAYOUT_SHOTS_MAX x GROUP_COUNT_MAX: no overflow */

	for (unsigned i = 0; i < c->n_shots; i++)
		asked += c->shots[i].order.at_most;
	if (budget && budget < asked)
		mistakes_add(m, value_spot(root, "budget"),
			     "the shots are %" PRIu64 " in all, more than this budget; make it "
			     "larger, or the counts smaller",
			     asked);
	c->budget = budget ? budget : asked;
}

static int take_all(struct campaign *c, const struct file_campaign *file, const struct node *root,
		    struct mistakes *m)
{
	struct settings s;
	int err;

	err = take_name(c, file, root, m);
	if (err)
		return err;
	s = take_settings(c, file, root, m);
	err = targets_take(c, file, root, m);
	if (!err)
		err = take_shots(c, file, root, m);
	if (!err && !m->n)
		take_budget(c, s.budget, root, m);
	return err;
}

static int load(struct campaign *c, const char *text, size_t len, const struct node *root,
		struct mistakes *m)
{
	static const struct file_campaign nothing;
	struct file_campaign *file = NULL;
	unsigned before = m->n;
	int err = schema_load(&file, text, len, m);

	if (!err && m->n == before)
		err = take_all(c, file ? file : &nothing, root, m);
	schema_free(file);
	return err;
}

/* Of a file with parts that libcyaml would refuse the rest is looked at all the same. */
static int fill(struct campaign *c, const char *text, size_t len, struct node *root,
		struct mistakes *m)
{
	size_t rest_len;
	char *rest;
	int err;

	shape_check(root, &schema_campaign, m);
	if (!m->n)
		return load(c, text, len, root, m);
	if (root->bad)
		return 0;
	err = tree_write(root, &rest, &rest_len);
	if (err)
		return err;
	err = load(c, rest, rest_len, root, m);
	free(rest);
	return err;
}

/* --- from text, from a file ------------------------------------------------------------------- */

static int parse(struct campaign *c, const char *text, size_t len, struct mistakes *m)
{
	struct node *root = NULL;
	int err;

	if (len > FILE_MAX) {
		mistakes_add(m, (struct spot){1, 1}, "more than %u bytes; that is no campaign",
			     FILE_MAX);
		return 0;
	}
	err = tree_parse(&root, text, len, m);
	if (!err && root)
		err = fill(c, text, len, root, m);
	tree_free(root);
	return err;
}

int campaign_parse(struct campaign **out, const char *name, const char *text, size_t len)
{
	struct mistakes *m = calloc(1, sizeof(*m));
	struct campaign *c = calloc(1, sizeof(*c));
	int err = -ENOMEM, exit_code = EXIT_DONE;

	if (m && c)
		c->path = strdup(name);
	if (m && c && c->path)
		err = parse(c, text, len, m);
	if (err) {
		log_error("%s: %s", name, util_errno(err));
		exit_code = EXIT_ENVIRONMENT;
	} else if (m->n) {
		mistakes_print(m, name);
		exit_code = EXIT_USAGE;
	} else {
		*out = c;
		c = NULL;
	}
	campaign_free(c);
	free(m);
	return exit_code;
}

int campaign_read(struct campaign **out, const char *path)
{
	size_t len;
	char *text;
	int err = util_read_file(path, &text, &len);
	int exit_code;

	if (err) {
		log_error("read %s: %s", path, util_errno(err));
		return EXIT_ENVIRONMENT;
	}
	exit_code = campaign_parse(out, path, text, len);
	free(text);
	return exit_code;
}

void campaign_free(struct campaign *c)
{
	if (!c)
		return;
	layout_free(c);
	targets_free(c);
	free(c->name);
	free(c->path);
	free(c);
}
