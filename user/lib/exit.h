/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The one table of exit codes.
 * Layer: lib. Must not know: which program exits, or why.
 *
 * Only main()s exit. Functions that report an error by themselves return one of these; all others
 * return 0 or -errno, and leave the report to their caller.
 */
#ifndef LIB_EXIT_H
#define LIB_EXIT_H

enum sea_exit {
	EXIT_DONE = 0,        /* also after SIGINT or SIGTERM with an orderly stop */
	EXIT_VERDICT = 1,     /* a verdict or a test failed; marks were lost under --strict */
	EXIT_USAGE = 2,       /* unknown option, impossible value, a name that matches no VM */
	EXIT_ENVIRONMENT = 3, /* no privilege, no BTF, a kernel without KVM, lockdown */
	EXIT_UNSUPPORTED = 4, /* this kernel cannot do what was asked */
};

#endif
