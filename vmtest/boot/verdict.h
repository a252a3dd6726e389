/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What came of a boot, in one line for people and a status for scripts. Must not look at the host
 * itself.
 */
#ifndef BOOT_VERDICT_H
#define BOOT_VERDICT_H

#include <stdbool.h>

struct boot_opts;
struct console;
struct host_result;

enum {
	STATUS_MOST = 123, /* of a command; what is above is said and becomes this */
	STATUS_TIMEOUT = 124,
	STATUS_LAB = 125,   /* the lab is broken: QEMU, the kernel, the boot */
	STATUS_FATAL = 126, /* the host is broken: panic, splat, hung, no status */
};

struct verdict {
	int status;    /* vmtest's */
	bool keep;     /* the log is worth keeping */
	char why[512]; /* what is wrong with the host or the lab, "" when nothing is */
};

/* Says what is to be said on stderr. */
void verdict_say(const struct boot_opts *opts, const struct host_result *result,
		 const struct console *console, struct verdict *verdict);

#endif
