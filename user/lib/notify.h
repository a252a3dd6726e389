/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Words to the service manager that started this process, over the datagram socket that it named in
 * $NOTIFY_SOCKET: the protocol of sd_notify(3).
 * Layer: lib. Must not know: what is said.
 *
 * Not by libsystemd: it is one datagram, a protocol that systemd promises to keep, against a library
 * (with liblzma, libzstd, liblz4 and libgcrypt behind it) in a program that runs with privileges,
 * and in static builds.
 */
#ifndef LIB_NOTIFY_H
#define LIB_NOTIFY_H

#include <stdbool.h>
#include <sys/socket.h>
#include <sys/un.h>

struct notify {
	int fd; /* -1: there is nobody to tell */
	struct sockaddr_un to;
	socklen_t to_len;
};

/*
 * Address: a path, or @NAME for the abstract name space; NULL or "": nobody. 0 or -errno: -EINVAL
 * neither of these, -ENAMETOOLONG. Sends nothing, so that nobody may listen there is not found yet.
 */
int notify_open(struct notify *n, const char *address);

/*
 * Text: lines of VARIABLE=VALUE. A receiver whose queue is full is waited for at most a second, and
 * not at all without `wait`. 0 (also when there is nobody) or -errno.
 */
int notify_send(const struct notify *n, const char *text, bool wait);

/* May be called again. */
void notify_close(struct notify *n);

#endif
