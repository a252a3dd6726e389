/* SPDX-License-Identifier: GPL-2.0-only */
/* lib/opt: every kind, every error as one line with exit code 2, help, version, completion. */
#include "tests/unit/tree.h"

#include "lib/opt.h"
#include "lib/util.h"

struct config {
	bool json;
	int verbose;
	uint64_t ring;
	uint64_t any;
	uint64_t duration;
	struct where {
		bool pretty;
		const char *output;
	} where;
	int colour;
	uint64_t interval;
	const char *rest[2];
	unsigned rest_count;
};

static const char *const colours[] = {"auto", "always", "never", NULL};

static const struct opt where[] = {
	{.name = "output",
	 .key = 'o',
	 .kind = OPT_FILE,
	 .offset = offsetof(struct where, output),
	 .arg = "FILE",
	 .help = "Write to FILE"},
	{.name = NULL},
};

static const struct opt opts[] = {
	{.name = "json",
	 .key = 'j',
	 .kind = OPT_FLAG,
	 .offset = offsetof(struct config, json),
	 .help = "Print JSON Lines"},
	{.name = "verbose",
	 .key = 'v',
	 .kind = OPT_COUNT,
	 .offset = offsetof(struct config, verbose),
	 .help = "Say more"},
	{.name = "ring-size",
	 .kind = OPT_U64,
	 .offset = offsetof(struct config, ring),
	 .arg = "MIB",
	 .min = 1,
	 .max = 1024,
	 .help = "Size of the ring"},
	{.name = "any",
	 .kind = OPT_U64,
	 .offset = offsetof(struct config, any),
	 .min = 5,
	 .help = "A number"},
	{.name = "anything", .kind = OPT_FLAG, .offset = offsetof(struct config, json)},
	{.name = "duration",
	 .key = 'd',
	 .kind = OPT_DURATION,
	 .offset = offsetof(struct config, duration),
	 .min = UTIL_NS_PER_MS,
	 .max = 3600 * UTIL_NS_PER_S,
	 .help = "Stop after so long"},
	{.rows = where, .offset = offsetof(struct config, where)},
	{.name = "colour",
	 .kind = OPT_ENUM,
	 .offset = offsetof(struct config, colour),
	 .words = colours,
	 .help = "When to use colour"},
	{.name = "drop-mark",
	 .kind = OPT_STRING,
	 .offset = offsetof(struct config, where.output),
	 .hidden = true},
	{.name = NULL},
};

static int take_argument(void *config, unsigned index, const char *text, char *err, size_t errlen)
{
	struct config *c = config;

	if (index == 0 && util_parse_duration(text, &c->interval)) {
		snprintf(err, errlen, "'%s' is no interval", text);
		return -1;
	}
	assert_int_equal(index, c->rest_count);
	c->rest[c->rest_count++] = text;
	return 0;
}

static const struct opt_program tool = {
	.name = "tool",
	.summary = "Does things to nobody in particular.",
	.args_doc = "[INTERVAL [COUNT]]",
	.examples = "Examples:\n  tool -d 10      for ten seconds\n  tool --json 2   each 2 s",
	.opts = opts,
	.arg = take_argument,
	.max_args = 2,
};

/* Runs opt_parse over up to seven words; *err and *out are to be freed. */
struct run {
	struct config config;
	int answer;
	char *out, *err;
};

static void run_words(struct run *run, const struct opt_program *program, const char *const *words)
{
	char *argv[10] = {(char *)"tool"};
	struct capture out, err;
	int argc = 1;

	for (; *words; words++)
		argv[argc++] = (char *)*words;
	memset(run, 0, sizeof(*run));
	run->config.ring = 16;
	capture_start(&out, STDOUT_FILENO);
	capture_start(&err, STDERR_FILENO);
	run->answer = opt_parse(program, argc, argv, &run->config);
	run->err = capture_end(&err);
	run->out = capture_end(&out);
}

#define RUN(run, ...) run_words(run, &tool, (const char *const[]){__VA_ARGS__, NULL})

static void drop(struct run *run)
{
	free(run->out);
	free(run->err);
}

/* Parses and says nothing. */
#define ACCEPT(run, ...)                             \
	do {                                         \
		RUN(run, __VA_ARGS__);               \
		assert_string_equal((run)->err, ""); \
		assert_string_equal((run)->out, ""); \
		assert_int_equal((run)->answer, 0);  \
		drop(run);                           \
	} while (0)

/* One line on stderr, nothing on stdout, exit code 2. */
#define REFUSE(line, ...)                                 \
	do {                                              \
		struct run r_;                            \
                                                          \
		RUN(&r_, __VA_ARGS__);                    \
		assert_string_equal(r_.err, line "\n");   \
		assert_string_equal(r_.out, "");          \
		assert_int_equal(r_.answer, EXIT_USAGE);  \
		assert_int_equal(opt_exit(r_.answer), 2); \
		drop(&r_);                                \
	} while (0)

static void kinds(void **state)
{
	struct run run;

	(void)state;
	run_words(&run, &tool, (const char *const[]){NULL});
	assert_int_equal(run.answer, 0);
	assert_int_equal(run.config.ring, 16); /* not given: as it was */
	drop(&run);

	ACCEPT(&run, "-jvv", "--ring-size=0x10", "-d", "1.5s", "-oout.txt", "--colour", "never");
	assert_true(run.config.json);
	assert_int_equal(run.config.verbose, 2);
	assert_int_equal(run.config.ring, 16);
	assert_int_equal(run.config.duration, 1500 * UTIL_NS_PER_MS);
	assert_string_equal(run.config.where.output, "out.txt");
	assert_int_equal(run.config.colour, 2);

	ACCEPT(&run, "--ring-size", "1", "--ring-size", "1024", "--verb", "--any", "99999999999");
	assert_int_equal(run.config.ring, 1024); /* the last holds; a prefix will do */
	assert_int_equal(run.config.verbose, 1);
	assert_int_equal(run.config.any, 99999999999ULL);
	ACCEPT(&run, "--drop-mark", "unmap");
	assert_string_equal(run.config.where.output, "unmap");
}

static void arguments(void **state)
{
	struct run run;

	(void)state;
	ACCEPT(&run, "2", "-j", "5");
	assert_int_equal(run.config.interval, 2 * UTIL_NS_PER_S);
	assert_string_equal(run.config.rest[1], "5");
	assert_true(run.config.json);
	ACCEPT(&run, "--", "2", "-j");
	assert_string_equal(run.config.rest[1], "-j");
	assert_false(run.config.json);
	ACCEPT(&run, "1", "--", "--json");
	assert_string_equal(run.config.rest[1], "--json");
	REFUSE("tool: unexpected argument 'c'; try 'tool --help'", "1", "b", "c");
	REFUSE("tool: 'x' is no interval", "x");
}

static void no_arguments_taken(void **state)
{
	struct opt_program none = tool;
	struct run run;

	(void)state;
	none.arg = NULL;
	none.max_args = 0;
	run_words(&run, &none, (const char *const[]){"-j", "x", NULL});
	assert_string_equal(run.err, "tool: unexpected argument 'x'; try 'tool --help'\n");
	assert_int_equal(run.answer, EXIT_USAGE);
	drop(&run);
}

static void bad_values(void **state)
{
	(void)state;
	REFUSE("tool: --ring-size: '7x' is not a number between 1 and 1024", "--ring-size", "7x");
	REFUSE("tool: --ring-size: '0' is not a number between 1 and 1024", "--ring-size=0");
	REFUSE("tool: --ring-size: '' is not a number between 1 and 1024", "--ring-size=");
	REFUSE("tool: --any: '4' is not a number of at least 5", "--any", "4");
	REFUSE("tool: --duration: '7x' is not a duration like 10, 1.5s, 250ms or 2m", "-d7x");
	REFUSE("tool: --duration: '1us' is not between 1.00 ms and 3600 s", "-d", "1us");
	REFUSE("tool: --duration: '2h' is not between 1.00 ms and 3600 s", "-d", "2h");
	REFUSE("tool: --duration: '999999999h' is not between 1.00 ms and 3600 s", "-d",
	       "999999999h");
	REFUSE("tool: --colour: 'red' is none of: auto, always, never", "--colour=red");
	REFUSE("tool: --output: an empty value", "-o", "");
	REFUSE("tool: --colour: 'a?b' is none of: auto, always, never", "--colour", "a\nb");
}

static void bad_options(void **state)
{
	(void)state;
	REFUSE("tool: unknown option '--jsonx'; try 'tool --help'", "--jsonx");
	REFUSE("tool: unknown option '--nope'; try 'tool --help'", "--nope=3");
	REFUSE("tool: unknown option '-x'; try 'tool --help'", "-x");
	REFUSE("tool: unknown option '-x'; try 'tool --help'", "-jvx");
	REFUSE("tool: unknown option '-x'; try 'tool --help'", "-j", "1", "-vx", "2");
	REFUSE("tool: option '--ver' could be several; try 'tool --help'", "--ver");
	REFUSE("tool: --ring-size: needs a value", "--ring-size");
	REFUSE("tool: --ring-size: needs a value", "-j", "1", "--ring");
	REFUSE("tool: --any: needs a value", "--any"); /* not --anything */
	REFUSE("tool: --duration: needs a value", "-d");
	REFUSE("tool: --duration: needs a value", "-jd");
	REFUSE("tool: --json: takes no value", "--json=1");
	REFUSE("tool: --help: takes no value", "-v", "--help=x");
	REFUSE("tool: --completion: 'zsh' is none of: bash", "--completion=zsh");
}

static void help(void **state)
{
	struct run run;
	size_t column = 0;

	(void)state;
	RUN(&run, "--help");
	assert_int_equal(run.answer, OPT_STOP);
	assert_int_equal(opt_exit(run.answer), 0);
	assert_string_equal(run.err, "");
	assert_memory_equal(run.out, "Usage: tool [OPTION...] [INTERVAL [COUNT]]\n", 43);
	assert_non_null(strstr(run.out, "\nDoes things to nobody in particular.\n"));
	assert_non_null(strstr(run.out, "  -d, --duration=TIME "));
	assert_non_null(strstr(run.out, "  -o, --output=FILE "));
	assert_non_null(strstr(run.out, "      --ring-size=MIB "));
	assert_non_null(strstr(run.out, "      --any=N "));
	assert_non_null(strstr(run.out, "--colour=auto|always|never"));
	assert_non_null(strstr(run.out, "  -h, --help  "));
	assert_non_null(strstr(run.out, "  -V, --version  "));
	assert_null(strstr(run.out, "drop-mark"));
	assert_null(strstr(run.out, "completion"));
	assert_null(strstr(run.out, "Mandatory"));
	/* The table's order, not the alphabet's. */
	assert_true(strstr(run.out, "--verbose") < strstr(run.out, "--any"));
	assert_non_null(strstr(run.out, "\nExamples:\n  tool -d 10      for ten seconds\n"
					"  tool --json 2   each 2 s\n"));
	for (const char *c = run.out; *c; c++) {
		column = *c == '\n' ? 0 : column + 1;
		assert_in_range(column, 0, 79);
	}
	drop(&run);
	RUN(&run, "-h", "--nope");
	assert_int_equal(run.answer, OPT_STOP);
	drop(&run);
}

static void version(void **state)
{
	struct run run;

	(void)state;
	RUN(&run, "-V");
	assert_int_equal(run.answer, OPT_STOP);
	assert_string_equal(run.out, "tool " SEA_VERSION "\n");
	drop(&run);
}

/* Nobody could read the help: that is not success. */
static void help_to_full_disk(void **state)
{
	char *argv[] = {(char *)"tool", (char *)"--help", NULL};
	struct config config = {0};
	struct capture out, err;
	int answer, full;
	char *text;

	(void)state;
	full = open("/dev/full", O_WRONLY);
	assert_return_code(full, errno);
	capture_start(&out, STDOUT_FILENO);
	capture_start(&err, STDERR_FILENO);
	dup2(full, STDOUT_FILENO);
	answer = opt_parse(&tool, 2, argv, &config);
	text = capture_end(&err);
	free(capture_end(&out));
	clearerr(stdout);
	close(full);
	assert_int_equal(answer, EXIT_ENVIRONMENT);
	assert_string_equal(text, "tool: stdout: ENOSPC (No space left on device)\n");
	free(text);
}

/* What bash itself offers for a line of words, the last one being typed. */
static void assert_completes(const char *script, const char *words, const char *want)
{
	char command[512], got[512] = "";
	FILE *bash;
	size_t n;

	snprintf(command, sizeof(command),
		 "bash -c '. %s; COMP_WORDS=(%s \"\"); COMP_CWORD=$((${#COMP_WORDS[@]} - 2)); "
		 "_tool; echo \"${COMPREPLY[*]}\"'",
		 script, words);
	bash = popen(command, "r");
	assert_non_null(bash);
	n = fread(got, 1, sizeof(got) - 1, bash);
	got[n] = '\0';
	assert_int_equal(pclose(bash), 0);
	if (strncmp(got, want, strlen(want)) || strcmp(got + strlen(want), "\n"))
		fail_msg("'%s' completes to '%s'", words, got);
}

static void completion(void **state)
{
	char root[32], script[64];
	struct run run;

	(void)state;
	RUN(&run, "--completion", "bash");
	assert_int_equal(run.answer, OPT_STOP);
	tree_make(root);
	tree_write(root, run.out, strlen(run.out), "script");
	snprintf(script, sizeof(script), "%s/script", root);
	assert_completes(script, "tool --ver", "--verbose --version");
	assert_completes(script, "tool -j --col", "--colour");
	assert_completes(script, "tool --colour a", "auto always");
	assert_completes(script, "tool --colour = n", "never"); /* as bash splits --colour=n */
	assert_completes(script, "tool --colour =", "auto always never");
	assert_completes(script, "tool --d", "--duration"); /* hidden ones stay hidden */
	assert_completes(script, "tool -o Makef", "Makefile");
	assert_completes(script, "tool --output = Makef", "Makefile");
	assert_completes(script, "tool --ring-size M", ""); /* a number is no file */
	assert_completes(script, "tool x", "");
	tree_remove(root);
	drop(&run);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(kinds),
		cmocka_unit_test(arguments),
		cmocka_unit_test(no_arguments_taken),
		cmocka_unit_test(bad_values),
		cmocka_unit_test(bad_options),
		cmocka_unit_test(help),
		cmocka_unit_test(version),
		cmocka_unit_test(help_to_full_disk),
		cmocka_unit_test(completion),
	};

	return cmocka_run_group_tests_name("opt", tests, NULL, NULL);
}
