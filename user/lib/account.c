/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Users (account.h).
 */
#include "lib/account.h"

#include "lib/privilege.h"
#include "lib/util.h"

#include <errno.h>
#include <grp.h>
#include <limits.h>
#include <pwd.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

struct account account_nobody(void)
{
	return (struct account){.uid = ACCOUNT_NOBODY, .gid = ACCOUNT_NOBODY};
}

/* --- finding ---------------------------------------------------------------------------------- */

static FILE *open_in(const char *etc, const char *name)
{
	char path[PATH_MAX];

	if ((size_t)snprintf(path, sizeof(path), "%s/%s", etc ? etc : "/etc", name) >= sizeof(path))
		return NULL;
	return fopen(path, "re");
}

/* 2^32-1 means "leave it" to setresuid(). */
static int parse_id(const char *text, uint32_t *id)
{
	uint64_t value;
	int err = util_parse_u64(text, 0, UINT32_MAX - 1, &value);

	if (!err)
		*id = value;
	return err ? -EINVAL : 0;
}

static int find_numeric(struct account *account, const char *who)
{
	const char *colon = strchrnul(who, ':');
	char uid[16];

	if ((size_t)(colon - who) >= sizeof(uid))
		return -EINVAL;
	memcpy(uid, who, colon - who);
	uid[colon - who] = '\0';
	if (parse_id(uid, &account->uid) || parse_id(*colon ? colon + 1 : uid, &account->gid))
		return -EINVAL;
	return 0;
}

static int find_name(struct account *account, const char *etc, const char *name)
{
	FILE *file = open_in(etc, "passwd");
	const struct passwd *entry;
	int err = -ENOENT;

	if (!file)
		return -ENOENT;
	while (err && (entry = fgetpwent(file))) {
		if (strcmp(entry->pw_name, name))
			continue;
		account->uid = entry->pw_uid;
		account->gid = entry->pw_gid;
		err = 0;
	}
	fclose(file);
	return err;
}

static bool is_member(const struct group *group, const char *name)
{
	for (char **member = group->gr_mem; *member; member++)
		if (!strcmp(*member, name))
			return true;
	return false;
}

static int find_groups(struct account *account, const char *etc, const char *name)
{
	FILE *file = open_in(etc, "group");
	const struct group *group;
	int err = 0;

	if (!file)
		return 0; /* a user without a group file is in no group */
	while (!err && (group = fgetgrent(file))) {
		if (group->gr_gid == account->gid || !is_member(group, name))
			continue;
		if (account->n_groups == ACCOUNT_GROUPS_MAX)
			err = -E2BIG;
		else
			account->groups[account->n_groups++] = group->gr_gid;
	}
	fclose(file);
	return err;
}

int account_find(struct account *out, const char *etc, const char *who)
{
	struct account account = {0};
	int err;

	if (*who >= '0' && *who <= '9') {
		err = find_numeric(&account, who);
	} else {
		err = find_name(&account, etc, who);
		if (!err)
			err = find_groups(&account, etc, who);
	}
	if (!err)
		*out = account;
	return err;
}

/* --- becoming --------------------------------------------------------------------------------- */

static bool is_already(const struct account *account)
{
	uid_t uids[3];
	gid_t gids[3];

	if (getresuid(&uids[0], &uids[1], &uids[2]) || getresgid(&gids[0], &gids[1], &gids[2]))
		return false;
	for (int i = 0; i < 3; i++)
		if (uids[i] != account->uid || gids[i] != account->gid)
			return false;
	return true;
}

bool account_allowed(const struct account *account)
{
	return is_already(account) ||
	       !privilege_missing(PRIVILEGE(CAP_SETUID) | PRIVILEGE(CAP_SETGID));
}

int account_become(const struct account *account)
{
	int err = privilege_disinherit();

	if (err || is_already(account))
		return err;
	/* In this order: once the uid is another's, groups cannot be set any more. */
	if (setgroups(account->n_groups, account->groups) ||
	    setresgid(account->gid, account->gid, account->gid) ||
	    setresuid(account->uid, account->uid, account->uid))
		return -errno;
	return is_already(account) ? 0 : -EPERM;
}
