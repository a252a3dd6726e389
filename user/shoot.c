// SPDX-License-Identifier: GPL-2.0-only
/*
 * A campaign from its first check to its last shot.
 * Must not: know how a shot is fired (volley.c), or what it proves.
 */
#include "shoot.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

#include "inject/aim.h"
#include "inject/available.h"
#include "lib/exit.h"
#include "lib/log.h"
#include "lib/util.h"
#include "victims.h"
#include "volley.h"

#define LOOK_AROUND_NS UTIL_NS_PER_S /* while it warms up */

struct shoot {
	struct shoot_config config;
	const struct campaign *campaign;
	struct rig rig;
	struct victims victims;
	struct victim_state {
		char dead[96]; /* why nothing is fired at it any more; "": it is alive */
	} * states;
	struct shot_result *results;
	struct campaign_result result;
	struct utsname kernel;
	unsigned failures;
	char stop[96]; /* why nothing is fired any more; "": it goes on */
};

/* --- what it takes ---------------------------------------------------------------------------- */

static int check_allowed(const struct shoot_config *config)
{
	if (config->unsafe || config->dry_run || config->campaign->unsafe)
		return 0;
	if (config->campaign->path)
		log_error("%s: nothing is fired without --unsafe, or 'unsafe: true' in the file; "
			  "--dry-run counts what would be",
			  config->campaign->path);
	else
		log_error("nothing is fired without --unsafe; --dry-run counts what would be");
	return EXIT_USAGE;
}

static int refuse_method(const struct campaign *c, const struct campaign_shot *shot,
			 const struct method_state *state)
{
	if (c->path)
		log_error("%s:%u: %s: not on this kernel: %s; 'if-available: true' goes on without",
			  c->path, shot->line, shot->method->name, state->why);
	else
		log_error("%s: not on this kernel: %s", shot->method->name, state->why);
	return EXIT_UNSUPPORTED;
}

/* A row of the file has many cells: it is refused once. */
static bool is_said(const struct campaign *c, unsigned i)
{
	for (unsigned before = 0; before < i; before++)
		if (c->shots[before].method == c->shots[i].method &&
		    c->shots[before].line == c->shots[i].line)
			return true;
	return false;
}

static int check_methods(const struct campaign *c, const struct arm *arm)
{
	int exit_code = 0;

	for (unsigned i = 0; i < c->n_shots; i++) {
		struct method_state state;

		if (c->shots[i].if_available || is_said(c, i))
			continue;
		available(c->shots[i].method, arm, "", &state);
		if (!state.available)
			exit_code = refuse_method(c, &c->shots[i], &state);
	}
	return exit_code;
}

/* Those of all its methods, had or not. */
static unsigned all_targets(const struct campaign *c)
{
	unsigned targets = 0;

	for (unsigned i = 0; i < c->n_shots; i++)
		if (c->shots[i].method->family == METHOD_OVERRIDE)
			targets |= 1u << c->shots[i].method->target;
	return targets;
}

static bool outlives(const struct method *method)
{
	return method->family != METHOD_OVERRIDE || method->leaves_record;
}

/*
 * Whether a KVM_RUN can fail because of it and leave no mark: of a call that was overridden the shot is the
 * mark, and an abort that is taken for handled is none that fails.
 */
static bool may_fail_runs(const struct campaign_shot *shot)
{
	if (shot->method->family != METHOD_OVERRIDE)
		return true;
	if (shot->method->target == SEA_TARGET_ID_abort)
		return shot->order.value < 0;
	return shot->method->target != SEA_TARGET_ID_run &&
	       shot->method->target != SEA_TARGET_ID_events;
}

static struct rig_config needs(const struct shoot *s)
{
	const struct campaign *c = s->campaign;
	struct rig_config needs = {
		.quiet_ns = UINT64_MAX,
		.dead_man_ns = c->dead_man_ns,
		.budget = c->budget,
		.journal_path = s->config.journal,
	};

	for (unsigned i = 0; i < c->n_shots; i++) {
		const struct campaign_shot *shot = &c->shots[i];

		if (s->results[i].verdict == VERDICT_UNAVAILABLE)
			continue;
		needs.quiet_ns = UTIL_MIN(needs.quiet_ns, shot->settle_ns);
		needs.runs |= may_fail_runs(shot);
		needs.memory |= aim_needs_memory(&shot->order, shot->method);
		if (shot->method->family == METHOD_OVERRIDE)
			needs.targets |= 1u << shot->method->target;
		needs.journal |= outlives(shot->method) && !s->config.dry_run;
	}
	return needs;
}

/* --- results ---------------------------------------------------------------------------------- */

static const char *value_name(const struct campaign_shot *shot)
{
	for (unsigned i = 0; i < METHOD_VALUES_MAX && shot->method->values[i].name; i++)
		if (shot->method->values[i].value == shot->order.value)
			return shot->method->values[i].name;
	return NULL;
}

static void begin_result(struct shoot *s, unsigned i)
{
	const struct campaign_shot *shot = &s->campaign->shots[i];
	struct method_state state;

	s->results[i] = (struct shot_result){
		.number = i + 1,
		.vm = s->campaign->targets[shot->target].vm,
		.method = shot->method->name,
		.place = shot->place,
		.value = value_name(shot),
		.wanted = shot->order.at_most,
		.expected = shot->expected,
		.verdict = VERDICT_SKIPPED,
	};
	available(shot->method, s->rig.arm, "", &state);
	if (state.available)
		return;
	s->results[i].verdict = VERDICT_UNAVAILABLE;
	snprintf(s->results[i].reason, sizeof(s->results[i].reason), "%s", state.why);
}

static int make_results(struct shoot *s)
{
	const struct campaign *c = s->campaign;

	s->results = calloc(c->n_shots, sizeof(*s->results));
	s->states = calloc(c->n_targets, sizeof(*s->states));
	if (!s->results || !s->states) {
		log_error("no memory to start");
		return EXIT_ENVIRONMENT;
	}
	for (unsigned i = 0; i < c->n_shots; i++)
		begin_result(s, i);
	uname(&s->kernel);
	s->result = (struct campaign_result){
		.name = c->name,
		.kernel = s->kernel.release,
		.seed = c->seed,
		.budget = c->budget,
		.budget_left = c->budget,
		.dry_run = s->config.dry_run,
		.shots = s->results,
	};
	return 0;
}

/* --- opening ---------------------------------------------------------------------------------- */

static int find_victims(struct shoot *s)
{
	int exit_code;

	observe_scan_vms(&s->rig.observe);
	exit_code = victims_find(&s->victims, s->campaign, s->rig.observe.vms);
	if (!exit_code)
		exit_code = victims_lock(&s->victims, s->campaign);
	for (unsigned i = 0; i < s->campaign->n_shots && !exit_code; i++)
		s->results[i].vm = s->victims.list[s->campaign->shots[i].target].vm.vm->name;
	return exit_code;
}

static int set_up(struct shoot *s)
{
	struct rig_config config;
	int exit_code = check_allowed(&s->config);

	if (!exit_code)
		exit_code = rig_look(&s->rig, all_targets(s->campaign));
	if (!exit_code)
		exit_code = check_methods(s->campaign, s->rig.arm);
	if (!exit_code)
		exit_code = make_results(s);
	if (exit_code)
		return exit_code;
	config = needs(s);
	exit_code = rig_wire(&s->rig, &config);
	if (!exit_code)
		exit_code = find_victims(s);
	return exit_code ? exit_code : rig_start(&s->rig, &config);
}

int shoot_open(struct shoot **out, const struct shoot_config *config)
{
	struct shoot *s = calloc(1, sizeof(*s));
	int exit_code;

	if (!s) {
		log_error("no memory to start");
		return EXIT_ENVIRONMENT;
	}
	s->config = *config;
	s->campaign = config->campaign;
	s->rig = (struct rig){.signal_fd = -1, .mark = config->mark, .ctx = config->ctx};
	exit_code = set_up(s);
	if (exit_code) {
		shoot_close(s);
		return exit_code;
	}
	*out = s;
	return 0;
}

void shoot_close(struct shoot *s)
{
	if (!s)
		return;
	victims_free(&s->victims);
	rig_close(&s->rig);
	free(s->results);
	free(s->states);
	free(s);
}

/* --- before the first shot -------------------------------------------------------------------- */

static int warm_up(struct shoot *s)
{
	uint64_t now = s->result.started_ns, end_ns = now + s->campaign->warm_up_ns;
	int exit_code = 0;
	char text[16];

	if (now < end_ns)
		log_info("warms up for %s", util_format_ns(text, s->campaign->warm_up_ns));
	while (!exit_code && !s->rig.stopped && now < end_ns) {
		exit_code = rig_wait(&s->rig, UTIL_MIN(end_ns, now + LOOK_AROUND_NS), -1);
		now = util_clock_ns(CLOCK_MONOTONIC);
	}
	return exit_code;
}

/* Who does not answer before is nobody to shoot at: it would be taken for the consequence. */
static int ask_all(struct shoot *s)
{
	int exit_code = 0;

	for (unsigned i = 0; i < s->victims.n && !exit_code && !s->rig.stopped; i++) {
		enum probe_answer answer;

		exit_code = volley_probe(&s->rig, &s->victims.list[i].vm, &answer);
		if (!exit_code && answer == PROBE_DEAD)
			snprintf(s->states[i].dead, sizeof(s->states[i].dead),
				 "the guest did not answer before anything was fired at it");
	}
	return exit_code;
}

/* --- shots ------------------------------------------------------------------------------------ */

static void tell(struct shoot *s, const struct shot_result *shot)
{
	if (s->config.over && !s->config.over(s->config.ctx, shot))
		s->rig.stopped = true;
}

/* Why this one is not fired; NULL: it is. */
static const char *why_not(const struct shoot *s, const struct campaign_shot *shot)
{
	if (s->rig.stopped)
		return "interrupted";
	if (*s->stop)
		return s->stop;
	if (*s->states[shot->target].dead)
		return s->states[shot->target].dead;
	return arm_budget_left(s->rig.arm) ? NULL : "the budget is used up";
}

/* What was interrupted cannot be judged. */
static void not_judged(struct shot_result *result)
{
	char reason[sizeof(result->reason)];

	memcpy(reason, result->reason, sizeof(reason));
	result->verdict = VERDICT_SKIPPED;
	snprintf(result->reason, sizeof(result->reason), "interrupted: %.180s", reason);
}

static void look_at_target(struct victim_state *state, const struct shot_result *result)
{
	if (result->evidence.vmm_gone)
		snprintf(state->dead, sizeof(state->dead), "its VMM has ended with shot %u",
			 result->number);
	else if (result->evidence.probe == PROBE_DEAD)
		snprintf(state->dead, sizeof(state->dead),
			 "the guest does not answer since shot %u", result->number);
}

static void look_at_stops(struct shoot *s, const struct shot_result *result)
{
	const struct campaign *c = s->campaign;

	s->failures += result->verdict == VERDICT_FAIL;
	if (c->stop_failures && s->failures >= c->stop_failures)
		snprintf(s->stop, sizeof(s->stop), "stopped after %u failures", s->failures);
	else if (c->stop_host_affected && result->evidence.elsewhere)
		snprintf(s->stop, sizeof(s->stop),
			 "stopped: shot %u affected the host or another VM", result->number);
}

static int fire_one(struct shoot *s, const struct campaign_shot *shot, struct shot_result *result)
{
	const struct volley_vm *at = &s->victims.list[shot->target].vm;
	struct order order = shot->order;
	const struct volley volley = {
		.method = shot->method,
		.order = &order,
		.at = at,
		.expected = shot->expected,
		.timeout_ns = shot->timeout_ns,
		.settle_ns = shot->settle_ns,
		.hugetlb_max = s->campaign->hugetlb_max,
		.under_way = s->config.under_way,
		.ctx = s->config.ctx,
	};
	int exit_code;

	order.tgid = at->vm->tgid;
	order.start_ticks = at->vm->start_ticks;
	order.dry_run |= s->config.dry_run;
	observe_scan_vms(&s->rig.observe);
	exit_code = volley_fire(&s->rig, &volley, result);
	if (s->rig.stopped)
		not_judged(result);
	look_at_target(&s->states[shot->target], result);
	look_at_stops(s, result);
	return exit_code;
}

static int run_one(struct shoot *s, unsigned i)
{
	const struct campaign_shot *shot = &s->campaign->shots[i];
	struct shot_result *result = &s->results[i];
	const char *why = why_not(s, shot);
	int exit_code = 0;

	if (result->verdict == VERDICT_UNAVAILABLE)
		; /* its reason is known */
	else if (why)
		snprintf(result->reason, sizeof(result->reason), "%s", why);
	else
		exit_code = fire_one(s, shot, result);
	s->result.n_shots = i + 1;
	tell(s, result);
	return exit_code;
}

static void add_up(struct shoot *s)
{
	s->result.budget_left = arm_budget_left(s->rig.arm);
	s->result.lost = rig_lost(&s->rig);
	s->result.interrupted = s->rig.stopped;
	s->result.took_ns = util_clock_ns(CLOCK_MONOTONIC) - s->result.started_ns;
	result_count(&s->result);
}

int shoot_run(struct shoot *s)
{
	int exit_code;

	s->result.started_ns = util_clock_ns(CLOCK_MONOTONIC);
	exit_code = warm_up(s);
	if (!exit_code)
		exit_code = ask_all(s);
	for (unsigned i = 0; i < s->campaign->n_shots && !exit_code; i++)
		exit_code = run_one(s, i);
	arm_stop(s->rig.arm);
	if (!exit_code)
		exit_code = observe_stop(&s->rig.observe);
	add_up(s);
	return exit_code;
}

const struct campaign_result *shoot_result(const struct shoot *s)
{
	return &s->result;
}

int shoot_verdict(const struct shoot *s)
{
	const unsigned *verdicts = s->result.verdicts;

	/* what a signal skipped is an orderly stop */
	if (verdicts[VERDICT_FAIL] || (verdicts[VERDICT_SKIPPED] && !s->result.interrupted))
		return EXIT_VERDICT;
	return EXIT_DONE;
}

/* --- only looking ----------------------------------------------------------------------------- */

static int check_victims(const struct campaign *campaign)
{
	struct vmtab *vms = vmtab_new(NULL);
	struct victims victims = {0};
	int exit_code = EXIT_ENVIRONMENT, n = vms ? vmtab_scan(vms) : -ENOMEM;

	if (n < 0)
		log_error("look for VMs in /proc: %s", util_errno(n));
	else
		exit_code = victims_find(&victims, campaign, vms);
	victims_free(&victims);
	vmtab_free(vms);
	return exit_code;
}

int shoot_check(const struct campaign *campaign)
{
	struct rig rig = {.signal_fd = -1};
	int exit_code = rig_look(&rig, all_targets(campaign)), vms = 0;

	if (!exit_code) {
		exit_code = check_methods(campaign, rig.arm);
		vms = check_victims(campaign);
	}
	rig_close(&rig);
	return exit_code ? exit_code : vms;
}
