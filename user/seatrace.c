// SPDX-License-Identifier: GPL-2.0-only
/*
 * seatrace: watches memory errors under the VMs of this host, records what it saw, reports what was
 * recorded. Here are the options of the three.
 * Must not: know how it is done (watch.c, replay.c).
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "lib/exit.h"
#include "lib/log.h"
#include "lib/opt.h"
#include "lib/util.h"
#include "replay.h"
#include "trace/mark.h"
#include "watch.h"

struct config {
	struct watch_config watch;
	uint64_t ring_mib; /* a power of two */
	const char *drop_mark;
	bool check;
	int verbose;
};

/* clang-format off */
#define AT(member) offsetof(struct outputs, member)
static const struct opt output_options[] = {
	{ .name = "json", .key = 'j', .kind = OPT_FLAG, .offset = AT(json),
	  .help = "print JSON Lines instead of text" },
	{ .name = "tui", .kind = OPT_FLAG, .offset = AT(tui),
	  .help = "show full screens instead of text: VMs, incidents, time lines" },
	{ .name = "timeline", .key = 't', .kind = OPT_FLAG, .offset = AT(timeline),
	  .help = "show each incident's marks and spans" },
	{ .name = "marks", .key = 'm', .kind = OPT_FLAG, .offset = AT(marks),
	  .help = "print every mark too" },
	{ .name = "quiet", .key = 'q', .kind = OPT_FLAG, .offset = AT(quiet),
	  .help = "no tables, incidents only" },
	{ .name = "output", .key = 'o', .arg = "FILE", .kind = OPT_FILE, .offset = AT(output),
	  .help = "write JSON Lines to FILE as well" },
	{ .name = "prom", .arg = "ADDR:PORT", .kind = OPT_STRING, .offset = AT(prom),
	  .help = "serve metrics for Prometheus; without ADDR, on loopback" },
	{ .name = "textfile", .arg = "FILE", .kind = OPT_FILE, .offset = AT(textfile),
	  .help = "write metrics for node_exporter" },
	{ .name = "vm", .arg = "VM", .kind = OPT_LIST, .offset = AT(filter.vms),
	  .help = "only this VM: name or glob, UUID, process; again for more" },
	{ .name = "vcpu", .arg = "N", .kind = OPT_U64, .offset = AT(filter.vcpu), .max = UINT32_MAX,
	  .help = "only incidents of this vCPU" },
	{ .name = "min-latency", .arg = "DURATION", .kind = OPT_DURATION,
	  .offset = AT(filter.min_latency_ns),
	  .help = "only incidents that took at least as long" },
	{ 0 },
};
#undef AT

#define AT(member) offsetof(struct config, member)
static const struct opt watch_options[] = {
	{ .rows = output_options, .offset = AT(watch.outputs) },
	{ .name = "duration", .key = 'd', .arg = "SECONDS", .kind = OPT_DURATION,
	  .offset = AT(watch.duration_ns), .min = 1,
	  .help = "stop after this time" },
	{ .name = "exec", .arg = "COMMAND", .kind = OPT_STRING, .offset = AT(watch.exec),
	  .help = "run it for each incident, without a shell, as nobody" },
	{ .name = "exec-user", .arg = "USER", .kind = OPT_STRING, .offset = AT(watch.exec_user),
	  .help = "run it as this user: name, UID or UID:GID" },
	{ .name = "timeout", .arg = "SECONDS", .kind = OPT_DURATION,
	  .offset = AT(watch.timeout_ns), .min = UTIL_NS_PER_MS,
	  .help = "close an incident this long after its last mark (10)" },
	{ .name = "ring-size", .arg = "MIB", .kind = OPT_U64,
	  .offset = AT(ring_mib), .min = 1, .max = 1024,
	  .help = "ring buffer, a power of two (4)" },
	{ .name = "aborts", .kind = OPT_FLAG, .offset = AT(watch.attach.aborts),
	  .help = "how long every abort takes, SEA or not; has its price" },
	{ .name = "abort-slots", .arg = "N", .kind = OPT_U64, .offset = AT(watch.attach.abort_slots),
	  .min = 1, .max = 1 << 20,
	  .help = "vCPUs whose aborts can be timed (4096)" },
	{ .name = "kprobe", .kind = OPT_FLAG, .offset = AT(watch.attach.kprobe),
	  .help = "attach by kprobes even where there are trampolines" },
	{ .name = "no-abort-hook", .kind = OPT_FLAG, .offset = AT(watch.attach.no_abort_hook),
	  .help = "nothing on the path of ordinary aborts (from Linux 6.12)" },
	{ .name = "check", .kind = OPT_FLAG, .offset = AT(check),
	  .help = "only try the hooks; tell them, the privileges they take, the gaps" },
	{ .name = "strict", .kind = OPT_FLAG, .offset = AT(watch.strict),
	  .help = "exit 1 when marks were lost" },
	{ .name = "verbose", .key = 'v', .kind = OPT_COUNT, .offset = AT(verbose),
	  .help = "say more; -vv adds libbpf's words" },
	{ .name = "drop-mark", .arg = "NAME[:N]", .kind = OPT_STRING, .offset = AT(drop_mark),
	  .hidden = true,
	  .help = "for tests: lose the Nth mark of a type" },
	{ 0 },
};
#undef AT

#define AT(member) offsetof(struct replay_config, member)
static const struct opt report_options[] = {
	{ .rows = output_options, .offset = AT(outputs) },
	{ .name = "html", .arg = "FILE", .kind = OPT_FILE, .offset = AT(html),
	  .help = "write a page with all of it, for any browser" },
	{ 0 },
};
#undef AT
/* clang-format on */

static int take_argument(void *config, unsigned index, const char *text, char *err, size_t errlen)
{
	struct config *c = config;

	if (index == 0 &&
	    (util_parse_duration(text, &c->watch.interval_ns) || !c->watch.interval_ns)) {
		snprintf(err, errlen, "INTERVAL: '%s' is not a time like 1 or 500ms", text);
		return -EINVAL;
	}
	if (index == 1 && util_parse_u64(text, 1, UINT32_MAX, &c->watch.count)) {
		snprintf(err, errlen, "COUNT: '%s' is not a number of tables", text);
		return -EINVAL;
	}
	return 0;
}

static int take_file_then_argument(void *config, unsigned index, const char *text, char *err,
				   size_t errlen)
{
	if (index)
		return take_argument(config, index - 1, text, err, errlen);
	((struct config *)config)->watch.record = text;
	return 0;
}

static const struct opt_program record_program = {
	.name = "seatrace record",
	.summary = "Watches, and writes all that was seen to FILE, for seatrace report on this or "
		   "another machine.",
	.args_doc = "FILE [INTERVAL [COUNT]]",
	.examples = "Examples:\n"
		    "  seatrace record sea.rec\n"
		    "  seatrace record sea.rec -q -d 3600\n",
	.opts = watch_options,
	.arg = take_file_then_argument,
	.max_args = 3,
	.files = true,
};

static int take_recording(void *config, unsigned index, const char *text, char *err, size_t errlen)
{
	(void)index, (void)err, (void)errlen; /* there is one, and any path will do */
	((struct replay_config *)config)->path = text;
	return 0;
}

static const struct opt_program report_program = {
	.name = "seatrace report",
	.summary = "Shows what a recording holds, as it was shown when it was made; needs neither "
		   "that machine nor privilege.",
	.args_doc = "FILE",
	.examples = "Examples:\n"
		    "  seatrace report sea.rec\n"
		    "  seatrace report -t sea.rec\n"
		    "  seatrace report -q --html sea.html sea.rec\n"
		    "  seatrace report --tui sea.rec\n"
		    "  seatrace report -j sea.rec | jq 'select(.type == \"incident\")'\n",
	.opts = report_options,
	.arg = take_recording,
	.max_args = 1,
	.files = true,
};

static const struct opt_program *const commands[] = {&record_program, &report_program, NULL};

static const struct opt_program watch_program = {
	.name = "seatrace",
	.summary = "Watches what happens to memory errors under the virtual machines of this "
		   "arm64 KVM host: who is hit, what the kernel, the VMM and the guest do about "
		   "it, and how long each step takes.",
	.args_doc = "[INTERVAL [COUNT]] | record FILE ... | report FILE ...",
	.examples =
		"Examples:\n"
		"  seatrace                 a line per incident, a table when something changed\n"
		"  seatrace 5               a table every five seconds\n"
		"  seatrace -t -d 60        one minute, with the time line of each incident\n"
		"  seatrace -o sea.jsonl    text here, incidents and summary as JSON there\n"
		"  seatrace -j | jq .       JSON Lines only\n"
		"  seatrace --tui           full screens: VMs, their incidents, time lines\n"
		"  seatrace record sea.rec  the same, and all it was made of into a file\n"
		"  seatrace report sea.rec  the same again, anywhere; see report --help\n",
	.opts = watch_options,
	.arg = take_argument,
	.max_args = 2,
	.commands = commands,
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

static int check_outputs(const struct outputs *outputs)
{
	if (!outputs->tui || !outputs->json)
		return 0;
	log_error("--tui and --json exclude each other; -o FILE writes JSON Lines beside a screen");
	return EXIT_USAGE;
}

static int check_config(struct config *config)
{
	uint64_t mib = config->ring_mib;
	int exit_code = check_outputs(&config->watch.outputs);

	if (exit_code)
		return exit_code;
	if (config->watch.attach.aborts && config->watch.attach.no_abort_hook) {
		log_error("--aborts and --no-abort-hook exclude each other: "
			  "aborts are timed by a hook on each of them");
		return EXIT_USAGE;
	}
	if (mib & (mib - 1)) {
		log_error("--ring-size: %llu is not a power of two; try 4 or 8",
			  (unsigned long long)mib);
		return EXIT_USAGE;
	}
	config->watch.attach.ring_bytes = mib << 20;
	return config->drop_mark ? parse_drop_mark(config->drop_mark, &config->watch) : 0;
}

static int main_watch(const struct opt_program *program, int argc, char **argv)
{
	struct config config = {
		.watch = {.timeout_ns = 10 * UTIL_NS_PER_S,
			  .attach = {.abort_slots = 4096},
			  .outputs.filter.vcpu = FILTER_ANY_VCPU},
		.ring_mib = 4,
	};
	struct watch *watch = NULL;
	int exit_code = opt_parse(program, argc, argv, &config);

	if (exit_code)
		return opt_exit(exit_code);
	log_setup("seatrace", config.verbose);
	if (program == &record_program && !config.watch.record) {
		log_error("record: into which FILE? (see seatrace record --help)");
		return EXIT_USAGE;
	}
	exit_code = check_config(&config);
	if (!exit_code && config.check)
		return check(&config.watch);
	if (!exit_code)
		exit_code = watch_open(&watch, &config.watch);
	if (!exit_code)
		exit_code = watch_run(watch);
	if (!exit_code)
		exit_code = watch_finish(watch);
	watch_free(watch);
	return exit_code;
}

static int main_report(int argc, char **argv)
{
	struct replay_config config = {.outputs.filter.vcpu = FILTER_ANY_VCPU};
	int exit_code = opt_parse(&report_program, argc, argv, &config);

	if (exit_code)
		return opt_exit(exit_code);
	log_setup("seatrace", 0);
	if (!config.path) {
		log_error("report: of which FILE? (see seatrace report --help)");
		return EXIT_USAGE;
	}
	exit_code = check_outputs(&config.outputs);
	return exit_code ? exit_code : replay(&config);
}

int main(int argc, char **argv)
{
	if (argc > 1 && !strcmp(argv[1], "report"))
		return main_report(argc - 1, argv + 1);
	if (argc > 1 && !strcmp(argv[1], "record"))
		return main_watch(&record_program, argc - 1, argv + 1);
	return main_watch(&watch_program, argc, argv);
}
