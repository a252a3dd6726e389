/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The terminal as a full screen: taken, given back as it was on any way out, and what it can show.
 * Layer: out. Must not know: what is shown.
 *
 * There is one terminal: one of these at a time. While it is open SIGWINCH is blocked, and stderr is
 * captured where it is a terminal.
 */
#ifndef OUT_TUI_TERMINAL_H
#define OUT_TUI_TERMINAL_H

#include <stdbool.h>

struct tui_terminal;

/* Whether there is one: 0, or an exit code after one line on stderr. */
int tui_terminal_check(void);

/* 0, or an exit code after one line on stderr. `colors`: if it has any. */
int tui_terminal_open(struct tui_terminal **out, bool colors);
/* Everything is as it was. Accepts NULL. */
void tui_terminal_close(struct tui_terminal *t);

/* Readable when a key, a new size or a line on stderr has come. */
int tui_terminal_fd(const struct tui_terminal *t);

struct tui_terminal_news {
	bool resized; /* curses knows it already */
	bool said;    /* there is a new tui_terminal_said() */
	bool gone;    /* it has hung up */
};

/* What has come, but for keys: getch() tells these, and does not wait. */
struct tui_terminal_news tui_terminal_news(struct tui_terminal *t);

/* The last line on stderr, or "". */
const char *tui_terminal_said(const struct tui_terminal *t);

bool tui_terminal_colors(const struct tui_terminal *t); /* they are to be used */

#endif
