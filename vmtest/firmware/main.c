// SPDX-License-Identifier: GPL-2.0-only
/*
 * main.c - vmtest-firmware: reads the options and hands them on. It must not report anything
 * itself.
 */
#include <argp.h>
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "firmware.h"
#include "lib/exit.h"

enum { OPT_RECORDS = 256, OPT_HEST, OPT_MEMORY, OPT_PORT };

static const struct argp_option option_table[] = {
	{"pa", 'p', "ADDR", 0, "a bad physical address; one section of the record each", 0},
	{"severity", 's', "recoverable|corrected|fatal", 0,
	 "of the record (default: recoverable; fatal makes the kernel panic)", 0},
	{"count", 'n', "N", 0, "the record N times, each as soon as the one before is acknowledged",
	 0},
	{"records", OPT_RECORDS, "FILE", 0,
	 "a record for each line of FILE, which has its addresses (-: stdin), instead of --pa", 0},
	{"wait", 'w', NULL, 0, "return only when the last record is acknowledged too", 0},
	{"timeout", 't', "MS", 0, "the longest wait for one acknowledgement (default: 10000)", 0},
	{"json", 'j', NULL, 0, "print JSON", 0},
	{"hest", OPT_HEST, "FILE", 0, "the table (default: /sys/firmware/acpi/tables/HEST)", 0},
	{"memory", OPT_MEMORY, "FILE", 0, "physical memory (default: /dev/mem)", 0},
	{"port", OPT_PORT, "FILE", 0, "QMP (default: /dev/virtio-ports/sea.qmp)", 0},
	{0},
};

static const char doc[] =
	"Play the firmware of the emulated machine: report memory errors to its kernel.\v"
	"Commands:\n"
	"  irq   report by interrupt, through QEMU (inject-ghes-v2-error)\n"
	"  sea   leave the record in the block that the next synchronous external abort claims\n"
	"  list  the error sources of this machine\n\n"
	"Examples:\n"
	"  vmtest-firmware irq --pa 0x7a345000\n"
	"  vmtest-firmware irq --pa 0x7a345000 --pa 0x7a346000 --wait --json\n"
	"  vmtest-firmware sea --pa 0x7a345000 && vmtest-guest ctl /run/vm-a hole\n\n"
	"Exit status: 0 done, 2 usage, 3 environment, 4 this machine cannot do it.\n";

static uint64_t number(struct argp_state *state, const char *what, const char *text, uint64_t min,
		       uint64_t max)
{
	uint64_t value;
	char *end;

	errno = 0;
	value = strtoull(text, &end, 0);
	if (!isdigit((unsigned char)*text) || *end || errno || value < min || value > max)
		argp_failure(state, EXIT_USAGE, 0,
			     "--%s %s: expected a number from %#" PRIx64 " to %#" PRIx64, what,
			     text, min, max);
	return value;
}

static enum cper_severity severity(struct argp_state *state, const char *text)
{
	static const char *const names[] = {
		[CPER_RECOVERABLE] = "recoverable",
		[CPER_FATAL] = "fatal",
		[CPER_CORRECTED] = "corrected",
	};
	unsigned int i;

	for (i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (!strcmp(names[i], text))
			return i;
	argp_failure(state, EXIT_USAGE, 0,
		     "--severity %s: expected recoverable, corrected or fatal", text);
	return CPER_RECOVERABLE;
}

static void check_options(struct argp_state *state, const struct firmware_options *options)
{
	const char *command = options->command;

	if (!command)
		argp_failure(state, EXIT_USAGE, 0, "expected a command: irq, sea or list");
	if (strcmp(command, "irq") && strcmp(command, "sea") && strcmp(command, "list"))
		argp_failure(state, EXIT_USAGE, 0,
			     "unknown command \"%s\": expected irq, sea or list", command);
	if (strcmp(command, "list") && !options->pas == !options->records)
		argp_failure(state, EXIT_USAGE, 0, "%s: expected at least one --pa, or --records",
			     command);
}

static error_t parse_option(int key, char *arg, struct argp_state *state)
{
	struct firmware_options *options = state->input;

	switch (key) {
	case 'p':
		if (options->pas == FIRMWARE_MAX_PA)
			argp_failure(state, EXIT_USAGE, 0, "--pa: at most %d", FIRMWARE_MAX_PA);
		options->pa[options->pas++] = number(state, "pa", arg, 0, UINT64_MAX);
		return 0;
	case 's':
		options->severity = severity(state, arg);
		return 0;
	case 'n':
		options->count = number(state, "count", arg, 1, 1000000);
		return 0;
	case OPT_RECORDS:
		options->records = arg;
		return 0;
	case 'w':
		options->wait = true;
		return 0;
	case 't':
		options->timeout_ms = number(state, "timeout", arg, 0, 3600000);
		return 0;
	case 'j':
		options->json = true;
		return 0;
	case OPT_HEST:
		options->hest = arg;
		return 0;
	case OPT_MEMORY:
		options->memory = arg;
		return 0;
	case OPT_PORT:
		options->port = arg;
		return 0;
	case ARGP_KEY_ARG:
		if (options->command)
			argp_failure(state, EXIT_USAGE, 0, "unexpected argument \"%s\"", arg);
		options->command = arg;
		return 0;
	case ARGP_KEY_END:
		check_options(state, options);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

int main(int argc, char **argv)
{
	static const struct argp argp = {option_table, parse_option, "irq|sea|list", doc, NULL,
					 NULL,         NULL};
	struct firmware_options options = {
		.severity = CPER_RECOVERABLE,
		.count = 1,
		.timeout_ms = 10000,
		.hest = "/sys/firmware/acpi/tables/HEST",
		.memory = "/dev/mem",
		.port = "/dev/virtio-ports/sea.qmp",
	};

	argp_err_exit_status = EXIT_USAGE;
	argp_parse(&argp, argc, argv, 0, NULL, &options);
	return strcmp(options.command, "list") ? firmware_report(&options)
					       : firmware_list(&options);
}
