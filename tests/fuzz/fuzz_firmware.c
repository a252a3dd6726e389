// SPDX-License-Identifier: GPL-2.0-only
/*
 * What vmtest-firmware reads: the HEST of some machine, and the replies of a QEMU on a port that may
 * hold anything. Nothing outside the table is read; every call ends with an answer in words.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/hest.h"
#include "tests/fuzz/fuzz.h"
#include "vmtest/firmware/monitor.h"

static void table(struct fuzz_input *in)
{
	size_t size = fuzz_left(in);
	char *bytes = malloc(size ? size : 1); /* so that a byte too far is seen */
	const char *why = NULL;
	const struct hest_source *found;
	struct hest hest;

	memcpy(bytes, in->at, size);
	if (hest_parse(bytes, size, &hest, &why)) {
		FUZZ_CHECK(why && *why);
	} else {
		FUZZ_CHECK(hest.count <= HEST_MAX_SOURCES);
		for (unsigned i = 0; i < hest.count; i++)
			FUZZ_CHECK(*hest_notify_name(hest.sources[i].notify));
		found = hest_find_interrupt(&hest);
		FUZZ_CHECK(!found || (found->enabled && found->type == HEST_GHES_V2));
		found = hest_find(&hest, HEST_NOTIFY_SEA);
		FUZZ_CHECK(!found || found->notify == HEST_NOTIFY_SEA);
	}
	free(bytes);
}

/* What QEMU says: @ stands for the id of our first request, so that a reply can be one to us. */
static void say(int fd, struct fuzz_input *in)
{
	char line[8192];
	size_t n = 0;

	while (fuzz_left(in) && n < sizeof(line) - 32) {
		char c = fuzz_take(in, 1);

		if (c == '@')
			n += snprintf(line + n, sizeof(line) - n, "%d-1", getpid());
		else
			line[n++] = c;
	}
	line[n++] = '\n';
	FUZZ_CHECK(write(fd, line, n) == (ssize_t)n);
}

/*
 * A pipe is the port: what QEMU says is in it already, and then our own request comes back, which bears
 * its id and is no error. So a call ends without waiting, unless a reply ended it before.
 */
static void replies(struct fuzz_input *in)
{
	static const char block[] = "block";
	static char path[PATH_MAX];
	static int fd;
	struct monitor *monitor;
	const char *why = NULL;
	char rest[4096];

	if (!*path) {
		snprintf(path, sizeof(path), "%s/port", fuzz_dir());
		FUZZ_CHECK(!mkfifo(path, 0600));
		fd = open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC);
		FUZZ_CHECK(fd >= 0);
	}
	say(fd, in);
	if (monitor_open(path, &monitor, &why)) {
		FUZZ_CHECK(why && *why);
	} else {
		if (monitor_inject(monitor, block, sizeof(block), &why))
			FUZZ_CHECK(why && *why);
		monitor_close(monitor);
	}
	while (read(fd, rest, sizeof(rest)) > 0)
		;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input in = {data, data + size};

	if (fuzz_take(&in, 1) & 1)
		replies(&in);
	else
		table(&in);
	return 0;
}
