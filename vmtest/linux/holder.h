/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * holder.h - a program that holds a page and loads from it on command, seen from outside: by whoever
 * traces it. It handles no signal, so that what kills a program that knows nothing kills it as well.
 * It must not know who gives the commands.
 */
#ifndef VMTEST_LINUX_HOLDER_H
#define VMTEST_LINUX_HOLDER_H

#include <stdint.h>
#include <sys/types.h>

#define HOLDER_VALUE 5714 /* what its page has at the beginning */

enum holder_place {
	HOLDER_PAGE,   /* its own memory */
	HOLDER_WINDOW, /* the memory of an ivshmem device */
};

struct holder_shared {
	enum holder_place place;
	int error;
	uint64_t value;
	uint64_t page_va, page_gpa;
	uint64_t window_va; /* 0: the machine has no such device */
};

struct holder {
	pid_t pid; /* 0: none, or dead */
	struct holder_shared *shared;
};

/* How a load ended: with a value, or (killed != 0) with a signal. */
struct holder_end {
	int killed, code;
	uint64_t addr;
	uint64_t value;
};

/* One at a time: -EBUSY while one lives. */
int holder_start(struct holder *holder);
int holder_load(struct holder *holder, enum holder_place place, struct holder_end *end);

#endif
