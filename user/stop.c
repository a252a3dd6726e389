// SPDX-License-Identifier: GPL-2.0-only
/*
 * Signals as a descriptor.
 * Must not: handle one.
 */
#include "stop.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>

#include "lib/log.h"

int stop_open(bool has_screen)
{
	sigset_t set;
	int fd;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	if (has_screen)
		sigaddset(&set, SIGHUP); /* its terminal has gone: an orderly stop */
	sigprocmask(SIG_BLOCK, &set, NULL);
	fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	if (fd < 0)
		log_error("signalfd: %s", strerror(errno));
	return fd;
}
