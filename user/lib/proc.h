/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What /proc tells about one process. Every function takes the root of the tree ("/proc").
 * Layer: lib. Must not know: VMs, names of VMs; does not print, keeps nothing.
 *
 * Source of formats: Documentation/filesystems/proc.rst, fs/proc/array.c (do_task_stat).
 */
#ifndef LIB_PROC_H
#define LIB_PROC_H

#include <stdbool.h>
#include <stdint.h>

struct proc_stat {
	uint64_t start_ticks; /* since boot, in 1/sysconf(_SC_CLK_TCK) s (field 22) */
	char comm[16];        /* printable UTF-8 */
	bool dead;            /* a zombie without living threads */
};

/* PID/stat. 0 or -errno: -ENOENT or -ESRCH when there is no such process, -EINVAL when garbled. */
int proc_stat(const char *root, uint32_t pid, struct proc_stat *out);

/* The name of a thread: PID/task/TID/comm. 0 or -errno. */
int proc_comm(const char *root, uint32_t pid, uint32_t tid, char comm[16]);

/* The process that a thread belongs to: Tgid in TID/status. 0: there is no such thread. */
uint32_t proc_tgid(const char *root, uint32_t tid);

/* Whether a descriptor of the process is a link to `target`: 1, 0, or -errno (-EACCES, -ENOENT). */
int proc_holds(const char *root, uint32_t pid, const char *target);

/* Now, in the unit of start_ticks; 0 when unknown. */
uint64_t proc_now_ticks(const char *root);

/*
 * Calls fn for each process id, in the order of the directory. 0 or -errno of opening root; stops
 * at fn's first non-zero answer and returns it.
 */
int proc_each(const char *root, int (*fn)(uint32_t pid, void *arg), void *arg);

#endif
