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
	"Usage: vmtest-guest ctl PATH COMMAND...\n"
	"Send one command to the VMM that listens at PATH, and print its answer.\n"
	"Exit status: 0 the answer is ok, 1 it is an error, 2 usage, 3 no VMM answers at PATH.\n\n"
	"  vmtest-guest ctl /run/vm-a sea 23\n"
	"  vmtest-guest ctl /run/vm-a pa page 5\n"
	"  vmtest-guest ctl /run/vm-a stats vcpu=1\n";

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

static bool send_words(FILE *stream, int argc, char **argv)
{
	char line[COMMAND_LINE_MAX];
	size_t len = 0;
	int i;

	for (i = 0; i < argc; i++) {
		len += snprintf(line + len, sizeof(line) - len, "%s%s", i ? " " : "", argv[i]);
		if (len >= sizeof(line) - 1) {
			warnx("ctl: a command has at most %zu characters", sizeof(line) - 2);
			return false;
		}
	}
	return fprintf(stream, "%s\n", line) > 0 && !fflush(stream);
}

int control_call(const char *path, int argc, char **argv)
{
	char line[sizeof(((struct answer *)0)->text) + 1];
	FILE *stream;
	int fd, status = EXIT_ENVIRONMENT;

	if (!path || argc < 1) {
		fputs(usage, path && strcmp(path, "--help") ? stderr : stdout);
		return path && !strcmp(path, "--help") ? EXIT_DONE : EXIT_USAGE;
	}
	fd = connect_to(path);
	if (fd < 0)
		return EXIT_ENVIRONMENT;
	stream = fdopen(fd, "r+");
	if (!stream) {
		warn("ctl");
		close(fd);
		return EXIT_ENVIRONMENT;
	}
	if (!send_words(stream, argc, argv)) {
		status = EXIT_USAGE;
	} else if (!fgets(line, sizeof(line), stream)) {
		warnx("ctl %s: the VMM ended without an answer", path);
	} else {
		fputs(line, stdout);
		status = strncmp(line, "ok", 2) ? EXIT_VERDICT : EXIT_DONE;
	}
	fclose(stream);
	return status;
}
