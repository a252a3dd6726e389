// SPDX-License-Identifier: GPL-2.0-only
/*
 * opts.c - the command line of vmtest-matrix. It is called by vmtest/vmtest, which knows the paths;
 * so paths have no defaults here.
 */
#include "opts.h"

#include <argp.h>
#include <stdlib.h>
#include <string.h>

enum { KEY_PLAN = 256, KEY_VMTEST, KEY_TESTS, KEY_LOGS, KEY_KEEP_LOGS, KEY_TEST_TIMEOUT };
enum { KEY_JSON = 300, KEY_JUNIT, KEY_HTML, KEY_TAP };

static const struct argp_option options[] = {
	{"plan", KEY_PLAN, "FILE", 0, "a line per kernel: SERIES GATE RELEASE TEST-FILE...", 0},
	{"vmtest", KEY_VMTEST, "FILE", 0, "what boots a host: vmtest/vmtest", 0},
	{"tests", KEY_TESTS, "DIR", 0, "the folder of the tests", 0},
	{"logs", KEY_LOGS, "DIR", 0, "for what the hosts' consoles say", 0},
	{"keep-logs", KEY_KEEP_LOGS, NULL, 0, "also of boots that went well", 0},
	{"jobs", 'j', "N", 0, "hosts at the same time (1)", 0},
	{"test-timeout", KEY_TEST_TIMEOUT, "S", 0, "for one test (900)", 0},
	{"json", KEY_JSON, "FILE", 0, "write the result, also where it went wrong", 0},
	{"junit", KEY_JUNIT, "FILE", 0, "likewise, for CI servers", 0},
	{"html", KEY_HTML, "FILE", 0, "likewise, a page with the log of each cell", 0},
	{"tap", KEY_TAP, NULL, 0, "a line per cell in place of the table", 0},
	{0},
};

static unsigned int number(struct argp_state *state, const char *what, const char *arg,
			   unsigned int most)
{
	char *end;
	unsigned long value = strtoul(arg, &end, 10);

	if (*end || end == arg || *arg == '-' || !value || value > most)
		argp_error(state, "%s %s: not a number from 1 to %u", what, arg, most);
	return value;
}

static void check(struct argp_state *state, const struct matrix_opts *opts)
{
	if (!opts->plan || !opts->vmtest || !opts->tests || !opts->logs)
		argp_error(state, "--plan, --vmtest, --tests, --logs: all are needed; "
				  "vmtest matrix gives them");
}

static error_t parse_output(int key, char *arg, struct matrix_opts *opts)
{
	switch (key) {
	case KEY_KEEP_LOGS:
		opts->keep_logs = true;
		return 0;
	case KEY_JSON:
		opts->json = arg;
		return 0;
	case KEY_JUNIT:
		opts->junit = arg;
		return 0;
	case KEY_HTML:
		opts->html = arg;
		return 0;
	case KEY_TAP:
		opts->tap = true;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct matrix_opts *opts = state->input;

	switch (key) {
	case KEY_PLAN:
		opts->plan = arg;
		return 0;
	case KEY_VMTEST:
		opts->vmtest = arg;
		return 0;
	case KEY_TESTS:
		opts->tests = arg;
		return 0;
	case KEY_LOGS:
		opts->logs = arg;
		return 0;
	case 'j':
		opts->jobs = number(state, "--jobs", arg, 256);
		return 0;
	case KEY_TEST_TIMEOUT:
		opts->test_timeout = number(state, "--test-timeout", arg, 86400);
		return 0;
	case ARGP_KEY_ARGS:
		opts->options = state->argv + state->next;
		return 0;
	case ARGP_KEY_END:
		check(state, opts);
		return 0;
	default:
		return parse_output(key, arg, opts);
	}
}

void matrix_opts_parse(struct matrix_opts *opts, int argc, char **argv)
{
	static char *none[] = {NULL};
	static const struct argp argp = {
		options,
		parse,
		"[-- OPTION-OF-VMTEST-RUN...]",
		"Runs tests on kernels, several hosts at a time, and shows what came of each.\v"
		"Status: 0 when all passed or were skipped, 1 when one did not, 2 usage, 3 when "
		"the "
		"lab is broken.\nFor people there is `vmtest matrix`.",
		NULL,
		NULL,
		NULL};

	*opts = (struct matrix_opts){.jobs = 1, .test_timeout = 900, .options = none};
	argp_err_exit_status = 2;
	argp_parse(&argp, argc, argv, 0, NULL, opts);
}
