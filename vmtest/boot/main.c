// SPDX-License-Identifier: GPL-2.0-only
/*
 * main.c - vmtest-boot: boots the host under test once, streams its command's output and judges.
 * It must not fetch, build or choose a kernel: vmtest/vmtest does, and gives the paths.
 */
#include "console.h"
#include "host.h"
#include "opts.h"
#include "report.h"
#include "splat.h"
#include "verdict.h"
#include "workdir.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#define MARK_BYTES (sizeof(MARK_PREFIX) + 32)

/* Random, so that no output can hold it by chance. */
static int make_mark(char mark[MARK_BYTES])
{
	uint64_t random[2];

	if (getrandom(random, sizeof(random), 0) != sizeof(random)) {
		perror("vmtest: getrandom");
		return -1;
	}
	snprintf(mark, MARK_BYTES, MARK_PREFIX "%016llx%016llx", (unsigned long long)random[0],
		 (unsigned long long)random[1]);
	return 0;
}

static int boot(const struct boot_opts *opts, const struct splat *splat, const char *mark)
{
	struct console *console = console_new(opts->log, splat, mark);
	struct host_result result;
	struct verdict verdict;

	if (!console)
		return STATUS_LAB;
	host_run(opts, console, mark, &result);
	verdict_say(opts, &result, console, &verdict);
	if (!verdict.keep && !opts->keep_log)
		unlink(opts->log);
	if (opts->report && report_write(opts->report, &result, console_seen(console), &verdict))
		verdict.status = STATUS_LAB;
	console_free(console);
	return verdict.status;
}

/*
 * Under a loop over kernels we are to end with it, and asked for a signal (vmtest/vmtest, run_each).
 * One that came while the shell became us is lost: ask once more, now that we can act on it.
 */
static bool is_orphan(void)
{
	const char *parent = getenv("VMTEST_PARENT");

	return parent && strtol(parent, NULL, 10) != getppid();
}

int main(int argc, char **argv)
{
	struct boot_opts opts;
	struct splat *splat;
	char mark[MARK_BYTES];
	int status = STATUS_LAB;

	opts_parse(&opts, argc, argv);
	splat = splat_new(opts.deny, opts.allow);
	if (splat && !is_orphan() && !make_mark(mark))
		status = boot(&opts, splat, mark);
	splat_free(splat);
	workdir_remove(opts.workdir);
	return status;
}
