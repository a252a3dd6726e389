// SPDX-License-Identifier: GPL-2.0-only
/*
 * Messages to the service manager (service.h).
 */
#include "service.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/log.h"
#include "lib/util.h"

static bool tell(struct service *s, const char *text, bool wait)
{
	int err = notify_send(&s->notify, text, wait);

	/* a queue that is full for a moment is no failure */
	if (err && err != s->failed && (wait || err != -EAGAIN))
		log_warn("tell the service manager (%s): %s", getenv("NOTIFY_SOCKET"),
			 util_errno(err));
	s->failed = err;
	return !err;
}

void service_open(struct service *s)
{
	const char *address = getenv("NOTIFY_SOCKET");
	int err = notify_open(&s->notify, address);

	s->failed = err;
	s->said[0] = '\0';
	if (err)
		log_warn("NOTIFY_SOCKET: '%s': %s; the service manager is not told that this runs",
			 address, util_errno(err));
}

bool service_listens(const struct service *s)
{
	return s->notify.fd >= 0;
}

static void put_status(char *text, size_t size, const struct service_facts *f)
{
	snprintf(text, size,
		 "STATUS=%u of %u hooks attached, %u VMs, %" PRIu64 " incidents, %" PRIu64
		 " marks lost",
		 f->hooks, f->hooks_wanted, f->vms, f->incidents, f->lost);
}

void service_ready(struct service *s, const struct service_facts *facts)
{
	char text[sizeof(s->said) + sizeof("READY=1\n")];

	put_status(s->said, sizeof(s->said), facts);
	snprintf(text, sizeof(text), "READY=1\n%s", s->said);
	tell(s, text, true);
}

void service_status(struct service *s, const struct service_facts *facts)
{
	char text[sizeof(s->said)];

	put_status(text, sizeof(text), facts);
	if (strcmp(text, s->said) && tell(s, text, false)) /* else again */
		memcpy(s->said, text, sizeof(text));
}

void service_stopping(struct service *s)
{
	tell(s, "STOPPING=1", true);
}

void service_close(struct service *s)
{
	notify_close(&s->notify);
}
