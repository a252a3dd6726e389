// SPDX-License-Identifier: GPL-2.0-only
/*
 * curses begun and ended. A signal that kills finds the way back prepared: the strings that leave
 * the full screen and the terminal's modes are noted before anything is changed, since curses itself
 * must not be called from a handler.
 * Must not: draw.
 */
#include "out/tui_terminal.h"

#include <curses.h>
#include <errno.h>
#include <locale.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <term.h>
#include <termios.h>
#include <unistd.h>

#include "lib/capture.h"
#include "lib/exit.h"
#include "lib/log.h"
#include "lib/util.h"

#define ESCAPE_MS 25 /* between Esc and the rest of a key's sequence; curses' own second is felt */

struct tui_terminal {
	SCREEN *screen;
	struct capture *capture;
	int events, resizes; /* an epoll and a signalfd */
	bool colors;
	sigset_t mask_before;
};

/* --- the way back ----------------------------------------------------------------------------- */

static const int deadly[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGQUIT, SIGSYS};

static struct {
	bool armed;
	struct termios modes;
	char leave[256];
	size_t n;
	struct sigaction actions[UTIL_COUNT(deadly)];
} way_back;

/* Only what POSIX allows in a handler. */
static void go_back(void)
{
	if (!way_back.armed)
		return;
	way_back.armed = false;
	if (write(STDOUT_FILENO, way_back.leave, way_back.n) < 0)
		return; /* there is no terminal any more */
	tcsetattr(STDIN_FILENO, TCSANOW, &way_back.modes);
	capture_rescue();
}

/* What the signal does otherwise comes after this: at return, the instruction or raise() again. */
static void on_deadly(int signo)
{
	int saved = errno;

	go_back();
	for (size_t i = 0; i < UTIL_COUNT(deadly); i++)
		if (deadly[i] == signo)
			sigaction(signo, &way_back.actions[i], NULL);
	raise(signo); /* blocked until return */
	errno = saved;
}

static int note_char(int c)
{
	if (way_back.n < sizeof(way_back.leave))
		way_back.leave[way_back.n++] = c;
	return c;
}

/* Colours and attributes off, cursor on, keypad off, the ordinary screen. */
static void prepare_way_back(const struct termios *modes)
{
	static const char *const capabilities[] = {"sgr0", "op", "cnorm", "rmkx", "rmcup"};
	const struct sigaction action = {.sa_handler = on_deadly};
	static bool registered;

	way_back.modes = *modes;
	way_back.n = 0;
	for (size_t i = 0; i < UTIL_COUNT(capabilities); i++) {
		const char *text = tigetstr(capabilities[i]);

		if (text && text != (char *)-1)
			tputs(text, 1, note_char);
	}
	way_back.armed = true;
	for (size_t i = 0; i < UTIL_COUNT(deadly); i++)
		sigaction(deadly[i], &action, &way_back.actions[i]);
	if (!registered)
		registered = !atexit(go_back);
}

static void forget_way_back(void)
{
	if (!way_back.armed)
		return;
	way_back.armed = false;
	for (size_t i = 0; i < UTIL_COUNT(deadly); i++)
		sigaction(deadly[i], &way_back.actions[i], NULL);
}

/* --- opening and closing ---------------------------------------------------------------------- */

/* Asked before curses begins: newterm() does not let go of what it has when it fails. */
static bool has_full_screen(void)
{
	const char *cup;
	int unused;
	bool has;

	if (setupterm(NULL, STDOUT_FILENO, &unused) != OK)
		return false;
	cup = tigetstr("cup");
	has = cup && cup != (char *)-1;
	del_curterm(cur_term);
	return has;
}

static int open_screen(struct tui_terminal *t)
{
	const char *type = getenv("TERM");
	struct termios modes;

	if (tcgetattr(STDIN_FILENO, &modes)) {
		log_error("--tui: look at the terminal: %s", strerror(errno));
		return EXIT_ENVIRONMENT;
	}
	setlocale(LC_CTYPE, ""); /* characters only: numbers stay as they are */
	t->screen = has_full_screen() ? newterm(NULL, stdout, stdin) : NULL;
	if (!t->screen) {
		log_error("--tui: no full screen on a terminal of type '%s'; is TERM right, is its "
			  "terminfo installed?",
			  type ? type : "");
		return EXIT_ENVIRONMENT;
	}
	prepare_way_back(&modes);
	return 0;
}

static void set_modes(struct tui_terminal *t, bool colors)
{
	cbreak();
	noecho();
	nonl();
	nodelay(stdscr, TRUE);
	keypad(stdscr, TRUE);
	set_escdelay(ESCAPE_MS);
	curs_set(0);
	t->colors = colors && has_colors() && start_color() == OK && use_default_colors() == OK;
}

static int await(struct tui_terminal *t, int fd)
{
	struct epoll_event event = {.events = EPOLLIN, .data.fd = fd};

	return fd < 0 ? 0 : epoll_ctl(t->events, EPOLL_CTL_ADD, fd, &event);
}

/* SIGWINCH as something to poll for: a handler's flag could be set just before poll() is entered. */
static int open_events(struct tui_terminal *t)
{
	sigset_t set;
	int err;

	sigemptyset(&set);
	sigaddset(&set, SIGWINCH);
	sigprocmask(SIG_BLOCK, &set, &t->mask_before);
	t->resizes = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	t->events = epoll_create1(EPOLL_CLOEXEC);
	err = t->resizes < 0 || t->events < 0 || await(t, STDIN_FILENO) || await(t, t->resizes)
		      ? -errno
		      : capture_open(&t->capture);
	if (!err && await(t, capture_fd(t->capture)))
		err = -errno;
	if (!err)
		return 0;
	log_error("--tui: %s", strerror(-err));
	return EXIT_ENVIRONMENT;
}

int tui_terminal_check(void)
{
	if (isatty(STDIN_FILENO) && isatty(STDOUT_FILENO))
		return 0;
	log_error("--tui: stdin and stdout must be a terminal; text and JSON go anywhere");
	return EXIT_USAGE;
}

int tui_terminal_open(struct tui_terminal **out, bool colors)
{
	struct tui_terminal *t;
	int exit_code;

	t = calloc(1, sizeof(*t));
	if (!t) {
		log_error("--tui: no memory");
		return EXIT_ENVIRONMENT;
	}
	t->events = t->resizes = -1;
	sigprocmask(SIG_BLOCK, NULL, &t->mask_before);
	exit_code = open_screen(t);
	if (!exit_code)
		exit_code = open_events(t);
	if (exit_code) {
		tui_terminal_close(t);
		return exit_code;
	}
	set_modes(t, colors);
	*out = t;
	return 0;
}

void tui_terminal_close(struct tui_terminal *t)
{
	if (!t)
		return;
	if (t->screen && way_back.armed)
		endwin();
	forget_way_back();
	if (t->screen)
		delscreen(t->screen);
	capture_free(t->capture);
	if (t->events >= 0)
		close(t->events);
	if (t->resizes >= 0)
		close(t->resizes);
	sigprocmask(SIG_SETMASK, &t->mask_before, NULL);
	free(t);
}

/* --- while it is open ------------------------------------------------------------------------- */

int tui_terminal_fd(const struct tui_terminal *t)
{
	return t->events;
}

static bool take_size(struct tui_terminal *t)
{
	struct signalfd_siginfo info;
	struct winsize size;
	bool any = false;

	while (read(t->resizes, &info, sizeof(info)) == sizeof(info))
		any = true;
	if (!any || ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) || !size.ws_row || !size.ws_col)
		return false;
	resizeterm(size.ws_row, size.ws_col);
	return true;
}

struct tui_terminal_news tui_terminal_news(struct tui_terminal *t)
{
	struct pollfd in = {.fd = STDIN_FILENO, .events = POLLIN};

	return (struct tui_terminal_news){
		.resized = take_size(t),
		.said = capture_read(t->capture),
		.gone = poll(&in, 1, 0) > 0 && in.revents & (POLLHUP | POLLERR | POLLNVAL),
	};
}

const char *tui_terminal_said(const struct tui_terminal *t)
{
	return capture_last(t->capture);
}

bool tui_terminal_colors(const struct tui_terminal *t)
{
	return t->colors;
}
