/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * stderr put aside while something else has the terminal: its lines are kept, and written there
 * afterwards. Also those of child processes.
 * Layer: lib. Must not know: who writes what, what has the terminal.
 *
 * One at a time, since there is one stderr. Who never calls capture_read() loses what the pipe does
 * not take (64 KiB): a write to stderr does not wait meanwhile.
 */
#ifndef LIB_CAPTURE_H
#define LIB_CAPTURE_H

#include <stdbool.h>

/* So many bytes are kept; the oldest lines go, and are counted. */
#define CAPTURE_KEPT (64u << 10)

struct capture;

/* 0 or -errno. A stderr that is no terminal disturbs none: it is left alone, nothing is captured. */
int capture_open(struct capture **out);

/* stderr is what it was, and gets what was kept. Accepts NULL. */
void capture_free(struct capture *c);

/* Readable when somebody has written; -1: nothing is captured. */
int capture_fd(const struct capture *c);

/* Takes what was written; true when a line was completed. */
bool capture_read(struct capture *c);

/* The last whole line, without its end; "" when there was none. Until the next capture_read(). */
const char *capture_last(const struct capture *c);

/* capture_free() for a handler of a deadly signal: nothing is freed. Safe without a capture. */
void capture_rescue(void);

#endif
