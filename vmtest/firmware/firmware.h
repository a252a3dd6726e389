/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * firmware.h - what is asked of the firmware, and the functions that do it. Each says on stderr
 * what failed and returns an exit code.
 */
#ifndef VMTEST_FIRMWARE_FIRMWARE_H
#define VMTEST_FIRMWARE_FIRMWARE_H

#include <stdbool.h>
#include <stdint.h>

#include "cper.h"

#define FIRMWARE_MAX_PA 16

struct hest;

struct firmware_options {
	const char *command;
	uint64_t pa[FIRMWARE_MAX_PA];
	unsigned int pas;
	enum cper_severity severity;
	unsigned int count;
	unsigned int timeout_ms;
	bool wait, json;
	const char *records; /* a file with a record per line, instead of pa */
	const char *hest, *memory, *port;
};

int firmware_list(const struct firmware_options *options);
/* irq, sea */
int firmware_report(const struct firmware_options *options);

/* One line on stderr; the exit code for the errno. */
int firmware_fail(int error, const char *what, const char *why);
int firmware_read_hest(const struct firmware_options *options, struct hest *hest);
int firmware_open_memory(const struct firmware_options *options, int *memory);

#endif
