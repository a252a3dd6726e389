// SPDX-License-Identifier: GPL-2.0-only
/*
 * report.c - reports memory errors: by interrupt, which QEMU raises, or left in the block for the
 * next external abort. It must not know how records look (block.c) nor how they get to the kernel
 * (source.c, monitor.c).
 */
#include "firmware.h"

#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "block.h"
#include "lib/exit.h"
#include "lib/hest.h"
#include "monitor.h"
#include "source.h"

#define MAX_BLOCK 4096

struct report {
	const struct firmware_options *options;
	bool irq; /* or sea */
	struct hest hest;
	const struct hest_source *source;
	int memory;
	struct monitor *monitor; /* of irq alone */
	FILE *records;           /* NULL: the record of the options */
	uint8_t block[MAX_BLOCK];
	size_t size;
	unsigned int pas; /* of this record */
	unsigned int done, sections;
	bool acked;
	uint64_t start_ns;
};

static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000000ULL + now.tv_nsec;
}

static int wait_acked(struct report *report)
{
	int error = source_wait_acked(report->memory, report->source, report->options->timeout_ms);

	if (!error)
		return EXIT_DONE;
	if (error != -ETIMEDOUT)
		return firmware_fail(error, report->options->memory, strerror(-error));
	return firmware_fail(error, report->options->command,
			     report->irq ? "the kernel does not acknowledge the record"
					 : "no external abort has claimed the record");
}

static int build(struct report *report, const uint64_t *pa, unsigned int pas)
{
	const struct firmware_options *options = report->options;
	int error;

	report->pas = pas;
	report->size = block_length(pas);
	if (report->size > report->source->block_length)
		return firmware_fail(-ENOTSUP, options->command,
				     "the source's block has no room for so many addresses");
	error = block_build(report->block, sizeof(report->block), options->severity, pa, pas);
	return error ? firmware_fail(error, options->command, strerror(-error)) : EXIT_DONE;
}

static int parse_line(struct report *report, char *line)
{
	uint64_t pa[FIRMWARE_MAX_PA];
	unsigned int pas = 0;
	char *rest, *word, *end;

	for (word = strtok_r(line, " \t\n", &rest); word; word = strtok_r(NULL, " \t\n", &rest)) {
		if (pas == FIRMWARE_MAX_PA)
			return firmware_fail(-E2BIG, report->options->records,
					     "a line has too many addresses");
		pa[pas++] = strtoull(word, &end, 0);
		if (*end)
			return firmware_fail(-EINVAL, report->options->records, "no address");
	}
	if (!pas)
		return firmware_fail(-EINVAL, report->options->records, "a line without address");
	return build(report, pa, pas);
}

/* Makes the next record, if there is one. */
static int next_record(struct report *report, bool *more)
{
	char line[FIRMWARE_MAX_PA * 24];

	if (!report->records) {
		*more = report->done < report->options->count;
		return EXIT_DONE;
	}
	*more = fgets(line, sizeof(line), report->records);
	return *more ? parse_line(report, line) : EXIT_DONE;
}

static int send_record(struct report *report)
{
	const char *why;
	int error;

	if (!report->irq) {
		error = source_write(report->memory, report->source, report->block, report->size);
		return error ? firmware_fail(error, report->options->memory, strerror(-error))
			     : EXIT_DONE;
	}
	error = monitor_inject(report->monitor, report->block, report->size, &why);
	return error ? firmware_fail(error, report->options->port, why) : EXIT_DONE;
}

/* One record for all, or a file with a line for each. */
static int open_records(struct report *report)
{
	const struct firmware_options *options = report->options;

	if (!options->records)
		return build(report, options->pa, options->pas);
	report->records = strcmp(options->records, "-") ? fopen(options->records, "re") : stdin;
	return report->records ? EXIT_DONE
			       : firmware_fail(-errno, options->records, strerror(errno));
}

static int prepare(struct report *report)
{
	const struct firmware_options *options = report->options;
	bool irq = report->irq;
	const char *why;
	int error, status = firmware_read_hest(options, &report->hest);

	if (status)
		return status;
	report->source = irq ? hest_find_interrupt(&report->hest)
			     : hest_find(&report->hest, HEST_NOTIFY_SEA);
	if (!report->source)
		return firmware_fail(
			-ENOTSUP, options->hest,
			irq ? "no GHESv2 source is notified by interrupt (QEMU before 10.2?)"
			    : "no GHESv2 source is notified by SEA (ras=on is missing?)");
	status = open_records(report);
	if (status)
		return status;
	status = firmware_open_memory(options, &report->memory);
	if (status)
		return status;
	error = source_lock(report->memory);
	if (error)
		return firmware_fail(error, options->memory, strerror(-error));
	if (!irq)
		return EXIT_DONE;
	error = monitor_open(options->port, &report->monitor, &why);
	return error ? firmware_fail(error, options->port, why) : EXIT_DONE;
}

static void print_report(const struct report *report)
{
	const struct firmware_options *options = report->options;
	uint64_t elapsed = now_ns() - report->start_ns;
	json_t *json;

	if (!options->json) {
		printf("%s: %u record%s with %u section%s through source %u\n", options->command,
		       report->done, report->done == 1 ? "" : "s", report->sections,
		       report->sections == 1 ? "" : "s", report->source->id);
		return;
	}
	json = json_pack("{s:s, s:i, s:i, s:i, s:b, s:I}", "command", options->command, "source",
			 report->source->id, "records", report->done, "sections", report->sections,
			 "acked", report->acked, "elapsed_ns", (json_int_t)elapsed);
	json_dumpf(json, stdout, JSON_COMPACT);
	putchar('\n');
	json_decref(json);
}

int firmware_report(const struct firmware_options *options)
{
	struct report *report = calloc(1, sizeof(*report));
	bool more;
	int status;

	if (!report)
		return firmware_fail(-ENOMEM, options->command, strerror(ENOMEM));
	report->options = options;
	report->irq = !strcmp(options->command, "irq");
	report->memory = -1;
	status = prepare(report);
	report->start_ns = now_ns();
	while (!status) {
		status = next_record(report, &more);
		if (status || !more)
			break;
		status = wait_acked(report);
		if (!status)
			status = send_record(report);
		if (status)
			break;
		report->done++;
		report->sections += report->pas;
	}
	/* The rest is only looking: let the next one in. */
	monitor_close(report->monitor);
	if (report->memory >= 0)
		source_unlock(report->memory);
	if (!status && options->wait) {
		status = wait_acked(report);
		report->acked = !status;
	}
	if (report->done)
		print_report(report);
	if (report->memory >= 0)
		close(report->memory);
	if (report->records && report->records != stdin)
		fclose(report->records);
	free(report);
	return status;
}
