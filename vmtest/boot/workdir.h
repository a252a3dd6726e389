/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The folder in which one boot's files were put together. Must not know what is in it.
 */
#ifndef BOOT_WORKDIR_H
#define BOOT_WORKDIR_H

/* Removes it with all in it; NULL and a folder that is gone are fine. */
void workdir_remove(const char *path);

#endif
