/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * page.h - pages of guest RAM: where they are, and how they are made bad.
 */
#ifndef VMTEST_GUEST_PAGE_H
#define VMTEST_GUEST_PAGE_H

#include <stdint.h>

struct vm;

struct page {
	uint64_t gpa; /* as asked for */
	char *hva;
	uint64_t pa;
};

/*
 * All return 0 or -errno: -EFAULT not guest RAM, -EHWPOISON poisoned already, -EPERM the kernel
 * hides frame numbers from us.
 */
int page_locate(struct vm *vm, uint64_t gpa, struct page *page); /* makes it present */
int page_poison(struct vm *vm, uint64_t gpa, struct page *page); /* `page` as it was before */

/* The first `count` are given back to the host; poisoned ones come back whole unless RAM is a memfd. */
int pages_drop(struct vm *vm, uint64_t count);

#endif
