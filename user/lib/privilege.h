/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Capabilities of this process: which it has, which are missing, and giving up the rest.
 * Layer: lib. Must not know: what they are needed for.
 */
#ifndef LIB_PRIVILEGE_H
#define LIB_PRIVILEGE_H

#include <linux/capability.h>
#include <stdbool.h>
#include <stdint.h>

/* Sets are masks: PRIVILEGE(CAP_BPF) | PRIVILEGE(CAP_PERFMON). */
#define PRIVILEGE(cap) (1ULL << (cap))

/* The effective ones; none when they cannot be read. */
uint64_t privilege_held(void);

/* What is not held of `needed`. CAP_SYS_ADMIN stands for CAP_BPF and CAP_PERFMON, as in the kernel. */
uint64_t privilege_missing(uint64_t needed);

/* "CAP_BPF, CAP_PERFMON"; "" for none; cut where there is no room. Returns text. */
#define PRIVILEGE_TEXT 256
const char *privilege_names(uint64_t set, char text[PRIVILEGE_TEXT]);

/*
 * Gives up all but `keep`: effective, permitted and inheritable sets, and with these the ambient one.
 * Without `heirs`, what is executed from here on cannot gain others either: bounding set (needs
 * CAP_SETPCAP, is left as it is otherwise) and no_new_privs. 0 or -errno.
 */
int privilege_keep(uint64_t keep, bool heirs);

/* Leaves none to what is executed as another user than root. 0 or -errno. */
int privilege_disinherit(void);

#endif
