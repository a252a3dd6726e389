/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What one boot of the host is asked to be. Must not know how QEMU is told, nor what comes of it.
 */
#ifndef BOOT_OPTS_H
#define BOOT_OPTS_H

#include <stdbool.h>

struct boot_opts {
	const char *name; /* of the kernel's series: begins every message */
	const char *qemu;
	const char *bios;
	const char *kernel;
	const char *initrd;
	const char *append;  /* more words for the kernel's command line, or NULL */
	const char *workdir; /* removed as soon as QEMU has read what is in it, or NULL */
	const char *log;     /* the console's log */
	bool keep_log;       /* also when all went well */
	const char *deny;
	const char *allow;
	unsigned int smp;
	unsigned int mem_mib;
	unsigned int boot_timeout; /* seconds */
	unsigned int timeout;      /* of the command, seconds; 0: none */
	unsigned int hang_timeout; /* without a heartbeat, seconds; 0: none is asked for */
	const char *report;        /* what came of it, as JSON, into this file, or NULL */
	bool icount;
	bool shell;
};

/* Parses the command line; ends the program on --help (0) and on bad usage (2). */
void opts_parse(struct boot_opts *opts, int argc, char **argv);

#endif
