// SPDX-License-Identifier: GPL-2.0-only
/*
 * port.c - awaits the port's device node. It must not know any command.
 */
#include "port.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/inotify.h>
#include <unistd.h>

#define PORT "/dev/vport0p1" /* port 0 is kept for a console */

/* The machine announces its ports when the driver asks, which may be after PID 1 was started. */
int port_open(void)
{
	char event[4096];
	int watch = inotify_init1(IN_CLOEXEC), fd = -1, error = 0;

	if (watch < 0 || inotify_add_watch(watch, "/dev", IN_CREATE) < 0)
		error = -errno;
	while (!error && fd < 0) {
		fd = open(PORT, O_RDWR | O_CLOEXEC);
		if (fd < 0 && errno != ENOENT)
			error = -errno;
		else if (fd < 0 && read(watch, event, sizeof(event)) < 0)
			error = -errno;
	}
	if (watch >= 0)
		close(watch);
	return error ?: fd;
}
