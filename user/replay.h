/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A recording, fed to a session as it was recorded.
 * Layer: main of seatrace. Must not know: the kernel, the clock, /proc.
 */
#ifndef REPLAY_H
#define REPLAY_H

#include <stdbool.h>

struct replay_config {
	const char *path;     /* the recording */
	const char *output;   /* a file for JSON Lines; NULL: none */
	const char *prom;     /* ADDRESS:PORT: metrics are served there until a signal; NULL: no */
	const char *textfile; /* metrics go into this file; NULL: none */
	bool json, timeline, marks, quiet;
};

/* An exit code (lib/exit.h), after one line on stderr when it is not 0. */
int replay(const struct replay_config *config);

#endif
