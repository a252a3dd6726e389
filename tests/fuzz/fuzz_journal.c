// SPDX-License-Identifier: GPL-2.0-only
/*
 * The journal of seainject, which any crash may have left as it is: line by line, and as a file that is
 * opened, added to and opened again. What was read is written as it was; nothing that was added is lost.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "inject/journal.h"
#include "inject/journal_line.h"
#include "lib/log.h"
#include "tests/fuzz/fuzz.h"

static void check_text(const char *text, size_t size)
{
	size_t len = strnlen(text, size);

	FUZZ_CHECK(len < size);
	FUZZ_CHECK(fuzz_is_clean(text, len, ""), "%s", text);
}

static void check_same(const struct journal_entry *a, const struct journal_entry *b)
{
	FUZZ_CHECK(a->id == b->id && a->what == b->what && a->kind == b->kind);
	FUZZ_CHECK(a->tgid == b->tgid && a->start_ticks == b->start_ticks);
	FUZZ_CHECK(a->pfn == b->pfn && a->gpa == b->gpa && a->page_size == b->page_size);
	FUZZ_CHECK(a->undone == b->undone && !strcmp(a->note, b->note));
	FUZZ_CHECK(!strcmp(a->boot_id, b->boot_id) && !strcmp(a->vm, b->vm) &&
		   !strcmp(a->method, b->method));
}

static void by_line(struct fuzz_input *in)
{
	size_t len = fuzz_left(in);
	char *text = fuzz_text(in, len), *line;
	struct journal_entry entry, again;
	enum journal_line type, type_again;

	if (!journal_line_read(text, len, &type, &entry)) {
		check_text(entry.vm, sizeof(entry.vm));
		check_text(entry.method, sizeof(entry.method));
		check_text(entry.boot_id, sizeof(entry.boot_id));
		check_text(entry.note, sizeof(entry.note));
		line = journal_line_write(type, &entry);
		FUZZ_CHECK(line && line[strlen(line) - 1] == '\n');
		FUZZ_CHECK(!journal_line_read(line, strlen(line) - 1, &type_again, &again));
		FUZZ_CHECK(type == type_again);
		check_same(&entry, &again);
		free(line);
	}
	free(text);
}

/* --- as a file -------------------------------------------------------------------------------- */

static void put_file(const char *path, const void *data, size_t len)
{
	FILE *file = fopen(path, "we");

	FUZZ_CHECK(file, "%s", path);
	fwrite(data, 1, len, file);
	fclose(file);
}

/* A host whose boot is "B". */
static void make_host(void)
{
	static const char *const dirs[] = {"proc", "proc/sys", "proc/sys/kernel",
					   "proc/sys/kernel/random"};
	char path[PATH_MAX];

	if (getenv("SEA_ROOT"))
		return;
	for (size_t i = 0; i < sizeof(dirs) / sizeof(*dirs); i++) {
		snprintf(path, sizeof(path), "%s/%s", fuzz_dir(), dirs[i]);
		FUZZ_CHECK(!mkdir(path, 0700));
	}
	snprintf(path, sizeof(path), "%s/proc/sys/kernel/random/boot_id", fuzz_dir());
	put_file(path, "B\n", 2);
	setenv("SEA_ROOT", fuzz_dir(), 1);
	log_setup("fuzz", 0);
}

static unsigned count(const struct journal *j)
{
	unsigned n = 0;

	while (journal_pending(j, n))
		n++;
	return n;
}

static void by_file(struct fuzz_input *in)
{
	size_t len = fuzz_left(in);
	char path[PATH_MAX], *text = fuzz_text(in, len);
	struct journal_entry entry = {.what = JOURNAL_PAGE, .vm = "v", .method = "m", .pfn = 7};
	struct fuzz_said said;
	struct journal *j;
	unsigned before;

	make_host();
	snprintf(path, sizeof(path), "%s/journal", fuzz_dir());
	put_file(path, text, len);
	fuzz_catch(&said);
	FUZZ_CHECK(!journal_open(&j, path));
	before = count(j);
	FUZZ_CHECK(!journal_add(j, &entry));
	journal_close(j);
	FUZZ_CHECK(!journal_open(&j, path));
	FUZZ_CHECK(count(j) == before + 1);
	FUZZ_CHECK(journal_pending(j, before)->pfn == 7);
	FUZZ_CHECK(!journal_done(j, entry.id, true, ""));
	FUZZ_CHECK(count(j) == before);
	journal_close(j);
	fuzz_caught(&said);
	fuzz_drop(&said);
	free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input in = {data, data + size};

	if (fuzz_take(&in, 1) & 1)
		by_line(&in);
	else
		by_file(&in);
	return 0;
}
