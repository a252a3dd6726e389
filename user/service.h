/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the service manager is told of a watch: that it has begun, how it goes, that it ends.
 * Layer: main of seatrace. Must not know: how the facts are found.
 *
 * Who was not started by one ($NOTIFY_SOCKET is not set) says nothing. A manager that cannot be
 * reached is told of on stderr, once, and the watch goes on.
 */
#ifndef SERVICE_H
#define SERVICE_H

#include <stdint.h>

#include "lib/notify.h"

struct service {
	struct notify notify;
	int failed; /* the error that was told last */
	char said[160];
};

struct service_facts {
	unsigned hooks, hooks_wanted, vms;
	uint64_t incidents, lost;
};

void service_open(struct service *s);
bool service_listens(const struct service *s);

/* READY=1: once every hook is on, and what is not needed any more given up. */
void service_ready(struct service *s, const struct service_facts *facts);

/* STATUS=, when it differs from what was said last; never waits. */
void service_status(struct service *s, const struct service_facts *facts);

/* STOPPING=1: while hooks are still on. */
void service_stopping(struct service *s);

void service_close(struct service *s);

#endif
