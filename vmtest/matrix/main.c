// SPDX-License-Identifier: GPL-2.0-only
/*
 * main.c - vmtest-matrix: tests by kernels. It must not fetch, build or choose anything: vmtest/vmtest
 * does, and gives the plan.
 */
#include "loop.h"
#include "matrix.h"
#include "opts.h"
#include "out.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/exit.h"
#include "lib/util.h"

typedef void renderer(FILE *file, const struct matrix *matrix);

/* The file appears whole or not at all. */
static int write_file(const char *path, const struct matrix *matrix, renderer *render)
{
	char *data = NULL;
	size_t size = 0;
	FILE *file = open_memstream(&data, &size);
	int error = -1;

	if (file) {
		render(file, matrix);
		error = fclose(file) ? -1 : util_write_atomic(path, data, size);
	}
	if (error)
		fprintf(stderr, "vmtest-matrix: %s: %s\n", path,
			file ? strerror(-error) : "no memory");
	free(data);
	return error;
}

static int write_files(const struct matrix_opts *opts, const struct matrix *matrix)
{
	int error = 0;

	if (opts->json)
		error |= write_file(opts->json, matrix, out_json);
	if (opts->junit)
		error |= write_file(opts->junit, matrix, out_junit);
	if (opts->html)
		error |= write_file(opts->html, matrix, out_html);
	return error;
}

/* The folder stays while it has a console's log. */
static void sweep(const struct matrix_opts *opts)
{
	unlink(opts->plan);
	if (rmdir(opts->logs))
		fprintf(stderr, "vmtest: logs: %s\n", opts->logs);
}

int main(int argc, char **argv)
{
	struct matrix_opts opts;
	struct matrix matrix;
	int signal, status = EXIT_ENVIRONMENT;

	matrix_opts_parse(&opts, argc, argv);
	if (matrix_read(&matrix, opts.plan))
		return EXIT_USAGE;
	signal = loop_run(&matrix, &opts);
	if (signal >= 0) {
		(opts.tap ? out_tap : out_table)(stdout, &matrix);
		status = signal ? 128 + signal : matrix_status(&matrix);
		if ((write_files(&opts, &matrix) || fflush(stdout)) && !status)
			status = EXIT_ENVIRONMENT;
	}
	sweep(&opts);
	matrix_free(&matrix);
	return status;
}
