// SPDX-License-Identifier: GPL-2.0-only
/*
 * main.c - vmtest-linux: the only program of the Linux guest, its PID 1. It answers commands, a line
 * each, at a virtio port. It must not know what is done to the guest from outside.
 *
 *   hold     start a program that holds a page    ok hold pid=N va=ADDR gpa=ADDR window=ADDR|none
 *   load     it loads from its page               ok load value=N | killed=SIGNAL code=N addr=ADDR
 *   window   it loads from the device's memory    the same
 *   alive    the kernel's own account             ok alive uptime=S hwpoisoned=KIB
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/types.h>

#include "holder.h"
#include "port.h"

static int mount_all(void)
{
	static const struct {
		const char *type, *place;
	} mounts[] = {{"proc", "/proc"}, {"sysfs", "/sys"}, {"devtmpfs", "/dev"}};
	size_t i;

	for (i = 0; i < sizeof(mounts) / sizeof(*mounts); i++) {
		if (mkdir(mounts[i].place, 0755) && errno != EEXIST)
			return -errno;
		if (mount(mounts[i].type, mounts[i].place, mounts[i].type, 0, NULL) &&
		    errno != EBUSY) /* the kernel has mounted its /dev itself */
			return -errno;
	}
	return 0;
}

static int hold(struct holder *holder, int port)
{
	int error = holder_start(holder);

	if (error)
		return error;
	dprintf(port, "ok hold pid=%d va=%#" PRIx64 " gpa=%#" PRIx64, (int)holder->pid,
		holder->shared->page_va, holder->shared->page_gpa);
	if (holder->shared->window_va)
		dprintf(port, " window=%#" PRIx64 "\n", holder->shared->window_va);
	else
		dprintf(port, " window=none\n");
	return 0;
}

static int load(struct holder *holder, int port, const char *word, enum holder_place place)
{
	struct holder_end end;
	int error = holder_load(holder, place, &end);

	if (error)
		return error;
	if (end.killed)
		dprintf(port, "ok %s killed=%d code=%d addr=%#" PRIx64 "\n", word, end.killed,
			end.code, end.addr);
	else
		dprintf(port, "ok %s value=%" PRIu64 "\n", word, end.value);
	return 0;
}

/* FILE's number after KEY, which begins a line or is empty. */
static double number_of(const char *path, const char *key)
{
	FILE *file = fopen(path, "re");
	char line[256];
	double number = -1;

	while (file && number < 0 && fgets(line, sizeof(line), file))
		if (!strncmp(line, key, strlen(key)))
			number = strtod(line + strlen(key), NULL);
	if (file)
		fclose(file);
	return number;
}

static int answer(struct holder *holder, int port, const char *command)
{
	if (!strcmp(command, "hold"))
		return hold(holder, port);
	if (!strcmp(command, "load"))
		return load(holder, port, command, HOLDER_PAGE);
	if (!strcmp(command, "window"))
		return load(holder, port, command, HOLDER_WINDOW);
	if (strcmp(command, "alive"))
		return -EINVAL;
	dprintf(port, "ok alive uptime=%.2f hwpoisoned=%.0f\n", number_of("/proc/uptime", ""),
		number_of("/proc/meminfo", "HardwareCorrupted:"));
	return 0;
}

/* Returns only when it cannot go on; as PID 1 it then takes the guest down. */
int main(void)
{
	struct holder holder = {0};
	char line[64];
	int port = -1, error = mount_all();
	FILE *commands;

	if (!error)
		port = port_open();
	error = error ?: port < 0 ? port : 0;
	commands = error ? NULL : fdopen(port, "r");
	if (!commands) {
		fprintf(stderr, "vmtest-linux: no port to be asked at: %s\n", strerror(-error));
		return 1;
	}
	dprintf(port, "ok ready\n");
	while (fgets(line, sizeof(line), commands)) {
		line[strcspn(line, "\n")] = 0;
		error = answer(&holder, port, line);
		if (error)
			dprintf(port, "error %s: %s\n", line, strerror(-error));
	}
	return 1;
}
