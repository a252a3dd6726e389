/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One boot of the host, from QEMU's start to its end, phase by phase. Must not print the verdict or
 * know exit codes (verdict.h does).
 *
 * What the host's init and we say to each other:
 * - the kernel's command line holds vmtest.end=HEX, 32 random digits. MARK is "vmtest-end:HEX": not
 *   what the command finds when it prints that line;
 * - port sea.status: "ready RELEASE" when the command is about to start, "exit N" when all is over;
 *   from the one to the other "beat" every vmtest.beat seconds of the kernel's command line. Without
 *   that word there are none: under --icount they would be counted;
 * - ports sea.out, sea.err: the command's output, then MARK; on the console a line with MARK. So
 *   "exit" together with the three marks says that nothing is still on its way, and QEMU can be
 *   killed without losing a byte;
 * - port sea.qmp: a QMP session with the very QEMU, its greeting and negotiation done here.
 */
#ifndef BOOT_HOST_H
#define BOOT_HOST_H

#include <stdbool.h>

struct boot_opts;
struct console;

enum host_end {
	HOST_EXIT,    /* the command ended, status is its own */
	HOST_DOWN,    /* it was not up yet when QEMU ended */
	HOST_NOT_UP,  /* it was not up when the boot's time was over */
	HOST_TIMEOUT, /* the command ran when its time was over */
	HOST_LOST,    /* QEMU ended and the command's status had not come */
	HOST_CUT,     /* the status came, the end of the output did not */
	HOST_PANIC,
	HOST_HUNG,   /* QEMU lives, and nothing has run in it for too long */
	HOST_SIGNAL, /* we were told to stop; status is the signal */
	HOST_ERROR,  /* of ours, said already */
};

struct host_result {
	enum host_end end;
	int status;
	double seconds;      /* in all */
	double boot_seconds; /* until the command started */
	char how[160];       /* how QEMU ended, where that matters */
	char complaint[256]; /* the last that QEMU itself said, or "" */
	char output[64];     /* why the command's output could not be written, or "" */
};

#define MARK_PREFIX "vmtest-end:"

void host_run(const struct boot_opts *opts, struct console *console, const char *mark,
	      struct host_result *result);

#endif
