/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Values of options (opt_value.h).
 */
#include "lib/opt_value.h"

#include "lib/util.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#define COMPLAINT_MAX 512

/* Where the line about a refused value goes. */
struct complaint {
	char *text;
	size_t size;
};

__attribute__((format(printf, 2, 3))) static int refuse(struct complaint *c, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vsnprintf(c->text, c->size, fmt, args);
	va_end(args);
	return -EINVAL;
}

bool opt_takes_value(const struct opt *opt)
{
	return opt->kind != OPT_FLAG && opt->kind != OPT_COUNT;
}

static int take_u64(const struct opt *opt, const char *text, uint64_t *value, struct complaint *c)
{
	uint64_t max = opt->max ? opt->max : UINT64_MAX;

	if (!util_parse_u64(text, opt->min, max, value))
		return 0;
	if (opt->max)
		return refuse(c, "'%s' is not a number between %" PRIu64 " and %" PRIu64, text,
			      opt->min, max);
	return refuse(c, "'%s' is not a number of at least %" PRIu64, text, opt->min);
}

static int take_duration(const struct opt *opt, const char *text, uint64_t *value,
			 struct complaint *c)
{
	uint64_t max = opt->max ? opt->max : UINT64_MAX, ns;
	int err = util_parse_duration(text, &ns);
	char low[16], high[16];

	if (err == -EINVAL)
		return refuse(c, "'%s' is not a duration like 10, 1.5s, 250ms or 2m", text);
	if (!err && ns >= opt->min && ns <= max) {
		*value = ns;
		return 0;
	}
	util_format_ns(low, opt->min);
	util_format_ns(high, max);
	return refuse(c, "'%s' is not between %s and %s", text, low, high);
}

char *opt_join_words(const char *const *words, const char *between)
{
	size_t len = 1;
	char *text;

	for (unsigned i = 0; words[i]; i++)
		len += strlen(words[i]) + strlen(between);
	text = calloc(1, len);
	if (!text)
		return NULL;
	for (unsigned i = 0; words[i]; i++) {
		strcat(text, i ? between : "");
		strcat(text, words[i]);
	}
	return text;
}

static int take_word(const struct opt *opt, const char *text, int *value, struct complaint *c)
{
	char *words;
	int err;

	for (unsigned i = 0; opt->words[i]; i++) {
		if (!strcmp(opt->words[i], text)) {
			*value = i;
			return 0;
		}
	}
	words = opt_join_words(opt->words, ", ");
	err = refuse(c, "'%s' is none of: %s", text, words ? words : "");
	free(words);
	return err;
}

static int take_item(const char *text, struct opt_list *list, struct complaint *c)
{
	if (!*text)
		return refuse(c, "an empty value");
	if (list->n == OPT_LIST_MAX)
		return refuse(c, "given more than %d times", OPT_LIST_MAX);
	list->items[list->n++] = text;
	return 0;
}

int opt_read(const struct opt *opt, const char *text, void *config, char *err, size_t errlen)
{
	struct complaint c = {.text = err, .size = errlen};
	void *at = (char *)config + opt->offset;

	switch (opt->kind) {
	case OPT_FLAG:
		*(bool *)at = true;
		return 0;
	case OPT_COUNT:
		++*(int *)at;
		return 0;
	case OPT_U64:
		return take_u64(opt, text, at, &c);
	case OPT_DURATION:
		return take_duration(opt, text, at, &c);
	case OPT_ENUM:
		return take_word(opt, text, at, &c);
	case OPT_LIST:
		return take_item(text, at, &c);
	case OPT_STRING:
	case OPT_FILE:
		if (!*text)
			return refuse(&c, "an empty value");
		*(const char **)at = text;
		return 0;
	}
	return refuse(&c, "a kind of option that nobody knows");
}

int opt_take(const struct opt *opt, const char *text, void *config, char *err, size_t errlen)
{
	char complaint[COMPLAINT_MAX];

	if (!opt_read(opt, text, config, complaint, sizeof(complaint)))
		return 0;
	snprintf(err, errlen, "--%s: %s", opt->name, complaint);
	return -EINVAL;
}
