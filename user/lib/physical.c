/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Mappings of /dev/mem (physical.h).
 */
#include "lib/physical.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <sys/mman.h>
#include <unistd.h>

struct window {
	void *map;
	size_t size;
	volatile uint32_t *at;
};

int physical_open(const char *path)
{
	int fd = open(path, O_RDWR | O_SYNC | O_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

static int open_window(int memory, uint64_t address, size_t size, struct window *window)
{
	size_t page = sysconf(_SC_PAGESIZE);
	uint64_t base = address & ~(uint64_t)(page - 1);

	if (address & 3)
		return -EINVAL;
	window->size = address - base + size;
	window->map = mmap(NULL, window->size, PROT_READ | PROT_WRITE, MAP_SHARED, memory, base);
	if (window->map == MAP_FAILED)
		return -errno;
	window->at = (void *)((char *)window->map + (address - base));
	return 0;
}

/*
 * It may be mapped as device memory, where only aligned accesses of a whole word are sure to work; so no
 * memcpy().
 */
int physical_read(int memory, uint64_t address, uint32_t *words, unsigned count)
{
	struct window window;
	int err = open_window(memory, address, count * sizeof(*words), &window);

	if (err)
		return err;
	for (unsigned i = 0; i < count; i++)
		words[i] = window.at[i];
	munmap(window.map, window.size);
	return 0;
}

int physical_write(int memory, uint64_t address, const uint32_t *words, unsigned count)
{
	struct window window;
	int err = open_window(memory, address, count * sizeof(*words), &window);

	if (err)
		return err;
	for (unsigned i = 1; i < count; i++)
		window.at[i] = words[i];
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	window.at[0] = words[0];
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	munmap(window.map, window.size);
	return 0;
}

int physical_read64(int memory, uint64_t address, uint64_t *value)
{
	uint32_t words[2];
	int err = physical_read(memory, address, words, 2);

	if (!err)
		*value = (uint64_t)words[1] << 32 | words[0];
	return err;
}

int physical_write64(int memory, uint64_t address, uint64_t value)
{
	const uint32_t words[2] = {value, value >> 32};

	return physical_write(memory, address, words, 2);
}
