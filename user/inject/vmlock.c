// SPDX-License-Identifier: GPL-2.0-only
/*
 * A file per VM, locked by flock(2); its text is who holds it.
 * Must not: wait.
 */
#include "inject/vmlock.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

struct vmlock {
	int fd;
	char path[256];
};

static uint32_t read_holder(int fd)
{
	char text[16] = "";

	return pread(fd, text, sizeof(text) - 1, 0) > 0 ? strtoul(text, NULL, 10) : 0;
}

/* Whoever had it before may have removed it between our open and our lock. */
static bool is_still_there(const struct vmlock *lock)
{
	struct stat ours, there;

	return !fstat(lock->fd, &ours) && !stat(lock->path, &there) &&
	       ours.st_ino == there.st_ino && ours.st_dev == there.st_dev;
}

static int sign(const struct vmlock *lock)
{
	char text[16];
	int len = snprintf(text, sizeof(text), "%d\n", getpid());

	if (ftruncate(lock->fd, 0) || pwrite(lock->fd, text, len, 0) != len)
		return -errno;
	return 0;
}

/* 0, -EAGAIN: once more, or -errno. */
static int try(struct vmlock *lock, uint32_t *holder)
{
	int err = 0;

	lock->fd = open(lock->path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (lock->fd < 0)
		return -errno;
	if (flock(lock->fd, LOCK_EX | LOCK_NB)) {
		err = errno == EWOULDBLOCK ? -EBUSY : -errno;
		*holder = read_holder(lock->fd);
	} else {
		err = is_still_there(lock) ? sign(lock) : -EAGAIN;
	}
	if (err)
		close(lock->fd);
	return err;
}

int vmlock_take(struct vmlock **out, const char *dir, uint32_t tgid, uint64_t start_ticks,
		uint32_t *holder)
{
	struct vmlock *lock = calloc(1, sizeof(*lock));
	int err;

	if (!lock)
		return -ENOMEM;
	*holder = 0;
	snprintf(lock->path, sizeof(lock->path), "%s/VM-%" PRIu32 "-%" PRIu64, dir, tgid,
		 start_ticks);
	err = mkdir(dir, 0755) && errno != EEXIST ? -errno : 0;
	if (!err)
		do
			err = try(lock, holder);
		while (err == -EAGAIN);
	if (err) {
		free(lock);
		return err;
	}
	*out = lock;
	return 0;
}

void vmlock_release(struct vmlock *lock)
{
	if (!lock)
		return;
	unlink(lock->path); /* while it is ours */
	close(lock->fd);
	free(lock);
}
