// SPDX-License-Identifier: GPL-2.0-only
/*
 * An observer's life: its parts made and wired together, marks taken in the order of time, and in the
 * end what is left in them.
 * Must not: know a hook, join marks, write anything but what went wrong.
 */
#include "observe.h"

#include <unistd.h>

#include "lib/exit.h"
#include "lib/feature.h"
#include "lib/log.h"

static void on_mark(void *ctx, const struct sea_hdr *mark)
{
	struct observe *o = ctx;

	feed_mark(o->feed, mark);
	if (o->mark)
		o->mark(o->ctx, mark);
}

/* --- the beginning ---------------------------------------------------------------------------- */

int observe_open(struct observe *o, const struct attach_options *options)
{
	int exit_code = feature_open(&o->kernel);

	return exit_code ? exit_code : attach_new(&o->attach, o->kernel, options);
}

int observe_wire(struct observe *o, const struct observe_config *config)
{
	struct session_config session = config->session;

	session.page_shift = __builtin_ctzl(sysconf(_SC_PAGESIZE));
	session.find_vm = observe_find_vm;
	session.find_vcpu = observe_find_vcpu;
	session.asked = o;
	o->mark = config->mark;
	o->ctx = session.ctx;
	o->vms = vmtab_new(NULL);
	o->feed = feed_new(&session, config->sinks, config->recorder);
	o->source = source_new(OBSERVE_HOLD_NS, on_mark, o);
	if (!o->vms || !o->feed || !o->source) {
		log_error("no memory to start");
		return EXIT_ENVIRONMENT;
	}
	o->session = feed_session(o->feed);
	source_on_arrival(o->source, observe_meet);
	source_drop(o->source, config->drop_type, config->drop_nth);
	return 0;
}

int observe_start(struct observe *o)
{
	int exit_code = attach_start(o->attach), err;

	if (exit_code)
		return exit_code;
	err = source_open_ring(o->source, attach_ring(o->attach), attach_quiet(o->attach));
	if (!err)
		return 0;
	log_error("open the ring buffer: %s", util_errno(err));
	return EXIT_ENVIRONMENT;
}

/* --- marks ------------------------------------------------------------------------------------ */

int observe_take(struct observe *o, uint64_t now_ns)
{
	int err = source_drain(o->source, now_ns);
	uint64_t at_ns = source_now(o->source, now_ns);

	if (err) {
		log_error("read the ring buffer: %s", util_errno(err));
		return EXIT_ENVIRONMENT;
	}
	source_release(o->source, now_ns);
	/* what is still in the ring may concern what seems quiet */
	feed_expire(o->feed, at_ns == UINT64_MAX ? at_ns : at_ns - OBSERVE_HOLD_NS);
	return 0;
}

int observe_fd(const struct observe *o)
{
	return source_fd(o->source);
}

uint64_t observe_deadline(const struct observe *o, uint64_t now_ns)
{
	uint64_t until_ns = session_deadline(o->session);

	if (source_behind(o->source))
		return now_ns;
	/* an incident is due only when no mark of that time can still be held */
	if (until_ns < UINT64_MAX - OBSERVE_HOLD_NS)
		until_ns += OBSERVE_HOLD_NS;
	until_ns = UTIL_MIN(until_ns, source_deadline(o->source));
	return source_pending(o->source) ? UTIL_MIN(until_ns, now_ns + OBSERVE_HOLD_NS) : until_ns;
}

/* --- the end ---------------------------------------------------------------------------------- */

/* Hooks off first: what is in the ring then is all there is. */
int observe_stop(struct observe *o)
{
	int exit_code;

	attach_stop(o->attach);
	do
		exit_code = observe_take(o, UINT64_MAX);
	while (!exit_code && source_behind(o->source));
	return exit_code;
}

void observe_close(struct observe *o)
{
	source_free(o->source);
	attach_free(o->attach);
	feed_free(o->feed);
	vmtab_free(o->vms);
	feature_free(o->kernel);
	*o = (struct observe){0};
}

/* --- how well it sees ------------------------------------------------------------------------- */

void observe_hooks(const struct observe *o, unsigned *on, unsigned *wanted)
{
	struct hook_state hook;

	*on = *wanted = 0;
	for (unsigned i = 0; attach_hook(o->attach, i, &hook); i++) {
		*on += attach_is_on(hook.how);
		*wanted += attach_is_on(hook.how) || hook.how == ATTACH_MISSING;
		if (hook.how != ATTACH_NOT)
			log_info("%-18s %-26s %s", hook.program, hook.target,
				 attach_how_name(hook.how));
	}
}

struct out_losses observe_losses(const struct observe *o)
{
	struct source_stats stats = source_stats(o->source);
	struct out_losses losses = {
		.refused = stats.refused,
		.dropped = stats.dropped,
	};

	attach_lost(o->attach, losses.marks);
	losses.untimed = attach_untimed(o->attach);
	return losses;
}
