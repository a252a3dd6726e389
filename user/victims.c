// SPDX-License-Identifier: GPL-2.0-only
/*
 * From what a file calls a VM to the one that runs.
 * Must not: wait for one to come.
 */
#include "victims.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <unistd.h>

#include "inject/pick.h"
#include "inject/probe.h"
#include "lib/exit.h"
#include "lib/log.h"
#include "lib/proc.h"
#include "lib/util.h"

/* "smoke.yaml:7: vm 'vm-a'", or "--vm vm-a" */
static const char *where(const struct campaign *c, unsigned i, char text[256])
{
	const struct campaign_target *target = &c->targets[i];

	if (c->path)
		snprintf(text, 256, "%s:%u: vm '%s'", c->path, target->line, target->vm);
	else
		snprintf(text, 256, "--vm %s", target->vm);
	return text;
}

/* --- finding ---------------------------------------------------------------------------------- */

/* The process that has this id now is the one that was found. */
static int open_process(struct victim *victim)
{
	struct proc_stat stat;
	int err;

	victim->vm.pidfd = pidfd_open(victim->vm.vm->tgid, 0);
	if (victim->vm.pidfd < 0)
		return -errno;
	err = proc_stat("/proc", victim->vm.vm->tgid, &stat);
	return !err && stat.start_ticks != victim->vm.vm->start_ticks ? -ESRCH : err;
}

static int take_probe(struct victim *victim, const struct campaign_probe *probe)
{
	const struct vm *vm = victim->vm.vm;
	const struct probe_vm names = {.name = vm->name, .tgid = vm->tgid, .uuid = vm->uuid};

	if (!probe->command)
		return 0;
	victim->vm.probe = probe_words(probe->command, &names);
	victim->vm.probe_timeout_ns = probe->timeout_ns;
	return victim->vm.probe ? 0 : -ENOMEM;
}

static int refuse(const struct campaign *c, unsigned i, int err, const char *why)
{
	char at[256];

	if (err == -ENOENT)
		log_error("%s: there is no such VM; there are: %s", where(c, i, at), why);
	else
		log_error("%s: means several VMs: %s; say one by its UUID or process id",
			  where(c, i, at), why);
	return EXIT_USAGE;
}

static bool is_taken(const struct victims *t, unsigned i)
{
	for (unsigned before = 0; before < i; before++)
		if (t->list[before].vm.vm && t->list[before].vm.vm->tgid == t->list[i].vm.vm->tgid)
			return true;
	return false;
}

static int find_one(struct victims *t, const struct campaign *c, unsigned i, struct vmtab *vms)
{
	struct victim *victim = &t->list[i];
	char why[160], at[256];
	struct vm *vm;
	int err = pick_vm(vms, c->targets[i].vm, &vm, why);

	if (err)
		return refuse(c, i, err, why);
	victim->vm.vm = vm_hold(vm);
	if (is_taken(t, i)) {
		log_error("%s: is a target already, by another name", where(c, i, at));
		return EXIT_USAGE;
	}
	err = open_process(victim);
	if (!err)
		err = take_probe(victim, &c->targets[i].probe);
	if (!err)
		return 0;
	log_error("%s: process %" PRIu32 ": %s", where(c, i, at), vm->tgid, util_errno(err));
	return EXIT_ENVIRONMENT;
}

int victims_find(struct victims *t, const struct campaign *campaign, struct vmtab *vms)
{
	int exit_code = 0;

	t->list = calloc(campaign->n_targets, sizeof(*t->list));
	if (!t->list) {
		log_error("no memory to start");
		return EXIT_ENVIRONMENT;
	}
	t->n = campaign->n_targets;
	for (unsigned i = 0; i < t->n; i++)
		t->list[i].vm.pidfd = -1;
	for (unsigned i = 0; i < t->n; i++) {
		int one = find_one(t, campaign, i, vms);

		exit_code = exit_code ? exit_code : one;
	}
	return exit_code;
}

/* --- locking ---------------------------------------------------------------------------------- */

int victims_lock(struct victims *t, const struct campaign *campaign)
{
	for (unsigned i = 0; i < t->n; i++) {
		const struct vm *vm = t->list[i].vm.vm;
		uint32_t holder;
		char at[256];
		int err = vmlock_take(&t->list[i].lock, VMLOCK_DIR, vm->tgid, vm->start_ticks,
				      &holder);

		if (err == -EBUSY)
			log_error("%s: another seainject is at it: process %" PRIu32,
				  where(campaign, i, at), holder);
		else if (err)
			log_error("%s: lock it in %s: %s", where(campaign, i, at), VMLOCK_DIR,
				  util_errno(err));
		if (err)
			return EXIT_ENVIRONMENT;
	}
	return 0;
}

void victims_free(struct victims *t)
{
	for (unsigned i = 0; i < t->n; i++) {
		struct victim *victim = &t->list[i];

		vmlock_release(victim->lock);
		vm_put(victim->vm.vm);
		free(victim->vm.probe);
		if (victim->vm.pidfd >= 0)
			close(victim->vm.pidfd);
	}
	free(t->list);
	*t = (struct victims){0};
}
