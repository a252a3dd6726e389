// SPDX-License-Identifier: GPL-2.0-only
/*
 * vmtest-guest's control protocol: lines of commands for a VM whose vCPUs, pages and hole are here and
 * do nothing. Every line gets one line of answer, `ok` or `error`; what would reach a guest lies within
 * its memory.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "tests/fuzz/fuzz.h"
#include "vmtest/guest/answer.h"
#include "vmtest/guest/command.h"
#include "vmtest/guest/guest.h"
#include "vmtest/guest/hole.h"
#include "vmtest/guest/page.h"
#include "vmtest/guest/sigbus.h"
#include "vmtest/guest/vcpu.h"
#include "vmtest/guest/vm.h"

#define VCPUS 3

static struct guest_mailbox mailboxes[VCPUS];
static struct vcpu vcpus[VCPUS];
static char ram[64 << 20], hole[GUEST_HOLE_SIZE]; /* never touched */
static struct vm vm = {
	.config = {.name = "vm", .vcpus = VCPUS, .mem = sizeof(ram)},
	.page_size = 4096,
	.ram = ram,
	.hole = hole,
};
static struct fuzz_input *fate; /* how what is asked of the VM ends */

/* --- instead of vcpu.c, page.c, sigbus.c and hole.c ------------------------------------------- */

static int one_of(const int *errors, size_t n)
{
	return errors[fuzz_take(fate, 1) % n];
}

int vcpu_post(struct vcpu *vcpu, const struct vcpu_command *command, struct vcpu_job *job)
{
	static const int errors[] = {0, 0, 0, -EBUSY, -EIO};
	uint64_t end;

	(void)vcpu, (void)job;
	FUZZ_CHECK(command->count >= 1);
	FUZZ_CHECK(!__builtin_mul_overflow(command->count - 1, command->stride, &end));
	FUZZ_CHECK(!__builtin_add_overflow(end, command->addr, &end) && end <= UINT32_MAX - 7,
		   "beyond the guest's map");
	return one_of(errors, 5);
}

int vcpu_wait(struct vcpu *vcpu, struct vcpu_job *job, unsigned int timeout_ms)
{
	static const int errors[] = {0, 0, 0, -ETIMEDOUT, -EIO, -ECANCELED};

	(void)vcpu, (void)timeout_ms;
	job->result.done = fuzz_take(fate, 1);
	for (unsigned i = 0; i < GUEST_EXC_NR; i++)
		job->result.exc[i].count = fuzz_take(fate, 1) & 1;
	return one_of(errors, 6);
}

int vcpu_attach(struct vcpu *vcpu, struct vcpu_job *job)
{
	static const int errors[] = {0, 0, -EBUSY};

	(void)vcpu, (void)job;
	return one_of(errors, 3);
}

int vcpu_end_command(struct vcpu *vcpu)
{
	(void)vcpu;
	return -(int)(fuzz_take(fate, 1) & 1);
}

int vcpu_continue(struct vcpu *vcpu)
{
	(void)vcpu;
	return -(int)(fuzz_take(fate, 1) & 1);
}

enum vcpu_state vcpu_get_state(struct vcpu *vcpu, char *why, size_t size)
{
	(void)vcpu;
	snprintf(why, size, "KVM_RUN: no reason");
	return fuzz_take(fate, 1) % 4;
}

void vcpu_totals(struct vcpu *vcpu, struct vcpu_result *totals)
{
	(void)vcpu;
	memset(totals, 0, sizeof(*totals));
	totals->counts.sigbus_ar = fuzz_take(fate, 1);
	totals->counts.sea_exits = fuzz_take(fate, 1);
}

static int locate(uint64_t gpa, struct page *page)
{
	static const int errors[] = {0, 0, -EHWPOISON, -EPERM, -EIO};

	*page = (struct page){.gpa = gpa};
	if (gpa < GUEST_RAM_GPA || gpa - GUEST_RAM_GPA >= vm.config.mem)
		return -EFAULT;
	return one_of(errors, 5);
}

int page_locate(struct vm *of, uint64_t gpa, struct page *page)
{
	(void)of;
	return locate(gpa, page);
}

int page_poison(struct vm *of, uint64_t gpa, struct page *page)
{
	(void)of;
	return locate(gpa, page);
}

bool sigbus_load(const volatile char *addr, struct sigbus *end)
{
	(void)addr;
	*end = (struct sigbus){(int)fuzz_take(fate, 1), fuzz_take(fate, 8)};
	return end->code & 1;
}

int pages_drop(struct vm *of, uint64_t count)
{
	static const int errors[] = {0, -EINVAL};

	if (count > of->config.mem / of->page_size)
		abort();
	return one_of(errors, 2);
}

int hole_open(struct vm *of, char *why, size_t size)
{
	(void)of;
	snprintf(why, size, "no hole");
	return -(int)(fuzz_take(fate, 1) & 1);
}

int hole_take(struct vm *of, uint64_t count, uint64_t *gpa)
{
	(void)of;
	FUZZ_CHECK(count * HOLE_STRIDE <= GUEST_HOLE_SIZE);
	*gpa = GUEST_HOLE_GPA;
	return -(int)(fuzz_take(fate, 1) & 1);
}

/* --- the run ---------------------------------------------------------------------------------- */

static void run_line(char *line)
{
	struct answer answer;

	memset(&answer, 0x5a, sizeof(answer));
	command_run(&vm, line, &answer);
	FUZZ_CHECK(answer.len && answer.len < sizeof(answer.text));
	FUZZ_CHECK(strlen(answer.text) == answer.len && !strchr(answer.text, '\n'), "%s",
		   answer.text);
	FUZZ_CHECK(!strncmp(answer.text, "ok", 2) || !strncmp(answer.text, "error ", 6), "%s",
		   answer.text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input in = {data, data + size};
	struct fuzz_input ends = {data, data + (size < 32 ? size : 32)};
	char *text, *rest, *line;

	fate = &ends;
	for (unsigned i = 0; i < VCPUS; i++) {
		vcpus[i] = (struct vcpu){.vm = &vm, .id = i, .mailbox = &mailboxes[i]};
		vm.vcpus[i] = &vcpus[i];
	}
	fuzz_take(&in, 8);
	fuzz_take(&in, 8);
	fuzz_take(&in, 8);
	fuzz_take(&in, 8);
	text = rest = fuzz_text(&in, fuzz_left(&in));
	while ((line = strsep(&rest, "\n")))
		if (strlen(line) < COMMAND_LINE_MAX && line[strspn(line, " \t\r")])
			run_line(line);
	free(text);
	return 0;
}
