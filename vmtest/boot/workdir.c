// SPDX-License-Identifier: GPL-2.0-only
/* workdir.c - removal. */
#include "workdir.h"

#include <ftw.h>
#include <stdio.h>

static int remove_one(const char *path, const struct stat *info, int type, struct FTW *walk)
{
	(void)info;
	(void)type;
	(void)walk;
	return remove(path) && 0; /* what stays is swept by the next run */
}

void workdir_remove(const char *path)
{
	if (path)
		nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}
