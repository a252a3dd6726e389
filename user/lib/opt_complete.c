/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Shell completion out of the table of options (opt.h).
 */
#include "lib/opt.h"

#include "lib/opt_rows.h"
#include "lib/opt_value.h"

#include <stdlib.h>

/* The case arm of an option with a value: its words, or nothing (then bash offers files). */
static void print_arm(const struct opt *opt, FILE *out)
{
	fprintf(out, "\t");
	if (opt->key)
		fprintf(out, "-%c | ", opt->key);
	fprintf(out, "--%s)\n", opt->name);
	if (opt->kind == OPT_ENUM) {
		fprintf(out, "\t\tmapfile -t COMPREPLY < <(compgen -W '");
		for (unsigned i = 0; opt->words[i]; i++)
			fprintf(out, "%s%s", i ? " " : "", opt->words[i]);
		fprintf(out, "' -- \"$cur\")\n");
	}
	fprintf(out, "\t\treturn\n\t\t;;\n");
}

void opt_complete_bash(const struct opt_program *program, FILE *out)
{
	struct opt *rows = opt_rows(program->opts);
	const char *name = program->name;

	if (!rows)
		return;
	fprintf(out, "# bash completion for %s\n_%s() {\n", name, name);
	fprintf(out, "\tlocal cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]}\n");
	/* bash splits --option=value into three words. */
	fprintf(out, "\tif [[ $cur == = ]]; then\n\t\tcur=\n"
		     "\telif [[ $prev == = ]]; then\n\t\tprev=${COMP_WORDS[COMP_CWORD-2]}\n\tfi\n"
		     "\tCOMPREPLY=()\n\tcase $prev in\n");
	for (const struct opt *opt = rows; opt->name; opt++)
		if (!opt->hidden && opt_takes_value(opt))
			print_arm(opt, out);
	fprintf(out, "\t*) ;;\n\tesac\n\t[[ $cur == -* ]] || return\n"
		     "\tmapfile -t COMPREPLY < <(compgen -W '");
	for (const struct opt *opt = rows; opt->name; opt++)
		if (!opt->hidden)
			fprintf(out, "--%s ", opt->name);
	fprintf(out, "--help --version' -- \"$cur\")\n}\n");
	fprintf(out, "complete -o default -F _%s %s\n", name, name);
	free(rows);
}
