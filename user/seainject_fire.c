// SPDX-License-Identifier: GPL-2.0-only
/*
 * One order from the command line, as a campaign of one shot: what was fired is shown, and what came of it.
 * Must not: know how a shot is made, or what it proves.
 */
#include "seainject_fire.h"

#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <string.h>
#include <unistd.h>

#include "inject/campaign.h"
#include "inject/injector.h"
#include "inject/journal.h"
#include "lib/command.h"
#include "lib/log.h"
#include "lib/util.h"
#include "out/campaign_json.h"
#include "out/campaign_table.h"
#include "out/json.h"
#include "out/out_json.h"
#include "out/out_mark.h"
#include "seainject_order.h"
#include "shoot.h"

struct config {
	struct order_words words;
	uint64_t timeout_ns, settle_ns, dead_man_ns, probe_timeout_ns, hugetlb_max;
	const char *probe, *journal;
	struct opt_list expected;
	bool any_end, json, marks;
	int verbose;
};

/* clang-format off */
#define AT(member) offsetof(struct config, member)
static const struct opt options[] = {
	{ .rows = seainject_order_options, .offset = AT(words) },
	{ .name = "probe", .arg = "COMMAND", .kind = OPT_STRING, .offset = AT(probe),
	  .help = "asks whether the guest is alive: run without a shell, {vm}, {pid} and {uuid} "
		  "replaced; 0 alive, 1 alive but a program of it was killed, else dead" },
	{ .name = "probe-timeout", .arg = "SECONDS", .kind = OPT_DURATION,
	  .offset = AT(probe_timeout_ns), .min = UTIL_NS_PER_MS,
	  .help = "who does not answer by then is dead (10)" },
	{ .name = "expect", .arg = "OUTCOME", .kind = OPT_LIST, .offset = AT(expected),
	  .help = "it has to come to this; again for another that will do (see seainject list)" },
	{ .name = "any-end", .kind = OPT_FLAG, .offset = AT(any_end),
	  .help = "exit 0 when it was fired as often as asked, whatever came of it" },
	{ .name = "timeout", .arg = "SECONDS", .kind = OPT_DURATION, .offset = AT(timeout_ns),
	  .help = "give up when it has not fired as often as asked by then (60); 0: never" },
	{ .name = "settle", .arg = "SECONDS", .kind = OPT_DURATION, .offset = AT(settle_ns),
	  .min = 50 * UTIL_NS_PER_MS,
	  .help = "its consequences are over when nothing was seen for so long (1)" },
	{ .name = "dead-man", .arg = "SECONDS", .kind = OPT_DURATION, .offset = AT(dead_man_ns),
	  .min = 10 * UTIL_NS_PER_MS,
	  .help = "it fires no more so long after seainject was last heard of (2)" },
	{ .name = "hugetlb-max", .arg = "N", .kind = OPT_U64, .offset = AT(hugetlb_max),
	  .max = UINT32_MAX,
	  .help = "poison no more hugetlb pages in one boot, those of before included (16)" },
	{ .name = "journal", .arg = "FILE", .kind = OPT_FILE, .offset = AT(journal),
	  .help = "what outlives this, for seainject undo (" JOURNAL_PATH ")" },
	{ .name = "json", .key = 'j', .kind = OPT_FLAG, .offset = AT(json),
	  .help = "print JSON Lines instead of text" },
	{ .name = "marks", .key = 'm', .kind = OPT_FLAG, .offset = AT(marks),
	  .help = "print every mark, not only shots" },
	{ .name = "verbose", .key = 'v', .kind = OPT_COUNT, .offset = AT(verbose),
	  .help = "say more; -vv adds libbpf's words" },
	{ 0 },
};
#undef AT
/* clang-format on */

const struct opt_program seainject_fire_program = {
	.name = "seainject fire",
	.summary = "Fires one shot, or a volley of the same, at one VM: it is armed, each shot "
		   "that is "
		   "taken is shown, its consequences are awaited, it is disarmed, and what came of "
		   "it is "
		   "judged. When this program ends, however it ends, nothing stays armed.",
	.examples =
		"Examples:\n"
		"  seainject fire --vm vm-a --method pfn-hwpoison --dry-run\n"
		"  seainject fire --vm vm-a --method pfn-hwpoison --gpa 0x80000000+2M --unsafe\n"
		"  seainject fire --vm vm-a --method abort-retry --every 9 --at-most 99 --unsafe\n"
		"  seainject fire --vm vm-a --method guest-sea --probe 'ping -c1 {vm}' --unsafe\n",
	.opts = options,
};

struct fire {
	struct config config;
	struct campaign campaign;
	struct campaign_target target;
	struct campaign_shot shot;
	struct command probe;
	struct out out;
	bool armed;
};

/* --- what is shown ---------------------------------------------------------------------------- */

static void show_mark(void *ctx, const struct sea_hdr *mark)
{
	const struct fire *f = ctx;
	char time[OUT_TIME];

	if (mark->type != SEA_MARK_ID_shot && !f->config.marks)
		return;
	if (f->config.json) {
		json_mark(&f->out, mark);
	} else {
		fprintf(f->out.file, "%s ", out_time(&f->out, mark->ts_ns, time));
		out_mark(f->out.file, mark);
		fputc('\n', f->out.file);
	}
	fflush(f->out.file);
}

static void show_armed(void *ctx, const struct shot_result *shot, const char *doing)
{
	struct fire *f = ctx;

	(void)doing;
	if (!f->armed && f->shot.method->family == METHOD_OVERRIDE)
		fprintf(stderr, "seainject: armed: %s at %s; Ctrl-C stops\n", shot->method,
			shot->vm);
	f->armed = true;
}

static const struct {
	const char *name;
	size_t offset; /* into struct sea_tally */
} tallied[] = {
	{"matched", offsetof(struct sea_tally, matched)},
	{"chosen", offsetof(struct sea_tally, chosen)},
	{"expired", offsetof(struct sea_tally, expired)},
	{"untimely", offsetof(struct sea_tally, untimely)},
	{"over", offsetof(struct sea_tally, over)},
	{"unsafe", offsetof(struct sea_tally, unsafe)},
};

static uint64_t tallied_value(const struct sea_tally *tally, unsigned i)
{
	return *(const __u64 *)((const char *)tally + tallied[i].offset);
}

static uint64_t n_fired(const struct shot_result *shot)
{
	return shot->evidence.dry_run ? shot->evidence.would : shot->evidence.fired;
}

static void show_tally_json(const struct shot_result *shot)
{
	json_t *line =
		json_pack("{s:s, s:s, s:s, s:s, s:b, s:I, s:I}", "schema", RESULT_SCHEMA, "type",
			  "tally", "vm", shot->vm, "method", shot->method, "dry_run",
			  shot->evidence.dry_run, "wanted", shot->wanted, "fired", n_fired(shot));
	int err = 0;

	for (unsigned i = 0; i < UTIL_COUNT(tallied); i++)
		err |= json_object_set_new(line, tallied[i].name,
					   json_integer(tallied_value(&shot->tally, i)));
	out_json_line(stdout, line, err);
}

static void show_tally(const struct shot_result *shot)
{
	printf("%s at %s: %s %" PRIu64 " of %" PRIu64, shot->method, shot->vm,
	       shot->evidence.dry_run ? "would have fired" : "fired", n_fired(shot), shot->wanted);
	for (unsigned i = 0; i < UTIL_COUNT(tallied) && shot->tally.matched; i++)
		printf("%s%" PRIu64 " %s", i ? ", " : " (", tallied_value(&shot->tally, i),
		       tallied[i].name);
	printf("%s\n", shot->tally.matched ? ")" : "");
}

static bool show_end(void *ctx, const struct shot_result *shot)
{
	struct fire *f = ctx;

	if (f->config.json) {
		show_tally_json(shot);
		campaign_json_shot(&f->out, shot);
	} else {
		show_tally(shot);
		campaign_table_shot(&f->out, shot, 1, true);
	}
	return !fflush(stdout);
}

/* --- the campaign ----------------------------------------------------------------------------- */

static int take_expected(struct fire *f)
{
	const struct opt_list *words = &f->config.expected;

	f->shot.expected = words->n ? 0 : f->shot.method->expected;
	for (unsigned i = 0; i < words->n; i++) {
		unsigned outcome = 0;

		while (outcome < SHOT_MAX && strcmp(shot_outcomes[outcome], words->items[i]))
			outcome++;
		if (outcome == SHOT_MAX) {
			log_error("--expect: '%s' is no outcome (see seainject(8), OUTCOMES)",
				  words->items[i]);
			return EXIT_USAGE;
		}
		f->shot.expected |= OUTCOME_BIT(outcome);
	}
	return 0;
}

static int take_probe(struct fire *f)
{
	int err = f->config.probe ? command_parse(&f->probe, f->config.probe) : 0;

	if (err) {
		log_error("--probe: program of '%s': %s (%s); give its path", f->config.probe,
			  util_errno(err), strerror(-err));
		return err == -ENOMEM ? EXIT_ENVIRONMENT : EXIT_USAGE;
	}
	f->target.probe.command = f->config.probe ? f->probe.argv : NULL;
	f->target.probe.timeout_ns = f->config.probe_timeout_ns;
	return 0;
}

static int take_order(struct fire *f)
{
	const struct order_words *words = &f->config.words;
	int exit_code = seainject_order(words, &f->shot.order, &f->shot.method);

	if (exit_code)
		return exit_code;
	if (!words->vm) {
		log_error("--vm: at which VM? There is no default");
		return EXIT_USAGE;
	}
	f->target.vm = (char *)words->vm;
	f->shot.place = (char *)(words->gpa ? words->gpa : "any");
	f->shot.timeout_ns = f->config.timeout_ns ? f->config.timeout_ns : UINT64_MAX;
	f->shot.settle_ns = f->config.settle_ns;
	return 0;
}

static void make_campaign(struct fire *f)
{
	f->campaign = (struct campaign){
		.name = "fire",
		.unsafe = f->config.words.unsafe,
		.seed = f->shot.order.seed,
		.budget = f->shot.order.at_most,
		.hugetlb_max = f->config.hugetlb_max,
		.dead_man_ns = f->config.dead_man_ns,
		.targets = &f->target,
		.n_targets = 1,
		.shots = &f->shot,
		.n_shots = 1,
	};
}

static int shoot_it(struct fire *f)
{
	const struct shoot_config config = {
		.campaign = &f->campaign,
		.unsafe = f->config.words.unsafe,
		.dry_run = f->config.words.dry_run,
		.journal = f->config.journal,
		.under_way = show_armed,
		.over = show_end,
		.mark = show_mark,
		.ctx = f,
	};
	struct shoot *shoot = NULL;
	int exit_code = shoot_open(&shoot, &config);

	if (exit_code)
		return exit_code;
	exit_code = shoot_run(shoot);
	if (!exit_code && f->config.json)
		campaign_json(&f->out, shoot_result(shoot));
	if (!exit_code && f->config.any_end && !shoot_result(shoot)->interrupted)
		exit_code = n_fired(shoot_result(shoot)->shots) < f->shot.order.at_most;
	else if (!exit_code)
		exit_code = shoot_verdict(shoot);
	shoot_close(shoot);
	return exit_code;
}

int seainject_fire(int argc, char **argv)
{
	struct fire f = {
		.config = {.words = SEAINJECT_ORDER_WORDS,
			   .timeout_ns = 60 * UTIL_NS_PER_S,
			   .settle_ns = UTIL_NS_PER_S,
			   .probe_timeout_ns = 10 * UTIL_NS_PER_S,
			   .hugetlb_max = INJECTOR_HUGETLB_MAX,
			   .dead_man_ns = 2 * UTIL_NS_PER_S},
	};
	int exit_code = opt_parse(&seainject_fire_program, argc, argv, &f.config);

	if (exit_code)
		return opt_exit(exit_code);
	log_setup("seainject", f.config.verbose);
	f.out = out_on(stdout);
	exit_code = take_order(&f);
	if (!exit_code)
		exit_code = take_expected(&f);
	if (!exit_code)
		exit_code = take_probe(&f);
	if (!exit_code) {
		make_campaign(&f);
		exit_code = shoot_it(&f);
	}
	command_free(&f.probe);
	return exit_code;
}
