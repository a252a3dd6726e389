/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Reading of /proc/PID/pagemap and /proc/kpageflags (place.h).
 * Source: Documentation/admin-guide/mm/pagemap.rst, include/uapi/linux/kernel-page-flags.h.
 */
#include "inject/place.h"

#include "lib/util.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define MAP_PRESENT   (1ULL << 63)
#define MAP_SWAPPED   (1ULL << 62) /* or an entry that only looks like swap: poison is one */
#define MAP_EXCLUSIVE (1ULL << 56) /* nobody else has mapped it */
#define MAP_PFN       ((1ULL << 55) - 1)
#define SWAP_TYPE     0x1f
#define SWAP_OFFSET   5

/* Types from MAX_SWAPFILES on are no swap areas; no kernel has fewer than 22 (include/linux/swap.h). */
#define SWAP_TYPES_MIN 22

enum {
	KPF_ANON = 12,
	KPF_TAIL = 16,
	KPF_HUGE = 17,
	KPF_HWPOISON = 19,
	KPF_THP = 22,
	KPF_ZERO_PAGE = 24,
};

#define FLAGS_AT_ONCE 512
#define TAILS_MAX     (1ULL << 18) /* of a huge page of 1 GiB, or of 16 GiB in pages of 64 KiB */

const char *const page_kinds[] = {
	[PAGE_SMALL] = "page",
	[PAGE_THP] = "thp",
	[PAGE_HUGETLB] = "hugetlb",
};

/* --- memslots -------------------------------------------------------------------------------- */

static int slot_order(const void *a, const void *b)
{
	const struct slot *one = a, *two = b;

	if (one->kvm != two->kvm)
		return one->kvm < two->kvm ? -1 : 1;
	return one->gpa < two->gpa ? -1 : one->gpa > two->gpa;
}

int place_sort(struct slot *slots, int n)
{
	int kept = 0;

	if (n > 1)
		qsort(slots, n, sizeof(*slots), slot_order);
	for (int i = 0; i < n; i++)
		if (!kept || slot_order(&slots[kept - 1], &slots[i]))
			slots[kept++] = slots[i];
	return kept;
}

int place_hva(const struct slot *slots, int n, uint64_t gpa, uint64_t *hva)
{
	int err = -ENXIO;

	for (int i = 0; i < n; i++) {
		uint64_t at = slots[i].hva + (gpa - slots[i].gpa);

		if (gpa < slots[i].gpa || gpa - slots[i].gpa >= slots[i].len)
			continue;
		if (!err && *hva != at)
			return -ENOTUNIQ;
		*hva = at;
		err = 0;
	}
	return err;
}

/* --- page frames ----------------------------------------------------------------------------- */

/* `count` 64-bit words from word number `first` of a file of /proc on. How many came, or -errno. */
static int read_words(int fd, uint64_t first, uint64_t *words, unsigned count)
{
	ssize_t n = pread(fd, words, count * sizeof(*words), first * sizeof(*words));

	return n < 0 ? -errno : (int)(n / sizeof(*words));
}

static int open_of(const char *root, const char *name)
{
	char path[PATH_MAX];
	int fd;

	if ((size_t)snprintf(path, sizeof(path), "%s/%s", root, name) >= sizeof(path))
		return -ENAMETOOLONG;
	fd = open(path, O_RDONLY | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

static int read_map(const char *root, uint32_t tgid, uint64_t hva, uint64_t *entry)
{
	char name[32];
	int fd, n;

	snprintf(name, sizeof(name), "%u/pagemap", tgid);
	fd = open_of(root, name);
	if (fd < 0)
		return fd;
	n = read_words(fd, hva / sysconf(_SC_PAGESIZE), entry, 1);
	close(fd);
	return n < 0 ? n : n ? 0 : -EIO;
}

/* Tails next to frame `pfn`, in a direction: 1 counts behind it, -1 before it. Or -errno. */
static int64_t count_tails(int fd, uint64_t pfn, int direction)
{
	uint64_t flags[FLAGS_AT_ONCE], tails = 0;

	while (tails < TAILS_MAX) {
		uint64_t n = FLAGS_AT_ONCE, first = pfn + tails + 1;
		int got;

		if (direction < 0) { /* what lies before is read forward, too */
			n = UTIL_MIN(n, pfn - tails + 1);
			first = pfn - tails + 1 - n;
		}
		got = read_words(fd, first, flags, n);
		if (got < 0 || (direction < 0 && (uint64_t)got < n))
			return got < 0 ? got : -EIO;
		for (int i = 0; i < got; i++, tails++)
			if (!(flags[direction < 0 ? got - 1 - i : i] & 1ULL << KPF_TAIL))
				return tails;
		if (!got || n < FLAGS_AT_ONCE) /* the end of memory, either one */
			return tails;
	}
	return tails;
}

/* The page that a frame is part of: the head, the tails up to this one, and those behind it. */
static int fill_group(int fd, struct place *place)
{
	int64_t before = count_tails(fd, place->pfn, -1);
	int64_t behind = before < 0 ? before : count_tails(fd, place->pfn, 1);
	uint64_t head = 0;

	if (behind < 0)
		return behind;
	place->page_size = (before + 1 + behind) * sysconf(_SC_PAGESIZE);
	/* Of a hugetlb page the head alone is marked (folio_set_hugetlb_hwpoison, mm/memory-failure.c). */
	if (place->kind == PAGE_HUGETLB && read_words(fd, place->pfn - before, &head, 1) == 1)
		place->poisoned |= head >> KPF_HWPOISON & 1;
	return 0;
}

static int fill_frame(int fd, struct place *place, uint64_t *flags)
{
	int n = read_words(fd, place->pfn, flags, 1);

	if (n <= 0)
		return n < 0 ? n : -EIO;
	place->kind = *flags & 1ULL << KPF_HUGE  ? PAGE_HUGETLB
		      : *flags & 1ULL << KPF_THP ? PAGE_THP
						 : PAGE_SMALL;
	place->poisoned = *flags & 1ULL << KPF_HWPOISON;
	place->page_size = sysconf(_SC_PAGESIZE);
	return place->kind == PAGE_SMALL ? 0 : fill_group(fd, place);
}

static int read_frame(const char *root, uint64_t pfn, struct place *place, uint64_t *flags)
{
	int fd = open_of(root, "kpageflags"), err;

	if (fd < 0)
		return fd;
	place->pfn = pfn;
	err = fill_frame(fd, place, flags);
	close(fd);
	return err;
}

int place_frame(const char *root, uint64_t pfn, struct place *place)
{
	uint64_t flags;

	return read_frame(root, pfn, place, &flags);
}

/*
 * Files and their like are shared by who wants to. Memory without a file that somebody else has too was
 * merged (KSM), or comes from before a fork. KPF_KSM itself is no help: 6.12 says it of all such memory
 * (stable_page_flags, fs/proc/page.c: PAGE_MAPPING_KSM is two bits, of which one is enough).
 */
static int fill_present(const char *root, uint64_t entry, struct place *place)
{
	uint64_t flags;
	int err = read_frame(root, entry & MAP_PFN, place, &flags);

	if (err)
		return err;
	place->shared = flags & 1ULL << KPF_ANON && !(entry & MAP_EXCLUSIVE);
	return flags & 1ULL << KPF_ZERO_PAGE ? -ENOENT : 0;
}

/* What memory_failure() leaves in a page table: an entry of a type that no swap area has, with the frame. */
static int fill_absent(const char *root, uint64_t entry, struct place *place)
{
	uint64_t pfn = (entry & MAP_PFN) >> SWAP_OFFSET;

	if (!(entry & MAP_SWAPPED) || (entry & SWAP_TYPE) < SWAP_TYPES_MIN ||
	    place_frame(root, pfn, place) || !place->poisoned)
		return -ENOENT;
	return 0;
}

int place_fill(const char *root, uint32_t tgid, struct place *place)
{
	uint64_t entry, page_size = sysconf(_SC_PAGESIZE);
	int err = read_map(root, tgid, place->hva, &entry);

	if (err)
		return err;
	if (!(entry & MAP_PRESENT))
		err = fill_absent(root, entry, place);
	else if (!(entry & MAP_PFN))
		err = -EPERM;
	else
		err = fill_present(root, entry, place);
	place->pa = place->pfn * page_size + place->hva % page_size;
	return err;
}

bool place_holds(const char *root, uint32_t tgid, const struct place *place)
{
	uint64_t entry;

	return !read_map(root, tgid, place->hva, &entry) && entry & MAP_PRESENT &&
	       (entry & MAP_PFN) == place->pfn;
}
