// SPDX-License-Identifier: GPL-2.0-only
/*
 * call.c - the client side of the control socket (`vmtest-guest ctl`). It must not know any
 * command: words go out as they are, the answer is printed as it comes.
 */
#include "control.h"

#include <err.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "answer.h"
#include "command.h"
#include "lib/exit.h"

static const char usage[] =
	"Usage: vmtest-guest ctl PATH COMMAND...|-\n"
	"Send one command to the VMM that listens at PATH, and print its answer; with -, each "
	"line\n"
	"of stdin, up to the first that is answered with an error.\n"
	"Exit status: 0 the answer is ok, 1 it is an error, 2 usage, 3 no VMM answers at PATH.\n\n"
	"  vmtest-guest ctl /run/vm-a sea 23\n"
	"  vmtest-guest ctl /run/vm-a pa page 5\n"
	"  vmtest-guest ctl /run/vm-a stats vcpu=1\n"
	"  seq 9 | sed 's/^/pa page /' | vmtest-guest ctl /run/vm-a -\n";

static int connect_to(const char *path)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd = -1;

	if (strlen(path) >= sizeof(address.sun_path)) {
		errno = ENAMETOOLONG;
		goto fail;
	}
	strcpy(address.sun_path, path);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd >= 0 && !connect(fd, (void *)&address, sizeof(address)))
		return fd;
fail:
	warn("ctl %s (is the VMM running?)", path);
	if (fd >= 0)
		close(fd);
	return -1;
}

static bool join_words(char line[COMMAND_LINE_MAX], int argc, char **argv)
{
	size_t len = 0;
	int i;

	for (i = 0; i < argc; i++) {
		len += snprintf(line + len, COMMAND_LINE_MAX - len, "%s%s", i ? " " : "", argv[i]);
		if (len >= COMMAND_LINE_MAX - 1) {
			warnx("ctl: a command has at most %d characters", COMMAND_LINE_MAX - 2);
			return false;
		}
	}
	return true;
}

/* Sends one line, without its end, and prints the answer; an exit code. */
static int ask(FILE *stream, const char *path, const char *command)
{
	char line[sizeof(((struct answer *)0)->text) + 1];

	if (fprintf(stream, "%s\n", command) < 0 || fflush(stream) ||
	    !fgets(line, sizeof(line), stream)) {
		warnx("ctl %s: the VMM ended without an answer", path);
		return EXIT_ENVIRONMENT;
	}
	fputs(line, stdout);
	return strncmp(line, "ok", 2) ? EXIT_VERDICT : EXIT_DONE;
}

static int ask_lines(FILE *stream, const char *path)
{
	char line[COMMAND_LINE_MAX];
	int status = EXIT_DONE;

	while (!status && fgets(line, sizeof(line), stdin)) {
		line[strcspn(line, "\n")] = 0;
		if (line[strspn(line, " \t")]) /* an empty one is not answered */
			status = ask(stream, path, line);
	}
	return status;
}

int control_call(const char *path, int argc, char **argv)
{
	char line[COMMAND_LINE_MAX];
	FILE *stream;
	int fd, status;

	if (!path || argc < 1) {
		fputs(usage, path && strcmp(path, "--help") ? stderr : stdout);
		return path && !strcmp(path, "--help") ? EXIT_DONE : EXIT_USAGE;
	}
	if (!join_words(line, argc, argv))
		return EXIT_USAGE;
	fd = connect_to(path);
	if (fd < 0)
		return EXIT_ENVIRONMENT;
	stream = fdopen(fd, "r+");
	if (!stream) {
		warn("ctl");
		close(fd);
		return EXIT_ENVIRONMENT;
	}
	status = strcmp(line, "-") ? ask(stream, path, line) : ask_lines(stream, path);
	fclose(stream);
	return status;
}
