/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A kernel in a few lines, for what seainject writes to: a tree below SEA_ROOT in which writes to some
 * files poison page frames, and a log of who wrote what and when a file was synced. It stands in for
 * write(), fdatasync(), capabilities and the reader of memslots.
 * For tests only: every failure ends the test.
 */
#ifndef TESTS_UNIT_KERNEL_H
#define TESTS_UNIT_KERNEL_H

#include "tests/unit/tree.h"

#include "inject/slots.h"
#include "lib/privilege.h"
#include "lib/util.h"

#include <stdbool.h>
#include <sys/syscall.h>

#define FRAMES     64
#define GPA        0x80000000ULL
#define HVA        0x7000000000ULL
#define FIRST_PFN  8 /* of GPA: memory is in one piece */
#define KPF_POISON (1ULL << 19)
#define OFFLINE    "sys/devices/system/memory/hard_offline_page"
#define CORRUPT    "sys/kernel/debug/hwpoison/corrupt-pfn"
#define UNPOISON   "sys/kernel/debug/hwpoison/unpoison-pfn"
#define BOOT_ID    "proc/sys/kernel/random/boot_id"

static struct kernel {
	char root[32];
	uint64_t flags[FRAMES]; /* what /proc/kpageflags says */
	char log[2048];         /* "sync\nhard_offline_page 0x8000\n" */
	const char *refuses;    /* the name of a file, a write to which fails with `refusal` */
	int refusal;
	bool deaf;            /* it answers yes and does nothing */
	bool marks;           /* it poisons even where it refuses */
	uint64_t missing;     /* capabilities that we have not */
	int place_err;        /* what the reader of memslots answers */
	struct place place;   /* kind, page_size, poisoned, shared of all there is */
	unsigned moves_after; /* so many places hold, the next one does not; 0: all do */
	unsigned held;
} kernel;

TREE_UNUSED static void kernel_log(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

static void kernel_log(const char *fmt, ...)
{
	size_t n = strlen(kernel.log);
	va_list args;

	va_start(args, fmt);
	vsnprintf(kernel.log + n, sizeof(kernel.log) - n, fmt, args);
	va_end(args);
}

static void kernel_flags(void)
{
	tree_write(kernel.root, kernel.flags, sizeof(kernel.flags), "proc/kpageflags");
}

static void kernel_file(const char *name, const char *text)
{
	tree_write(kernel.root, text, strlen(text), "%s", name);
}

/* A host with all ways to poison, of a boot named "boot-1". */
TREE_UNUSED static void kernel_start(void)
{
	memset(&kernel, 0, sizeof(kernel));
	kernel.place.page_size = sysconf(_SC_PAGESIZE);
	tree_make(kernel.root);
	assert_return_code(setenv("SEA_ROOT", kernel.root, 1), errno);
	kernel_file(OFFLINE, "");
	kernel_file(CORRUPT, "");
	kernel_file(UNPOISON, "");
	kernel_file(BOOT_ID, "boot-1\n");
	kernel_flags();
}

TREE_UNUSED static void kernel_end(void)
{
	unsetenv("SEA_ROOT");
	tree_remove(kernel.root);
}

/* What a write to a file of the tree does. */
static void kernel_act(const char *name, uint64_t value)
{
	uint64_t page_size = sysconf(_SC_PAGESIZE);

	if (!strcmp(name, "hard_offline_page"))
		kernel.flags[value / page_size] |= KPF_POISON;
	else if (!strcmp(name, "corrupt-pfn"))
		kernel.flags[value] |= KPF_POISON;
	else if (!strcmp(name, "unpoison-pfn"))
		kernel.flags[value] &= ~KPF_POISON;
	else
		return;
	kernel_flags();
}

/* The last part of the name of a file below root/sys; NULL: another file. */
static const char *kernel_name(int fd, char path[PATH_MAX])
{
	char link[32], below[64];
	ssize_t n;

	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	n = readlink(link, path, PATH_MAX - 1);
	if (n < 0)
		return NULL;
	path[n] = '\0';
	snprintf(below, sizeof(below), "%s/sys/", kernel.root);
	return *kernel.root && !strncmp(path, below, strlen(below)) ? strrchr(path, '/') + 1 : NULL;
}

ssize_t write(int fd, const void *data, size_t len)
{
	char path[PATH_MAX], text[32];
	const char *name = kernel_name(fd, path);
	bool refused;

	/* tree_write() goes through stdio, which does not come by here. */
	if (!name || len >= sizeof(text))
		return syscall(SYS_write, fd, data, len);
	memcpy(text, data, len);
	text[len] = '\0';
	assert_int_equal(text[len - 1], '\n');
	refused = kernel.refuses && !strcmp(kernel.refuses, name);
	kernel_log("%s %s", name, text);
	if (!kernel.deaf && (!refused || kernel.marks))
		kernel_act(name, strtoull(text, NULL, 0));
	errno = kernel.refusal;
	return refused ? -1 : (ssize_t)len;
}

int fdatasync(int fd)
{
	kernel_log("sync\n");
	return syscall(SYS_fdatasync, fd);
}

uint64_t privilege_missing(uint64_t needed)
{
	return needed & kernel.missing;
}

int slots_place(struct slots *s, uint32_t tgid, uint64_t gpa, struct place *out)
{
	uint64_t page_size = sysconf(_SC_PAGESIZE);

	(void)s, (void)tgid;
	if (kernel.place_err)
		return kernel.place_err;
	if (gpa < GPA || gpa - GPA >= (FRAMES - FIRST_PFN) * page_size)
		return -ENXIO;
	*out = kernel.place;
	out->gpa = gpa;
	out->hva = HVA + (gpa - GPA);
	out->pfn = FIRST_PFN + (gpa - GPA) / page_size;
	out->pa = out->pfn * page_size + gpa % page_size;
	return 0;
}

bool slots_holds(uint32_t tgid, const struct place *place)
{
	(void)tgid, (void)place;
	return !kernel.moves_after || kernel.held++ < kernel.moves_after;
}

#endif
