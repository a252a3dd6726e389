// SPDX-License-Identifier: GPL-2.0-only
/*
 * seatrace: watches memory errors under the VMs of this host. Here are its options.
 * Must not: know how it is done (watch.c).
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/exit.h"
#include "lib/log.h"
#include "lib/opt.h"
#include "lib/util.h"
#include "trace/mark.h"
#include "watch.h"

struct config {
	struct watch_config watch;
	const char *drop_mark;
	int verbose;
};

static const struct opt options[] = {
	{ "json", 'j', NULL, "print JSON Lines instead of text", OPT_FLAG, offsetof(struct config, watch.json), 0, 0,
	  NULL, false },
	{ "timeline", 't', NULL, "show each incident's marks and spans", OPT_FLAG,
	  offsetof(struct config, watch.timeline), 0, 0, NULL, false },
	{ "duration", 'd', "SECONDS", "stop after this time", OPT_DURATION,
	  offsetof(struct config, watch.duration_ns), 1, 0, NULL, false },
	{ "output", 'o', "FILE", "write JSON Lines to FILE as well", OPT_STRING, offsetof(struct config, watch.output), 0,
	  0, NULL, false },
	{ "timeout", 0, "SECONDS", "close an incident this long after its last mark (10)",
	  OPT_DURATION, offsetof(struct config, watch.timeout_ns), UTIL_NS_PER_MS, 0, NULL, false },
	{ "ring-size", 0, "MIB", "ring buffer, a power of two (4)", OPT_U64,
	  offsetof(struct config, watch.ring_mib), 1, 1024, NULL, false },
	{ "marks", 'm', NULL, "print every mark too", OPT_FLAG, offsetof(struct config, watch.marks), 0,
	  0, NULL, false },
	{ "strict", 0, NULL, "exit 1 when marks were lost", OPT_FLAG,
	  offsetof(struct config, watch.strict), 0, 0, NULL, false },
	{ "quiet", 'q', NULL, "no tables, incidents only", OPT_FLAG,
	  offsetof(struct config, watch.quiet), 0, 0, NULL, false },
	{ "verbose", 'v', NULL, "say more; -vv adds libbpf's words", OPT_COUNT,
	  offsetof(struct config, verbose), 0, 0, NULL, false },
	{ "drop-mark", 0, "NAME[:N]", "for tests: lose the Nth mark of a type", OPT_STRING,
	  offsetof(struct config, drop_mark), 0, 0, NULL, true },
	{ 0 },
};

static int take_argument(void *config, unsigned index, const char *text, char *err, size_t errlen)
{
	struct config *c = config;

	if (index == 0 && (util_parse_duration(text, &c->watch.interval_ns) || !c->watch.interval_ns)) {
		snprintf(err, errlen, "INTERVAL: '%s' is not a time like 1 or 500ms", text);
		return -EINVAL;
	}
	if (index == 1 && util_parse_u64(text, 1, UINT32_MAX, &c->watch.count)) {
		snprintf(err, errlen, "COUNT: '%s' is not a number of tables", text);
		return -EINVAL;
	}
	return 0;
}

static const struct opt_program program = {
	.name = "seatrace",
	.summary = "Watches what happens to memory errors under the virtual machines of this "
		   "arm64 KVM host: who is hit, what the kernel, the VMM and the guest do about "
		   "it, and how long each step takes.",
	.args_doc = "[INTERVAL [COUNT]]",
	.examples = "Examples:\n"
		    "  seatrace                 a line per incident, a table when something changed\n"
		    "  seatrace 5               a table every five seconds\n"
		    "  seatrace -t -d 60        one minute, with the time line of each incident\n"
		    "  seatrace -o sea.jsonl    text here, incidents and summary as JSON there\n"
		    "  seatrace -j | jq .       JSON Lines only\n",
	.opts = options,
	.arg = take_argument,
	.max_args = 2,
};

/* "abort" or "abort:3" */
static int parse_drop_mark(const char *what, struct watch_config *watch)
{
	const char *colon = strchrnul(what, ':');
	char *name = strndup(what, colon - what);

	watch->drop_type = name ? mark_id(name) : 0;
	watch->drop_nth = 1;
	free(name);
	if (watch->drop_type &&
	    (!*colon || !util_parse_u64(colon + 1, 1, UINT64_MAX, &watch->drop_nth)))
		return 0;
	log_error("--drop-mark: '%s' is not a mark's name, or NAME:N", what);
	return EXIT_USAGE;
}

static int check_config(struct config *config)
{
	uint64_t mib = config->watch.ring_mib;

	if (mib & (mib - 1)) {
		log_error("--ring-size: %llu is not a power of two; try 4 or 8",
			  (unsigned long long)mib);
		return EXIT_USAGE;
	}
	return config->drop_mark ? parse_drop_mark(config->drop_mark, &config->watch) : 0;
}

int main(int argc, char **argv)
{
	struct config config = { .watch = { .timeout_ns = 10 * UTIL_NS_PER_S, .ring_mib = 4 } };
	struct watch *watch = NULL;
	int exit_code = opt_parse(&program, argc, argv, &config);

	if (exit_code)
		return opt_exit(exit_code);
	log_setup(program.name, config.verbose);
	exit_code = check_config(&config);
	if (!exit_code)
		exit_code = watch_open(&watch, &config.watch);
	if (!exit_code)
		exit_code = watch_run(watch);
	if (!exit_code)
		exit_code = watch_finish(watch);
	watch_free(watch);
	return exit_code;
}
