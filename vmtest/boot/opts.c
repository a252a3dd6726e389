// SPDX-License-Identifier: GPL-2.0-only
/*
 * opts.c - the command line of vmtest-boot. It is called by vmtest/vmtest, which knows the paths;
 * so paths have no defaults here.
 */
#include "opts.h"

#include <argp.h>
#include <limits.h>
#include <stdlib.h>

enum {
	KEY_BIOS = 256,
	KEY_KERNEL,
	KEY_INITRD,
	KEY_APPEND,
	KEY_WORKDIR,
	KEY_DENY,
	KEY_ALLOW,
	KEY_REPORT
};
enum {
	KEY_MEM = 300,
	KEY_BOOT_TIMEOUT,
	KEY_TIMEOUT,
	KEY_HANG_TIMEOUT,
	KEY_ICOUNT,
	KEY_SHELL,
	KEY_QEMU,
	KEY_LOG
};

static const struct argp_option options[] = {
	{"name", 'n', "SERIES", 0, "begins every message", 0},
	{"qemu", KEY_QEMU, "FILE", 0, "the lab's QEMU", 0},
	{"bios", KEY_BIOS, "FILE", 0, "UEFI firmware", 0},
	{"kernel", KEY_KERNEL, "FILE", 0, "kernel to boot", 0},
	{"initrd", KEY_INITRD, "FILE", 0, "the host's root, with the command", 0},
	{"append", KEY_APPEND, "WORDS", 0, "more words for the kernel's command line", 0},
	{"workdir", KEY_WORKDIR, "DIR", 0, "removed once QEMU has read it", 0},
	{"log", KEY_LOG, "FILE", 0, "the console's log, kept when something is wrong", 0},
	{"keep-log", 'k', NULL, 0, "keep it also when all went well", 0},
	{"deny", KEY_DENY, "FILE", 0, "expressions of kernel lines that are splats", 0},
	{"allow", KEY_ALLOW, "FILE", 0, "expressions of those that are none, with reasons", 0},
	{"smp", 's', "N", 0, "processors (2)", 0},
	{"mem", KEY_MEM, "MIB", 0, "memory (2048)", 0},
	{"boot-timeout", KEY_BOOT_TIMEOUT, "S", 0, "until the command starts (60)", 0},
	{"timeout", KEY_TIMEOUT, "S", 0, "until the command ends, 0 for none (600)", 0},
	{"hang-timeout", KEY_HANG_TIMEOUT, "S", 0,
	 "the host is dead when it has not run for so long, 0: never (60)", 0},
	{"report", KEY_REPORT, "FILE", 0, "what came of it, as JSON", 0},
	{"icount", KEY_ICOUNT, NULL, 0, "one instruction is one nanosecond; one processor", 0},
	{"shell", KEY_SHELL, NULL, 0, "the terminal is the host's console", 0},
	{0},
};

static unsigned int number(struct argp_state *state, const char *what, const char *arg,
			   unsigned int least, unsigned int most)
{
	char *end;
	unsigned long value = strtoul(arg, &end, 10);

	if (*end || end == arg || *arg == '-' || value < least || value > most)
		argp_error(state, "%s %s: not a number from %u to %u", what, arg, least, most);
	return value;
}

static error_t parse_path(int key, char *arg, struct boot_opts *opts)
{
	switch (key) {
	case 'n':
		opts->name = arg;
		return 0;
	case KEY_QEMU:
		opts->qemu = arg;
		return 0;
	case KEY_BIOS:
		opts->bios = arg;
		return 0;
	case KEY_KERNEL:
		opts->kernel = arg;
		return 0;
	case KEY_INITRD:
		opts->initrd = arg;
		return 0;
	case KEY_APPEND:
		opts->append = arg;
		return 0;
	case KEY_WORKDIR:
		opts->workdir = arg;
		return 0;
	case KEY_LOG:
		opts->log = arg;
		return 0;
	case KEY_DENY:
		opts->deny = arg;
		return 0;
	case KEY_ALLOW:
		opts->allow = arg;
		return 0;
	case KEY_REPORT:
		opts->report = arg;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static void check(struct argp_state *state, struct boot_opts *opts)
{
	if (!opts->qemu || !opts->bios || !opts->kernel || !opts->initrd || !opts->log ||
	    !opts->deny || !opts->allow)
		argp_error(state, "--qemu, --bios, --kernel, --initrd, --log, --deny, --allow: "
				  "all are needed; vmtest run gives them");
	if (opts->icount && opts->smp != 1)
		argp_error(state, "--icount counts the instructions of one processor: --smp 1");
	if (opts->icount || opts->shell)
		opts->hang_timeout = 0;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct boot_opts *opts = state->input;

	switch (key) {
	case 'k':
		opts->keep_log = true;
		return 0;
	case 's':
		opts->smp = number(state, "--smp", arg, 1, 8);
		return 0;
	case KEY_MEM:
		opts->mem_mib = number(state, "--mem", arg, 256, 1 << 20);
		return 0;
	case KEY_BOOT_TIMEOUT:
		opts->boot_timeout = number(state, "--boot-timeout", arg, 1, 86400);
		return 0;
	case KEY_TIMEOUT:
		opts->timeout = number(state, "--timeout", arg, 0, 604800);
		return 0;
	case KEY_HANG_TIMEOUT:
		opts->hang_timeout = number(state, "--hang-timeout", arg, 0, 86400);
		return 0;
	case KEY_ICOUNT:
		opts->icount = true;
		return 0;
	case KEY_SHELL:
		opts->shell = true;
		return 0;
	case ARGP_KEY_ARG:
		argp_error(state, "%s: takes no arguments", arg);
		return 0;
	case ARGP_KEY_END:
		check(state, opts);
		return 0;
	default:
		return parse_path(key, arg, opts);
	}
}

void opts_parse(struct boot_opts *opts, int argc, char **argv)
{
	static const struct argp argp = {
		options,
		parse,
		NULL,
		"Boots the host under test, streams the output of its command and ends with its "
		"status.\v"
		"Status: 0 to 123 are the command's; 124 it took too long; 125 the host did not "
		"come "
		"up; 126 panic, splat, or no status.\nFor people there is `vmtest run`.",
		NULL,
		NULL,
		NULL};

	*opts = (struct boot_opts){.name = "host",
				   .smp = 2,
				   .mem_mib = 2048,
				   .boot_timeout = 60,
				   .timeout = 600,
				   .hang_timeout = 60};
	argp_err_exit_status = 2;
	argp_parse(&argp, argc, argv, 0, NULL, opts);
}
