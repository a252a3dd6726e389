// SPDX-License-Identifier: GPL-2.0-only
/*
 * From libyaml's events to a tree (campaign_tree.h). Events come one by one and are counted, so that no
 * text makes more of itself than TREE_NODES_MAX values.
 */
#include "inject/campaign_tree.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

#include "lib/util.h"

struct builder {
	struct mistakes *m;
	const char *text;
	size_t len;
	struct node *root;
	struct node *open[TREE_DEPTH_MAX]; /* the outermost first */
	unsigned depth, nodes, documents;
	char *key; /* of the value to come */
	struct spot key_at;
};

/* What a step says besides 0 and -errno: the text cannot be read on. */
#define STOP 1

static struct spot spot_of(yaml_mark_t mark)
{
	return (struct spot){mark.line + 1, mark.column + 1};
}

/* --- texts ------------------------------------------------------------------------------------ */

/* Nothing below a blank but ends of lines and tabs, which a block of text has. */
static bool is_printable(const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if ((unsigned char)text[i] < ' ' ? text[i] != '\n' && text[i] != '\t'
						 : text[i] == 0x7f)
			return false;
	return true;
}

/* Anchors and tags: said, and passed over. */
static void refuse_properties(struct builder *b, struct spot at, const yaml_char_t *anchor,
			      const yaml_char_t *tag)
{
	char quote[MISTAKE_QUOTE];

	if (anchor)
		mistakes_add(b->m, at, "anchor %s; anchors and aliases are not taken, write it out",
			     mistakes_quote(quote, (const char *)anchor));
	if (tag)
		mistakes_add(b->m, at, "tag %s; tags are not taken, remove it",
			     mistakes_quote(quote, (const char *)tag));
}

static char *take_text(struct builder *b, const yaml_event_t *event)
{
	const char *value = (const char *)event->data.scalar.value;
	size_t len = event->data.scalar.length;

	refuse_properties(b, spot_of(event->start_mark), event->data.scalar.anchor,
			  event->data.scalar.tag);
	if (!is_printable(value, len))
		mistakes_add(b->m, spot_of(event->start_mark),
			     "a character that does not print; remove it");
	return strndup(value, len);
}

/* --- nodes ------------------------------------------------------------------------------------ */

static void append(struct node *parent, struct node *node)
{
	*(parent->last ? &parent->last->next : &parent->first) = node;
	parent->last = node;
	parent->n++;
}

static bool is_again(struct builder *b, const struct node *map)
{
	const struct node *before = tree_find(map, b->key);
	char quote[MISTAKE_QUOTE];

	if (before)
		mistakes_add(b->m, b->key_at, "%s again, after line %u; remove one of the two",
			     mistakes_quote(quote, b->key), before->key_at.line);
	return before;
}

/* A value where the parser is: the root, or the next one of what is open. */
static int add_node(struct builder *b, enum node_kind kind, const yaml_event_t *event,
		    struct node **out)
{
	struct node *parent = b->depth ? b->open[b->depth - 1] : NULL, *node;

	if (b->nodes++ == TREE_NODES_MAX) {
		mistakes_add(b->m, spot_of(event->start_mark),
			     "more than %d values; make several files of it", TREE_NODES_MAX);
		return STOP;
	}
	node = calloc(1, sizeof(*node));
	if (!node)
		return -ENOMEM;
	node->kind = kind;
	node->at = spot_of(event->start_mark);
	if (!parent) {
		b->root = node;
	} else {
		node->bad = b->key && is_again(b, parent);
		node->key = b->key;
		node->key_at = b->key_at;
		b->key = NULL;
		append(parent, node);
	}
	*out = node;
	return 0;
}

static bool is_key_due(const struct builder *b)
{
	return b->depth && b->open[b->depth - 1]->kind == NODE_MAP && !b->key;
}

static int take_key(struct builder *b, const yaml_event_t *event)
{
	b->key_at = spot_of(event->start_mark);
	if (b->open[b->depth - 1]->n == TREE_KEYS_MAX) {
		mistakes_add(b->m, b->key_at, "a mapping of more than %d keys; no campaign has one",
			     TREE_KEYS_MAX);
		return STOP;
	}
	b->key = take_text(b, event);
	return b->key ? 0 : -ENOMEM;
}

static int take_scalar(struct builder *b, const yaml_event_t *event)
{
	struct node *node;
	int err;

	if (is_key_due(b))
		return take_key(b, event);
	err = add_node(b, NODE_TEXT, event, &node);
	if (err)
		return err;
	node->text = take_text(b, event);
	node->empty =
		!event->data.scalar.length && event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
	return node->text ? 0 : -ENOMEM;
}

static int open_node(struct builder *b, enum node_kind kind, const yaml_event_t *event)
{
	struct node *node;
	int err;

	if (is_key_due(b)) {
		mistakes_add(b->m, spot_of(event->start_mark),
			     "a %s as a key; a key is a word with a colon behind it",
			     kind == NODE_LIST ? "list" : "mapping");
		return STOP;
	}
	if (b->depth == TREE_DEPTH_MAX) {
		mistakes_add(b->m, spot_of(event->start_mark),
			     "a value in more than %d others; no key of a campaign is so deep",
			     TREE_DEPTH_MAX);
		return STOP;
	}
	err = add_node(b, kind, event, &node);
	if (!err)
		b->open[b->depth++] = node;
	return err;
}

/* --- events ----------------------------------------------------------------------------------- */

static int take_document(struct builder *b, const yaml_event_t *event)
{
	if (!b->documents++)
		return 0;
	mistakes_add(b->m, spot_of(event->start_mark),
		     "a second document; a file is one campaign, remove the '---'");
	return STOP;
}

static int take_event(struct builder *b, const yaml_event_t *event)
{
	struct spot at = spot_of(event->start_mark);

	switch (event->type) {
	case YAML_DOCUMENT_START_EVENT:
		return take_document(b, event);
	case YAML_SCALAR_EVENT:
		return take_scalar(b, event);
	case YAML_SEQUENCE_START_EVENT:
		refuse_properties(b, at, event->data.sequence_start.anchor,
				  event->data.sequence_start.tag);
		return open_node(b, NODE_LIST, event);
	case YAML_MAPPING_START_EVENT:
		refuse_properties(b, at, event->data.mapping_start.anchor,
				  event->data.mapping_start.tag);
		return open_node(b, NODE_MAP, event);
	case YAML_SEQUENCE_END_EVENT:
	case YAML_MAPPING_END_EVENT:
		b->depth--;
		return 0;
	case YAML_ALIAS_EVENT:
		mistakes_add(b->m, at, "an alias; anchors and aliases are not taken, write it out");
		return STOP;
	default:
		return 0;
	}
}

/* libyaml's reader tells bytes only. */
static struct spot spot_of_byte(const struct builder *b, size_t offset)
{
	struct spot at = {1, 1};

	for (size_t i = 0; i < offset && i < b->len; i++) {
		if (b->text[i] == '\n')
			at = (struct spot){at.line + 1, 1};
		else if ((b->text[i] & 0xc0) != 0x80)
			at.column++;
	}
	return at;
}

static int refuse_text(struct builder *b, const yaml_parser_t *parser)
{
	if (parser->error == YAML_MEMORY_ERROR)
		return -ENOMEM;
	if (parser->error == YAML_READER_ERROR)
		mistakes_add(b->m, spot_of_byte(b, parser->problem_offset),
			     "not text: %s; write the file in UTF-8", parser->problem);
	else if (parser->context)
		mistakes_add(b->m, spot_of(parser->problem_mark),
			     "not YAML: %s %s that begins in line %zu; look at blanks (no "
			     "tabs), colons and quotes",
			     parser->problem, parser->context, parser->context_mark.line + 1);
	else
		mistakes_add(b->m, spot_of(parser->problem_mark),
			     "not YAML: %s; look at blanks (no tabs), colons and quotes",
			     parser->problem);
	return STOP;
}

static int take_all(struct builder *b, yaml_parser_t *parser)
{
	yaml_event_t event;
	int err = 0;

	for (bool end = false; !err && !end;) {
		if (!yaml_parser_parse(parser, &event))
			return refuse_text(b, parser);
		end = event.type == YAML_STREAM_END_EVENT;
		err = take_event(b, &event);
		yaml_event_delete(&event);
	}
	return err;
}

int tree_parse(struct node **out, const char *text, size_t len, struct mistakes *m)
{
	struct builder b = {.m = m, .text = text, .len = len};
	yaml_parser_t parser;
	int err;

	*out = NULL;
	if (len >= 3 && !memcmp(text, "\xef\xbb\xbf", 3)) { /* some editors' mark of UTF-8 */
		b.text += 3;
		b.len -= 3;
	}
	if (!yaml_parser_initialize(&parser))
		return -ENOMEM;
	yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(&parser, (const unsigned char *)b.text, b.len);
	err = take_all(&b, &parser);
	yaml_parser_delete(&parser);
	free(b.key);
	if (!err && !b.root)
		mistakes_add(m, (struct spot){1, 1}, "an empty file; seainject(5) has examples");
	if (err) {
		tree_free(b.root);
		return err == STOP ? 0 : err;
	}
	*out = b.root;
	return 0;
}

/* As deep as TREE_DEPTH_MAX. */
void tree_free(struct node *root)
{
	struct node *next;

	if (!root)
		return;
	for (struct node *node = root->first; node; node = next) {
		next = node->next;
		tree_free(node);
	}
	free(root->key);
	free(root->text);
	free(root);
}
