// SPDX-License-Identifier: GPL-2.0-only
/*
 * A stream of marks with valid headers, in hostile order and with hostile content, through source and
 * join to every output, as a watch does it; recorded on the way. What comes out holds what it must, and
 * the recording, replayed, gives the same to the byte.
 *
 * An input is a list of steps: a byte says which (step()), others what is in it. Marks are filled in by
 * their field tables, with values of small pools, so that they meet; the corpus outlives their changes.
 */
#include <stdlib.h>
#include <string.h>

#include "feed.h"
#include "lib/log.h"
#include "lib/util.h"
#include "replay.h"
#include "session.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/lines.h"
#include "trace/group.h"
#include "trace/mark.h"
#include "trace/recording.h"
#include "trace/source.h"

#define VMS       4
#define HOLD_NS   (20 * UTIL_NS_PER_MS)
#define START_NS  (1000 * UTIL_NS_PER_S)
#define CLOCK_NS  1700000000000000000ULL /* CLOCK_REALTIME - CLOCK_MONOTONIC */
#define OPEN_MOST 4096                   /* session.c's */
#define STEPS_MAX 4096
#define NO_MARK   0xc0 /* steps from here on are no marks */
#define ABORTS    5    /* bytes of fold_aborts() */
#define ROWS_MOST 5000 /* that one input looks at: a second or two */

struct watched {
	struct fuzz_input *in;
	struct vmtab *vms;
	struct vm *vm[VMS];
	struct feed *feed;
	const struct session *session; /* the feed's */
	struct source *source;
	struct recorder *recorder;
	struct groups *groups;
	struct sinks sinks;
	uint64_t now_ns;
	uint64_t starts[VMS]; /* how often each one's process was started anew */
	bool aborts;          /* any were timed; ... */
	uint64_t untimed;
	uint64_t rows; /* looked at */
};

static struct fuzz_file recording, output, replayed;

/* --- marks ------------------------------------------------------------------------------------ */

/* Fields of a name take its values; a process has the threads from its id to the next hundred. */
static const struct pool {
	const char *fields;
	uint64_t values[8];
} pools[] = {
	{" kvm ", {0xa000, 0xb000, 0xc000, 0xd000, 0, 0xa000, 0xb000, 0xeeee}},
	{" owner to_tgid to_tid ", {100, 101, 200, 300, 400, 999, 0, 102}},
	{" estatus ", {0xe000, 0xe100, 0xe200, 0xe300, 0, 0xe000, 0xe100, 0xe400}},
	{" pfn ", {0x80, 0x81, 0x82, 0x83, 0, 0x80, 0x81, UINT64_MAX >> 12}},
	{" pa ", {0x80000, 0x81000, 0x82000, 0x83008, 0, 0x80fff, 0x81000, UINT64_MAX}},
	{" addr hva ", {0x7000, 0x8000, 0x9000, 0x7008, 0, 0x7fff, 0x8000, UINT64_MAX}},
	{" gpa hpfar far ", {0x4000, 0x5000, 0x6000, 0x40, 0, 0x4000, 0x5000, UINT64_MAX}},
	{" len ", {0x1000, 0x2000, 0x10000, 0x200000, 0, 0x1000, 0x1000, UINT64_MAX}},
	{" code ", {4, 5, 4, 5, 4, 5, 0, 6}},
	{" ret ", {0, 0, 0, -2, -16, 1, INT32_MIN, INT32_MAX}},
	{" esr ", {0x92000010, 0x92000410, 0x86000010, 0x96000010, 0, 0x92000018, 0x92001810, -1}},
};

static const uint32_t tids[] = {100, 101, 102, 200, 201, 300, 400, 7, 8, 999};

static uint64_t pick(const struct sea_field *field, uint8_t choice)
{
	char name[40];

	if (choice >= 0xf0)
		return choice & 1 ? UINT64_MAX : (uint64_t)choice << 24;
	snprintf(name, sizeof(name), " %s ", field->name);
	for (size_t i = 0; i < UTIL_COUNT(pools); i++)
		if (strstr(pools[i].fields, name))
			return pools[i].values[choice % 8];
	return choice % 8;
}

/* Most marks come a little after the one before; some wait for long, some come late. */
static uint64_t next_time(struct watched *w)
{
	/* clang-format off */
	static const uint64_t steps[] = {
		0, 1, 700, 40 * UTIL_NS_PER_US, UTIL_NS_PER_MS, 30 * UTIL_NS_PER_MS,
		11 * UTIL_NS_PER_S, 700 * UTIL_NS_PER_S,
	};
	/* clang-format on */
	uint8_t choice = fuzz_take(w->in, 1);

	w->now_ns += steps[choice % 8];
	if (choice >= 0xe0) /* another CPU's, whose clock or place in the ring is behind */
		return w->now_ns - (choice & 0x10 ? 5 * UTIL_NS_PER_MS : 500 * UTIL_NS_PER_MS);
	return w->now_ns;
}

static void push_mark(struct watched *w, unsigned id)
{
	const struct mark_type *type = mark_type(id);
	char mark[512] __attribute__((aligned(8))) = {0};
	struct sea_hdr *hdr = (struct sea_hdr *)mark;

	FUZZ_CHECK(type->size <= sizeof(mark));
	hdr->type = id;
	hdr->size = type->size;
	hdr->ts_ns = next_time(w);
	hdr->tid = tids[fuzz_take(w->in, 1) % UTIL_COUNT(tids)];
	hdr->tgid = hdr->tid / 100 * 100;
	hdr->cpu = hdr->tid % 3;
	for (unsigned f = 0; f < type->n_fields; f++) {
		const struct sea_field *field = &type->fields[f];
		uint64_t value = pick(field, fuzz_take(w->in, 1));

		memcpy(mark + field->offset, &value, field->size);
	}
	FUZZ_CHECK(!source_push(w->source, mark, type->size));
}

/* What the ring may hold when the two sides do not agree: it is refused, and counted. */
static void push_nonsense(struct watched *w)
{
	size_t len = fuzz_take(w->in, 1) % 80;
	uint64_t refused = source_stats(w->source).refused;
	char *text = fuzz_text(w->in, len);

	len = strnlen(text, len) + 1; /* exactly what was allocated, or less */
	if (source_push(w->source, text, len))
		FUZZ_CHECK(source_stats(w->source).refused == refused + 1);
	free(text);
}

/* --- as a watch does it ----------------------------------------------------------------------- */

static struct vm *find_vm(void *ctx, uint32_t tid, uint64_t kvm)
{
	struct watched *w = ctx;

	for (int i = 0; i < VMS; i++)
		if (kvm ? w->vm[i]->kvm == kvm : w->vm[i]->tgid == tid / 100 * 100)
			return w->vm[i];
	return NULL;
}

/* The second thread of each process is its vCPU 1, as its name says. */
static int find_vcpu(void *ctx, uint32_t tgid, uint32_t tid)
{
	(void)ctx;
	return tid == tgid + 1 ? 1 : -1;
}

static void on_mark(void *ctx, const struct sea_hdr *mark)
{
	struct watched *w = ctx;

	feed_mark(w->feed, mark);
	FUZZ_CHECK(session_open(w->session) <= OPEN_MOST);
}

static void on_closed(void *ctx, const struct incident *inc)
{
	struct watched *w = ctx;

	if (inc->late && inc->vm)
		groups_changed(w->groups, inc->vm, inc->before);
}

static void on_folded(void *ctx, const struct agg_row *row)
{
	struct watched *w = ctx;

	groups_folded(w->groups, row);
}

static void make_vm(struct watched *w, int i)
{
	static const char *const names[] = {"vm-a", "vm-b", "host", "unnamed"};
	struct vm told = {
		.tgid = 100 * (1 + i % 3), /* the fourth is the second of the first process */
		.kvm = 0xa000 + 0x1000 * i,
		.start_ticks = 1 + w->starts[i],
		.named = true,
	};

	strcpy(told.name, names[i]);
	vm_put(w->vm[i]);
	w->vm[i] = vmtab_told(w->vms, NULL, &told);
	FUZZ_CHECK(w->vm[i]);
	vm_hold(w->vm[i]); /* one that ended may still be asked for */
}

/* Its process may go on, and run another one later. */
static void end_vm(struct watched *w, int i, bool process_too)
{
	struct vm told = *w->vm[i];

	w->starts[i] += process_too;
	told.gone = true;
	w->vm[i] = vmtab_told(w->vms, w->vm[i], &told);
}

static void see_vm(struct watched *w, int i)
{
	if (w->vm[i]->gone)
		make_vm(w, i);
	feed_seen(w->feed, w->vm[i]);
}

static void expire(struct watched *w, uint64_t now_ns)
{
	feed_expire(w->feed, now_ns);
	FUZZ_CHECK(session_deadline(w->session) > now_ns || now_ns == UINT64_MAX);
}

/* Timed by the kernel, and told of in between; of a VM, or of one that nobody knows. */
static void fold_aborts(struct watched *w, int i)
{
	struct hist fresh = {0};

	for (int n = 1; n < ABORTS; n++)
		hist_add(&fresh, 1ULL << fuzz_take(w->in, 1) % 64);
	w->untimed += fuzz_take(w->in, 1);
	w->aborts = true;
	feed_aborts(w->feed, i < VMS ? w->vm[i] : NULL, &fresh);
}

static void show_rows(struct watched *w, enum sinks_rows when)
{
	struct out_losses lost = {
		.refused = source_stats(w->source).refused,
		.untimed = w->untimed,
		.aborts = w->aborts,
	};

	feed_rows(w->feed, when, &lost, w->now_ns);
}

/* What Prometheus is told never falls, a VM's end included. */
static void check_groups(struct watched *w)
{
	static struct group before[64];
	unsigned n = 0;

	for (unsigned i = 0; i < groups_size(w->groups) && n < 64; i++)
		before[n++] = *groups_at(w->groups, i);
	FUZZ_CHECK(!groups_update(w->groups, session_agg(w->session), w->now_ns));
	for (unsigned i = 0, at = 0; i < n; i++) {
		const struct group *now = NULL;

		for (at = 0; at < groups_size(w->groups) && !now; at++)
			if (!strcmp(groups_at(w->groups, at)->label, before[i].label))
				now = groups_at(w->groups, at);
		for (int m = 0; now && m < METER_MAX; m++)
			FUZZ_CHECK(now->counts[m] >= before[i].counts[m], "%s", meter_names[m]);
		for (int o = 0; now && o < OUTCOME_MAX; o++)
			FUZZ_CHECK(now->closed[o] >= before[i].closed[o] &&
					   now->changed[o] >= before[i].changed[o] &&
					   now->changed[o] <= now->closed[o],
				   "%s: %s", now->label, outcome_names[o]);
	}
}

/* The mark that a step is for; 0: none. */
static unsigned mark_of(uint8_t what)
{
	unsigned ids[SEA_MARK_ID_MAX], n = 0;

	for (unsigned id = 0; id < SEA_MARK_ID_MAX; id++)
		if (mark_type(id))
			ids[n++] = id;
	return what < NO_MARK ? ids[what % n] : 0;
}

/* Tables, groups, tidying: all rows of VMs are looked at. */
static bool is_look(uint8_t what)
{
	return what % 8 == 1 || what % 8 == 2 || what % 8 == 6;
}

static bool is_aborts(uint8_t what)
{
	return what >= NO_MARK && what % 8 == 7 && what / 8 % 8 <= VMS;
}

/* A thousand tables of a thousand VMs find nothing that a few do not. */
static bool looks_again(struct watched *w)
{
	w->rows += agg_size(session_agg(w->session));
	return w->rows <= ROWS_MOST;
}

static void step(struct watched *w)
{
	unsigned what = fuzz_take(w->in, 1);

	if (mark_of(what)) {
		push_mark(w, mark_of(what));
		return;
	}
	if (is_look(what) && !looks_again(w))
		return;
	switch (what % 8) {
	case 0:
		source_release(w->source, w->now_ns);
		expire(w, w->now_ns - HOLD_NS);
		break;
	case 1:
		show_rows(w, what & 0x10 ? SINKS_TABLE : SINKS_CHANGED);
		break;
	case 2:
		check_groups(w);
		break;
	case 3:
		see_vm(w, what / 8 % VMS);
		break;
	case 4:
		end_vm(w, what / 8 % VMS, what & 0x20);
		break;
	case 5:
		push_nonsense(w);
		break;
	case 6:
		feed_tidy(w->feed, w->now_ns);
		break;
	default:
		if (is_aborts(what))
			fold_aborts(w, what / 8 % 8);
		else
			source_release(w->source, w->now_ns);
	}
}

/* --- mutations of whole steps ----------------------------------------------------------------- */

static size_t step_size(uint8_t what)
{
	unsigned id = mark_of(what);

	if (is_aborts(what))
		return 1 + ABORTS;
	return id ? 3 + mark_type(id)->n_fields : 1; /* what, time, thread, fields */
}

/* Where the steps of an input begin, and where the last one ends. Returns how many. */
static unsigned find_steps(const uint8_t *data, size_t size, size_t at[STEPS_MAX + 1])
{
	unsigned n = 0;

	for (at[0] = 0; n < STEPS_MAX && at[n] < size; n++)
		at[n + 1] = UTIL_MIN(size, at[n] + step_size(data[at[n]]));
	return n;
}

/* Makes room for `len` bytes at `to`; 0 when there is none. */
static size_t make_room(uint8_t *data, size_t size, size_t max, size_t to, size_t len)
{
	if (size + len > max)
		return 0;
	memmove(data + to + len, data + to, size - to);
	return size + len;
}

/* A few steps once more, elsewhere. */
static size_t repeat_steps(uint8_t *data, size_t size, size_t max, size_t from, size_t len,
			   size_t to)
{
	uint8_t copy[4096];

	len = UTIL_MIN(len, sizeof(copy));
	memcpy(copy, data + from, len);
	if (!make_room(data, size, max, to, len))
		return size;
	memcpy(data + to, copy, len);
	return size + len;
}

/* A mark that comes soon, in a thread of the first process, with the pools' first values. */
static size_t insert_mark(uint8_t *data, size_t size, size_t max, size_t to, unsigned random)
{
	uint8_t what = random % NO_MARK;
	size_t len = step_size(what);

	if (!make_room(data, size, max, to, len))
		return size;
	data[to] = what;
	data[to + 1] = random >> 8 & 3;
	data[to + 2] = random >> 10 & 3;
	for (size_t i = 3; i < len; i++)
		data[to + i] = random >> (8 + i) & 1;
	return size + len;
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max, unsigned seed)
{
	unsigned random = seed * 2654435761u, what = seed % 16, n, from, to, few;
	static size_t at[STEPS_MAX + 1];

	if (what < 4)
		return LLVMFuzzerMutate(data, size, max);
	n = find_steps(data, size, at);
	from = n ? random / 16 % n : 0;
	few = n ? 1 + random / 64 % UTIL_MIN(n - from, 16u) : 0;
	to = random / 1024 % (n + 1);
	if (what < 8)
		return insert_mark(data, size, max, at[to], random);
	if (!n)
		return size;
	if (what < 11)
		return repeat_steps(data, size, max, at[from], at[from + few] - at[from], at[to]);
	if (what < 13) {
		memmove(data + at[from], data + at[from + few], size - at[from + few]);
		return size - (at[from + few] - at[from]);
	}
	LLVMFuzzerMutate(data + at[from], at[from + 1] - at[from], at[from + 1] - at[from]);
	return size;
}

/* --- the run ---------------------------------------------------------------------------------- */

static void open_parts(struct watched *w)
{
	static struct recording_head head = {
		.page_shift = 12,
		.clock_offset_ns = CLOCK_NS,
		.timeout_ns = 10 * UTIL_NS_PER_S,
	};

	fuzz_file_set(&recording, "", 0);
	fuzz_file_set(&output, "", 0);
	FUZZ_CHECK(!recorder_open(&w->recorder, recording.path, &head));
	w->sinks.timeline = true;
	w->vms = vmtab_new(NULL);
	w->groups = groups_new(SESSION_GONE_NS);
	w->feed = feed_new(&(struct session_config){.timeout_ns = head.timeout_ns,
						    .page_shift = head.page_shift,
						    .find_vm = find_vm,
						    .find_vcpu = find_vcpu,
						    .asked = w,
						    .closed = on_closed,
						    .folded = on_folded,
						    .ctx = w},
			   &w->sinks, w->recorder);
	w->source = source_new(HOLD_NS, on_mark, w);
	FUZZ_CHECK(w->vms && w->groups && w->feed && w->source);
	w->session = feed_session(w->feed);
	FUZZ_CHECK(!sinks_open(&w->sinks, &(struct sinks_config){.path = output.path,
								 .clock_offset_ns = CLOCK_NS}));
	for (int i = 0; i < VMS; i++)
		make_vm(w, i);
}

static void close_parts(struct watched *w)
{
	groups_free(w->groups);
	source_free(w->source);
	feed_free(w->feed);
	vmtab_free(w->vms);
	sinks_close(&w->sinks);
	FUZZ_CHECK(!recorder_close(w->recorder));
}

static void watch(struct fuzz_input *in, struct fuzz_said *said)
{
	struct watched w = {.in = in, .now_ns = START_NS};

	fuzz_catch(said);
	open_parts(&w);
	show_rows(&w, SINKS_START);
	for (unsigned i = 0; i < STEPS_MAX && fuzz_left(in); i++)
		step(&w);
	source_release(w.source, UINT64_MAX);
	expire(&w, UINT64_MAX);
	FUZZ_CHECK(!session_open(w.session) && !source_pending(w.source));
	check_groups(&w);
	show_rows(&w, SINKS_SUMMARY);
	close_parts(&w);
	fuzz_caught(said);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input in = {data, data + size};
	struct fuzz_said live, again;
	char *lines, *lines_again;
	size_t len, len_again;
	int exit_code;

	watch(&in, &live);
	lines = fuzz_file_text(&output, &len);
	lines_check(lines, len);

	fuzz_file_set(&replayed, "", 0);
	fuzz_catch(&again);
	exit_code = replay(&(struct replay_config){
		.path = recording.path,
		.outputs = {.timeline = true,
			    .output = replayed.path,
			    .filter.vcpu = FILTER_ANY_VCPU},
	});
	fuzz_caught(&again);
	FUZZ_CHECK(!exit_code, "%s", again.err);
	lines_again = fuzz_file_text(&replayed, &len_again);
	fuzz_check_same(lines, len, lines_again, len_again, "JSON, live and replayed");
	fuzz_check_same(live.out, live.out_len, again.out, again.out_len,
			"text, live and replayed");
	free(lines);
	free(lines_again);
	fuzz_drop(&live);
	fuzz_drop(&again);
	return 0;
}
