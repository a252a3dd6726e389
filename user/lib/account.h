/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A user of this machine, and becoming that user for good.
 * Layer: lib. Must not know: who becomes it, and why; does not print.
 *
 * Reads passwd and group themselves: the C library's own look-ups load shared objects, which a
 * static program cannot. Users of a directory service are given as UID or UID:GID.
 */
#ifndef LIB_ACCOUNT_H
#define LIB_ACCOUNT_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#define ACCOUNT_GROUPS_MAX 64

/* Owns nothing on any Linux system, whatever its name there (kernel: overflowuid). */
#define ACCOUNT_NOBODY 65534

struct account {
	uid_t uid;
	gid_t gid;
	gid_t groups[ACCOUNT_GROUPS_MAX]; /* supplementary */
	size_t n_groups;
};

/* uid and gid ACCOUNT_NOBODY, no further group. */
struct account account_nobody(void);

/*
 * "NAME" of `etc`/passwd (NULL: /etc), with its groups of `etc`/group; or "UID" or "UID:GID", with
 * no further group, GID being UID where it is left out. 0 or -errno: -ENOENT no such name, -EINVAL
 * not a number, -E2BIG in more groups than fit.
 */
int account_find(struct account *account, const char *etc, const char *who);

/* Whether the process may become it: it already is, or has CAP_SETUID and CAP_SETGID. */
bool account_allowed(const struct account *account);

/*
 * Becomes it: groups, then gid, then uid, each as real, effective and saved id; capabilities that
 * would outlive that (ambient, inheritable) are given up. Safe between fork and exec. 0 or -errno;
 * after an error the process is to end.
 */
int account_become(const struct account *account);

#endif
