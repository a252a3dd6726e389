// SPDX-License-Identifier: GPL-2.0-only
/* loop.c - one poll loop over the hosts that run. */
#include "loop.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "column.h"
#include "lib/signals.h"
#include "lib/util.h"
#include "matrix.h"
#include "opts.h"
#include "progress.h"

#define TICK_MS 1000

struct loop {
	const struct matrix_opts *opts;
	struct matrix *matrix;
	struct column_run *runs; /* as the columns are; of each column all shares */
	size_t run_count;
	struct pollfd *fds; /* two of each run, then the signals */
	struct progress *progress;
	int signals;
	int stopped; /* by this signal */
};

/* With fewer kernels than hosts may run, each kernel's tests are shared by several. */
static unsigned int count_shares(const struct loop *loop)
{
	unsigned int shares = loop->opts->jobs / loop->matrix->column_count;

	return shares ?: 1;
}

static void deal(struct loop *loop, unsigned int shares)
{
	for (size_t i = 0; i < loop->matrix->column_count; i++) {
		struct column *column = &loop->matrix->columns[i];
		unsigned int most = UTIL_MIN(shares, column->cell_count - 1);

		column_share(column, most);
		for (unsigned int share = 0; share < most; share++)
			loop->runs[loop->run_count++] =
				(struct column_run){.opts = loop->opts,
						    .column = column,
						    .share = share,
						    .runner = {.out.fd = -1, .err.fd = -1}};
	}
}

static int begin(struct loop *loop)
{
	unsigned int shares = count_shares(loop);
	size_t most = shares * loop->matrix->column_count;

	loop->runs = calloc(most, sizeof(*loop->runs));
	loop->fds = calloc(2 * most + 1, sizeof(*loop->fds));
	loop->signals = signals_open();
	if (!loop->runs || !loop->fds || loop->signals < 0) {
		fprintf(stderr, "vmtest-matrix: %s\n",
			strerror(loop->signals < 0 ? -loop->signals : ENOMEM));
		return -1;
	}
	deal(loop, shares);
	loop->progress = progress_new(loop->matrix, loop->runs, loop->run_count);
	return 0;
}

static bool is_active(const struct column_run *run)
{
	return run->phase == COLUMN_BOOTING || run->phase == COLUMN_TESTING;
}

static unsigned int count_active(const struct loop *loop)
{
	unsigned int active = 0;

	for (size_t i = 0; i < loop->run_count; i++)
		active += is_active(&loop->runs[i]);
	return active;
}

/* Those with the most tests first: so the last to end is a short one. */
static struct column_run *next_run(const struct loop *loop)
{
	struct column_run *next = NULL;

	for (size_t i = 0; i < loop->run_count; i++) {
		struct column_run *run = &loop->runs[i];

		if (run->phase == COLUMN_WAITING &&
		    (!next || run->column->cell_count > next->column->cell_count))
			next = run;
	}
	return next;
}

static void start_some(struct loop *loop)
{
	struct column_run *next;

	while (!loop->stopped && count_active(loop) < loop->opts->jobs && (next = next_run(loop)))
		column_start(next);
}

/* The first signal is a request, the second one is not. */
static void stop(struct loop *loop, int signal)
{
	for (size_t i = 0; i < loop->run_count; i++) {
		struct column_run *run = &loop->runs[i];

		if (run->phase != COLUMN_DONE && !loop->stopped)
			column_stop(run);
		else if (run->phase != COLUMN_DONE)
			runner_kill(&run->runner, SIGKILL);
	}
	loop->stopped = signal;
}

static void take_signals(struct loop *loop)
{
	struct signalfd_siginfo info;

	while (read(loop->signals, &info, sizeof(info)) == sizeof(info)) {
		if (info.ssi_signo != SIGCHLD) /* each column asks for its own */
			stop(loop, info.ssi_signo);
	}
}

static void step(struct loop *loop)
{
	size_t count = loop->run_count;
	uint64_t now_ns;

	for (size_t i = 0; i < count; i++)
		runner_poll(&loop->runs[i].runner, &loop->fds[2 * i]);
	loop->fds[2 * count] = (struct pollfd){.fd = loop->signals, .events = POLLIN};
	if (poll(loop->fds, 2 * count + 1, TICK_MS) < 0 && errno != EINTR)
		return;
	now_ns = util_clock_ns(CLOCK_MONOTONIC);
	take_signals(loop);
	for (size_t i = 0; i < count; i++)
		if (is_active(&loop->runs[i]))
			column_step(&loop->runs[i], &loop->fds[2 * i], now_ns);
	progress_show(loop->progress, now_ns);
}

int loop_run(struct matrix *matrix, const struct matrix_opts *opts)
{
	struct loop loop = {.opts = opts, .matrix = matrix, .signals = -1};
	uint64_t began_ns = util_clock_ns(CLOCK_MONOTONIC);
	int status = begin(&loop);

	if (!status) {
		for (start_some(&loop); count_active(&loop); start_some(&loop))
			step(&loop);
		progress_clear(loop.progress);
		status = loop.stopped;
	}
	matrix->interrupted = loop.stopped;
	matrix->seconds = (util_clock_ns(CLOCK_MONOTONIC) - began_ns) / 1e9;
	progress_free(loop.progress);
	free(loop.runs);
	free(loop.fds);
	if (loop.signals >= 0)
		close(loop.signals);
	return status;
}
