// SPDX-License-Identifier: GPL-2.0-only
/*
 * command.c - the verbs: each lets vCPUs and pages do the work and answers. It must not know how a
 * line is split (request.c), nor where it came from (control.c).
 */
#include "command.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "answer.h"
#include "guest.h"
#include "hole.h"
#include "page.h"
#include "request.h"
#include "sigbus.h"
#include "vcpu.h"
#include "vm.h"

/*
 * A verb either fills in what one vCPU's guest shall do (`prepare`, called once per vCPU), or is
 * done by the VMM (`run`). Both answer errors themselves and then return false.
 */
struct verb {
	const char *name;
	const char *args;
	unsigned int min, max;
	bool (*prepare)(struct vm *vm, const struct request *req, struct vcpu_command *command,
			struct answer *answer);
	bool (*run)(struct vm *vm, const struct request *req, struct answer *answer);
	bool all; /* without vcpu= it is for all of them */
	const char *help;
};

/* --- verbs that the guest carries out --------------------------------------------------------- */

static bool prepare_touch(struct vm *vm, const struct request *req, struct vcpu_command *command,
			  struct answer *answer)
{
	uint64_t pages = vm->config.mem / vm->page_size, gpa = GUEST_RAM_GPA, count;

	if (!request_count(req, pages, &count, answer))
		return false;
	if (req->nargs > 1 && (!request_number(req->arg[1], UINT32_MAX, &gpa) || gpa & 7)) {
		answer_error(answer, "\"%s\" is no guest physical address", req->arg[1]);
		return false;
	}
	if (gpa < GUEST_RAM_GPA || gpa - GUEST_RAM_GPA > vm->config.mem - count * vm->page_size) {
		answer_error(answer, "RAM is %zu pages from %#x on", vm->config.mem / vm->page_size,
			     GUEST_RAM_GPA);
		return false;
	}
	*command = (struct vcpu_command){GUEST_CMD_STORE, gpa, vm->page_size, count};
	return true;
}

static bool prepare_mmio(struct vm *vm, const struct request *req, struct vcpu_command *command,
			 struct answer *answer)
{
	uint64_t count;

	(void)vm;
	if (!request_count(req, UINT32_MAX, &count, answer))
		return false;
	*command = (struct vcpu_command){GUEST_CMD_STORE, GUEST_MMIO_GPA, 0, count};
	return true;
}

static bool prepare_compute(struct vm *vm, const struct request *req, struct vcpu_command *command,
			    struct answer *answer)
{
	uint64_t count;

	(void)vm;
	if (!request_count(req, UINT32_MAX, &count, answer))
		return false;
	*command = (struct vcpu_command){GUEST_CMD_COMPUTE, GUEST_SUM_GPA, 0, count};
	return true;
}

static bool open_hole(struct vm *vm, struct answer *answer)
{
	char why[300];

	if (!hole_open(vm, why, sizeof(why)))
		return true;
	answer_error(answer, "%s", why);
	return false;
}

static bool prepare_sea(struct vm *vm, const struct request *req, struct vcpu_command *command,
			struct answer *answer)
{
	uint64_t room = (GUEST_HOLE_SIZE - vm->page_size) / HOLE_STRIDE, count, gpa;

	if (!request_count(req, room, &count, answer) || !open_hole(vm, answer))
		return false;
	if (hole_take(vm, count, &gpa)) {
		answer_error(answer, "the hole has no %" PRIu64 " addresses", count);
		return false;
	}
	*command = (struct vcpu_command){GUEST_CMD_LOAD, gpa, HOLE_STRIDE, count};
	return true;
}

static bool prepare_hole(struct vm *vm, const struct request *req, struct vcpu_command *command,
			 struct answer *answer)
{
	(void)req;
	*command = (struct vcpu_command){GUEST_CMD_LOAD, GUEST_HOLE_GPA, 0, 1};
	return open_hole(vm, answer);
}

static bool prepare_load(struct vm *vm, const struct request *req, struct vcpu_command *command,
			 struct answer *answer)
{
	*command = (struct vcpu_command){GUEST_CMD_LOAD, 0, 0, 1};
	return request_gpa(req, vm, &command->addr, answer);
}

static bool prepare_fetch(struct vm *vm, const struct request *req, struct vcpu_command *command,
			  struct answer *answer)
{
	*command = (struct vcpu_command){GUEST_CMD_FETCH, 0, 0, 1};
	return request_gpa(req, vm, &command->addr, answer);
}

static void answer_vcpus(struct answer *answer, const struct request *req)
{
	if (req->first == req->last)
		answer_add(answer, "ok vcpu=%u", req->first);
	else
		answer_add(answer, "ok vcpu=all");
}

static void explain(struct vcpu *vcpu, int error, uint64_t count, struct answer *answer)
{
	char why[128];
	enum vcpu_state state = vcpu_get_state(vcpu, why, sizeof(why));

	if (error == -ETIMEDOUT)
		answer_error(answer,
			     "timeout: vCPU %u did %" PRIu64 " of %" PRIu64
			     "; it goes on (then: wait, stop)",
			     vcpu->id, __atomic_load_n(&vcpu->mailbox->done, __ATOMIC_RELAXED),
			     count);
	else if (error == -ECANCELED)
		answer_error(answer, "the VM ends");
	else if (state == VCPU_HALTED)
		answer_error(answer, "vCPU %u is halted: %s (then: cont)", vcpu->id, why);
	else
		answer_error(answer, "vCPU %u is busy (then: wait, stop)", vcpu->id);
}

static bool wait_jobs(struct vm *vm, const struct request *req, struct vcpu_job *jobs,
		      unsigned int end, struct vcpu_result *sum, struct answer *answer)
{
	bool ok = true;
	unsigned int i;
	int error;

	for (i = req->first; i < end; i++) {
		error = vcpu_wait(vm->vcpus[i], &jobs[i], req->timeout_ms);
		if (error && ok)
			explain(vm->vcpus[i], error, vm->vcpus[i]->mailbox->count, answer);
		if (error)
			ok = false;
		else
			result_add(sum, &jobs[i].result);
	}
	return ok;
}

static void answer_result(struct answer *answer, const struct request *req,
			  const struct vcpu_result *sum)
{
	answer_vcpus(answer, req);
	answer_add(answer, " done=%" PRIu64 " ns=%" PRIu64 " cpu_ns=%" PRIu64, sum->done, sum->ns,
		   sum->cpu_ns);
	answer_exceptions(answer, sum);
	answer_counts(answer, &sum->counts);
}

/* Where the first vCPU began, and what a load last read. */
static void answer_command(struct answer *answer, const struct vcpu_command *command,
			   const struct vcpu_result *sum)
{
	answer_add(answer, " addr=%#" PRIx64 " stride=%" PRIu64, command->addr, command->stride);
	if (command->cmd != GUEST_CMD_LOAD)
		return;
	if (sum->value == GUEST_NO_VALUE)
		answer_add(answer, " value=none");
	else
		answer_add(answer, " value=%#" PRIx64, sum->value);
}

/* All vCPUs begin before the first is waited for. */
static bool run_in_guest(struct vm *vm, const struct verb *verb, const struct request *req,
			 struct answer *answer)
{
	struct vcpu_job jobs[VM_MAX_VCPUS] = {0};
	struct vcpu_command commands[VM_MAX_VCPUS];
	struct vcpu_result sum = {0};
	struct answer ignored = {.len = 0};
	unsigned int i;
	int error = 0;

	for (i = req->first; i <= req->last; i++)
		if (!verb->prepare(vm, req, &commands[i], answer))
			return false;
	for (i = req->first; i <= req->last; i++) {
		error = vcpu_post(vm->vcpus[i], &commands[i], req->async ? NULL : &jobs[i]);
		if (error)
			break;
	}
	if (error)
		explain(vm->vcpus[i], error, commands[i].count, answer);
	if (!req->async && !wait_jobs(vm, req, jobs, i, &sum, error ? &ignored : answer))
		return false;
	if (error)
		return false;
	if (req->async) {
		answer_vcpus(answer, req);
		answer_add(answer, " started=%u", req->last - req->first + 1);
		return true;
	}
	answer_result(answer, req, &sum);
	answer_command(answer, &commands[req->first], &sum);
	return true;
}

/* --- verbs that the VMM carries out ----------------------------------------------------------- */

static bool run_wait(struct vm *vm, const struct request *req, struct answer *answer)
{
	struct vcpu_job jobs[VM_MAX_VCPUS] = {0};
	struct vcpu_result sum = {0};
	unsigned int i;
	int error = 0;

	for (i = req->first; i <= req->last && !error; i++)
		error = vcpu_attach(vm->vcpus[i], &jobs[i]);
	if (error) {
		/* Detach from those before it, without waiting. */
		struct request none = *req;

		none.timeout_ms = 0;
		wait_jobs(vm, &none, jobs, i - 1, &sum, answer);
		answer_error(answer, "somebody else waits for vCPU %u", i - 1);
		return false;
	}
	if (!wait_jobs(vm, req, jobs, req->last + 1, &sum, answer))
		return false;
	answer_result(answer, req, &sum);
	return true;
}

static bool run_stop(struct vm *vm, const struct request *req, struct answer *answer)
{
	unsigned int i, stopped = 0;

	for (i = req->first; i <= req->last; i++)
		stopped += !vcpu_end_command(vm->vcpus[i]);
	answer_vcpus(answer, req);
	answer_add(answer, " stopped=%u", stopped);
	return true;
}

static bool run_cont(struct vm *vm, const struct request *req, struct answer *answer)
{
	unsigned int i, continued = 0;

	for (i = req->first; i <= req->last; i++)
		continued += !vcpu_continue(vm->vcpus[i]);
	answer_vcpus(answer, req);
	answer_add(answer, " continued=%u", continued);
	return true;
}

static const char *state_name(struct vcpu *vcpu)
{
	static const char *const names[] = {
		[VCPU_STARTING] = "starting",
		[VCPU_IDLE] = "idle",
		[VCPU_BUSY] = "busy",
		[VCPU_HALTED] = "halted",
	};
	char why[1];

	return names[vcpu_get_state(vcpu, why, sizeof(why))];
}

static bool run_stats(struct vm *vm, const struct request *req, struct answer *answer)
{
	struct vcpu *vcpu = vm->vcpus[req->first];
	struct vcpu_result sum = {0}, one;
	unsigned int i;

	for (i = req->first; i <= req->last; i++) {
		vcpu_totals(vm->vcpus[i], &one);
		result_add(&sum, &one);
	}
	answer_vcpus(answer, req);
	answer_counts(answer, &sum.counts);
	answer_add(answer, " sigbus_ao=%" PRIu64, vm->sigbus_ao);
	answer_exceptions(answer, &sum);
	if (req->first != req->last)
		return true;
	answer_add(answer, " state=%s", state_name(vcpu));
	if (sum.counts.sigbus_ar)
		answer_add(answer, " sigbus_gpa=%#" PRIx64, vcpu->last_sigbus_gpa);
	if (sum.counts.sea_exits)
		answer_add(answer, " sea_esr=%#" PRIx64 " sea_gpa=%#" PRIx64, vcpu->last_sea_esr,
			   vcpu->last_sea_gpa);
	return true;
}

static bool answer_page(struct answer *answer, const struct page *page, int error)
{
	switch (error) {
	case 0:
		answer_add(answer, "ok gpa=%#" PRIx64 " hva=%p pa=%#" PRIx64, page->gpa,
			   (void *)page->hva, page->pa);
		return true;
	case -EFAULT:
		answer_error(answer, "not in guest RAM");
		return false;
	case -EHWPOISON:
		answer_error(answer, "the page is poisoned");
		return false;
	case -EPERM:
		answer_error(answer, "not permitted (it needs CAP_SYS_ADMIN)");
		return false;
	default:
		answer_error(answer, "%s", strerror(-error));
		return false;
	}
}

static bool run_pa(struct vm *vm, const struct request *req, struct answer *answer)
{
	struct page page = {0};
	uint64_t gpa;

	return request_gpa(req, vm, &gpa, answer) &&
	       answer_page(answer, &page, page_locate(vm, gpa, &page));
}

static bool run_poison(struct vm *vm, const struct request *req, struct answer *answer)
{
	struct page page = {0};
	uint64_t number, gpa;
	bool ok;

	/* RAM begins at 2 GiB, so a page number and an address cannot be confused. */
	if (req->nargs == 1 && request_number(req->arg[0], GUEST_RAM_GPA - 1, &number))
		ok = request_page(req->arg[0], vm, &gpa, answer);
	else
		ok = request_gpa(req, vm, &gpa, answer);
	return ok && answer_page(answer, &page, page_poison(vm, gpa, &page));
}

static bool run_drop(struct vm *vm, const struct request *req, struct answer *answer)
{
	uint64_t count;
	int error;

	if (!request_count(req, vm->config.mem / vm->page_size, &count, answer))
		return false;
	error = pages_drop(vm, count);
	if (error) {
		answer_error(answer, "%s", strerror(-error));
		return false;
	}
	answer_add(answer, "ok dropped=%" PRIu64, count);
	return true;
}

/* Where the VMM has what a `consume` names; NULL: answered why not. */
static const char *consumed(struct vm *vm, const struct request *req, struct answer *answer)
{
	uint64_t gpa;

	if (req->nargs == 1 && !strcmp(req->arg[0], "hole"))
		return open_hole(vm, answer) ? vm->hole : NULL;
	if (!request_gpa(req, vm, &gpa, answer))
		return NULL;
	if (gpa >= GUEST_RAM_GPA && gpa - GUEST_RAM_GPA < vm->config.mem)
		return vm->ram + (gpa - GUEST_RAM_GPA);
	answer_error(answer, "not in guest RAM");
	return NULL;
}

static bool run_consume(struct vm *vm, const struct request *req, struct answer *answer)
{
	const char *addr = consumed(vm, req, answer);
	struct sigbus end;

	if (!addr)
		return false;
	answer_add(answer, "ok hva=%p", (void *)addr);
	if (!sigbus_load(addr, &end))
		answer_add(answer, " sigbus=%d addr=%#" PRIx64, end.code, end.addr);
	return true;
}

static bool run_info(struct vm *vm, const struct request *req, struct answer *answer)
{
	(void)req;
	answer_add(answer,
		   "ok name=%s pid=%d vcpus=%u ram=%#x pages=%zu page_size=%zu hole=%#" PRIx64,
		   vm->config.name, getpid(), vm->config.vcpus, GUEST_RAM_GPA,
		   vm->config.mem / vm->page_size, vm->page_size, vm->config.hole_pa);
	return true;
}

/* --- the table -------------------------------------------------------------------------------- */

static const struct verb verbs[] = {
	{"touch", "N [GPA]", 1, 2, prepare_touch, NULL, false,
	 "store to N pages, from GPA or the first"},
	{"mmio", "N", 1, 1, prepare_mmio, NULL, false, "N MMIO exits to the VMM"},
	{"compute", "N", 1, 1, prepare_compute, NULL, false,
	 "N steps of a computation that the VMM checks at an MMIO exit each"},
	{"sea", "N", 1, 1, prepare_sea, NULL, false,
	 "N external aborts, each at an address of its own"},
	{"hole", "", 0, 0, prepare_hole, NULL, false, "one load of the hole's first address"},
	{"load", "GPA|page N", 1, 2, prepare_load, NULL, false, "one load"},
	{"fetch", "GPA|page N", 1, 2, prepare_fetch, NULL, false,
	 "branch there (0xf0000000: no slot)"},
	{"wait", "", 0, 0, NULL, run_wait, false, "until the command at work is done; its result"},
	{"stop", "", 0, 0, NULL, run_stop, false, "end the command at work"},
	{"cont", "", 0, 0, NULL, run_cont, false, "go on after a KVM_RUN that failed"},
	{"stats", "", 0, 0, NULL, run_stats, true, "counts since the start; vcpu=N says more"},
	{"pa", "GPA|page N", 1, 2, NULL, run_pa, false, "host addresses of a page, made present"},
	{"poison", "N|GPA|page N", 1, 2, NULL, run_poison, false, "MADV_HWPOISON of a page"},
	{"drop", "N", 1, 1, NULL, run_drop, false, "give the first N pages back: they fault again"},
	{"consume", "GPA|page N|hole", 1, 2, NULL, run_consume, false,
	 "one load by the VMM itself; by which SIGBUS it ended"},
	{"info", "", 0, 0, NULL, run_info, false, "name, pid, sizes"},
	{"quit", "", 0, 0, NULL, NULL, false, "end the VM"},
};

#define NR_VERBS (sizeof(verbs) / sizeof(*verbs))

char *command_help(void)
{
	char *text = NULL;
	size_t size, i;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		return NULL;
	for (i = 0; i < NR_VERBS; i++)
		fprintf(out, "  %-8s%-14s%s\n", verbs[i].name, verbs[i].args, verbs[i].help);
	fclose(out);
	return text;
}

static const struct verb *find_verb(const char *name)
{
	size_t i;

	for (i = 0; i < NR_VERBS; i++)
		if (!strcmp(verbs[i].name, name))
			return &verbs[i];
	return NULL;
}

bool command_run(struct vm *vm, char *line, struct answer *answer)
{
	const struct verb *verb;
	struct request req;

	answer->len = 0;
	if (!request_parse(&req, vm, line, answer))
		return false;
	verb = find_verb(req.verb);
	if (!verb) {
		answer_error(answer, "unknown command \"%s\" (see vmtest-guest --help)", req.verb);
		return false;
	}
	if (verb->all && !req.vcpu_given)
		req.last = vm->config.vcpus - 1;
	if (req.nargs < verb->min || req.nargs > verb->max) {
		answer_error(answer, "usage: %s %s", verb->name, verb->args);
		return false;
	}
	if (verb->prepare)
		run_in_guest(vm, verb, &req, answer);
	else if (verb->run)
		verb->run(vm, &req, answer);
	else
		answer_add(answer, "ok");
	return !verb->prepare && !verb->run;
}
