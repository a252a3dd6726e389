// SPDX-License-Identifier: GPL-2.0-only
/*
 * The subcommand (seainject_run.h): its options, the file, its shots, their results.
 * Must not: fire, judge or format.
 */
#include "seainject_run.h"

#include <signal.h>
#include <string.h>

#include "inject/campaign.h"
#include "inject/journal.h"
#include "lib/exit.h"
#include "lib/log.h"
#include "lib/util.h"
#include "shoot.h"
#include "verdicts.h"

#define ANY_SEED UINT64_MAX /* the file's own */

struct config {
	const char *file, *journal;
	struct verdicts_config verdicts;
	bool unsafe, dry_run, marks;
	uint64_t seed;
	int verbose;
};

/* clang-format off */
#define AT(member) offsetof(struct config, member)
static const struct opt options[] = {
	{ .name = "dry-run", .kind = OPT_FLAG, .offset = AT(dry_run),
	  .help = "only count what would have been fired" },
	{ .name = "unsafe", .kind = OPT_FLAG, .offset = AT(unsafe),
	  .help = "really do it, also when the file does not say so: guests, VMMs and hosts can be "
		  "lost" },
	{ .name = "seed", .arg = "N", .kind = OPT_U64, .offset = AT(seed), .max = INT64_MAX,
	  .help = "instead of the file's: the same seed, the same matches" },
	{ .name = "json", .key = 'j', .kind = OPT_FLAG, .offset = AT(verdicts.json),
	  .help = "print JSON Lines instead of text" },
	{ .name = "marks", .key = 'm', .kind = OPT_FLAG, .offset = AT(marks),
	  .help = "with --json: print every mark, too, those of shots among them" },
	{ .name = "tap", .kind = OPT_FLAG, .offset = AT(verdicts.tap),
	  .help = "print TAP instead of text" },
	{ .name = "output", .key = 'o', .arg = "FILE", .kind = OPT_FILE, .offset = AT(verdicts.output),
	  .help = "write JSON Lines to FILE as well" },
	{ .name = "junit", .arg = "FILE", .kind = OPT_FILE, .offset = AT(verdicts.junit),
	  .help = "write JUnit's XML to FILE" },
	{ .name = "baseline", .arg = "FILE", .kind = OPT_FILE, .offset = AT(verdicts.baseline),
	  .help = "show what is different from an earlier run, whose JSON Lines these are" },
	{ .name = "journal", .arg = "FILE", .kind = OPT_FILE, .offset = AT(journal),
	  .help = "what outlives this, for seainject undo (" JOURNAL_PATH ")" },
	{ .name = "verbose", .key = 'v', .kind = OPT_COUNT, .offset = AT(verbose),
	  .help = "say more: what is armed, why a shot passed; -vv adds libbpf's words" },
	{ 0 },
};
#undef AT
/* clang-format on */

static int take_file(void *config, unsigned index, const char *text, char *err, size_t errlen)
{
	(void)index, (void)err, (void)errlen; /* there is one, and any path will do */
	((struct config *)config)->file = text;
	return 0;
}

const struct opt_program seainject_run_program = {
	.name = "seainject run",
	.summary = "Runs a campaign file (seainject(5)): its shots one after the other, each "
		   "observed, "
		   "settled and judged before the next. Ctrl-C disarms and reports what there is. "
		   "Exit "
		   "status 1: a shot failed, or could not be fired.",
	.args_doc = "FILE",
	.examples = "Examples:\n"
		    "  seainject run --dry-run smoke.yaml\n"
		    "  seainject run --unsafe --junit smoke.xml -o smoke.jsonl smoke.yaml\n"
		    "  seainject run --tap --baseline smoke.jsonl smoke.yaml\n",
	.opts = options,
	.arg = take_file,
	.max_args = 1,
	.files = true,
};

/* --- the campaign ----------------------------------------------------------------------------- */

struct run {
	struct verdicts *verdicts;
	unsigned armed; /* the last shot that was said to be */
};

/* Who drives the guests has to know what they are to do. */
static void under_way(void *ctx, const struct shot_result *shot, const char *doing)
{
	struct run *run = ctx;

	if (run->armed != shot->number && !strcmp(doing, "armed")) {
		log_info("armed: shot %u, %s at %s", shot->number, shot->method, shot->vm);
		run->armed = shot->number;
	}
	verdicts_under_way(run->verdicts, shot, doing);
}

/* Nothing is fired for nobody. */
static bool over(void *ctx, const struct shot_result *shot)
{
	struct run *run = ctx;

	verdicts_shot(run->verdicts, shot);
	return !verdicts_error(run->verdicts);
}

static void show_mark(void *ctx, const struct sea_hdr *mark)
{
	verdicts_mark(((struct run *)ctx)->verdicts, mark);
}

static void reseed(struct campaign *campaign, uint64_t seed)
{
	campaign->seed = seed;
	for (unsigned i = 0; i < campaign->n_shots; i++)
		campaign->shots[i].order.seed = seed;
}

static int shoot_all(struct shoot *shoot, struct verdicts *verdicts)
{
	int exit_code = shoot_run(shoot), ended;

	/* also of one that broke off */
	ended = verdicts_end(verdicts, shoot_result(shoot));
	exit_code = exit_code ? exit_code : ended;
	return exit_code ? exit_code : shoot_verdict(shoot);
}

static int run_campaign(const struct config *config, struct campaign *campaign)
{
	struct run run = {NULL, 0};
	struct shoot *shoot = NULL;
	int exit_code;

	if (config->seed != ANY_SEED)
		reseed(campaign, config->seed);
	exit_code = verdicts_open(&run.verdicts, &config->verdicts, campaign->n_shots);
	if (!exit_code)
		exit_code = shoot_open(&shoot, &(struct shoot_config){
						       .campaign = campaign,
						       .unsafe = config->unsafe,
						       .dry_run = config->dry_run,
						       .journal = config->journal,
						       .under_way = under_way,
						       .over = over,
						       .mark = config->marks ? show_mark : NULL,
						       .ctx = &run,
					       });
	if (!exit_code)
		exit_code = shoot_all(shoot, run.verdicts);
	shoot_close(shoot);
	verdicts_free(run.verdicts);
	return exit_code;
}

/* --- the command line ------------------------------------------------------------------------- */

static int check_config(struct config *config)
{
	if (!config->file) {
		log_error("run: which FILE? (see seainject run --help)");
		return EXIT_USAGE;
	}
	if (config->verdicts.json && config->verdicts.tap) {
		log_error("--json and --tap exclude each other; -o FILE writes JSON Lines beside "
			  "TAP");
		return EXIT_USAGE;
	}
	if (config->marks && !config->verdicts.json) {
		log_error("--marks goes with --json");
		return EXIT_USAGE;
	}
	config->verdicts.why_passed = config->verbose;
	config->verdicts.clock_offset_ns =
		util_clock_ns(CLOCK_REALTIME) - util_clock_ns(CLOCK_MONOTONIC);
	return 0;
}

int seainject_run(int argc, char **argv)
{
	struct config config = {.seed = ANY_SEED};
	struct campaign *campaign = NULL;
	int exit_code = opt_parse(&seainject_run_program, argc, argv, &config);

	if (exit_code)
		return opt_exit(exit_code);
	log_setup("seainject", config.verbose);
	signal(SIGPIPE, SIG_IGN); /* who does not listen any more is found out in order */
	exit_code = check_config(&config);
	if (!exit_code)
		exit_code = campaign_read(&campaign, config.file);
	if (!exit_code)
		exit_code = run_campaign(&config, campaign);
	campaign_free(campaign);
	return exit_code;
}
