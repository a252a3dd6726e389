// SPDX-License-Identifier: GPL-2.0-only
/*
 * One order from the command line: its VM is found, its rule armed, its shots shown.
 * Must not: know how a shot is made, or what it leads to.
 */
#include "seainject_fire.h"

#include <errno.h>
#include <inttypes.h>
#include <jansson.h>

#include "inject/available.h"
#include "inject/slots.h"
#include "inject/vmlock.h"
#include "inject/aim.h"
#include "lib/log.h"
#include "lib/util.h"
#include "out/json.h"
#include "out/out_json.h"
#include "out/out_mark.h"
#include "seainject_order.h"
#include "seainject_volley.h"
#include "stop.h"

#define HOLD_NS    (20 * UTIL_NS_PER_MS)
#define RING_BYTES (4 << 20)

struct config {
	struct order_words words;
	uint64_t timeout_ns, dead_man_ns;
	bool json, marks;
	int verbose;
};

/* clang-format off */
#define AT(member) offsetof(struct config, member)
static const struct opt options[] = {
	{ .rows = seainject_order_options, .offset = AT(words) },
	{ .name = "timeout", .arg = "SECONDS", .kind = OPT_DURATION, .offset = AT(timeout_ns),
	  .help = "give up when it has not fired as often as asked by then (60); 0: never" },
	{ .name = "dead-man", .arg = "SECONDS", .kind = OPT_DURATION, .offset = AT(dead_man_ns),
	  .min = 10 * UTIL_NS_PER_MS,
	  .help = "it fires no more so long after seainject was last heard of (2)" },
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
	.summary =
		"Fires one shot, or a volley of the same, at one VM: the rule is armed, each shot "
		"that it takes is shown, then it is disarmed. When this program ends, however "
		"it ends, nothing stays armed.",
	.examples =
		"Examples:\n"
		"  seainject fire --vm vm-a --method pfn-hwpoison --dry-run\n"
		"  seainject fire --vm vm-a --method pfn-hwpoison --gpa 0x80000000+2M --unsafe\n"
		"  seainject fire --vm vm-a --method abort-retry --every 9 --at-most 99 "
		"--unsafe\n",
	.opts = options,
};

struct fire {
	struct config config;
	struct order order;
	const struct method *method;
	struct vmtab *vms;
	struct vm *vm;
	struct vmlock *lock;
	struct feature *kernel;
	struct attach *attach;
	struct arm *arm;
	struct source *source;
	struct slots *slots;
	struct aim aim;
	struct out out;
	int stop_fd;
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

static void show_tally_json(const struct fire *f, const struct sea_tally *tally)
{
	json_t *line =
		json_pack("{s:s, s:s, s:s, s:s, s:b, s:I, s:I}", "schema", "seainject/1", "type",
			  "tally", "vm", f->vm->name, "method", f->method->name, "dry_run",
			  f->order.dry_run, "wanted", f->order.at_most, "fired", tally->fired);
	int err = 0;

	for (unsigned i = 0; i < UTIL_COUNT(tallied); i++)
		err |= json_object_set_new(line, tallied[i].name,
					   json_integer(tallied_value(tally, i)));
	out_json_line(stdout, line, err);
}

static void show_tally(const struct fire *f, const struct sea_tally *tally)
{
	if (f->config.json) {
		show_tally_json(f, tally);
		return;
	}
	printf("%s at %s: %s %llu of %" PRIu64 " (", f->method->name, f->vm->name,
	       f->order.dry_run ? "would have fired" : "fired", tally->fired, f->order.at_most);
	for (unsigned i = 0; i < UTIL_COUNT(tallied); i++)
		printf("%s%" PRIu64 " %s", i ? ", " : "", tallied_value(tally, i), tallied[i].name);
	printf(")\n");
}

/* --- before it is fired ----------------------------------------------------------------------- */

static int find_vm(struct fire *f)
{
	uint32_t holder = 0;
	int err;

	f->vms = vmtab_new(NULL);
	if (!f->vms || vmtab_scan(f->vms) < 0) {
		log_error("/proc: cannot be read");
		return EXIT_ENVIRONMENT;
	}
	err = seainject_order_vm(&f->config.words, f->vms, &f->order, &f->vm);
	if (err)
		return err;
	err = vmlock_take(&f->lock, VMLOCK_DIR, f->order.tgid, f->order.start_ticks, &holder);
	if (!err)
		return 0;
	log_error("%s: %s%s", f->vm->name, util_errno(err),
		  err == -EBUSY ? " (another seainject shoots at it)" : "");
	return EXIT_ENVIRONMENT;
}

static int find_method(struct fire *f)
{
	struct method_state state;
	int exit_code = feature_open(&f->kernel);

	if (!exit_code)
		exit_code = arm_new(&f->arm, f->kernel);
	if (exit_code)
		return exit_code;
	available(f->method, f->arm, "", &state);
	if (state.available) {
		log_info("%s: %s", f->method->name, state.mechanism);
		return 0;
	}
	log_error("%s: not on this kernel: %s", f->method->name, state.why);
	return EXIT_UNSUPPORTED;
}

static int find_place(struct fire *f)
{
	char why[160];
	int exit_code = 0;

	if (f->order.asked & SEA_PRED_GPA)
		exit_code = slots_open(&f->slots);
	if (exit_code)
		return exit_code;
	if (!aim_find(&f->aim, f->slots, &f->order, f->method, why))
		return 0;
	log_error("--gpa: %s", why);
	return EXIT_ENVIRONMENT;
}

static int start(struct fire *f)
{
	const struct attach_options hooks = {.ring_bytes = RING_BYTES};
	int exit_code = attach_new(&f->attach, f->kernel, &hooks);

	if (!exit_code)
		exit_code = attach_start(f->attach);
	if (!exit_code)
		exit_code = arm_start(f->arm, 1u << f->method->target, attach_ring(f->attach));
	if (exit_code)
		return exit_code;
	f->source = source_new(HOLD_NS, show_mark, f);
	f->stop_fd = stop_open(false);
	if (f->source && f->stop_fd >= 0 &&
	    !source_open_ring(f->source, attach_ring(f->attach), attach_quiet(f->attach)))
		return 0;
	log_error("no memory for marks");
	return EXIT_ENVIRONMENT;
}

/* --- and after -------------------------------------------------------------------------------- */

static int finish(struct fire *f, enum volley_end end, const struct sea_tally *tally)
{
	arm_stop(f->arm);
	attach_stop(f->attach);
	do
		source_drain(f->source, UINT64_MAX);
	while (source_behind(f->source));
	source_release(f->source, UINT64_MAX);
	show_tally(f, tally);
	if (end == VOLLEY_GONE) {
		log_error("%s: its VMM has ended", f->vm->name);
		return EXIT_ENVIRONMENT;
	}
	return end == VOLLEY_TIMEOUT ? EXIT_VERDICT : EXIT_DONE;
}

static int fire(struct fire *f)
{
	const struct volley volley = {
		.arm = f->arm,
		.source = f->source,
		.stop_fd = f->stop_fd,
		.method = f->method,
		.order = &f->order,
		.dead_man_ns = f->config.dead_man_ns,
		.timeout_ns = f->config.timeout_ns,
	};
	struct sea_tally tally;
	struct sea_rule rule;
	enum volley_end end;
	int exit_code;

	order_rule(&f->order, f->aim.first, f->aim.last, util_clock_ns(CLOCK_MONOTONIC), &rule);
	fprintf(stderr, "seainject: armed: %s at %s; Ctrl-C stops\n", f->method->name, f->vm->name);
	exit_code = volley_fire(&volley, &rule, f->aim.frames, f->aim.n_frames, &end, &tally);
	return exit_code ? exit_code : finish(f, end, &tally);
}

static int run(struct fire *f)
{
	int exit_code = seainject_order(&f->config.words, &f->order, &f->method);

	if (!exit_code)
		exit_code = find_vm(f);
	if (!exit_code)
		exit_code = find_method(f);
	if (!exit_code)
		exit_code = find_place(f);
	if (!exit_code)
		exit_code = start(f);
	return exit_code ? exit_code : fire(f);
}

static void end(struct fire *f)
{
	arm_free(f->arm);
	source_free(f->source);
	attach_free(f->attach);
	feature_free(f->kernel);
	slots_close(f->slots);
	aim_clear(&f->aim);
	vmlock_release(f->lock);
	vmtab_free(f->vms);
}

int seainject_fire(int argc, char **argv)
{
	struct fire f = {
		.config = {.words = SEAINJECT_ORDER_WORDS,
			   .timeout_ns = 60 * UTIL_NS_PER_S,
			   .dead_man_ns = 2 * UTIL_NS_PER_S},
		.out = {.file = stdout,
			.clock_offset_ns =
				util_clock_ns(CLOCK_REALTIME) - util_clock_ns(CLOCK_MONOTONIC)},
	};
	int exit_code = opt_parse(&seainject_fire_program, argc, argv, &f.config);

	if (exit_code)
		return opt_exit(exit_code);
	log_setup("seainject", f.config.verbose);
	exit_code = run(&f);
	end(&f);
	return exit_code;
}
