// SPDX-License-Identifier: GPL-2.0-only
/* splat.c - two lists of expressions. */
#include "splat.h"

#include <errno.h>
#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct list {
	regex_t *items;
	size_t count;
};

struct splat {
	struct list deny;
	struct list allow;
};

static bool list_match(const struct list *list, const char *line)
{
	for (size_t i = 0; i < list->count; i++)
		if (!regexec(&list->items[i], line, 0, NULL, 0))
			return true;
	return false;
}

static int list_add(struct list *list, const char *text, const char *where, unsigned int at)
{
	regex_t *items = realloc(list->items, (list->count + 1) * sizeof(*items));
	char why[128];
	int error;

	if (!items)
		return -ENOMEM;
	list->items = items;
	error = regcomp(&items[list->count], text, REG_EXTENDED | REG_NOSUB);
	if (error) {
		regerror(error, &items[list->count], why, sizeof(why));
		fprintf(stderr, "vmtest: %s:%u: %s: %s\n", where, at, text, why);
		return -EINVAL;
	}
	list->count++;
	return 0;
}

/* Cuts the comment off a line and gives it; "" when there is none. */
static const char *cut_comment(char *line)
{
	char *hash = line, *end;

	line[strcspn(line, "\n")] = 0;
	while ((hash = strchr(hash, '#')) && hash > line && hash[-1] != ' ' && hash[-1] != '\t')
		hash++;
	if (!hash)
		hash = line + strlen(line);
	end = hash;
	while (end > line && (end[-1] == ' ' || end[-1] == '\t'))
		end--;
	if (*hash)
		*hash++ = 0;
	*end = 0;
	return hash + strspn(hash, " \t");
}

static int list_read(struct list *list, const char *path, bool reasons)
{
	FILE *file = fopen(path, "re");
	char *line = NULL;
	size_t size = 0;
	unsigned int at = 0;
	int error = 0;

	if (!file) {
		error = -errno;
		fprintf(stderr, "vmtest: %s: %s\n", path, strerror(-error));
		return error;
	}
	while (!error && getline(&line, &size, file) >= 0) {
		const char *reason = cut_comment(line);

		at++;
		if (!*line)
			continue;
		if (reasons && !*reason) {
			fprintf(stderr, "vmtest: %s:%u: %s: has no reason (# ...)\n", path, at,
				line);
			error = -EINVAL;
		} else {
			error = list_add(list, line, path, at);
		}
	}
	free(line);
	fclose(file);
	return error;
}

static void list_clear(struct list *list)
{
	for (size_t i = 0; i < list->count; i++)
		regfree(&list->items[i]);
	free(list->items);
}

struct splat *splat_new(const char *deny, const char *allow)
{
	struct splat *splat = calloc(1, sizeof(*splat));

	if (splat && !list_read(&splat->deny, deny, false) &&
	    !list_read(&splat->allow, allow, true))
		return splat;
	splat_free(splat);
	return NULL;
}

void splat_free(struct splat *splat)
{
	if (!splat)
		return;
	list_clear(&splat->deny);
	list_clear(&splat->allow);
	free(splat);
}

bool splat_match(const struct splat *splat, const char *line)
{
	return list_match(&splat->deny, line) && !list_match(&splat->allow, line);
}
