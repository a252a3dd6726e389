/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The signals that ask for an orderly stop, as a descriptor to poll.
 * Layer: main of seatrace. Must not know: who waits, what is stopped.
 */
#ifndef STOP_H
#define STOP_H

#include <stdbool.h>

/*
 * Blocks SIGINT and SIGTERM, and SIGHUP where a screen would lose its terminal by it. Readable when
 * one has come; reading does not wait. -1 after one line on stderr.
 */
int stop_open(bool has_screen);

#endif
