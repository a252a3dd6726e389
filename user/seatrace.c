// SPDX-License-Identifier: GPL-2.0-only
/*
 * seatrace: watches memory errors under the VMs of this host. Parses options, wires the parts
 * together, waits for marks, signals and the clock.
 * Must not: know a hook, join marks, format a line.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "lib/exit.h"
#include "lib/feature.h"
#include "lib/log.h"
#include "lib/opt.h"
#include "lib/util.h"
#include "out/json.h"
#include "out/line.h"
#include "out/table.h"
#include "trace/agg.h"
#include "trace/attach.h"
#include "trace/join.h"
#include "trace/mark.h"
#include "trace/source.h"
#include "trace/vm.h"

#define HOLD_NS		(20 * UTIL_NS_PER_MS) /* CPUs may be this far apart in one ring */
#define OPEN_MAX	4096
#define POISONED_MAX	4096
#define DEFAULT_TIMEOUT (10 * UTIL_NS_PER_S)

struct config {
	uint64_t interval_ns; /* 0: a table when something changed, at most one a second */
	uint64_t count;	      /* 0: no end */
	uint64_t duration_ns; /* 0: until a signal */
	uint64_t timeout_ns;
	uint64_t ring_mib;
	const char *output;
	const char *drop_mark;
	bool json, timeline, marks, quiet, strict;
	int verbose;
};

static const struct opt options[] = {
	{ "json", 'j', NULL, "print JSON Lines", OPT_FLAG, offsetof(struct config, json), 0, 0,
	  NULL, false },
	{ "timeline", 't', NULL, "show each incident's marks and spans", OPT_FLAG,
	  offsetof(struct config, timeline), 0, 0, NULL, false },
	{ "duration", 'd', "SECONDS", "stop after this time", OPT_DURATION,
	  offsetof(struct config, duration_ns), 1, 0, NULL, false },
	{ "output", 'o', "FILE", "write to FILE", OPT_STRING, offsetof(struct config, output), 0,
	  0, NULL, false },
	{ "timeout", 0, "SECONDS", "close an incident this long after its last mark (10)",
	  OPT_DURATION, offsetof(struct config, timeout_ns), UTIL_NS_PER_MS, 0, NULL, false },
	{ "ring-size", 0, "MIB", "ring buffer, a power of two (4)", OPT_U64,
	  offsetof(struct config, ring_mib), 1, 1024, NULL, false },
	{ "marks", 'm', NULL, "print every mark too", OPT_FLAG, offsetof(struct config, marks), 0,
	  0, NULL, false },
	{ "strict", 0, NULL, "exit 1 when marks were lost", OPT_FLAG,
	  offsetof(struct config, strict), 0, 0, NULL, false },
	{ "quiet", 'q', NULL, "no tables, incidents only", OPT_FLAG,
	  offsetof(struct config, quiet), 0, 0, NULL, false },
	{ "verbose", 'v', NULL, "say more; -vv adds libbpf's words", OPT_COUNT,
	  offsetof(struct config, verbose), 0, 0, NULL, false },
	{ "drop-mark", 0, "NAME[:N]", "for tests: lose the Nth mark of a type", OPT_STRING,
	  offsetof(struct config, drop_mark), 0, 0, NULL, true },
	{ 0 },
};

static int take_argument(void *config, unsigned index, const char *text, char *err, size_t errlen)
{
	struct config *c = config;

	if (index == 0 && (util_parse_duration(text, &c->interval_ns) || !c->interval_ns)) {
		snprintf(err, errlen, "INTERVAL: '%s' is not a time like 1 or 500ms", text);
		return -EINVAL;
	}
	if (index == 1 && util_parse_u64(text, 1, UINT32_MAX, &c->count)) {
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
		    "  seatrace -j -o sea.jsonl incidents and a summary as JSON Lines\n",
	.opts = options,
	.arg = take_argument,
	.max_args = 2,
};

struct seatrace {
	struct config config;
	struct feature *kernel;
	struct attach *attach;
	struct source *source;
	struct join *join;
	struct agg *agg;
	struct vmtab *vms;
	struct out out;
	int signal_fd;
	int write_error; /* -errno of the first output that failed */
	uint64_t shown_generation, tables;
};

/* --- what the parts call back ------------------------------------------------------------------ */

static struct vm *find_vm(void *ctx, uint32_t tid, uint64_t kvm)
{
	struct seatrace *st = ctx;
	struct vm *vm;
	uint32_t tgid;

	if (!kvm)
		return vmtab_owner(st->vms, tid);
	vm = vmtab_find_kvm(st->vms, kvm);
	tgid = vm && vm->tgid == tid ? tid : vmtab_tgid(st->vms, tid);
	return vmtab_get(st->vms, tgid ? tgid : tid, kvm);
}

static void on_count(void *ctx, struct vm *vm, enum meter meter)
{
	agg_count(((struct seatrace *)ctx)->agg, vm, meter);
}

static void on_lap(void *ctx, struct vm *vm, enum lap lap, uint64_t ns)
{
	agg_lap(((struct seatrace *)ctx)->agg, vm, lap, ns);
}

static void wrote(struct seatrace *st, int err)
{
	if (!err && ferror(st->out.file))
		err = errno ? -errno : -EIO;
	if (err && !st->write_error)
		st->write_error = err;
}

static void on_closed(void *ctx, const struct incident *inc)
{
	struct seatrace *st = ctx;
	int err = 0;

	if (inc->late && inc->vm)
		agg_change_outcome(st->agg, inc->vm, inc->before, incident_outcome(inc));
	else
		agg_outcome(st->agg, inc->vm, incident_outcome(inc));
	if (st->config.json) {
		err = json_incident(&st->out, inc);
	} else {
		line_print(&st->out, inc);
		if (st->config.timeline)
			line_print_timeline(&st->out, inc);
		fflush(st->out.file);
	}
	wrote(st, err);
}

static void on_mark(void *ctx, const struct sea_hdr *mark)
{
	struct seatrace *st = ctx;

	if (st->config.marks && st->config.json)
		wrote(st, json_mark(&st->out, mark));
	else if (st->config.marks)
		line_print_mark(&st->out, mark);
	join_mark(st->join, mark);
}

/* --- setting up -------------------------------------------------------------------------------- */

static int check_config(const struct config *config)
{
	if (config->ring_mib & (config->ring_mib - 1)) {
		log_error("--ring-size: %llu is not a power of two; try 4 or 8",
			  (unsigned long long)config->ring_mib);
		return EXIT_USAGE;
	}
	return 0;
}

static unsigned terminal_columns(void)
{
	struct winsize size;

	if (!ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) && size.ws_col)
		return size.ws_col;
	return 80;
}

static int open_output(struct seatrace *st)
{
	st->out.file = stdout;
	st->out.columns = terminal_columns();
	st->out.clock_offset_ns = util_clock_ns(CLOCK_REALTIME) - util_clock_ns(CLOCK_MONOTONIC);
	st->out.kernel = st->kernel;
	if (st->config.output) {
		st->out.file = fopen(st->config.output, "we");
		if (!st->out.file) {
			log_error("--output: open %s: %s", st->config.output, strerror(errno));
			return EXIT_ENVIRONMENT;
		}
	}
	st->out.color = isatty(fileno(st->out.file)) && !getenv("NO_COLOR");
	return 0;
}

/* "abort" or "abort:3" */
static int drop_mark(struct source *source, const char *what)
{
	const char *colon = strchrnul(what, ':');
	char *name = strndup(what, colon - what);
	unsigned type = name ? mark_id(name) : 0;
	uint64_t nth = 1;

	free(name);
	if (!type || (*colon && util_parse_u64(colon + 1, 1, UINT64_MAX, &nth))) {
		log_error("--drop-mark: '%s' is not a mark's name, or NAME:N", what);
		return EXIT_USAGE;
	}
	source_drop(source, type, nth);
	return 0;
}

static int make_parts(struct seatrace *st)
{
	const struct join_ops ops = { find_vm, on_count, on_lap, on_closed };
	const struct join_limits limits = {
		.timeout_ns = st->config.timeout_ns,
		.open_max = OPEN_MAX,
		.poisoned_max = POISONED_MAX,
		.page_shift = __builtin_ctzl(sysconf(_SC_PAGESIZE)),
	};

	st->vms = vmtab_new(NULL);
	st->agg = agg_new();
	st->join = join_new(&ops, st, &limits);
	st->source = source_new(HOLD_NS, on_mark, st);
	if (!st->vms || !st->agg || !st->join || !st->source) {
		log_error("no memory to start");
		return EXIT_ENVIRONMENT;
	}
	return st->config.drop_mark ? drop_mark(st->source, st->config.drop_mark) : 0;
}

static int block_signals(struct seatrace *st)
{
	sigset_t set;

	signal(SIGPIPE, SIG_IGN);
	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigprocmask(SIG_BLOCK, &set, NULL);
	st->signal_fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	if (st->signal_fd < 0) {
		log_error("signalfd: %s", strerror(errno));
		return EXIT_ENVIRONMENT;
	}
	return 0;
}

static int open_ring(struct seatrace *st)
{
	int err = source_open_ring(st->source, attach_ring(st->attach));

	if (!err)
		return 0;
	log_error("open the ring buffer: %s", util_errno(err));
	return EXIT_ENVIRONMENT;
}

/* --- running ----------------------------------------------------------------------------------- */

static void scan_vms(struct seatrace *st)
{
	int err = vmtab_scan(st->vms);

	if (err < 0)
		log_warn("look for VMs in /proc: %s; names may be missing", util_errno(err));
	for (struct vm *vm = vmtab_each(st->vms, NULL); vm; vm = vmtab_each(st->vms, vm))
		agg_row(st->agg, vm);
}

static struct out_losses losses(const struct seatrace *st)
{
	struct source_stats stats = source_stats(st->source);
	struct out_losses losses = {
		.refused = stats.refused,
		.dropped = stats.dropped + join_dropped(st->join) + agg_dropped(st->agg),
	};

	if (attach_lost(st->attach, losses.marks))
		log_warn("read the kernel's count of lost marks: %s", strerror(errno));
	return losses;
}

static void show_table(struct seatrace *st, const char *type)
{
	struct out_losses lost = losses(st);

	st->shown_generation = agg_generation(st->agg);
	if (st->config.json) {
		wrote(st, json_rows(&st->out, type, st->agg, &lost, util_clock_ns(CLOCK_MONOTONIC)));
		return;
	}
	if (!st->config.quiet) {
		table_print(&st->out, st->agg, &lost);
		fflush(st->out.file);
		wrote(st, 0);
	}
}

/* The table is due; whether it is shown depends on what was asked for. */
static void tick(struct seatrace *st)
{
	bool asked = st->config.interval_ns;

	scan_vms(st);
	st->tables++;
	if (asked || (!st->config.json && agg_generation(st->agg) != st->shown_generation))
		show_table(st, "table");
}

static int wait_ms(const struct seatrace *st, uint64_t until_ns)
{
	uint64_t now = util_clock_ns(CLOCK_MONOTONIC);

	until_ns = UTIL_MIN(until_ns, join_deadline(st->join));
	if (source_pending(st->source))
		until_ns = UTIL_MIN(until_ns, now + HOLD_NS);
	if (until_ns <= now)
		return 0;
	/* rounded up: a wake-up that comes too early only comes again */
	return UTIL_MIN((until_ns - now) / UTIL_NS_PER_MS + 1, 60000ULL);
}

static int take_marks(struct seatrace *st, uint64_t now_ns)
{
	int err = source_drain(st->source);

	if (err) {
		log_error("read the ring buffer: %s", util_errno(err));
		return EXIT_ENVIRONMENT;
	}
	source_release(st->source, now_ns);
	join_expire(st->join, now_ns == UINT64_MAX ? now_ns : now_ns - HOLD_NS);
	return 0;
}

static bool is_over(const struct seatrace *st, uint64_t end_ns)
{
	return st->write_error || util_clock_ns(CLOCK_MONOTONIC) >= end_ns ||
	       (st->config.count && st->tables >= st->config.count);
}

static int run(struct seatrace *st)
{
	uint64_t every_ns = st->config.interval_ns ? st->config.interval_ns : UTIL_NS_PER_S;
	uint64_t now = util_clock_ns(CLOCK_MONOTONIC), next_ns = now + every_ns;
	uint64_t end_ns = st->config.duration_ns ? now + st->config.duration_ns : UINT64_MAX;
	struct pollfd fds[] = {
		{ .fd = source_fd(st->source), .events = POLLIN },
		{ .fd = st->signal_fd, .events = POLLIN },
	};
	int exit_code = 0;

	while (!exit_code && !is_over(st, end_ns)) {
		if (poll(fds, 2, wait_ms(st, UTIL_MIN(next_ns, end_ns))) < 0 && errno != EINTR) {
			log_error("poll: %s", strerror(errno));
			return EXIT_ENVIRONMENT;
		}
		if (fds[1].revents)
			return 0;
		now = util_clock_ns(CLOCK_MONOTONIC);
		exit_code = take_marks(st, now);
		for (; now >= next_ns; next_ns += every_ns)
			if (now < next_ns + every_ns)
				tick(st);
	}
	return exit_code;
}

/* Hooks off first: what is in the ring then is all there is. */
static int finish(struct seatrace *st)
{
	struct out_losses lost;
	int exit_code;

	scan_vms(st);
	attach_stop(st->attach);
	exit_code = take_marks(st, UINT64_MAX);
	lost = losses(st);
	show_table(st, "summary");
	if (st->out.file != stdout && fclose(st->out.file))
		wrote(st, -errno);
	if (st->write_error && st->write_error != -EPIPE) {
		log_error("write %s: %s", st->config.output ? st->config.output : "the output",
			  strerror(-st->write_error));
		return EXIT_ENVIRONMENT;
	}
	if (!exit_code && st->config.strict && out_losses_total(&lost))
		return EXIT_VERDICT;
	return exit_code;
}

static void announce(struct seatrace *st)
{
	struct hook_state hook;
	unsigned attached = 0, n = 0;

	for (unsigned i = 0; attach_hook(st->attach, i, &hook); i++) {
		attached += hook.attached;
		n += hook.attached || hook.missing;
		if (hook.attached || hook.missing)
			log_info("%-18s %-26s %s", hook.program, hook.target,
				 hook.attached ? "attached" : hook.missing);
	}
	scan_vms(st);
	if (!st->config.quiet)
		fprintf(stderr, "seatrace: %u of %u hooks attached, %u VMs; Ctrl-C stops\n",
			attached, n, agg_size(st->agg) - 1);
	if (st->config.json)
		show_table(st, "start");
}

static void tear_down(struct seatrace *st)
{
	source_free(st->source);
	attach_free(st->attach);
	join_free(st->join);
	agg_free(st->agg);
	vmtab_free(st->vms);
	feature_free(st->kernel);
	if (st->signal_fd >= 0)
		close(st->signal_fd);
}

static int set_up(struct seatrace *st)
{
	int exit_code = check_config(&st->config);

	if (!exit_code)
		exit_code = feature_open(&st->kernel);
	if (!exit_code)
		exit_code = open_output(st);
	if (!exit_code)
		exit_code = make_parts(st);
	if (!exit_code)
		exit_code = block_signals(st);
	if (!exit_code)
		exit_code = attach_open(&st->attach, st->kernel, st->config.ring_mib << 20);
	if (!exit_code)
		exit_code = open_ring(st);
	return exit_code;
}

int main(int argc, char **argv)
{
	struct seatrace st = {
		.config = { .timeout_ns = DEFAULT_TIMEOUT, .ring_mib = 4 },
		.signal_fd = -1,
	};
	int exit_code = opt_parse(&program, argc, argv, &st.config);

	if (exit_code)
		return opt_exit(exit_code);
	log_setup(program.name, st.config.verbose);
	exit_code = set_up(&st);
	if (!exit_code) {
		announce(&st);
		exit_code = run(&st);
		if (!exit_code)
			exit_code = finish(&st);
	}
	tear_down(&st);
	return exit_code;
}
