// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shell completion out of the table of options (opt.h): a function for the program and one for each of
 * its commands. What bash can know is offered; for a number or a name it is nothing, not some file.
 */
#include "lib/opt.h"

#include "lib/opt_rows.h"
#include "lib/opt_value.h"

#include <stdlib.h>
#include <string.h>

/* "seatrace record" as a function's name */
static void print_name(const struct opt_program *program, FILE *out)
{
	fprintf(out, "_");
	for (const char *c = program->name; *c; c++)
		fputc(*c == ' ' || *c == '-' ? '_' : *c, out);
}

static const char *last_word(const struct opt_program *program)
{
	const char *blank = strrchr(program->name, ' ');

	return blank ? blank + 1 : program->name;
}

/* The case arm of an option with a value. */
static void print_arm(const struct opt *opt, FILE *out)
{
	fprintf(out, "\t");
	if (opt->key)
		fprintf(out, "-%c | ", opt->key);
	fprintf(out, "--%s)\n", opt->name);
	if (opt->kind == OPT_FILE)
		fprintf(out, "\t\tcompopt -o filenames 2>/dev/null\n"
			     "\t\tmapfile -t COMPREPLY < <(compgen -f -- \"$cur\")\n");
	if (opt->kind == OPT_ENUM) {
		fprintf(out, "\t\tmapfile -t COMPREPLY < <(compgen -W '");
		for (unsigned i = 0; opt->words[i]; i++)
			fprintf(out, "%s%s", i ? " " : "", opt->words[i]);
		fprintf(out, "' -- \"$cur\")\n");
	}
	fprintf(out, "\t\treturn\n\t\t;;\n");
}

/* What may stand where no option does. */
static void print_arguments(const struct opt_program *program, FILE *out)
{
	if (program->files)
		fprintf(out, "\tif [[ $cur != -* ]]; then\n"
			     "\t\tcompopt -o filenames 2>/dev/null\n"
			     "\t\tmapfile -t COMPREPLY < <(compgen -f -- \"$cur\")\n"
			     "\t\treturn\n\tfi\n");
	if (!program->commands)
		return;
	fprintf(out, "\tif ((COMP_CWORD == 1)) && [[ $cur != -* ]]; then\n"
		     "\t\tmapfile -t COMPREPLY < <(compgen -W '");
	for (const struct opt_program *const *c = program->commands; *c; c++)
		fprintf(out, "%s%s", c == program->commands ? "" : " ", last_word(*c));
	fprintf(out, "' -- \"$cur\")\n\t\treturn\n\tfi\n");
}

/* Behind a command's word its own function goes on. */
static void print_commands(const struct opt_program *program, FILE *out)
{
	if (!program->commands)
		return;
	fprintf(out, "\tif ((COMP_CWORD > 1)); then\n\t\tcase ${COMP_WORDS[1]} in\n");
	for (const struct opt_program *const *c = program->commands; *c; c++) {
		fprintf(out, "\t\t%s)\n\t\t\t", last_word(*c));
		print_name(*c, out);
		fprintf(out, "\n\t\t\treturn\n\t\t\t;;\n");
	}
	fprintf(out, "\t\tesac\n\tfi\n");
}

static void print_function(const struct opt_program *program, const struct opt *rows, FILE *out)
{
	print_name(program, out);
	fprintf(out, "() {\n");
	print_commands(program, out);
	fprintf(out, "\tlocal cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]}\n");
	/* bash splits --option=value into three words. */
	fprintf(out, "\tif [[ $cur == = ]]; then\n\t\tcur=\n"
		     "\telif [[ $prev == = ]]; then\n\t\tprev=${COMP_WORDS[COMP_CWORD-2]}\n\tfi\n"
		     "\tCOMPREPLY=()\n\tcase $prev in\n");
	for (const struct opt *opt = rows; opt->name; opt++)
		if (!opt->hidden && opt_takes_value(opt))
			print_arm(opt, out);
	fprintf(out, "\t*) ;;\n\tesac\n");
	print_arguments(program, out);
	fprintf(out, "\t[[ $cur == -* ]] || return\n\tmapfile -t COMPREPLY < <(compgen -W '");
	for (const struct opt *opt = rows; opt->name; opt++)
		if (!opt->hidden)
			fprintf(out, "--%s ", opt->name);
	fprintf(out, "--help --version' -- \"$cur\")\n}\n");
}

static int print_program(const struct opt_program *program, FILE *out)
{
	struct opt *rows = opt_rows(program->opts);

	if (!rows)
		return -1;
	print_function(program, rows, out);
	free(rows);
	for (const struct opt_program *const *c = program->commands; c && *c; c++)
		if (print_program(*c, out))
			return -1;
	return 0;
}

void opt_complete_bash(const struct opt_program *program, FILE *out)
{
	fprintf(out, "# bash completion for %s\n", program->name);
	if (print_program(program, out))
		return;
	fprintf(out, "complete -F ");
	print_name(program, out);
	fprintf(out, " %s\n", program->name);
}
