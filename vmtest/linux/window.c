// SPDX-License-Identifier: GPL-2.0-only
/*
 * window.c - finds the device among those of PCI and maps its memory through sysfs: there is no
 * driver for it. Nothing is loaded from it here.
 */
#include "window.h"

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define IVSHMEM "pci:v00001AF4d00001110" /* QEMU: docs/specs/ivshmem-spec.rst */
#define BAR     2                        /* where the shared memory is */

static FILE *open_file(const char *device, const char *name, const char *mode)
{
	char path[256];

	snprintf(path, sizeof(path), "%s/%s", device, name);
	return fopen(path, mode);
}

static int is_ivshmem(const char *device)
{
	FILE *file = open_file(device, "modalias", "re");
	char line[128] = "";

	if (!file)
		return 0;
	if (!fgets(line, sizeof(line), file))
		*line = 0;
	fclose(file);
	return !strncmp(line, IVSHMEM, strlen(IVSHMEM));
}

/* A device without a driver does not answer to its addresses. */
static int enable(const char *device)
{
	FILE *file = open_file(device, "enable", "we");

	if (!file)
		return -errno;
	fputs("1", file);
	return fclose(file) ? -errno : 0;
}

static int map(const char *device, uint64_t *va)
{
	char path[256];
	void *memory = MAP_FAILED;
	int fd, error;

	snprintf(path, sizeof(path), "%s/resource%d", device, BAR);
	fd = open(path, O_RDWR | O_CLOEXEC);
	if (fd >= 0)
		memory = mmap(NULL, sysconf(_SC_PAGESIZE), PROT_READ, MAP_SHARED, fd, 0);
	error = memory == MAP_FAILED ? -errno : 0;
	if (fd >= 0)
		close(fd);
	*va = error ? 0 : (uintptr_t)memory;
	return error;
}

int window_map(uint64_t *va)
{
	glob_t devices;
	size_t i;
	int error = 0;

	*va = 0;
	if (glob("/sys/bus/pci/devices/*", 0, NULL, &devices))
		return 0;
	for (i = 0; i < devices.gl_pathc && !*va && !error; i++) {
		if (!is_ivshmem(devices.gl_pathv[i]))
			continue;
		error = enable(devices.gl_pathv[i]);
		error = error ?: map(devices.gl_pathv[i], va);
	}
	globfree(&devices);
	return error;
}
