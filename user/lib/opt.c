/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Options out of a table, through argp (opt.h). Must not know any tool's options.
 *
 * argp on its own writes several lines about an error and exits. Here it is silent and never exits:
 * what it refuses is explained by explain(), which looks at the word at which argp stopped.
 */
#include "lib/opt.h"

#include "lib/log.h"
#include "lib/opt_rows.h"
#include "lib/opt_value.h"
#include "lib/util.h"

#include <argp.h>
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

/* argp's keys of options without a short character: beyond every character. */
#define KEY_LONG 0x1000

/* What every program has, behind its own rows. */
enum builtin { BUILTIN_HELP, BUILTIN_VERSION, BUILTIN_COMPLETION, BUILTIN_COUNT };
static const struct opt builtins[BUILTIN_COUNT] = {
	[BUILTIN_HELP] = {.name = "help", .key = 'h', .help = "show this help"},
	[BUILTIN_VERSION] = {.name = "version", .key = 'V', .help = "show the version"},
	[BUILTIN_COMPLETION] = {.name = "completion", .kind = OPT_STRING, .hidden = true},
};

struct parse {
	const struct opt_program *program;
	struct opt *rows; /* of the program itself */
	unsigned own;     /* how many */
	void *config;
	struct argp argp;
	struct argp_option *options;
	char **arg_names; /* one per option, malloc'd or NULL */
	char *doc;
	int next;   /* index in argv behind what has been accepted */
	int answer; /* of opt_parse(), once decided */
};

/* --- the table -------------------------------------------------------------------------------- */

static unsigned count_rows(const struct opt *opts)
{
	unsigned n = 0;

	while (opts[n].name)
		n++;
	return n;
}

static unsigned row_count(const struct parse *p)
{
	return p->own + BUILTIN_COUNT;
}

static const struct opt *row_at(const struct parse *p, unsigned i)
{
	return i < p->own ? &p->rows[i] : &builtins[i - p->own];
}

static int find_key(const struct parse *p, int key)
{
	for (unsigned i = 0; i < row_count(p); i++)
		if (row_at(p, i)->key == key || key == KEY_LONG + (int)i)
			return i;
	return -1;
}

__attribute__((format(printf, 2, 3))) static int refuse(struct parse *p, const char *fmt, ...)
{
	char line[512];
	va_list args;

	va_start(args, fmt);
	vsnprintf(line, sizeof(line), fmt, args);
	va_end(args);
	log_error("%s", line);
	p->answer = EXIT_USAGE;
	return EINVAL;
}

/* --- help, version, completion ---------------------------------------------------------------- */

/* What was asked for has been written to stdout, unless that is full or closed. */
static int stop(struct parse *p)
{
	errno = 0;
	if (fflush(stdout) || ferror(stdout)) {
		int err = errno ? errno : EIO;

		log_error("stdout: %s (%s)", util_errno(err), strerror(err));
		p->answer = EXIT_ENVIRONMENT;
	} else {
		p->answer = OPT_STOP;
	}
	return ECANCELED;
}

static void print_help(struct parse *p, struct argp_state *state)
{
	/* argp_help() would ignore filter_help; this one is mute as long as errors are. */
	state->flags &= ~ARGP_NO_ERRS;
	state->name = (char *)p->program->name;
	argp_state_help(state, stdout,
			ARGP_HELP_SHORT_USAGE | ARGP_HELP_PRE_DOC | ARGP_HELP_LONG |
				ARGP_HELP_POST_DOC);
}

static int take_builtin(struct parse *p, enum builtin which, const char *text,
			struct argp_state *state)
{
	switch (which) {
	case BUILTIN_HELP:
		print_help(p, state);
		break;
	case BUILTIN_VERSION:
		printf("%s %s\n", p->program->name, SEA_VERSION);
		break;
	default:
		if (strcmp(text, "bash"))
			return refuse(p, "--completion: '%s' is none of: bash", text);
		opt_complete_bash(p->program, stdout);
	}
	return stop(p);
}

/* --- argp ------------------------------------------------------------------------------------- */

static int take_argument(struct parse *p, unsigned index, const char *text)
{
	char err[256] = "";

	if (index >= p->program->max_args)
		return refuse(p, "unexpected argument '%s'; try '%s --help'", text,
			      p->program->name);
	if (p->program->arg(p->config, index, text, err, sizeof(err)))
		return refuse(p, "%s", err);
	return 0;
}

static error_t parse_one(int key, char *arg, struct argp_state *state)
{
	struct parse *p = state->input;
	char err[512];
	int row;

	if (key == ARGP_KEY_ARG) {
		p->next = state->next;
		return take_argument(p, state->arg_num, arg);
	}
	row = find_key(p, key);
	if (row < 0)
		return ARGP_ERR_UNKNOWN;
	p->next = state->next;
	if ((unsigned)row >= p->own)
		return take_builtin(p, row - p->own, arg, state);
	if (opt_take(row_at(p, row), arg, p->config, err, sizeof(err)))
		return refuse(p, "%s", err);
	return 0;
}

static int explain_long(struct parse *p, const char *word)
{
	size_t len = strcspn(word + 2, "=");
	const struct opt *found = NULL;
	unsigned matches = 0;

	for (unsigned i = 0; i < row_count(p); i++) {
		const struct opt *opt = row_at(p, i);

		if (strncmp(opt->name, word + 2, len))
			continue;
		found = opt;
		matches++;
		if (!opt->name[len]) {
			matches = 1;
			break;
		}
	}
	if (!matches)
		return refuse(p, "unknown option '%.*s'; try '%s --help'", (int)len + 2, word,
			      p->program->name);
	if (matches > 1)
		return refuse(p, "option '%.*s' could be several; try '%s --help'", (int)len + 2,
			      word, p->program->name);
	if (opt_takes_value(found))
		return refuse(p, "--%s: needs a value", found->name);
	return refuse(p, "--%s: takes no value", found->name);
}

/* The first character of -xyz that is no option, or whose value is missing. */
static int explain_short(struct parse *p, const char *word)
{
	for (const char *c = word + 1; *c; c++) {
		int row = find_key(p, (unsigned char)*c);

		if (row < 0)
			return refuse(p, "unknown option '-%c'; try '%s --help'", *c,
				      p->program->name);
		if (opt_takes_value(row_at(p, row)))
			return refuse(p, "--%s: needs a value", row_at(p, row)->name);
	}
	return refuse(p, "'%s': not understood; try '%s --help'", word, p->program->name);
}

/* getopt refused the word behind the last one accepted; why, only the table can tell. */
static void explain(struct parse *p, const char *word)
{
	if (!strncmp(word, "--", 2))
		explain_long(p, word);
	else
		explain_short(p, word);
}

/* Drops argp's remark on mandatory arguments of long and short options. */
static char *filter_help(int key, const char *text, void *input)
{
	(void)input;
	return key == ARGP_KEY_HELP_DUP_ARGS_NOTE ? NULL : (char *)text;
}

static const char *default_arg(const struct opt *opt)
{
	switch (opt->kind) {
	case OPT_U64:
		return "N";
	case OPT_DURATION:
		return "TIME";
	default:
		return "TEXT";
	}
}

/* One row for argp. Every row its own group: argp then keeps the table's order. */
static int fill_option(struct parse *p, unsigned i)
{
	const struct opt *opt = row_at(p, i);
	struct argp_option *to = &p->options[i];

	to->name = opt->name;
	to->key = opt->key ? opt->key : KEY_LONG + (int)i;
	to->flags = opt->hidden ? OPTION_HIDDEN : 0;
	to->doc = opt->help;
	to->group = i + 1;
	if (!opt_takes_value(opt))
		return 0;
	if (opt->arg)
		p->arg_names[i] = strdup(opt->arg);
	else if (opt->kind == OPT_ENUM)
		p->arg_names[i] = opt_join_words(opt->words, "|");
	else
		p->arg_names[i] = strdup(default_arg(opt));
	to->arg = p->arg_names[i];
	return to->arg ? 0 : -ENOMEM;
}

static int prepare(struct parse *p)
{
	const struct opt_program *program = p->program;

	p->rows = opt_rows(program->opts);
	if (!p->rows)
		return -ENOMEM;
	p->own = count_rows(p->rows);
	p->options = calloc(row_count(p) + 1, sizeof(*p->options));
	p->arg_names = calloc(row_count(p), sizeof(*p->arg_names));
	if (!p->options || !p->arg_names)
		return -ENOMEM;
	for (unsigned i = 0; i < row_count(p); i++)
		if (fill_option(p, i))
			return -ENOMEM;
	if (asprintf(&p->doc, "%s\v%s", program->summary ? program->summary : "",
		     program->examples ? program->examples : "") < 0) {
		p->doc = NULL;
		return -ENOMEM;
	}
	p->argp = (struct argp){
		.options = p->options,
		.parser = parse_one,
		.args_doc = program->args_doc,
		.doc = p->doc,
		.help_filter = filter_help,
	};
	return 0;
}

static void release(struct parse *p)
{
	for (unsigned i = 0; p->arg_names && i < row_count(p); i++)
		free(p->arg_names[i]);
	free(p->arg_names);
	free(p->options);
	free(p->rows);
	free(p->doc);
}

int opt_parse(const struct opt_program *program, int argc, char **argv, void *config)
{
	/* In order: getopt then does not sort argv, and positional arguments come as they stand. */
	const unsigned flags = ARGP_NO_EXIT | ARGP_NO_ERRS | ARGP_NO_HELP | ARGP_IN_ORDER;
	struct parse p = {.program = program, .config = config, .next = 1};
	int err;

	log_setup(program->name, 0);
	err = prepare(&p);
	if (!err)
		err = argp_parse(&p.argp, argc, argv, flags, NULL, &p);
	if (err == EINVAL && !p.answer && p.next < argc)
		explain(&p, argv[p.next]);
	if (err && !p.answer) {
		log_error("options: %s (%s)", util_errno(err), strerror(abs(err)));
		p.answer = EXIT_ENVIRONMENT;
	}
	release(&p);
	return p.answer;
}
