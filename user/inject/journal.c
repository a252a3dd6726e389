// SPDX-License-Identifier: GPL-2.0-only
/*
 * The file of the journal: opened, locked, mended, appended to (journal.h).
 * Must not: take anything back (undo.c).
 */
#include "inject/journal.h"

#include "inject/host.h"
#include "inject/journal_line.h"
#include "lib/exit.h"
#include "lib/log.h"
#include "lib/util.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define BOOT_ID "/proc/sys/kernel/random/boot_id"

struct journal {
	int fd; /* -1: there is none, which is as good as an empty one */
	off_t size;
	char path[PATH_MAX];
	char boot_id[40];
	uint64_t next_id;
	struct journal_entry *entries; /* of this boot, in order */
	unsigned n, room;
};

/* --- what is in it ------------------------------------------------------------------------------ */

static struct journal_entry *find(struct journal *j, uint64_t id)
{
	for (unsigned i = 0; i < j->n; i++)
		if (j->entries[i].id == id)
			return &j->entries[i];
	return NULL;
}

static int keep(struct journal *j, const struct journal_entry *entry)
{
	if (j->n == j->room) {
		unsigned room = j->room ? 2 * j->room : 16;
		struct journal_entry *entries = reallocarray(j->entries, room, sizeof(*entries));

		if (!entries)
			return -ENOMEM;
		j->entries = entries;
		j->room = room;
	}
	j->entries[j->n++] = *entry;
	return 0;
}

static void apply(struct journal *j, const struct journal_entry *done)
{
	struct journal_entry *entry = find(j, done->id);

	if (!entry)
		return;
	entry->undone = done->undone;
	memcpy(entry->note, done->note, sizeof(entry->note));
}

/* One line, without its end. -EINVAL: it is none. */
static int take_line(struct journal *j, const char *text, size_t len)
{
	struct journal_entry entry;
	enum journal_line type;
	int err = journal_line_read(text, len, &type, &entry);

	if (err)
		return err;
	j->next_id = UTIL_MAX(j->next_id, entry.id + 1);
	if (strcmp(entry.boot_id, j->boot_id))
		return 0;
	if (type == JOURNAL_LINE_ENTRY)
		return keep(j, &entry);
	apply(j, &entry);
	return 0;
}

/* Reads all lines; j->size becomes the length of what is whole. -ENOMEM. */
static int take_text(struct journal *j, const char *text, size_t len)
{
	unsigned line = 1;

	for (size_t at = 0; at < len; line++) {
		const char *end = memchr(text + at, '\n', len - at);
		size_t n = end ? (size_t)(end - text) - at : len - at;
		int err = end ? take_line(j, text + at, n) : -EINVAL;

		if (err == -ENOMEM)
			return err;
		at += n + 1;
		if (err && at >= len)
			log_warn("%s: line %u was cut short and is dropped: it was not acted on",
				 j->path, line);
		else if (err)
			log_warn("%s: line %u is no entry and is passed over", j->path, line);
		if (!err || at < len)
			j->size = at;
	}
	return 0;
}

/* --- the file ----------------------------------------------------------------------------------- */

static int read_boot_id(char boot_id[40])
{
	char *text;
	int err = host_read(BOOT_ID, &text);

	if (err)
		return err;
	util_clean(boot_id, 40, text, strcspn(text, "\n"));
	free(text);
	return *boot_id ? 0 : -EINVAL;
}

static int sync_folder(const char *path)
{
	char folder[PATH_MAX];
	char *slash;
	int fd, err = 0;

	snprintf(folder, sizeof(folder), "%s", path);
	slash = strrchr(folder, '/');
	if (slash)
		*slash = '\0';
	fd = open(!slash            ? "."
		  : slash == folder ? "/"
				    : folder,
		  O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (fsync(fd))
		err = -errno;
	close(fd);
	return err;
}

/* The default's own folder is for root alone; those above are as everywhere. */
static int make_folder(void)
{
	static const struct {
		const char *path;
		mode_t mode;
	} folders[] = {{"/var", 0755}, {"/var/lib", 0755}, {"/var/lib/seainject", 0700}};

	for (unsigned i = 0; i < UTIL_COUNT(folders); i++)
		if (mkdir(folders[i].path, folders[i].mode) && errno != EEXIST)
			return -errno;
	return 0;
}

static int open_file(struct journal *j, bool write)
{
	j->fd = open(j->path,
		     write ? O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC : O_RDONLY | O_CLOEXEC, 0600);
	if (j->fd < 0)
		return !write && errno == ENOENT ? 0 : -errno;
	if (!write)
		return 0;
	if (flock(j->fd, LOCK_EX | LOCK_NB))
		return -errno;
	return sync_folder(j->path);
}

static int read_file(struct journal *j)
{
	char *text;
	size_t len;
	int err;

	if (j->fd < 0)
		return 0;
	err = util_read_file(j->path, &text, &len);
	if (err)
		return err;
	err = take_text(j, text, len);
	free(text);
	return err;
}

/* What was cut short goes; so does all of it when nothing in it is of this boot. */
static int mend_file(struct journal *j)
{
	if (!j->n)
		j->size = 0;
	if (ftruncate(j->fd, j->size) || fdatasync(j->fd))
		return -errno;
	return 0;
}

static int fail_open(const struct journal *j, int err)
{
	if (err == -EWOULDBLOCK)
		log_error("journal %s: another seainject holds it: wait until it has ended",
			  j->path);
	else
		log_error("journal %s: %s (%s)", j->path, util_errno(err), strerror(-err));
	return EXIT_ENVIRONMENT;
}

static int open_any(struct journal **out, const char *path, bool write)
{
	struct journal *j = calloc(1, sizeof(*j));
	int err = 0;

	if (!j) {
		log_error("no memory for the journal");
		return EXIT_ENVIRONMENT;
	}
	j->fd = -1;
	j->next_id = 1;
	snprintf(j->path, sizeof(j->path), "%s", path ? path : JOURNAL_PATH);
	if (!path && write)
		err = make_folder();
	if (!err)
		err = open_file(j, write);
	if (!err)
		err = read_boot_id(j->boot_id);
	if (!err)
		err = read_file(j);
	if (!err && write)
		err = mend_file(j);
	if (err) {
		fail_open(j, err);
		journal_close(j);
		return EXIT_ENVIRONMENT;
	}
	*out = j;
	return EXIT_DONE;
}

int journal_open(struct journal **out, const char *path)
{
	return open_any(out, path, true);
}

int journal_look(struct journal **out, const char *path)
{
	return open_any(out, path, false);
}

void journal_close(struct journal *j)
{
	if (!j)
		return;
	if (j->fd >= 0)
		close(j->fd);
	free(j->entries);
	free(j);
}

/* --- appending ---------------------------------------------------------------------------------- */

/* All of it and on the disk, or nothing of it. */
static int append(struct journal *j, enum journal_line type, const struct journal_entry *entry)
{
	char *line = journal_line_write(type, entry);
	ssize_t len, n;
	int err = 0;

	if (!line)
		return -ENOMEM;
	len = strlen(line);
	n = write(j->fd, line, len);
	if (n != len)
		err = n < 0 ? -errno : -ENOSPC;
	else if (fdatasync(j->fd))
		err = -errno;
	free(line);
	if (!err)
		j->size += len;
	else if (ftruncate(j->fd, j->size))
		log_warn("journal %s: %s (a part of a line stays)", j->path, util_errno(errno));
	return err;
}

int journal_add(struct journal *j, struct journal_entry *entry)
{
	struct journal_entry clean = *entry;
	int err;

	clean.id = j->next_id;
	clean.undone = false;
	clean.note[0] = '\0';
	memcpy(clean.boot_id, j->boot_id, sizeof(clean.boot_id));
	util_clean(clean.vm, sizeof(clean.vm), entry->vm, strnlen(entry->vm, sizeof(entry->vm)));
	err = keep(j, &clean); /* room first: what is written must not be forgotten */
	if (err)
		return err;
	err = append(j, JOURNAL_LINE_ENTRY, &clean);
	if (err) {
		j->n--;
		return err;
	}
	j->next_id++;
	*entry = clean;
	return 0;
}

int journal_done(struct journal *j, uint64_t id, bool undone, const char *note)
{
	struct journal_entry done = {.id = id, .undone = undone};
	int err;

	if (!find(j, id))
		return -ENOENT;
	memcpy(done.boot_id, j->boot_id, sizeof(done.boot_id));
	util_clean(done.note, sizeof(done.note), note, strlen(note));
	err = append(j, JOURNAL_LINE_DONE, &done);
	if (!err)
		apply(j, &done);
	return err;
}

/* --- questions ---------------------------------------------------------------------------------- */

const struct journal_entry *journal_pending(const struct journal *j, unsigned i)
{
	for (unsigned k = 0; k < j->n; k++)
		if (!j->entries[k].undone && !i--)
			return &j->entries[k];
	return NULL;
}

unsigned journal_hugetlb(const struct journal *j)
{
	unsigned pages = 0;

	for (unsigned i = 0; i < j->n; i++)
		pages += j->entries[i].what != JOURNAL_RECORD && j->entries[i].kind == PAGE_HUGETLB;
	return pages;
}

const char *journal_text(const struct journal_entry *entry, char text[JOURNAL_TEXT])
{
	if (entry->what == JOURNAL_RECORD)
		snprintf(text, JOURNAL_TEXT, "record left unread for %s (%s)", entry->vm,
			 entry->method);
	else
		snprintf(text, JOURNAL_TEXT, "%s 0x%llx of %s (%s at 0x%llx)",
			 entry->kind == PAGE_SMALL ? "page"
			 : entry->kind == PAGE_THP ? "page out of a THP"
						   : "hugetlb page",
			 (unsigned long long)entry->pfn, entry->vm, entry->method,
			 (unsigned long long)entry->gpa);
	return text;
}
