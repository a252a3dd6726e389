// SPDX-License-Identifier: GPL-2.0-only
/*
 * Capabilities of a watch (rights.h).
 */
#include "rights.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/exit.h"
#include "lib/log.h"
#include "lib/privilege.h"
#include "lib/util.h"

/* To see which processes of other users hold a VM: the folder /proc/PID/fd, and the links in it. */
#define LOOK (PRIVILEGE(CAP_DAC_READ_SEARCH) | PRIVILEGE(CAP_SYS_PTRACE))

/* To run a command as another user, and to end it when it is late. */
#define BECOME (PRIVILEGE(CAP_SETUID) | PRIVILEGE(CAP_SETGID) | PRIVILEGE(CAP_KILL))

/* Neither ours nor everybody's: root writes there by CAP_DAC_OVERRIDE. */
static bool is_foreign_folder(const char *file)
{
	const char *slash = strrchr(file, '/');
	char *folder = slash ? strndup(file, slash - file + 1) : strdup(".");
	struct stat st;
	bool foreign =
		folder && !stat(folder, &st) && st.st_uid != geteuid() && !(st.st_mode & S_IWOTH);

	free(folder);
	return foreign;
}

uint64_t rights_to_run(const struct watch_config *config)
{
	const char *textfile = config->outputs.textfile;
	uint64_t rights = LOOK;

	if (config->exec)
		rights |= BECOME;
	if (config->attach.aborts) /* up to 5.18 maps are not read without */
		rights |= PRIVILEGE(CAP_BPF);
	if (textfile && is_foreign_folder(textfile))
		rights |= PRIVILEGE(CAP_DAC_OVERRIDE);
	return rights;
}

uint64_t rights_to_start(const struct watch_config *config, const struct attach *attach)
{
	uint64_t rights = attach_needs(attach) | rights_to_run(config);

	/* kept by who has it; the folder may let a group write */
	rights &= ~PRIVILEGE(CAP_DAC_OVERRIDE);
	/* who is not root and names nobody else runs commands as themselves */
	return config->exec && !config->exec_user && geteuid() ? rights & ~BECOME : rights;
}

int rights_check(const struct watch_config *config, const struct attach *attach)
{
	uint64_t missing = privilege_missing(rights_to_start(config, attach));
	char names[PRIVILEGE_TEXT];

	if (!missing)
		return 0;
	log_error("no privilege: missing %s (run as root, or with these; see --check)",
		  privilege_names(missing, names));
	return EXIT_ENVIRONMENT;
}

/* Who is told to run a command as a certain user trusts it with what that user may do. */
int rights_reduce(const struct watch_config *config)
{
	int err = privilege_keep(rights_to_run(config), config->exec && config->exec_user);

	if (!err)
		return 0;
	log_error("give up privileges: %s", util_errno(err));
	return EXIT_ENVIRONMENT;
}
