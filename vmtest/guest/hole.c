// SPDX-License-Identifier: GPL-2.0-only
/*
 * hole.c - backs a memory slot with unassigned physical addresses through /dev/mem. It refuses
 * addresses that /proc/iomem assigns to something: a load of those would do something.
 */
#include "hole.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "guest.h"
#include "vm.h"

enum { SLOT_HOLE = 2 }; /* after vm.c's */

/* Only top-level lines count; without privilege all of them read 0-0, which then overlaps none. */
static bool is_assigned(uint64_t first, uint64_t last, char *who, size_t size)
{
	FILE *iomem = fopen("/proc/iomem", "re");
	uint64_t start, end;
	char line[256], name[200];
	bool found = false;

	if (!iomem)
		return false;
	while (!found && fgets(line, sizeof(line), iomem)) {
		if (line[0] == ' ')
			continue;
		if (sscanf(line, "%" SCNx64 "-%" SCNx64 " : %199[^\n]", &start, &end, name) != 3)
			continue;
		found = start <= last && end >= first;
	}
	fclose(iomem);
	if (found)
		snprintf(who, size, "%s", name);
	return found;
}

static int map_hole(struct vm *vm, char *why, size_t size)
{
	uint64_t pa = vm->config.hole_pa;
	char who[200];
	void *map = MAP_FAILED;
	int fd, error;

	if (is_assigned(pa, pa + GUEST_HOLE_SIZE - 1, who, sizeof(who))) {
		snprintf(why, size, "--hole %#" PRIx64 ": belongs to \"%s\" in /proc/iomem", pa,
			 who);
		return -EBUSY;
	}
	/* Writable, though only loads go there: old kernels refuse a read-only mapping as a slot.
	 */
	fd = open("/dev/mem", O_RDWR | O_SYNC | O_CLOEXEC);
	if (fd >= 0)
		map = mmap(NULL, GUEST_HOLE_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, pa);
	error = -errno;
	if (fd >= 0)
		close(fd);
	if (map == MAP_FAILED) {
		snprintf(why, size, "map /dev/mem at %#" PRIx64 ": %s (needs root, no lockdown)",
			 pa, strerror(-error));
		return error;
	}
	error = vm_add_slot(vm, SLOT_HOLE, GUEST_HOLE_GPA, GUEST_HOLE_SIZE, map);
	if (error) {
		munmap(map, GUEST_HOLE_SIZE);
		snprintf(why, size, "memory slot of the hole: %s", strerror(-error));
		return error;
	}
	vm->hole = map;
	return 0;
}

int hole_open(struct vm *vm, char *why, size_t size)
{
	int error = 0;

	pthread_mutex_lock(&vm->hole_lock);
	if (!vm->hole)
		error = map_hole(vm, why, size);
	pthread_mutex_unlock(&vm->hole_lock);
	return error;
}

/* The first page is left to `hole`; addresses repeat only after all of the rest were used. */
int hole_take(struct vm *vm, uint64_t count, uint64_t *gpa)
{
	uint64_t room = (GUEST_HOLE_SIZE - vm->page_size) / HOLE_STRIDE;
	uint64_t first, next;

	if (count > room)
		return -E2BIG;
	first = vm->hole_next;
	do {
		next = first % room + count > room ? first - first % room + room : first;
	} while (!atomic_compare_exchange_weak(&vm->hole_next, &first, next + count));
	*gpa = GUEST_HOLE_GPA + vm->page_size + next % room * HOLE_STRIDE;
	return 0;
}
