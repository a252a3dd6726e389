// SPDX-License-Identifier: GPL-2.0-only
/*
 * bench-user: what seatrace's user space costs, without a kernel. One piece of work per call; what is
 * measured happens below a function measured_*(), so that callgrind can count it alone. A work that
 * gave other counts than its marks tell of is an error and no figure.
 * Must not: take a way that seatrace does not take; judge.
 */
#include <errno.h>
#include <inttypes.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/util.h"
#include "out/json.h"
#include "replay.h"
#include "session.h"
#include "tests/bench/user_traffic.h"
#include "tests/unit/marks.h"
#include "trace/recording.h"
#include "trace/source.h"
#include "trace/vm.h"

#define HOLD_NS    (20 * UTIL_NS_PER_MS) /* as a watch holds marks */
#define WAKE_NS    (10 * UTIL_NS_PER_MS) /* as often as it releases them when there is much to do */
#define TIMEOUT_NS (10 * UTIL_NS_PER_S)

/* Not inlined, cloned or split: callgrind knows it by its name. */
#define MEASURED static __attribute__((noipa))

struct bench {
	struct traffic traffic;
	size_t at; /* of its next mark */
	uint64_t woken_ns;
	struct source *source;
	struct session *session;
	struct sinks sinks;
	struct vmtab *vmtab;
	struct recorder *recorder; /* NULL: nothing is recorded */
	struct out out;            /* of lines that are measured one by one */
	int err;                   /* the first of writing them */
	uint64_t units, ns;        /* what was measured: how often, of processor time */
};

static uint64_t cpu_ns(void)
{
	return util_clock_ns(CLOCK_PROCESS_CPUTIME_ID);
}

/* --- what a watch does ------------------------------------------------------------------------ */

static struct vm *find_vm(void *ctx, uint32_t tid, uint64_t kvm)
{
	struct bench *b = ctx;
	struct vm *vm = kvm ? vmtab_find_kvm(b->vmtab, kvm) : vmtab_find(b->vmtab, tid);
	struct recording_answer answer = {.kvm = kvm, .tid = tid, .id = RECORDING_NO_VM};

	if (kvm && vm)
		vm = vmtab_get(b->vmtab, vm->tgid, kvm);
	if (vm)
		answer.id = vm->id;
	if (b->recorder) {
		recorder_vm(b->recorder, vm);
		recorder_write(b->recorder, RECORDING_ANSWER, &answer, sizeof(answer));
	}
	return vm;
}

static int find_vcpu(void *ctx, uint32_t tgid, uint32_t tid)
{
	struct bench *b = ctx;
	struct recording_vcpu answer = {.tgid = tgid, .tid = tid, .vcpu = -1};

	if (b->recorder)
		recorder_write(b->recorder, RECORDING_VCPU, &answer, sizeof(answer));
	return answer.vcpu;
}

static void on_mark(void *ctx, const struct sea_hdr *mark)
{
	struct bench *b = ctx;

	session_mark(b->session, mark);
	if (b->recorder)
		recorder_write(b->recorder, RECORDING_MARK, mark, mark->size);
}

static void expire(struct bench *b, uint64_t now_ns)
{
	session_expire(b->session, now_ns);
	if (b->recorder)
		recorder_write(b->recorder, RECORDING_EXPIRE, &now_ns, sizeof(now_ns));
}

static const struct sea_hdr *next_mark(struct bench *b)
{
	const struct sea_hdr *mark = (const void *)(b->traffic.marks + b->at);

	b->at += mark->size;
	return mark;
}

/* The next marks; what is due meanwhile is done. */
static void feed(struct bench *b, uint64_t marks)
{
	while (marks--) {
		const struct sea_hdr *mark = next_mark(b);

		source_push(b->source, mark, mark->size);
		if (mark->ts_ns < b->woken_ns + WAKE_NS)
			continue;
		b->woken_ns = mark->ts_ns;
		source_release(b->source, b->woken_ns);
		expire(b, b->woken_ns);
	}
}

static void all_come(struct bench *b)
{
	source_release(b->source, UINT64_MAX);
}

/* --- setting up ------------------------------------------------------------------------------- */

static int add_vms(struct bench *b, unsigned n)
{
	b->vmtab = vmtab_new(NULL);
	if (!b->vmtab)
		return -ENOMEM;
	vmtab_set_trust(b->vmtab, UINT64_MAX); /* there are no such processes */
	for (unsigned i = 0; i < n; i++) {
		struct vm told = {.tgid = TRAFFIC_TGID(i), .kvm = TRAFFIC_KVM(i), .start_ticks = 1};

		told.named = true;
		snprintf(told.name, sizeof(told.name), "vm-%u", i);
		if (!vmtab_told(b->vmtab, NULL, &told))
			return -ENOMEM;
	}
	return 0;
}

static int start(struct bench *b, unsigned vms, void (*closed)(void *, const struct incident *))
{
	const struct session_config config = {
		.timeout_ns = TIMEOUT_NS,
		.page_shift = MARK_PAGE_SHIFT,
		.find_vm = find_vm,
		.find_vcpu = find_vcpu,
		.asked = b,
		.closed = closed,
		.ctx = b,
	};

	if (add_vms(b, vms))
		return -ENOMEM;
	b->session = session_new(&config, &b->sinks);
	b->source = source_new(HOLD_NS, on_mark, b);
	return b->session && b->source ? 0 : -ENOMEM;
}

static void stop(struct bench *b)
{
	source_free(b->source);
	session_free(b->session);
	vmtab_free(b->vmtab);
	b->source = NULL;
	b->session = NULL;
	b->vmtab = NULL;
}

/* All that was told was counted, of whatever VM; nothing was lost on the way. */
static int check(const struct bench *b)
{
	const struct agg *agg = session_agg(b->session);
	struct source_stats stats = source_stats(b->source);
	uint64_t counts[METER_MAX] = {0};
	int err = 0;

	for (unsigned i = 0; i < agg_size(agg); i++)
		for (int m = 0; m < METER_MAX; m++)
			counts[m] += agg_at(agg, i)->counts[m];
	for (int m = 0; m < METER_MAX; m++) {
		if (counts[m] == b->traffic.expected[m])
			continue;
		fprintf(stderr, "bench-user: %s: %" PRIu64 ", not %" PRIu64 "\n", meter_names[m],
			counts[m], b->traffic.expected[m]);
		err = -EPROTO;
	}
	if (stats.delivered != b->traffic.n || session_dropped(b->session)) {
		fprintf(stderr, "bench-user: %" PRIu64 " of %" PRIu64 " marks delivered\n",
			stats.delivered, b->traffic.n);
		err = -EPROTO;
	}
	return err;
}

/* --- marks ------------------------------------------------------------------------------------ */

MEASURED void measured_marks(struct bench *b, uint64_t marks)
{
	feed(b, marks);
}

/* Once as many incidents close as open: in the first half tables grow and each VM gets its rows. */
static int take_marks(struct bench *b)
{
	int err = start(b, TRAFFIC_VMS, NULL);

	if (err)
		return err;
	b->units = b->traffic.n / 2;
	feed(b, b->traffic.n - b->units);
	b->ns = cpu_ns();
	measured_marks(b, b->units);
	b->ns = cpu_ns() - b->ns;
	all_come(b);
	expire(b, UINT64_MAX);
	return check(b);
}

static int work_mix(struct bench *b, uint64_t n)
{
	int err = traffic_mix(&b->traffic, n);

	return err ? err : take_marks(b);
}

static int work_storm(struct bench *b, uint64_t n)
{
	int err = traffic_storm(&b->traffic, n);

	return err ? err : take_marks(b);
}

/* --- a recording ------------------------------------------------------------------------------ */

/* The mix into `path`, as a watch would write it. */
static int record(struct bench *b, uint64_t n, const char *path)
{
	struct recording_head head = {.page_shift = MARK_PAGE_SHIFT, .timeout_ns = TIMEOUT_NS};
	int err = traffic_mix(&b->traffic, n);

	if (!err)
		err = start(b, TRAFFIC_VMS, NULL);
	if (!err)
		err = recorder_open(&b->recorder, path, &head);
	if (err)
		return err;
	feed(b, b->traffic.n);
	all_come(b);
	expire(b, UINT64_MAX);
	err = recorder_close(b->recorder);
	b->recorder = NULL;
	return err ? err : check(b);
}

/* As `seatrace report` reads it; no incident is of a VM that is asked for. */
MEASURED int measured_report(const char *path)
{
	struct replay_config config = {.path = path, .outputs.json = true};

	config.outputs.filter = (struct filter){.vms = {{"nobody"}, 1}, .vcpu = FILTER_ANY_VCPU};
	return replay(&config);
}

static int work_report(struct bench *b, uint64_t n)
{
	char path[] = "/tmp/bench-user.XXXXXX";
	int fd = mkstemp(path), err = fd < 0 ? -errno : record(b, n, path);

	if (!err) {
		b->ns = cpu_ns();
		err = measured_report(path) ? -EIO : 0; /* it has said why */
		b->ns = cpu_ns() - b->ns;
		b->units = b->traffic.n;
	}
	unlink(path);
	return err;
}

/* --- lines of JSON ---------------------------------------------------------------------------- */

MEASURED int measured_incident(const struct out *out, const struct incident *inc)
{
	return json_incident(out, inc);
}

static void write_incident(void *ctx, const struct incident *inc)
{
	struct bench *b = ctx;
	uint64_t begin = cpu_ns();
	int err = measured_incident(&b->out, inc);

	b->ns += cpu_ns() - begin;
	b->err = b->err ? b->err : err;
	b->units++;
}

static int open_out(struct bench *b)
{
	b->out = (struct out){.file = fopen("/dev/null", "we")};
	return b->out.file ? 0 : -errno;
}

static int work_json_incident(struct bench *b, uint64_t n)
{
	int err = open_out(b);

	if (!err)
		err = traffic_mix(&b->traffic, n);
	if (!err)
		err = start(b, TRAFFIC_VMS, write_incident);
	if (err)
		return err;
	feed(b, b->traffic.n);
	all_come(b);
	expire(b, UINT64_MAX);
	return b->err ? b->err : check(b);
}

MEASURED int measured_json_marks(struct bench *b)
{
	int err = 0;

	for (; !err && b->units < b->traffic.n; b->units++)
		err = json_mark(&b->out, next_mark(b));
	return err;
}

static int work_json_mark(struct bench *b, uint64_t n)
{
	int err = open_out(b);

	if (!err)
		err = traffic_mix(&b->traffic, n);
	if (err)
		return err;
	b->ns = cpu_ns();
	err = measured_json_marks(b);
	b->ns = cpu_ns() - b->ns;
	return err;
}

/* --- memory ----------------------------------------------------------------------------------- */

static size_t allocated(void)
{
	struct mallinfo2 info = mallinfo2();

	return info.uordblks + info.hblkhd;
}

static int start_seen(struct bench *b, unsigned vms)
{
	int err = start(b, vms, NULL);

	for (struct vm *vm = NULL; !err && (vm = vmtab_each(b->vmtab, vm));)
		session_seen(b->session, vm);
	return err;
}

static void feed_all(struct bench *b, uint64_t marks, bool close)
{
	feed(b, marks);
	all_come(b);
	if (close)
		expire(b, UINT64_MAX);
}

/* A session of so many VMs, once its marks have come. */
static int memory_of(struct traffic *traffic, unsigned vms, bool close, size_t *bytes)
{
	struct bench b = {.traffic = *traffic};
	size_t before = allocated();
	int err = start_seen(&b, vms);

	if (!err) {
		feed_all(&b, b.traffic.n, close);
		*bytes = allocated() - before;
		err = check(&b);
	}
	stop(&b);
	traffic_free(traffic);
	return err;
}

static int memory_of_vms(unsigned vms, unsigned hit, size_t *bytes)
{
	struct traffic traffic = {0};
	int err = traffic_each(&traffic, hit);

	return err ? err : memory_of(&traffic, vms, true, bytes);
}

static int memory_of_open(unsigned errors, size_t *bytes)
{
	struct traffic traffic = {0};
	int err = traffic_one(&traffic, errors);

	return err ? err : memory_of(&traffic, 1, false, bytes);
}

/* What stays of so many when as many have been open and closed before. */
static int memory_of_closed(unsigned errors, size_t *bytes)
{
	struct bench b = {0};
	int err = traffic_one(&b.traffic, 2 * errors);

	if (!err)
		err = start_seen(&b, 1);
	if (!err) {
		feed_all(&b, b.traffic.n / 2, true);
		*bytes = allocated();
		feed_all(&b, b.traffic.n / 2, true);
		*bytes = allocated() - *bytes;
		err = check(&b);
	}
	stop(&b);
	traffic_free(&b.traffic);
	return err;
}

#define ERRORS 1000

static int work_memory(struct bench *b, uint64_t n)
{
	size_t one_vm, quiet, hit, one, open, closed;

	(void)b;
	(void)n;
	if (memory_of_vms(1, 0, &one_vm) || memory_of_vms(1 + TRAFFIC_VMS, 0, &quiet) ||
	    memory_of_vms(1 + TRAFFIC_VMS, TRAFFIC_VMS, &hit) || memory_of_open(1, &one) ||
	    memory_of_open(1 + ERRORS, &open) || memory_of_closed(ERRORS, &closed))
		return -EPROTO;
	printf("memory.session %zu bytes\n", one_vm);
	printf("memory.thousand_vms %zu bytes\n", quiet - one_vm);
	printf("memory.thousand_vms_hit %zu bytes\n", hit - one_vm);
	printf("memory.open_incident %zu bytes\n", (open - one) / ERRORS);
	printf("memory.closed_incident %zd bytes\n", (ssize_t)closed / ERRORS);
	return 0;
}

/* ---------------------------------------------------------------------------------------------- */

static const struct work {
	const char *name;
	int (*run)(struct bench *b, uint64_t n);
} works[] = {
	{"mix", work_mix},
	{"storm", work_storm},
	{"report", work_report},
	{"json-incident", work_json_incident},
	{"json-mark", work_json_mark},
	{"memory", work_memory},
};

static int run(const struct work *work, uint64_t n)
{
	struct bench b = {0};
	int err = work->run(&b, n);

	if (!err && b.units)
		printf("%" PRIu64 " %" PRIu64 "\n", b.units, b.ns);
	if (err)
		fprintf(stderr, "bench-user: %s: %s\n", work->name, strerror(-err));
	stop(&b);
	traffic_free(&b.traffic);
	if (b.out.file)
		fclose(b.out.file);
	return err ? 1 : 0;
}

int main(int argc, char **argv)
{
	uint64_t n = 0;

	if (argc == 3 && !util_parse_u64(argv[2], 1, UINT64_MAX, &n))
		for (size_t i = 0; i < UTIL_COUNT(works); i++)
			if (!strcmp(argv[1], works[i].name))
				return run(&works[i], n);
	fprintf(stderr, "usage: bench-user WORK MARKS\n"
			"Does it with so many marks. Prints how many marks or lines were measured "
			"and their\n"
			"processor time in nanoseconds; of memory, what takes how much.\n"
			"WORK:");
	for (size_t i = 0; i < UTIL_COUNT(works); i++)
		fprintf(stderr, " %s", works[i].name);
	fprintf(stderr, "\n");
	return 2;
}
