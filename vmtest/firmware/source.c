// SPDX-License-Identifier: GPL-2.0-only
/*
 * source.c - plays the firmware's side of an error source through /dev/mem. It must not know what a
 * record says.
 */
#include "source.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "hest.h"

#define POLL_NS 200000

int source_open_memory(const char *path)
{
	int fd = open(path, O_RDWR | O_SYNC | O_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

int source_lock(int memory)
{
	while (flock(memory, LOCK_EX))
		if (errno != EINTR)
			return -errno;
	return 0;
}

void source_unlock(int memory)
{
	flock(memory, LOCK_UN);
}

struct window {
	void *map;
	size_t size;
	volatile uint32_t *at;
};

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
 * The block may be mapped as device memory, where only aligned accesses of a whole word are sure to
 * work; so no memcpy().
 */
static int read_words(int memory, uint64_t address, uint32_t *words, unsigned int count)
{
	struct window window;
	unsigned int i;
	int error = open_window(memory, address, count * sizeof(*words), &window);

	if (error)
		return error;
	for (i = 0; i < count; i++)
		words[i] = window.at[i];
	munmap(window.map, window.size);
	return 0;
}

/* The first word goes last: in a block it is the one that says that the rest is there. */
static int write_words(int memory, uint64_t address, const uint32_t *words, unsigned int count)
{
	struct window window;
	unsigned int i;
	int error = open_window(memory, address, count * sizeof(*words), &window);

	if (error)
		return error;
	for (i = 1; i < count; i++)
		window.at[i] = words[i];
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	window.at[0] = words[0];
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	munmap(window.map, window.size);
	return 0;
}

static int read64(int memory, uint64_t address, uint64_t *value)
{
	uint32_t words[2];
	int error = read_words(memory, address, words, 2);

	if (!error)
		*value = (uint64_t)words[1] << 32 | words[0];
	return error;
}

static int write64(int memory, uint64_t address, uint64_t value)
{
	const uint32_t words[2] = {value, value >> 32};

	return write_words(memory, address, words, 2);
}

int source_block_address(int memory, const struct hest_source *source, uint64_t *address)
{
	return read64(memory, source->status_register, address);
}

int source_is_full(int memory, const struct hest_source *source, bool *full)
{
	uint64_t address;
	uint32_t status;
	int error = source_block_address(memory, source, &address);

	if (!error)
		error = read_words(memory, address, &status, 1);
	if (!error)
		*full = status != 0;
	return error;
}

int source_is_acked(int memory, const struct hest_source *source, bool *acked)
{
	uint64_t value;
	int error = read64(memory, source->ack_register, &value);

	if (!error)
		*acked = value & source->ack_write;
	return error;
}

static uint64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000ULL + now.tv_nsec / 1000000;
}

int source_wait_acked(int memory, const struct hest_source *source, unsigned int timeout_ms)
{
	const struct timespec pause = {.tv_nsec = POLL_NS};
	uint64_t deadline = now_ms() + timeout_ms;
	bool acked = false;
	int error;

	for (;;) {
		error = source_is_acked(memory, source, &acked);
		if (error || acked)
			return error;
		if (now_ms() >= deadline)
			return -ETIMEDOUT;
		nanosleep(&pause, NULL);
	}
}

int source_write(int memory, const struct hest_source *source, const void *block, size_t size)
{
	uint32_t words[1024];
	uint64_t address, ack;
	int error;

	if (size > source->block_length || size > sizeof(words) || size % sizeof(*words))
		return -ENOSPC;
	memcpy(words, block, size);
	error = source_block_address(memory, source, &address);
	if (!error)
		error = read64(memory, source->ack_register, &ack);
	if (!error)
		error = write64(memory, source->ack_register, ack & ~source->ack_write);
	if (!error)
		error = write_words(memory, address, words, size / sizeof(*words));
	return error;
}
