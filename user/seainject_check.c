// SPDX-License-Identifier: GPL-2.0-only
/*
 * The subcommand (seainject_check.h): its options, the file, its matrix.
 */
#include "seainject_check.h"

#include <stdio.h>

#include "inject/campaign.h"
#include "lib/exit.h"
#include "lib/log.h"
#include "lib/util.h"
#include "seainject_matrix.h"
#include "shoot.h"

struct config {
	const char *file;
	bool json, offline;
};

static const struct opt check_options[] = {
	{.name = "json",
	 .key = 'j',
	 .kind = OPT_FLAG,
	 .offset = offsetof(struct config, json),
	 .help = "print one JSON object instead of tables"},
	{.name = "offline",
	 .kind = OPT_FLAG,
	 .offset = offsetof(struct config, offline),
	 .help = "only the file: not whether this host has the methods and the VMs"},
	{0},
};

static int take_file(void *config, unsigned index, const char *text, char *err, size_t errlen)
{
	(void)index, (void)err, (void)errlen; /* there is one, and any path will do */
	((struct config *)config)->file = text;
	return 0;
}

const struct opt_program seainject_check_program = {
	.name = "seainject check",
	.summary =
		"Reads a campaign file (seainject(5)), says what is wrong with it and where, and "
		"shows the shots that it is laid out into; then looks whether this host has its "
		"methods and its VMs. Arms and fires nothing. Without privilege the host's part "
		"is refused, with the reason.",
	.args_doc = "FILE",
	.examples = "Examples:\n"
		    "  seainject check smoke.yaml\n"
		    "  seainject check --offline -j full.yaml | jq '.shots | length'\n",
	.opts = check_options,
	.arg = take_file,
	.max_args = 1,
	.files = true,
};

/* A file that is right by itself. */
static int check_campaign(const struct campaign *campaign, const struct config *config)
{
	int err = config->json ? matrix_json(stdout, campaign) : matrix_text(stdout, campaign);

	if (!err)
		return config->offline ? EXIT_DONE : shoot_check(campaign);
	log_error("check: write: %s", util_errno(err));
	return EXIT_ENVIRONMENT;
}

int seainject_check(int argc, char **argv)
{
	struct config config = {.json = false};
	struct campaign *campaign = NULL;
	int exit_code = opt_parse(&seainject_check_program, argc, argv, &config);

	if (exit_code)
		return opt_exit(exit_code);
	log_setup("seainject", 0);
	if (!config.file) {
		log_error("check: which FILE? (see seainject check --help)");
		return EXIT_USAGE;
	}
	exit_code = campaign_read(&campaign, config.file);
	if (!exit_code)
		exit_code = check_campaign(campaign, &config);
	campaign_free(campaign);
	return exit_code;
}
