// SPDX-License-Identifier: GPL-2.0-only
/* terminal.c - raw keys in, bytes out. */
#include "terminal.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define CTRL_A 1

void terminal_attach(struct terminal *terminal)
{
	struct termios raw;

	if (tcgetattr(STDIN_FILENO, &terminal->before))
		return;
	raw = terminal->before;
	cfmakeraw(&raw);
	tcsetattr(STDIN_FILENO, TCSADRAIN, &raw);
	terminal->attached = true;
}

void terminal_detach(struct terminal *terminal)
{
	if (!terminal->attached)
		return;
	tcsetattr(STDIN_FILENO, TCSADRAIN, &terminal->before);
	terminal->attached = false;
}

int terminal_fd(const struct terminal *terminal)
{
	return terminal->attached ? STDIN_FILENO : -1;
}

ssize_t terminal_read(struct terminal *terminal, char *data, size_t size)
{
	char keys[64];
	ssize_t got = read(STDIN_FILENO, keys, size < sizeof(keys) ? size : sizeof(keys));
	size_t len = 0;

	if (got < 0 && (errno == EAGAIN || errno == EINTR))
		return 0;
	if (got <= 0)
		return -1;
	for (ssize_t i = 0; i < got; i++) {
		if (terminal->escaped && keys[i] == 'x')
			return -1;
		if (!terminal->escaped && keys[i] == CTRL_A) {
			terminal->escaped = true;
			continue; /* Ctrl-A Ctrl-A sends one */
		}
		terminal->escaped = false;
		data[len++] = keys[i];
	}
	return len;
}

void terminal_write(const struct terminal *terminal, const char *data, size_t size)
{
	while (terminal->attached && size) {
		ssize_t done = write(STDOUT_FILENO, data, size);

		if (done < 0 && errno != EINTR && errno != EAGAIN)
			return;
		if (done > 0) {
			data += done;
			size -= done;
		}
	}
}

const char *terminal_size(void)
{
	static char text[40];
	struct winsize size;

	if (ioctl(STDIN_FILENO, TIOCGWINSZ, &size) || !size.ws_row)
		return "sane";
	snprintf(text, sizeof(text), "rows,%u,cols,%u", size.ws_row, size.ws_col);
	return text;
}

void terminal_progress(const char *text)
{
	static char shown[80];

	if (!isatty(STDERR_FILENO) || !strcmp(shown, text ?: ""))
		return;
	fprintf(stderr, "\r\033[K%s", text ?: "");
	snprintf(shown, sizeof(shown), "%s", text ?: "");
}
