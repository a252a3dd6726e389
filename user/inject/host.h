/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The files by which this host is asked for an error: of /proc, /sys and debugfs.
 * Layer: inject. Must not know: what is in them; does not print.
 *
 * SEA_ROOT=DIR in the environment: a tree that stands in for /, for tests.
 */
#ifndef INJECT_HOST_H
#define INJECT_HOST_H

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>

/* SEA_ROOT and the name behind it. Returns path. */
const char *host_path(char path[PATH_MAX], const char *name);

/* Whether it is there, and we may write to it: 0 or -errno. */
int host_has(const char *name);

/* The whole text; free it. 0 or -errno. */
int host_read(const char *name, char **text);

/* The number at its beginning, in any base; -1: there is none. */
int64_t host_number(const char *name);

/* One write of "0x..." and a newline. 0 or -errno, which is what the kernel answers to what is asked. */
int host_write(const char *name, uint64_t value);

#endif
