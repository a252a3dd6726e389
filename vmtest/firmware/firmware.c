// SPDX-License-Identifier: GPL-2.0-only
/*
 * firmware.c - what all commands need first: the table of error sources, physical memory, and a way
 * to say what failed. It must not know any command.
 */
#include "firmware.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "lib/exit.h"
#include "lib/hest.h"
#include "lib/physical.h"

int firmware_fail(int error, const char *what, const char *why)
{
	fprintf(stderr, "vmtest-firmware: %s: %s\n", what, why);
	return error == -ENOTSUP ? EXIT_UNSUPPORTED : EXIT_ENVIRONMENT;
}

int firmware_read_hest(const struct firmware_options *options, struct hest *hest)
{
	static uint8_t table[65536];
	const char *path = options->hest;
	FILE *file = fopen(path, "re");
	const char *why;
	size_t size;
	int error;

	if (!file && errno == ENOENT)
		return firmware_fail(-ENOTSUP, path,
				     "this machine has no error sources (no ACPI, or no HEST)");
	if (!file)
		return firmware_fail(-errno, path, strerror(errno));
	size = fread(table, 1, sizeof(table), file);
	fclose(file);
	error = hest_parse(table, size, hest, &why);
	return error ? firmware_fail(error, path, why) : EXIT_DONE;
}

int firmware_open_memory(const struct firmware_options *options, int *memory)
{
	*memory = physical_open(options->memory);
	if (*memory >= 0)
		return EXIT_DONE;
	return firmware_fail(*memory, options->memory, strerror(-*memory));
}
