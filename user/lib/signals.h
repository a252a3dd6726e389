/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What asks a program with children to end, and what tells that one of those has, as a descriptor to poll.
 * Layer: lib. Must not know: who waits, what is ended.
 */
#ifndef LIB_SIGNALS_H
#define LIB_SIGNALS_H

/*
 * Blocks SIGINT, SIGTERM, SIGHUP, SIGQUIT and SIGCHLD, so that a loop ends, and what it holds with it;
 * SIGPIPE is ignored. The descriptor gives struct signalfd_siginfo and does not wait. -errno.
 */
int signals_open(void);

#endif
