// SPDX-License-Identifier: GPL-2.0-only
/*
 * The command line of seatrace, a word per line: its own main() with its own tables; what comes behind
 * is here. Either the config is within its bounds and something is run, or there is one line and exit 2,
 * or what was asked for is printed.
 */
int seatrace_main(int argc, char **argv);
#define main seatrace_main
#include "user/seatrace.c"
#undef main

#include "tests/fuzz/fuzz.h"

#define WORDS_MAX 64

static int ran;

/* --- instead of watch.c, check.c and replay.c -------------------------------------------------- */

int check(const struct watch_config *config)
{
	(void)config;
	ran++;
	return 0;
}

int watch_open(struct watch **out, const struct watch_config *config)
{
	*out = NULL;
	ran++;
	FUZZ_CHECK(config->attach.ring_bytes >= 1 << 20 && config->attach.ring_bytes <= 1 << 30);
	FUZZ_CHECK(!(config->attach.ring_bytes & (config->attach.ring_bytes - 1)));
	FUZZ_CHECK(!config->attach.aborts || !config->attach.no_abort_hook);
	FUZZ_CHECK(config->timeout_ns >= UTIL_NS_PER_MS);
	FUZZ_CHECK(!config->outputs.output || *config->outputs.output);
	FUZZ_CHECK(!config->exec || *config->exec);
	FUZZ_CHECK(!config->drop_type || config->drop_nth);
	return 0;
}

int watch_run(struct watch *w)
{
	(void)w;
	return 0;
}

int watch_finish(struct watch *w)
{
	(void)w;
	return 0;
}

void watch_free(struct watch *w)
{
	(void)w;
}

int replay(const struct replay_config *config)
{
	ran++;
	FUZZ_CHECK(config->path);
	FUZZ_CHECK(!config->outputs.output || *config->outputs.output);
	return 0;
}

/* --- the run ---------------------------------------------------------------------------------- */

/* Ends the words in `text` where lines end. Returns how many; the first is the program's name. */
static int split(char *text, char *argv[WORDS_MAX + 1])
{
	int argc = 0;

	argv[argc++] = (char *)"seatrace";
	for (char *word; argc < WORDS_MAX && (word = strsep(&text, "\n"));)
		argv[argc++] = word;
	argv[argc] = NULL;
	return argc;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input in = {data, data + size};
	char *text = fuzz_text(&in, size), *argv[WORDS_MAX + 1];
	int argc = split(text, argv), exit_code;
	struct fuzz_said said;

	ran = 0;
	fuzz_catch(&said);
	exit_code = seatrace_main(argc, argv);
	fuzz_caught(&said);
	FUZZ_CHECK(exit_code == EXIT_DONE || exit_code == EXIT_USAGE, "%d: %s", exit_code,
		   said.err);
	FUZZ_CHECK(ran <= (exit_code == EXIT_DONE));
	FUZZ_CHECK(ran || exit_code || said.out_len, "nothing was done");
	fuzz_check_error(&said, exit_code);
	fuzz_drop(&said);
	free(text);
	return 0;
}
