// SPDX-License-Identifier: GPL-2.0-only
/*
 * holder.c - the program that holds a page, and the one that traces it. They share a page of memory;
 * the program stops itself when it is done, so its tracer awaits one thing only: its next state.
 */
#include "holder.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#include "window.h"

/* Documentation/admin-guide/mm/pagemap.rst */
#define PAGEMAP_PRESENT  (1ULL << 63)
#define PAGEMAP_PFN_MASK ((1ULL << 55) - 1)

static int physical(const void *page, size_t page_size, uint64_t *address)
{
	int fd = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC), error = 0;
	uint64_t entry;

	if (fd < 0)
		return -errno;
	if (pread(fd, &entry, sizeof(entry), (uintptr_t)page / page_size * sizeof(entry)) !=
	    sizeof(entry))
		error = -EIO;
	close(fd);
	if (!error && !(entry & PAGEMAP_PRESENT))
		error = -EFAULT;
	*address = (entry & PAGEMAP_PFN_MASK) * page_size;
	return error;
}

static int take_page(struct holder_shared *shared)
{
	size_t page_size = sysconf(_SC_PAGESIZE);
	uint64_t *page =
		mmap(NULL, page_size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (page == MAP_FAILED)
		return -errno;
	*page = HOLDER_VALUE;
	shared->page_va = (uintptr_t)page;
	return physical(page, page_size, &shared->page_gpa);
}

/* The program. Each stop says: done. */
static void __attribute__((noreturn)) be_holder(struct holder_shared *shared)
{
	if (ptrace(PTRACE_TRACEME, 0, NULL, NULL))
		_exit(1);
	shared->error = take_page(shared);
	if (!shared->error)
		shared->error = window_map(&shared->window_va);
	for (;;) {
		raise(SIGSTOP);
		shared->value =
			*(volatile uint64_t *)(shared->place == HOLDER_PAGE ? shared->page_va
									    : shared->window_va);
	}
}

/* Until the program is done or dead. A signal is noted and passed on: it does what it does. */
static int await(struct holder *holder, struct holder_end *end)
{
	siginfo_t info;
	int status;

	for (;;) {
		if (waitpid(holder->pid, &status, 0) < 0)
			return -errno;
		if (!WIFSTOPPED(status)) {
			holder->pid = 0;
			end->killed = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
			return end->killed ? 0 : -ECHILD;
		}
		if (WSTOPSIG(status) == SIGSTOP)
			return 0;
		if (ptrace(PTRACE_GETSIGINFO, holder->pid, NULL, &info))
			return -errno;
		end->code = info.si_code;
		end->addr = (uintptr_t)info.si_addr;
		if (ptrace(PTRACE_CONT, holder->pid, NULL, (void *)(intptr_t)WSTOPSIG(status)))
			return -errno;
	}
}

int holder_start(struct holder *holder)
{
	struct holder_end end = {0};
	int error;

	if (holder->pid)
		return -EBUSY;
	if (!holder->shared)
		holder->shared = mmap(NULL, sizeof(*holder->shared), PROT_READ | PROT_WRITE,
				      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (holder->shared == MAP_FAILED) {
		holder->shared = NULL;
		return -ENOMEM;
	}
	*holder->shared = (struct holder_shared){0};
	holder->pid = fork();
	if (holder->pid < 0) {
		holder->pid = 0;
		return -errno;
	}
	if (!holder->pid)
		be_holder(holder->shared);
	error = await(holder, &end);
	return error ?: holder->shared->error;
}

int holder_load(struct holder *holder, enum holder_place place, struct holder_end *end)
{
	int error;

	*end = (struct holder_end){0};
	if (!holder->pid)
		return -ESRCH;
	if (place == HOLDER_WINDOW && !holder->shared->window_va)
		return -ENODEV;
	holder->shared->place = place;
	if (ptrace(PTRACE_CONT, holder->pid, NULL, NULL))
		return -errno;
	error = await(holder, end);
	end->value = holder->shared->value;
	return error;
}
