/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Options as a table, bound by offsetof() into the tool's own config struct. Parsing, --help,
 * --version and shell completion all come from that table.
 * Layer: lib. Must not know: any tool's options, or what a value means to it.
 *
 * Every program gets -h/--help, -V/--version and a hidden `--completion bash`.
 */
#ifndef LIB_OPT_H
#define LIB_OPT_H

#include "lib/exit.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* The C type at `offset` stands behind each kind. */
enum opt_kind {
	OPT_FLAG,     /* bool: becomes true */
	OPT_COUNT,    /* int: incremented; -v -v, -vv */
	OPT_U64,      /* uint64_t: min..max, decimal or 0x */
	OPT_DURATION, /* uint64_t nanoseconds: min..max in nanoseconds (util_parse_duration) */
	OPT_STRING,   /* const char *: borrowed from argv; "" is refused */
	OPT_FILE,     /* as OPT_STRING; completion offers files */
	OPT_ENUM,     /* int: index into words */
	OPT_LIST,     /* struct opt_list: each time it is given adds one */
};

#define OPT_LIST_MAX 16

struct opt_list {
	const char *items[OPT_LIST_MAX]; /* borrowed from argv; "" is refused */
	unsigned n;
};

/*
 * One option, or with `rows` all of another table. What was not given keeps the value that the config
 * had before opt_parse; given twice, the last holds, but of a LIST. A table ends with a row that is neither.
 */
struct opt {
	const char *name; /* long name without dashes */
	int key;          /* short option's character; 0: none */
	const char *arg;  /* what --help calls the value: "SECONDS"; NULL: the kind's own word */
	const char *help;
	enum opt_kind kind;
	size_t offset;            /* into the config; of a row in `rows`, into that struct */
	uint64_t min, max;        /* U64 and DURATION; max 0: no upper limit */
	const char *const *words; /* ENUM: NULL-terminated */
	bool hidden;              /* not in --help nor in completion */
	const struct opt *rows;   /* another table, bound into the struct at `offset` */
};

struct opt_program {
	const char *name;     /* "seatrace" */
	const char *summary;  /* one paragraph above the options */
	const char *args_doc; /* "[INTERVAL [COUNT]]"; NULL: none */
	const char *examples; /* below the options, as it stands; keep it under 80 columns */
	const struct opt *opts;
	/*
	 * Takes positional argument `index` (from 0). 0: taken; else it has written one line
	 * without newline to err. May be NULL when max_args is 0.
	 */
	int (*arg)(void *config, unsigned index, const char *text, char *err, size_t errlen);
	unsigned max_args;
	/* For completion: arguments are files; the first word may name one of these programs. */
	bool files;
	const struct opt_program *const *commands; /* NULL-terminated; NULL: none */
};

/* opt_parse() has printed all that was asked for (help, version, completion): exit 0. */
#define OPT_STOP 256

/*
 * Parses argv into config. 0: go on. OPT_STOP: see above. EXIT_USAGE: after one line on stderr
 * ("seatrace: --ring-size: '7x' is not a number between 1 and 1024"). EXIT_ENVIRONMENT: no memory,
 * or stdout could not take what was asked for. Calls log_setup(name, 0).
 * argv is neither changed nor reordered; its strings have to outlive config.
 */
int opt_parse(const struct opt_program *program, int argc, char **argv, void *config);

/* What main() exits with when opt_parse() answered something other than 0. */
static inline int opt_exit(int answer)
{
	return answer == OPT_STOP ? EXIT_DONE : answer;
}

/* bash completion for the program: options, their words and files, commands. */
void opt_complete_bash(const struct opt_program *program, FILE *out);

#endif
