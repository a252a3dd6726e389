// SPDX-License-Identifier: GPL-2.0-only
/*
 * Targets and probes (campaign_target.h).
 */
#include "inject/campaign_target.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "inject/campaign_value.h"
#include "lib/util.h"

/* A probe as it is in the file; `file` NULL: there is none. */
struct written_probe {
	const struct file_probe *file;
	uint64_t timeout_ns;
};

static const struct opt probe_values[] = {
	{.name = "timeout",
	 .kind = OPT_DURATION,
	 .offset = offsetof(struct written_probe, timeout_ns),
	 .min = UTIL_NS_PER_MS,
	 .max = 3600 * UTIL_NS_PER_S},
	{0},
};

static const char *const placeholders[] = {"vm", "pid", "uuid", NULL};

/* --- probes ----------------------------------------------------------------------------------- */

/* "{vm}" is replaced when it is run; "{VM}" would be passed on as it is, which nobody wants. */
static void check_word(const char *word, const struct node *item, struct mistakes *m)
{
	char name[16];

	for (const char *open = word; (open = strchr(open, '{')); open++) {
		size_t len = 0;
		bool known = false;

		while (isalpha((unsigned char)open[1 + len]))
			len++;
		if (!len || len >= sizeof(name) || open[1 + len] != '}')
			continue;
		memcpy(name, open + 1, len);
		name[len] = '\0';
		for (const char *const *p = placeholders; *p; p++)
			known |= !strcmp(*p, name);
		if (!known)
			mistakes_add(m, item->at,
				     "nothing stands for '{%s}'; there are {vm}, {pid} and {uuid}",
				     name);
	}
}

static void check_command(const struct file_probe *file, const struct node *node,
			  struct mistakes *m)
{
	const struct node *item = tree_first(tree_find(node, "command"));

	if (value_is_missing(node, "command"))
		mistakes_add(m, node->at,
			     "a probe without a command; add 'command: [PROGRAM, ARGUMENT]'");
	if (file->n_command && !*file->command[0])
		mistakes_add(m, item->at, "a command without a name; write the program's");
	for (unsigned i = 0; i < file->n_command; i++, item = tree_next(item))
		check_word(file->command[i], item, m);
}

static struct written_probe read_probe(const struct file_probe *file, const struct node *node,
				       struct mistakes *m)
{
	struct written_probe probe = {.file = file, .timeout_ns = 5 * UTIL_NS_PER_S};

	if (!file)
		return probe;
	value_take(node, schema_probe_keys, file, probe_values, &probe, m);
	check_command(file, node, m);
	return probe;
}

static int copy_probe(struct campaign_probe *out, const struct written_probe *probe)
{
	unsigned n = probe->file ? probe->file->n_command : 0;

	if (!n)
		return 0;
	out->timeout_ns = probe->timeout_ns;
	out->command = calloc(n + 1, sizeof(*out->command));
	if (!out->command)
		return -ENOMEM;
	for (unsigned i = 0; i < n; i++) {
		out->command[i] = strdup(probe->file->command[i]);
		if (!out->command[i])
			return -ENOMEM;
	}
	return 0;
}

/* --- VMs -------------------------------------------------------------------------------------- */

static void check_vm(const struct file_campaign *file, unsigned i, const struct node *node,
		     struct mistakes *m)
{
	const char *vm = file->targets[i].vm;
	const struct spot at = value_spot(node, "vm");
	char clean[SCHEMA_TEXT_MAX + 1], quote[MISTAKE_QUOTE];

	if (value_is_missing(node, "vm"))
		mistakes_add(m, node->at,
			     "a target without a VM; add 'vm: NAME', its name, UUID or process id");
	if (!vm)
		return;
	util_clean(clean, sizeof(clean), vm, strlen(vm));
	if (strcmp(clean, vm))
		mistakes_add(m, at, "no VM has a name like that; write one line of text");
	else if (!strcmp(vm, "host"))
		mistakes_add(m, at, "'host' is what belongs to no VM; write the name of a VM");
	for (unsigned j = 0; j < i; j++)
		if (file->targets[j].vm && !strcmp(file->targets[j].vm, vm))
			mistakes_add(m, at, "%s is a target already; remove one of the two",
				     mistakes_quote(quote, vm));
}

static int take_target(struct campaign_target *target, const struct file_target *file,
		       const struct node *node, const struct written_probe *usual,
		       struct mistakes *m)
{
	struct written_probe own = read_probe(file->probe, tree_find(node, "probe"), m);

	target->line = node->at.line;
	target->vm = strdup(file->vm ? file->vm : "");
	if (!target->vm)
		return -ENOMEM;
	return copy_probe(&target->probe, own.file ? &own : usual);
}

int targets_take(struct campaign *c, const struct file_campaign *file, const struct node *root,
		 struct mistakes *m)
{
	struct written_probe usual = read_probe(file->probe, tree_find(root, "probe"), m);
	const struct node *node = tree_first(tree_find(root, "targets"));
	int err = 0;

	if (value_is_missing(root, "targets"))
		mistakes_add(m, root->at, "no targets; add 'targets: [{vm: NAME}]'");
	c->targets = calloc(file->n_targets + 1, sizeof(*c->targets));
	if (!c->targets)
		return -ENOMEM;
	for (unsigned i = 0; !err && i < file->n_targets; i++, node = tree_next(node)) {
		check_vm(file, i, node, m);
		err = take_target(&c->targets[c->n_targets++], &file->targets[i], node, &usual, m);
	}
	return err;
}

void targets_free(struct campaign *c)
{
	for (unsigned i = 0; i < c->n_targets; i++) {
		char **command = c->targets[i].probe.command;

		for (char **word = command; word && *word; word++)
			free(*word);
		free(command);
		free(c->targets[i].vm);
	}
	free(c->targets);
}
