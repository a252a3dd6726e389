// SPDX-License-Identifier: GPL-2.0-only
/*
 * page.c - finds the host physical address of a guest page and poisons pages. It must never touch
 * guest memory in a way that a poisoned page could answer with SIGBUS, where the kernel lets it.
 */
#include "page.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <sys/mman.h>
#include <unistd.h>

#include "compat.h"
#include "guest.h"
#include "sigbus.h"
#include "vm.h"

/* Documentation/admin-guide/mm/pagemap.rst */
#define PAGEMAP_PRESENT  (1ULL << 63)
#define PAGEMAP_SWAPPED  (1ULL << 62) /* poison is a kind of swap entry */
#define PAGEMAP_PFN_MASK ((1ULL << 55) - 1)

static int read_pagemap(struct vm *vm, const char *hva, uint64_t *entry)
{
	int fd = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
	off_t offset = (uintptr_t)hva / vm->page_size * sizeof(*entry);
	int error = 0;

	if (fd < 0)
		return -errno;
	if (pread(fd, entry, sizeof(*entry), offset) != sizeof(*entry))
		error = -EIO;
	close(fd);
	return error;
}

/*
 * For writing: a page that was only read is the zero page, which is everybody's. Before 5.14 there
 * is only the store; an entry that is not poison makes it safe.
 */
static int make_present(struct vm *vm, char *hva)
{
	uint64_t entry;
	int error;

	if (!madvise(hva, vm->page_size, MADV_POPULATE_WRITE))
		return 0;
	if (errno != EINVAL)
		return errno == EFAULT ? -EHWPOISON : -errno;
	error = read_pagemap(vm, hva, &entry);
	if (error)
		return error;
	if (!(entry & PAGEMAP_PRESENT) && (entry & PAGEMAP_SWAPPED))
		return -EHWPOISON;
	__atomic_fetch_or(hva, 0, __ATOMIC_RELAXED);
	return 0;
}

int page_locate(struct vm *vm, uint64_t gpa, struct page *page)
{
	uint64_t offset, entry;
	int error;

	if (gpa < GUEST_RAM_GPA || gpa - GUEST_RAM_GPA >= vm->config.mem)
		return -EFAULT;
	offset = (gpa - GUEST_RAM_GPA) & ~(vm->page_size - 1);
	page->gpa = gpa;
	page->hva = vm->ram + offset;
	error = make_present(vm, page->hva);
	if (!error)
		error = read_pagemap(vm, page->hva, &entry);
	if (error)
		return error;
	if (!(entry & PAGEMAP_PRESENT))
		return -EHWPOISON;
	if (!(entry & PAGEMAP_PFN_MASK))
		return -EPERM;
	page->pa = (entry & PAGEMAP_PFN_MASK) * vm->page_size + (gpa & (vm->page_size - 1));
	return 0;
}

/* 6.12 and 7.3 send the thread that does this a BUS_MCEERR_AR, touched or not; 6.1 sends an AO. */
int page_poison(struct vm *vm, uint64_t gpa, struct page *page)
{
	int error = page_locate(vm, gpa, page);

	if (error)
		return error;
	sigbus_expect();
	if (madvise(page->hva, vm->page_size, MADV_HWPOISON))
		error = -errno;
	sigbus_came();
	return error;
}

int pages_drop(struct vm *vm, uint64_t count)
{
	return madvise(vm->ram, count * vm->page_size, MADV_DONTNEED) ? -errno : 0;
}
