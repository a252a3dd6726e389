// SPDX-License-Identifier: GPL-2.0-only
/*
 * test-slots: makes VMs of which it knows every memslot, reads them out of the kernel as seainject does,
 * and compares; then places in memory of every kind. A line per thing that was as it should be; ends with
 * 1 and a line on stderr at the first that was not.
 * Must not: run a vCPU.
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <linux/kvm.h>

#include "inject/slots.h"
#include "lib/log.h"
#include "lib/util.h"

#define RAM_GPA   0x80000000ULL
#define HUGE_SIZE (2ULL << 20) /* with pages of 4 KiB */

static struct slots *reader;
static int kvm;
static size_t page;

static void equal(const char *what, uint64_t expected, uint64_t seen)
{
	if (expected != seen)
		errx(1, "%s: expected %#llx, seen %#llx", what, (unsigned long long)expected,
		     (unsigned long long)seen);
	printf("%s: %#llx\n", what, (unsigned long long)seen);
}

static char *map(size_t size, int flags)
{
	void *at = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | flags, -1,
			0);

	return at == MAP_FAILED ? NULL : at;
}

static int new_vm(void)
{
	int fd = ioctl(kvm, KVM_CREATE_VM, 0);

	if (fd < 0)
		err(1, "KVM_CREATE_VM");
	return fd;
}

static int set_slot(int vm, unsigned id, uint64_t gpa, size_t size, const void *hva)
{
	struct kvm_userspace_memory_region region = {
		.slot = id,
		.guest_phys_addr = gpa,
		.memory_size = size,
		.userspace_addr = (uintptr_t)hva,
	};

	return ioctl(vm, KVM_SET_USER_MEMORY_REGION, &region) ? -errno : 0;
}

/* `n` slots of one page, a hole of one page behind each; in an order that is neither theirs nor its reverse. */
static void add_slots(int vm, unsigned n, uint64_t gpa, const char *hva)
{
	for (unsigned i = 0; i < n; i++) {
		unsigned id = (i * 7 + 3) % n; /* n is no multiple of 7 */

		if (set_slot(vm, id, gpa + 2 * page * id, page, hva + page * id))
			err(1, "slot %u of %u", id, n);
	}
}

static unsigned compare(const struct slot *slots, unsigned n, uint64_t gpa, const char *hva)
{
	unsigned wrong = 0;

	for (unsigned i = 0; i < n; i++)
		wrong += slots[i].id != i || slots[i].gpa != gpa + 2 * page * i ||
			 slots[i].hva != (uintptr_t)hva + page * i || slots[i].len != page ||
			 slots[i].kvm != slots[0].kvm || slots[i].flags;
	return wrong;
}

static void many(unsigned n)
{
	char *hva = map(n * page, MAP_NORESERVE);
	struct slot *slots = NULL;
	int vm = new_vm();

	if (n > (unsigned)ioctl(vm, KVM_CHECK_EXTENSION, KVM_CAP_NR_MEMSLOTS)) {
		printf("%u slots: more than this kernel has\n", n);
	} else {
		add_slots(vm, n, RAM_GPA, hva);
		equal("slots", n, slots_read(reader, getpid(), &slots));
		equal("wrong ones", 0, compare(slots, n, RAM_GPA, hva));
	}
	free(slots);
	close(vm);
	munmap(hva, n * page);
}

/* Each more than one run tells, and one of them with two descriptors. */
static void two_vms(void)
{
	char *hva = map(200 * page, 0), *other = map(100 * page, 0);
	struct slot *slots = NULL, *a, *b;
	struct place place;
	int first = new_vm(), second = new_vm(), again = dup(first);

	add_slots(first, 200, RAM_GPA, hva);
	add_slots(second, 100, RAM_GPA, other);
	equal("slots of two VMs", 300, slots_read(reader, getpid(), &slots));
	a = slots[0].hva == (uintptr_t)hva ? slots : slots + 100;
	b = a == slots ? slots + 200 : slots;
	equal("wrong ones of the first", 0, compare(a, 200, RAM_GPA, hva));
	equal("wrong ones of the second", 0, compare(b, 100, RAM_GPA, other));
	equal("two VMs are two", 1, a->kvm != b->kvm);
	equal("an address that both have", ENOTUNIQ,
	      -slots_place(reader, getpid(), RAM_GPA, &place));
	free(slots);
	close(again);
	close(first);
	close(second);
}

/* Who has the descriptor alone has not the memory; and what is no process has nothing. */
static void of_others(void)
{
	char *hva = map(page, 0);
	struct slot *slots = NULL;
	int vm = new_vm(), status;
	pid_t child;

	add_slots(vm, 1, RAM_GPA, hva);
	child = fork();
	if (!child) {
		pause();
		_exit(0);
	}
	equal("slots of who was handed a VM", ESRCH, -slots_read(reader, child, &slots));
	close(vm);
	equal("slots of who has no VM", ESRCH, -slots_read(reader, getpid(), &slots));
	kill(child, SIGKILL);
	waitpid(child, &status, 0);
	equal("slots of who is gone", ESRCH, -slots_read(reader, child, &slots));
}

struct mover {
	int vm;
	const char *hva;
	atomic_bool stop;
	atomic_uint moves;
};

static void *move(void *arg)
{
	struct mover *mover = arg;

	for (; !mover->stop; mover->moves++)
		if (set_slot(mover->vm, 50, RAM_GPA + 100 * page, mover->moves % 2 ? page : 0,
			     mover->hva + 50 * page))
			err(1, "move slot 50");
	return NULL;
}

/* While the VMM takes a slot away and brings it back, it is there or it is not: nothing else is seen. */
static void changing(void)
{
	struct mover mover = {.vm = new_vm(), .hva = map(100 * page, 0)};
	unsigned counts[2] = {0}, wrong = 0, busy = 0;
	pthread_t thread;

	add_slots(mover.vm, 100, RAM_GPA, mover.hva);
	if (pthread_create(&thread, NULL, move, &mover))
		errx(1, "no thread");
	while ((counts[0] < 20 || counts[1] < 20) && counts[0] + counts[1] + busy < 2000) {
		struct slot *slots = NULL;
		int n = slots_read(reader, getpid(), &slots);

		if (n == 100)
			wrong += compare(slots, 100, RAM_GPA, mover.hva);
		else if (n == 99)
			wrong += compare(slots, 50, RAM_GPA, mover.hva);
		if (n == 99 || n == 100)
			counts[n == 100]++;
		else if (n == -EAGAIN)
			busy++;
		else
			errx(1, "while a slot comes and goes: %d", n);
		free(slots);
	}
	mover.stop = true;
	pthread_join(thread, NULL);
	printf("read with %u, without %u, given up %u times, while it moved %u times\n", counts[1],
	       counts[0], busy, mover.moves);
	equal("wrong ones", 0, wrong);
	equal("it moved meanwhile", 1, mover.moves > 0 && counts[0] + counts[1] > 0);
	close(mover.vm);
}

/* --- places ---------------------------------------------------------------------------------- */

/* A VM with these bytes at RAM_GPA; the place of an offset is what `expected` says, or its frame is. */
static void place_of(const char *what, char *hva, size_t size, size_t offset, int expected,
		     enum page_kind kind, uint64_t page_size)
{
	struct place place = {0};
	int vm = new_vm();

	if (set_slot(vm, 0, RAM_GPA, size, hva))
		err(1, "%s", what);
	equal(what, expected, -slots_place(reader, getpid(), RAM_GPA + offset, &place));
	if (!expected) {
		equal("its address", (uintptr_t)hva + offset, place.hva);
		equal("its kind", kind, place.kind);
		equal("its size", page_size, place.page_size);
		equal("it is nobody else's", 0, place.shared);
		equal("its offset in the frame", offset % page, place.pa - place.pfn * page);
		equal("it holds", 1, slots_holds(getpid(), &place));
		madvise(hva, size, MADV_DONTNEED); /* hugetlb knows it since 5.18 */
		if (kind != PAGE_HUGETLB)
			equal("it holds no longer", 0, slots_holds(getpid(), &place));
	}
	close(vm);
}

static void small_places(void)
{
	char *hva = map(4 * page, 0);
	volatile char read;

	madvise(hva, 4 * page, MADV_NOHUGEPAGE);
	hva[page] = 1;
	read = hva[2 * page];
	(void)read;
	place_of("a page that was never touched", hva, 4 * page, 0, ENOENT, 0, 0);
	place_of("a page that was only read", hva, 4 * page, 2 * page, ENOENT, 0, 0);
	place_of("an address that no slot has", hva, 4 * page, 4 * page, ENXIO, 0, 0);
	place_of("a page that was written", hva, 4 * page, page + 72, 0, PAGE_SMALL, page);
}

static void thp_places(void)
{
	char *room = map(2 * HUGE_SIZE, 0);
	char *hva = (char *)(((uintptr_t)room + HUGE_SIZE - 1) & ~(HUGE_SIZE - 1));

	if (madvise(hva, HUGE_SIZE, MADV_HUGEPAGE))
		err(1, "madvise(MADV_HUGEPAGE)");
	*hva = 1;
	place_of("in a transparent huge page", hva, HUGE_SIZE, HUGE_SIZE / 2 + 3 * page + 8, 0,
		 PAGE_THP, HUGE_SIZE);
}

static void hugetlb_places(void)
{
	int fd = open("/proc/sys/vm/nr_hugepages", O_WRONLY | O_CLOEXEC);
	char *hva;

	if (fd < 0 || write(fd, "2", 1) != 1)
		err(1, "/proc/sys/vm/nr_hugepages");
	close(fd);
	hva = map(2 * HUGE_SIZE, MAP_HUGETLB);
	if (!hva)
		err(1, "no huge pages");
	memset(hva, 1, 2 * HUGE_SIZE);
	place_of("in the second of two hugetlb pages", hva, 2 * HUGE_SIZE,
		 2 * HUGE_SIZE - page + 16, 0, PAGE_HUGETLB, HUGE_SIZE);
	munmap(hva, 2 * HUGE_SIZE);
}

static void write_text(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd < 0 || write(fd, text, strlen(text)) != (ssize_t)strlen(text))
		err(1, "%s", path);
	close(fd);
}

/* Pages with equal contents become one, which then is not this VM's alone. */
static void merged_places(void)
{
	char *hva = map(2 * page, 0);
	struct place place = {0};
	int vm;

	if (access("/sys/kernel/mm/ksm/run", F_OK)) {
		printf("two equal pages: never merged, this kernel has no KSM\n");
		return;
	}
	vm = new_vm();
	memset(hva, 0x5a, 2 * page);
	if (set_slot(vm, 0, RAM_GPA, 2 * page, hva) || madvise(hva, 2 * page, MADV_MERGEABLE))
		err(1, "mergeable memory");
	write_text("/sys/kernel/mm/ksm/sleep_millisecs", "0");
	write_text("/sys/kernel/mm/ksm/run", "1");
	/* ksmd tells nobody what it merged */
	while (!place.shared)
		if (slots_place(reader, getpid(), RAM_GPA, &place))
			errx(1, "a page that is merged has no place");
	write_text("/sys/kernel/mm/ksm/run", "0");
	printf("two equal pages: merged, and said to be shared\n");
	close(vm);
}

int main(void)
{
	log_setup("test-slots", 0);
	setvbuf(stdout, NULL, _IOLBF, 0); /* what failed comes last */
	page = sysconf(_SC_PAGESIZE);
	kvm = open("/dev/kvm", O_RDWR | O_CLOEXEC);
	if (kvm < 0)
		err(1, "/dev/kvm");
	if (slots_open(&reader))
		return 1;
	many(1);
	many(64);
	many(65);
	many(500);
	many(600);
	two_vms();
	of_others();
	changing();
	small_places();
	thp_places();
	hugetlb_places();
	merged_places();
	slots_close(reader);
	return 0;
}
