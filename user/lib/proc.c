/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Reading of /proc (proc.h).
 */
#include "lib/proc.h"

#include "lib/util.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int read_of(const char *root, uint32_t pid, const char *file, char **data)
{
	char path[PATH_MAX];

	if ((size_t)snprintf(path, sizeof(path), "%s/%u/%s", root, pid, file) >= sizeof(path))
		return -ENAMETOOLONG;
	return util_read_file(path, data, NULL);
}

/* The comm stands in parentheses and may hold some itself: the last one ends it. */
static int parse_stat(char *text, struct proc_stat *out)
{
	char *open = strchr(text, '('), *close = strrchr(text, ')');
	unsigned long long start;
	long threads;
	char state;

	if (!open || !close || close < open)
		return -EINVAL;
	/* Fields 3, 20 and 22. */
	if (sscanf(close + 1,
		   " %c %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %ld %*s "
		   "%llu",
		   &state, &threads, &start) != 3)
		return -EINVAL;
	out->start_ticks = start;
	/* A leader that has exited is a zombie until its last thread has. */
	out->dead = (state == 'Z' || state == 'X') && threads <= 1;
	util_clean(out->comm, sizeof(out->comm), open + 1, close - open - 1);
	return 0;
}

int proc_stat(const char *root, uint32_t pid, struct proc_stat *out)
{
	char *text;
	int err = read_of(root, pid, "stat", &text);

	if (err)
		return err;
	err = parse_stat(text, out);
	free(text);
	return err;
}

int proc_comm(const char *root, uint32_t pid, uint32_t tid, char comm[16])
{
	char file[32], *text;
	int err;

	snprintf(file, sizeof(file), "task/%u/comm", tid);
	err = read_of(root, pid, file, &text);
	if (err)
		return err;
	util_clean(comm, 16, text, strcspn(text, "\n"));
	free(text);
	return 0;
}

uint32_t proc_tgid(const char *root, uint32_t tid)
{
	uint32_t tgid = 0;
	char *text, *line;

	if (read_of(root, tid, "status", &text))
		return 0;
	line = strstr(text, "\nTgid:");
	if (!line || sscanf(line, " Tgid: %u", &tgid) != 1)
		tgid = 0;
	free(text);
	return tgid;
}

int proc_holds(const char *root, uint32_t pid, const char *target)
{
	char path[PATH_MAX], link[64];
	struct dirent *entry;
	int found = 0;
	DIR *dir;

	if ((size_t)snprintf(path, sizeof(path), "%s/%u/fd", root, pid) >= sizeof(path))
		return -ENAMETOOLONG;
	dir = opendir(path);
	if (!dir)
		return -errno;
	while (!found && (entry = readdir(dir))) {
		ssize_t n = readlinkat(dirfd(dir), entry->d_name, link, sizeof(link));

		found = n == (ssize_t)strlen(target) && !memcmp(link, target, n);
	}
	closedir(dir);
	return found;
}

uint64_t proc_now_ticks(const char *root)
{
	char path[PATH_MAX], *text;
	double ticks;

	if ((size_t)snprintf(path, sizeof(path), "%s/uptime", root) >= sizeof(path))
		return 0;
	if (util_read_file(path, &text, NULL))
		return 0;
	ticks = strtod(text, NULL) * sysconf(_SC_CLK_TCK);
	free(text);
	return ticks > 0 && ticks < 0x1p63 ? (uint64_t)ticks : 0;
}

int proc_each(const char *root, int (*fn)(uint32_t pid, void *arg), void *arg)
{
	DIR *dir = opendir(root);
	struct dirent *entry;
	int err = 0;

	if (!dir)
		return -errno;
	while (!err && (entry = readdir(dir))) {
		uint64_t pid;

		if (!util_parse_u64(entry->d_name, 1, INT32_MAX, &pid))
			err = fn(pid, arg);
	}
	closedir(dir);
	return err;
}
