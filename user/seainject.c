// SPDX-License-Identifier: GPL-2.0-only
/*
 * seainject: provokes memory errors under a chosen VM of this host, and says what became of them. Here
 * is the table of its commands.
 * Must not: know what a command does.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/exit.h"
#include "lib/log.h"
#include "lib/opt.h"
#include "lib/util.h"
#include "seainject_check.h"
#include "seainject_fire.h"
#include "seainject_list.h"
#include "seainject_run.h"
#include "seainject_undo.h"

static const struct command {
	const char *name, *help;
	int (*run)(int argc, char **argv); /* argv[0] is the command's name; an exit code */
	const struct opt_program *program; /* for help and completion */
} commands[] = {
	{"list", "the ways to inject an error, and which of them this kernel has", seainject_list,
	 &seainject_list_program},
	{"fire", "one shot, or a volley of the same, at one VM", seainject_fire,
	 &seainject_fire_program},
	{"check", "a campaign file, whether it is right and can be run here", seainject_check,
	 &seainject_check_program},
	{"run", "a campaign file, with its verdicts", seainject_run, &seainject_run_program},
	{"undo", "what outlived seainject in this boot, taken back", seainject_undo,
	 &seainject_undo_program},
};

static int refuse_word(void *config, unsigned index, const char *text, char *err, size_t errlen)
{
	(void)config, (void)index;
	snprintf(err, errlen, "there is no command '%s' (see seainject --help)", text);
	return -1;
}

static const char examples[] = "Examples:\n"
			       "  seainject list\n"
			       "  seainject list --long pfn-hwpoison\n"
			       "  seainject fire --vm vm-a --method pfn-hwpoison --dry-run\n"
			       "  seainject fire --vm vm-a --method pfn-hwpoison --unsafe\n";

/* "Commands:", a line each, and the examples: malloc'd, or NULL. */
static char *epilogue(void)
{
	char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	if (!out)
		return NULL;
	fprintf(out, "Commands:\n");
	for (unsigned i = 0; i < UTIL_COUNT(commands); i++)
		fprintf(out, "  %-6s %s\n", commands[i].name, commands[i].help);
	fprintf(out, "Each has its own --help.\n\n%s", examples);
	fclose(out);
	return text;
}

/* --help and the like; else there is nothing that could be done without a command. */
static int main_alone(int argc, char **argv)
{
	const struct opt_program *programs[UTIL_COUNT(commands) + 1] = {NULL};
	static const struct opt none[] = {{0}};
	char *text = epilogue(), dummy;
	const struct opt_program program = {
		.name = "seainject",
		.summary = "Provokes memory errors under one virtual machine of this arm64 KVM "
			   "host: on purpose, reproducibly, and nowhere else.",
		.args_doc = "COMMAND ...",
		.examples = text ? text : examples,
		.opts = none,
		.arg = refuse_word,
		.max_args = 1,
		.commands = programs,
	};
	int answer;

	for (unsigned i = 0; i < UTIL_COUNT(commands); i++)
		programs[i] = commands[i].program;
	answer = opt_parse(&program, argc, argv, &dummy);
	free(text);
	if (answer)
		return opt_exit(answer);
	log_error("which COMMAND? (see seainject --help)");
	return EXIT_USAGE;
}

int main(int argc, char **argv)
{
	for (unsigned i = 0; argc > 1 && i < UTIL_COUNT(commands); i++)
		if (!strcmp(argv[1], commands[i].name))
			return commands[i].run(argc - 1, argv + 1);
	return main_alone(argc, argv);
}
