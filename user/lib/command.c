/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Commands (command.h).
 */
#include "lib/command.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define BLANKS " \t"

/* argv points into `words`, whose blanks become NULs. */
static int split(struct command *command)
{
	size_t n = 0, room = strlen(command->words) / 2 + 2;
	char *rest = command->words, *word;

	command->argv = calloc(room, sizeof(*command->argv));
	if (!command->argv)
		return -ENOMEM;
	while ((word = strsep(&rest, BLANKS)))
		if (*word)
			command->argv[n++] = word;
	return n ? 0 : -EINVAL;
}

static int check_program(const char *path)
{
	struct stat st;

	if (stat(path, &st))
		return -errno;
	if (!S_ISREG(st.st_mode) || access(path, X_OK))
		return -EACCES;
	return 0;
}

/* One that is there but cannot be run explains more than one that is not. */
static int search(char program[PATH_MAX], const char *name)
{
	int answer = -ENOENT;

	for (const char *dir = COMMAND_PATH; *dir; dir += strspn(dir, ":")) {
		size_t len = strcspn(dir, ":");
		int err;

		if (snprintf(program, PATH_MAX, "%.*s/%s", (int)len, dir, name) >= PATH_MAX)
			return -ENAMETOOLONG;
		err = check_program(program);
		if (!err)
			return 0;
		if (err != -ENOENT)
			answer = err;
		dir += len;
	}
	return answer;
}

/* Absolute, as it is run from elsewhere. */
static int locate(char program[PATH_MAX], const char *name)
{
	char here[PATH_MAX];
	int n;

	if (!strchr(name, '/'))
		return search(program, name);
	if (*name != '/' && !getcwd(here, sizeof(here)))
		return -errno;
	if (*name == '/')
		n = snprintf(program, PATH_MAX, "%s", name);
	else
		n = snprintf(program, PATH_MAX, "%s/%s", here, name);
	return n < PATH_MAX ? check_program(program) : -ENAMETOOLONG;
}

int command_parse(struct command *out, const char *text)
{
	struct command command = {.words = strdup(text)};
	int err = command.words ? split(&command) : -ENOMEM;

	if (!err)
		err = locate(command.program, command.argv[0]);
	if (err)
		command_free(&command);
	else
		*out = command;
	return err;
}

void command_free(struct command *command)
{
	free(command->argv);
	free(command->words);
	command->argv = NULL;
	command->words = NULL;
}
