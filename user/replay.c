// SPDX-License-Identifier: GPL-2.0-only
/*
 * Feeds a recording to a session: VMs as they were known, marks, closes and rows in their order.
 * Must not: trust a recording; must not make up what it does not hold.
 */
#include "replay.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/exit.h"
#include "lib/log.h"
#include "lib/util.h"
#include "metrics.h"
#include "page.h"
#include "screen.h"
#include "session.h"
#include "sinks.h"
#include "stop.h"
#include "trace/recording.h"

#define VM_IDS_MAX  (1u << 20) /* a damaged id must not take all memory */
#define ANSWERS_MAX 64         /* a mark asks for a few */

struct replay {
	struct recording *recording;
	struct session *session;
	const struct filter *filter;
	struct sinks sinks;
	struct metrics *metrics;  /* NULL: nobody wants any */
	struct page *page;        /* NULL: nobody wants one */
	struct screen *screen;    /* NULL: text */
	struct out_losses losses; /* as rows told last, at now_ns */
	uint64_t now_ns;
	bool aborts;      /* all were timed, but ... */
	uint64_t untimed; /* ... so many, for the rows that follow */
	struct vmtab *vms;
	struct vm **by_id; /* as the recording numbers them */
	uint32_t n_ids;
	struct recording_answer answers[ANSWERS_MAX];
	unsigned n_answers, next_answer;
	struct recording_vcpu vcpus[ANSWERS_MAX];
	unsigned n_vcpus, next_vcpu;
	const char *broken; /* why the recording cannot be right */
};

static struct vm *vm_of(const struct replay *r, uint32_t id)
{
	return id < r->n_ids ? r->by_id[id] : NULL;
}

/* The answers stand before their mark, in the order of the questions. */
static struct vm *find_vm(void *ctx, uint32_t tid, uint64_t kvm)
{
	struct replay *r = ctx;
	const struct recording_answer *answer = &r->answers[r->next_answer];

	if (r->next_answer >= r->n_answers || answer->tid != tid || answer->kvm != kvm) {
		r->broken = "its answers do not fit its marks";
		return NULL;
	}
	r->next_answer++;
	return vm_of(r, answer->id);
}

static int find_vcpu(void *ctx, uint32_t tgid, uint32_t tid)
{
	struct replay *r = ctx;
	const struct recording_vcpu *answer = &r->vcpus[r->next_vcpu];

	if (r->next_vcpu >= r->n_vcpus || answer->tgid != tgid || answer->tid != tid) {
		r->broken = "its answers do not fit its marks";
		return -1;
	}
	r->next_vcpu++;
	return answer->vcpu;
}

static void on_retried(void *ctx, const struct incident *inc)
{
	struct replay *r = ctx;

	if (r->screen)
		screen_retried(r->screen, inc);
}

static void on_closed(void *ctx, const struct incident *inc)
{
	struct replay *r = ctx;

	if (r->metrics && inc->late && inc->vm)
		metrics_changed(r->metrics, inc->vm, inc->before);
	if (!filter_incident(r->filter, inc))
		return;
	page_incident(r->page, inc);
	if (r->screen)
		screen_closed(r->screen, inc);
}

static void look(void *ctx, struct metrics_view *view)
{
	struct replay *r = ctx;

	view->agg = session_agg(r->session);
	view->now_ns = r->now_ns;
	view->self.losses = r->losses;
	view->self.open_incidents = session_open(r->session);
}

static void on_folded(void *ctx, const struct agg_row *row)
{
	struct replay *r = ctx;

	if (r->metrics)
		metrics_folded(r->metrics, row);
}

static const char *page_kind(const void *ctx, uint32_t value)
{
	const struct recording_head *head = ctx;

	return value < RECORDING_NAMES && *head->page_kinds[value] ? head->page_kinds[value] : NULL;
}

static const char *page_result(const void *ctx, uint32_t value)
{
	const struct recording_head *head = ctx;

	return value < RECORDING_RESULTS && *head->page_results[value] ? head->page_results[value]
								       : NULL;
}

static bool reach(struct replay *r, uint32_t id)
{
	uint32_t n = 2 * id + 16;
	struct vm **by_id;

	if (id < r->n_ids)
		return true;
	by_id = id < VM_IDS_MAX ? reallocarray(r->by_id, n, sizeof(*by_id)) : NULL;
	if (!by_id)
		return false;
	memset(by_id + r->n_ids, 0, (n - r->n_ids) * sizeof(*by_id));
	r->by_id = by_id;
	r->n_ids = n;
	return true;
}

/* What is gone does not come back: a process may end one VM and run another. */
static bool is_same(const struct vm *known, const struct vm *told)
{
	return known->tgid == told->tgid && known->start_ticks == told->start_ticks &&
	       (!known->kvm || known->kvm == told->kvm) && (!known->gone || told->gone);
}

/* An id that another VM had before is a new VM's: the old one stays in the rows that hold it. */
static int take_vm(struct replay *r, const struct recording_vm *entry)
{
	struct vm told =
			  {
				  .tgid = entry->tgid,
				  .start_ticks = entry->start_ticks,
				  .kvm = entry->kvm,
				  .named = entry->named,
				  .gone = entry->gone,
			  },
		  *known;

	util_clean(told.name, sizeof(told.name), entry->name,
		   strnlen(entry->name, sizeof(entry->name)));
	util_clean(told.uuid, sizeof(told.uuid), entry->uuid,
		   strnlen(entry->uuid, sizeof(entry->uuid)));
	util_clean(told.comm, sizeof(told.comm), entry->comm,
		   strnlen(entry->comm, sizeof(entry->comm)));
	if (!reach(r, entry->id))
		return -ENOMEM;
	known = r->by_id[entry->id];
	if (known && !is_same(known, &told)) {
		vm_put(known);
		known = NULL;
	}
	r->by_id[entry->id] = vmtab_told(r->vms, known, &told);
	if (!r->by_id[entry->id])
		return -ENOMEM;
	if (!known) /* an answer may name it at any time */
		vm_hold(r->by_id[entry->id]);
	return 0;
}

static int take_answer(struct replay *r, const struct recording_answer *answer)
{
	if (r->n_answers == ANSWERS_MAX) {
		r->broken = "more answers than any mark asks for";
		return -EPROTO;
	}
	r->answers[r->n_answers++] = *answer;
	return 0;
}

static int take_vcpu(struct replay *r, const struct recording_vcpu *answer)
{
	if (r->n_vcpus == ANSWERS_MAX) {
		r->broken = "more answers than any mark asks for";
		return -EPROTO;
	}
	r->vcpus[r->n_vcpus++] = *answer;
	return 0;
}

static void take_mark(struct replay *r, const struct sea_hdr *mark)
{
	page_mark(r->page, mark->ts_ns);
	session_mark(r->session, mark);
	if ((r->next_answer != r->n_answers || r->next_vcpu != r->n_vcpus) && !r->broken)
		r->broken = "its answers do not fit its marks";
	r->n_answers = r->next_answer = 0;
	r->n_vcpus = r->next_vcpu = 0;
}

static int take_aborts(struct replay *r, const struct recording_aborts *entry)
{
	struct hist fresh;

	if (entry->id != RECORDING_NO_VM && !vm_of(r, entry->id)) {
		r->broken = "aborts of an unknown VM";
		return -EPROTO;
	}
	recording_aborts(entry, &fresh);
	session_aborts(r->session, vm_of(r, entry->id), &fresh);
	return 0;
}

static void take_rows(struct replay *r, const struct recording_rows *rows)
{
	struct out_losses losses = {.refused = rows->refused,
				    .dropped = rows->dropped,
				    .untimed = r->untimed,
				    .aborts = r->aborts};

	if (rows->when > SINKS_SUMMARY) {
		r->broken = "rows of an unknown kind";
		return;
	}
	memcpy(losses.marks, rows->lost, sizeof(losses.marks));
	session_rows(r->session, rows->when, &losses, rows->now_ns);
	r->losses = losses;
	r->now_ns = rows->now_ns;
	page_time(r->page, rows->now_ns);
}

static int take(struct replay *r, const struct recording_entry *entry)
{
	int err = 0;

	switch (entry->kind) {
	case RECORDING_MARK:
		take_mark(r, entry->body);
		break;
	case RECORDING_VM:
		err = take_vm(r, entry->body);
		break;
	case RECORDING_ANSWER:
		err = take_answer(r, entry->body);
		break;
	case RECORDING_VCPU:
		err = take_vcpu(r, entry->body);
		break;
	case RECORDING_SEEN:
		if (vm_of(r, *(const uint32_t *)entry->body))
			session_seen(r->session, vm_of(r, *(const uint32_t *)entry->body));
		break;
	case RECORDING_EXPIRE:
		session_expire(r->session, *(const uint64_t *)entry->body);
		break;
	case RECORDING_TIDY:
		session_tidy(r->session, *(const uint64_t *)entry->body);
		break;
	case RECORDING_ABORTS:
		err = take_aborts(r, entry->body);
		break;
	case RECORDING_UNTIMED:
		r->aborts = true;
		r->untimed = *(const uint64_t *)entry->body;
		break;
	case RECORDING_ROWS:
		take_rows(r, entry->body);
		break;
	}
	return r->broken ? -EPROTO : err;
}

static int feed(struct replay *r, const char *path)
{
	struct recording_entry entry;
	const char *why = NULL;
	int more;

	while ((more = recording_next(r->recording, &entry, &why)) == 1) {
		more = take(r, &entry);
		if (more)
			break;
	}
	if (!more)
		return 0;
	why = r->broken ? r->broken : why;
	log_error("report: %s: %s", path, why ? why : strerror(-more));
	return EXIT_ENVIRONMENT;
}

static int open_recording(struct replay *r, const char *path)
{
	const char *why = NULL;
	int err = recording_open(&r->recording, path, &why);

	if (!err)
		return 0;
	log_error("report: %s: %s", path, why ? why : strerror(-err));
	return EXIT_ENVIRONMENT;
}

static int make_parts(struct replay *r, const struct replay_config *config)
{
	const struct recording_head *head = recording_head(r->recording);

	r->filter = &config->outputs.filter;
	r->sinks.timeline = config->outputs.timeline;
	r->sinks.quiet = config->outputs.quiet;
	r->vms = vmtab_new(NULL);
	r->session = session_new(
		&(struct session_config){
			.timeout_ns = head->timeout_ns,
			.page_shift = head->page_shift,
			.marks = config->outputs.marks,
			.filter = r->filter,
			.find_vm = find_vm,
			.find_vcpu = find_vcpu,
			.asked = r,
			.retried = on_retried,
			.closed = on_closed,
			.folded = on_folded,
			.ctx = r,
		},
		&r->sinks);
	if (!r->vms || !r->session) {
		log_error("report: no memory to start");
		return EXIT_ENVIRONMENT;
	}
	return sinks_open(&r->sinks, &(struct sinks_config){
					     .json = config->outputs.json,
					     .mute = config->outputs.tui,
					     .path = config->outputs.output,
					     .clock_offset_ns = head->clock_offset_ns,
					     .page_kind = page_kind,
					     .page_result = page_result,
					     .page_kind_ctx = head,
				     });
}

static int open_metrics(struct replay *r, const struct replay_config *config)
{
	if (!config->outputs.prom && !config->outputs.textfile)
		return 0;
	return metrics_open(&r->metrics, &(struct metrics_config){
						 .listen = config->outputs.prom,
						 .textfile = config->outputs.textfile,
						 .keep_ns = UINT64_MAX, /* all that it holds */
						 .look = look,
						 .ctx = r,
					 });
}

static int open_page(struct replay *r, const struct replay_config *config)
{
	if (!config->html)
		return 0;
	r->page = page_new(config->html);
	if (r->page)
		return 0;
	log_error("report: no memory for a page");
	return EXIT_ENVIRONMENT;
}

static int write_page(struct replay *r)
{
	if (!r->page)
		return 0;
	return page_write(r->page, &r->sinks.list[0].out, recording_head(r->recording),
			  session_agg(r->session), &r->losses);
}

static int wait_ms(const struct replay *r)
{
	uint64_t now = util_clock_ns(CLOCK_MONOTONIC), until = UINT64_MAX;

	if (r->metrics)
		until = metrics_deadline(r->metrics, now);
	return until == UINT64_MAX ? -1 : (int)((until - now) / UTIL_NS_PER_MS + 1);
}

/* What has been, for whoever asks and looks; until somebody has seen enough. */
static void serve(struct replay *r, int signal_fd)
{
	struct pollfd fds[] = {
		{.fd = signal_fd, .events = POLLIN},
		{.fd = r->metrics ? metrics_fd(r->metrics) : -1, .events = POLLIN},
		{.fd = r->screen ? screen_fd(r->screen) : -1, .events = POLLIN},
	};

	while (!fds[0].revents && !(r->screen && screen_over(r->screen))) {
		if (poll(fds, UTIL_COUNT(fds), wait_ms(r)) < 0 && errno != EINTR)
			break;
		if (r->metrics)
			metrics_run(r->metrics);
		if (r->screen)
			screen_run(r->screen, util_clock_ns(CLOCK_MONOTONIC));
	}
}

static void look_for_screen(void *ctx, struct tui_data *data)
{
	struct replay *r = ctx;

	data->agg = session_agg(r->session);
	data->losses = r->losses;
	data->now_ns = r->now_ns;
	data->open_incidents = session_open(r->session);
	data->incidents = session_incidents(r->session);
}

static int show_screen(struct replay *r, const char *path)
{
	const char *slash = strrchr(path, '/');

	if (!r->screen)
		return 0;
	return screen_show(r->screen,
			   &(struct screen_config){
				   .tui = {&r->sinks.list[0].out, slash ? slash + 1 : path},
				   .look = look_for_screen,
				   .ctx = r,
			   });
}

/* What goes on when all has been read. */
static int go_on(struct replay *r, const char *path)
{
	const char *where = r->metrics ? metrics_where(r->metrics) : NULL;
	int exit_code, signal_fd;

	if (r->metrics)
		metrics_write(r->metrics);
	if (!where && !r->screen)
		return 0;
	signal_fd = stop_open(r->screen);
	if (signal_fd < 0)
		return EXIT_ENVIRONMENT;
	if (where)
		fprintf(stderr, "seatrace: metrics at http://%s/metrics; Ctrl-C stops\n", where);
	exit_code = show_screen(r, path);
	if (!exit_code)
		serve(r, signal_fd);
	screen_free(r->screen);
	r->screen = NULL;
	close(signal_fd);
	return exit_code;
}

int replay(const struct replay_config *config)
{
	struct replay r = {0};
	int exit_code = open_recording(&r, config->path);

	if (!exit_code && config->outputs.tui)
		exit_code = screen_new(&r.screen);
	if (!exit_code)
		exit_code = make_parts(&r, config);
	if (!exit_code)
		exit_code = open_metrics(&r, config);
	if (!exit_code)
		exit_code = open_page(&r, config);
	if (!exit_code)
		exit_code = feed(&r, config->path);
	if (!exit_code)
		exit_code = write_page(&r);
	if (!exit_code)
		exit_code = go_on(&r, config->path);
	if (!exit_code && r.sinks.error && r.sinks.error != -EPIPE) {
		log_error("write the output: %s", strerror(-r.sinks.error));
		exit_code = EXIT_ENVIRONMENT;
	}
	screen_free(r.screen);
	metrics_free(r.metrics);
	page_free(r.page);
	sinks_close(&r.sinks);
	session_free(r.session);
	vmtab_free(r.vms);
	free(r.by_id);
	recording_free(r.recording);
	return exit_code;
}
