/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The QEMU process: how it is told what the host is, and the sockets that lead into it. Every
 * channel is an inherited socket pair, so that no two runs can meet on a path. Must not read the
 * channels nor judge.
 */
#ifndef BOOT_QEMU_H
#define BOOT_QEMU_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct boot_opts;

struct qemu {
	pid_t pid; /* 0 once it was reaped */
	int wait_status;
	int console; /* the serial line, both ways */
	int status;  /* port sea.status */
	int out;     /* port sea.out */
	int err;     /* port sea.err */
	int monitor; /* the host's end of QMP, until the session is ready for it */
	int errors;  /* what QEMU itself complains about */
};

/* -errno, said on stderr. append: the kernel's whole command line. */
int qemu_start(struct qemu *qemu, const struct boot_opts *opts, const char *append);

/* Takes note of its end, if it has ended: true then and ever after. */
bool qemu_has_ended(struct qemu *qemu);

/* Ends it, if it has not ended, and reaps it. */
void qemu_stop(struct qemu *qemu);

/* How it ended, in words. */
void qemu_describe_end(const struct qemu *qemu, char *text, size_t size);

#endif
