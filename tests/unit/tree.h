/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A temporary directory tree for a test, and what a program writes to a descriptor.
 * For tests only: every failure ends the test.
 */
#ifndef TESTS_UNIT_TREE_H
#define TESTS_UNIT_TREE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define TREE_UNUSED __attribute__((unused))

/* root: at least 32 bytes. */
TREE_UNUSED static void tree_make(char *root)
{
	strcpy(root, "/tmp/unit.XXXXXX");
	assert_non_null(mkdtemp(root));
}

TREE_UNUSED static int tree_remove_one(const char *path, const struct stat *st, int flag,
				       struct FTW *ftw)
{
	(void)st, (void)flag, (void)ftw;
	return remove(path);
}

TREE_UNUSED static void tree_remove(const char *path)
{
	assert_return_code(nftw(path, tree_remove_one, 16, FTW_DEPTH | FTW_PHYS), errno);
}

/* "ROOT/" and a formatted rest, whose directories are made. */
TREE_UNUSED static void tree_path(char path[PATH_MAX], const char *root, const char *fmt,
				  va_list args)
{
	size_t n = snprintf(path, PATH_MAX, "%s/", root);

	vsnprintf(path + n, PATH_MAX - n, fmt, args);
	for (char *slash = path + n; (slash = strchr(slash, '/')); slash++) {
		*slash = '\0';
		assert_true(!mkdir(path, 0755) || errno == EEXIST);
		*slash = '/';
	}
}

__attribute__((format(printf, 4, 5))) TREE_UNUSED static void
tree_write(const char *root, const void *data, size_t len, const char *fmt, ...)
{
	char path[PATH_MAX];
	va_list args;
	FILE *file;

	va_start(args, fmt);
	tree_path(path, root, fmt, args);
	va_end(args);
	file = fopen(path, "w");
	assert_non_null(file);
	assert_int_equal(fwrite(data, 1, len, file), len);
	assert_int_equal(fclose(file), 0);
}

/* A symbolic link, dangling or not; replaces an old one. */
__attribute__((format(printf, 3, 4))) TREE_UNUSED static void
tree_link(const char *root, const char *target, const char *fmt, ...)
{
	char path[PATH_MAX];
	va_list args;

	va_start(args, fmt);
	tree_path(path, root, fmt, args);
	va_end(args);
	unlink(path);
	assert_return_code(symlink(target, path), errno);
}

/* From here on, what is written to `fd` is caught. */
struct capture {
	int fd, saved, file;
};

TREE_UNUSED static void capture_start(struct capture *c, int fd)
{
	fflush(NULL);
	c->fd = fd;
	c->saved = dup(fd);
	c->file = memfd_create("capture", MFD_CLOEXEC);
	assert_return_code(c->file, errno);
	assert_return_code(dup2(c->file, fd), errno);
}

/* The caught text; free it. */
TREE_UNUSED static char *capture_end(struct capture *c)
{
	off_t len;
	char *text;

	fflush(NULL);
	assert_return_code(dup2(c->saved, c->fd), errno);
	close(c->saved);
	len = lseek(c->file, 0, SEEK_END);
	text = calloc(1, len + 1);
	assert_non_null(text);
	assert_int_equal(pread(c->file, text, len, 0), len);
	close(c->file);
	return text;
}

#endif
