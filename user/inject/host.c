// SPDX-License-Identifier: GPL-2.0-only
/*
 * Small files, read and written whole (host.h).
 */
#include "inject/host.h"

#include "lib/util.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

const char *host_path(char path[PATH_MAX], const char *name)
{
	const char *root = getenv("SEA_ROOT");

	snprintf(path, PATH_MAX, "%s%s", root ? root : "", name);
	return path;
}

int host_has(const char *name)
{
	char path[PATH_MAX];

	return access(host_path(path, name), W_OK) ? -errno : 0;
}

int host_read(const char *name, char **text)
{
	char path[PATH_MAX];

	return util_read_file(host_path(path, name), text, NULL);
}

int64_t host_number(const char *name)
{
	int64_t value;
	char *text;

	if (host_read(name, &text))
		return -1;
	value = strtoll(text, NULL, 0);
	free(text);
	return value;
}

int host_write(const char *name, uint64_t value)
{
	char path[PATH_MAX], text[24];
	int n = snprintf(text, sizeof(text), "0x%llx\n", (unsigned long long)value), err = 0;
	int fd = open(host_path(path, name), O_WRONLY | O_CLOEXEC);

	if (fd < 0)
		return -errno;
	if (write(fd, text, n) != n)
		err = errno ? -errno : -EIO;
	close(fd);
	return err;
}
