// SPDX-License-Identifier: GPL-2.0-only
/*
 * source.c - plays the firmware's side of an error source through /dev/mem. It must not know what a
 * record says.
 */
#include "source.h"

#include <errno.h>
#include <string.h>
#include <sys/file.h>
#include <time.h>

#include "lib/hest.h"
#include "lib/physical.h"

#define POLL_NS 200000

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

int source_block_address(int memory, const struct hest_source *source, uint64_t *address)
{
	return physical_read64(memory, source->status_register, address);
}

int source_is_full(int memory, const struct hest_source *source, bool *full)
{
	uint64_t address;
	uint32_t status;
	int error = source_block_address(memory, source, &address);

	if (!error)
		error = physical_read(memory, address, &status, 1);
	if (!error)
		*full = status != 0;
	return error;
}

int source_is_acked(int memory, const struct hest_source *source, bool *acked)
{
	uint64_t value;
	int error = physical_read64(memory, source->ack_register, &value);

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
		error = physical_read64(memory, source->ack_register, &ack);
	if (!error)
		error = physical_write64(memory, source->ack_register, ack & ~source->ack_write);
	if (!error)
		error = physical_write(memory, address, words, size / sizeof(*words));
	return error;
}
