/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Datagrams to the service manager (notify.h).
 */
#include "lib/notify.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

/* An abstract name is as long as the address says; a path ends with its NUL. */
static int parse_address(struct notify *n, const char *address)
{
	size_t len = strlen(address);
	bool abstract = address[0] == '@';

	if ((!abstract && address[0] != '/') || len < 2)
		return -EINVAL;
	if (len + !abstract > sizeof(n->to.sun_path))
		return -ENAMETOOLONG;
	n->to.sun_family = AF_UNIX;
	memcpy(n->to.sun_path, address, len);
	if (abstract)
		n->to.sun_path[0] = '\0';
	n->to_len = offsetof(struct sockaddr_un, sun_path) + len + !abstract;
	return 0;
}

int notify_open(struct notify *n, const char *address)
{
	const struct timeval limit = {.tv_sec = 1};
	int err;

	*n = (struct notify){.fd = -1};
	if (!address || !*address)
		return 0;
	err = parse_address(n, address);
	if (err)
		return err;
	n->fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (n->fd < 0)
		return -errno;
	if (!setsockopt(n->fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit)))
		return 0;
	err = -errno;
	notify_close(n);
	return err;
}

/* To the address each time: a manager that starts anew has a new socket there. */
int notify_send(const struct notify *n, const char *text, bool wait)
{
	int flags = MSG_NOSIGNAL | (wait ? 0 : MSG_DONTWAIT);

	if (n->fd < 0)
		return 0;
	if (sendto(n->fd, text, strlen(text), flags, (const struct sockaddr *)&n->to, n->to_len) <
	    0)
		return -errno;
	return 0;
}

void notify_close(struct notify *n)
{
	if (n->fd >= 0)
		close(n->fd);
	n->fd = -1;
}
