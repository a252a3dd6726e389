/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A recording, fed to a session as it was recorded.
 * Layer: main of seatrace. Must not know: the kernel, the clock, /proc.
 */
#ifndef REPLAY_H
#define REPLAY_H

#include "outputs.h"

struct replay_config {
	const char *path;       /* the recording */
	struct outputs outputs; /* metrics over HTTP are served until a signal */
	const char *html;       /* a page of all of it goes into this file; NULL: none */
};

/* An exit code (lib/exit.h), after one line on stderr when it is not 0. */
int replay(const struct replay_config *config);

#endif
