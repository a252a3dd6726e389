// SPDX-License-Identifier: GPL-2.0-only
/*
 * A tree that is there (campaign_tree.h): what stands in it, and that as YAML again.
 */
#include "inject/campaign_tree.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const struct node *tree_find(const struct node *map, const char *key)
{
	if (!map || map->kind != NODE_MAP)
		return NULL;
	for (const struct node *node = map->first; node; node = node->next)
		if (!node->bad && !strcmp(node->key, key))
			return node;
	return NULL;
}

static const struct node *skip_bad(const struct node *node)
{
	while (node && node->bad)
		node = node->next;
	return node;
}

const struct node *tree_first(const struct node *list)
{
	return list ? skip_bad(list->first) : NULL;
}

const struct node *tree_next(const struct node *item)
{
	return skip_bad(item->next);
}

/* As deep as TREE_DEPTH_MAX, as is all that recurses here. */
bool tree_is_whole(const struct node *node)
{
	if (node->bad)
		return false;
	for (const struct node *item = node->first; item; item = item->next)
		if (!tree_is_whole(item))
			return false;
	return true;
}

/* --- writing ---------------------------------------------------------------------------------- */

/* One character of UTF-8 that libyaml has checked. Returns the bytes that it takes. */
static size_t decode(const unsigned char *text, uint32_t *code)
{
	size_t n = text[0] < 0x80 ? 1 : text[0] < 0xe0 ? 2 : text[0] < 0xf0 ? 3 : 4;

	*code = n == 1 ? text[0] : text[0] & (0xff >> (n + 1));
	for (size_t i = 1; i < n; i++)
		*code = *code << 6 | (text[i] & 0x3f);
	return n;
}

/* Whatever could be taken for something else is escaped, ends of lines of all kinds too. */
static void write_text(FILE *file, const char *text)
{
	const unsigned char *at = (const unsigned char *)text;
	uint32_t code;

	fputc('"', file);
	for (; *at; at += decode(at, &code)) {
		if (*at >= ' ' && *at < 0x7f && *at != '"' && *at != '\\') {
			fputc(*at, file);
			continue;
		}
		decode(at, &code);
		fprintf(file, "\\U%08x", code);
	}
	fputc('"', file);
}

static void write_node(FILE *file, const struct node *node)
{
	const char *between = "";

	if (node->kind == NODE_TEXT) {
		write_text(file, node->text);
		return;
	}
	fputc(node->kind == NODE_LIST ? '[' : '{', file);
	for (const struct node *item = tree_first(node); item; item = tree_next(item)) {
		fputs(between, file);
		between = ", ";
		if (item->key) {
			write_text(file, item->key);
			fputs(": ", file);
		}
		write_node(file, item);
	}
	fputc(node->kind == NODE_LIST ? ']' : '}', file);
}

int tree_write(const struct node *root, char **out, size_t *len)
{
	FILE *file = open_memstream(out, len);
	bool failed;

	if (!file)
		return -ENOMEM;
	write_node(file, root);
	failed = ferror(file);
	if (!fclose(file) && !failed)
		return 0;
	free(*out);
	return -ENOMEM;
}
