/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * inject/journal: what is written before a thing is done, found again after any end, and taken back.
 */
#include "tests/unit/kernel.h"

#include "inject/journal.h"
#include "lib/exit.h"
#include "lib/log.h"

#include <signal.h>
#include <sys/resource.h>

static char path[PATH_MAX];
static struct capture said;

static int setup(void **state)
{
	(void)state;
	log_setup("test", 0);
	kernel_start();
	snprintf(path, sizeof(path), "%s/journal", kernel.root);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	kernel_end();
	return 0;
}

static struct journal *opened(void)
{
	struct journal *j = NULL;

	assert_int_equal(journal_open(&j, path), EXIT_DONE);
	assert_non_null(j);
	return j;
}

static uint64_t add(struct journal *j, enum journal_what what, uint64_t pfn)
{
	struct journal_entry entry = {
		.what = what,
		.vm = "vm-a",
		.method = "page-poison",
		.tgid = 4711,
		.start_ticks = 123456789012,
		.pfn = pfn,
		.gpa = GPA + 0x5000,
		.kind = PAGE_THP,
		.page_size = 2 << 20,
	};

	assert_int_equal(journal_add(j, &entry), 0);
	assert_string_equal(entry.boot_id, "boot-1");
	return entry.id;
}

static char *contents(void)
{
	char *text;

	assert_int_equal(util_read_file(path, &text, NULL), 0);
	return text;
}

/* The warnings of an opening; free them. */
static char *warnings(struct journal **j)
{
	capture_start(&said, STDERR_FILENO);
	*j = opened();
	return capture_end(&said);
}

/* --- kept ------------------------------------------------------------------------------------ */

static void entries_are_found_again(void **state)
{
	const struct journal_entry *e;
	struct journal *j = opened();
	struct stat st;

	(void)state;
	assert_null(journal_pending(j, 0));
	add(j, JOURNAL_PAGE, 0x123456789);
	add(j, JOURNAL_RECORD, 0);
	add(j, JOURNAL_ERROR, 9);
	journal_close(j);
	assert_return_code(stat(path, &st), errno);
	assert_int_equal(st.st_mode & 0777, 0600);

	j = opened();
	e = journal_pending(j, 0);
	assert_non_null(e);
	assert_int_equal(e->what, JOURNAL_PAGE);
	assert_string_equal(e->vm, "vm-a");
	assert_string_equal(e->method, "page-poison");
	assert_int_equal(e->tgid, 4711);
	assert_int_equal(e->start_ticks, 123456789012);
	assert_int_equal(e->pfn, 0x123456789);
	assert_int_equal(e->gpa, GPA + 0x5000);
	assert_int_equal(e->kind, PAGE_THP);
	assert_int_equal(e->page_size, 2 << 20);
	assert_string_equal(e->note, "");
	assert_int_equal(journal_pending(j, 1)->what, JOURNAL_RECORD);
	assert_int_equal(journal_pending(j, 2)->what, JOURNAL_ERROR);
	assert_null(journal_pending(j, 3));
	journal_close(j);
}

static void what_is_undone_is_no_longer_pending(void **state)
{
	struct journal *j = opened();
	uint64_t first = add(j, JOURNAL_PAGE, 1), second = add(j, JOURNAL_PAGE, 2), third;

	(void)state;
	assert_true(second > first);
	assert_int_equal(journal_done(j, first, true, ""), 0);
	assert_int_equal(journal_done(j, second, false, "EBUSY (somebody has it)"), 0);
	assert_int_equal(journal_done(j, 77, true, ""), -ENOENT);
	for (int again = 0; again < 2; again++) {
		assert_int_equal(journal_pending(j, 0)->pfn, 2);
		assert_string_equal(journal_pending(j, 0)->note, "EBUSY (somebody has it)");
		assert_null(journal_pending(j, 1));
		journal_close(j);
		j = opened();
	}
	third = add(j, JOURNAL_PAGE, 3);
	assert_true(third > second);
	journal_close(j);
}

static void names_of_any_bytes_are_kept(void **state)
{
	struct journal_entry entry = {.method = "page-poison"};
	struct journal *j = opened();

	(void)state;
	memset(entry.vm, 0xff, sizeof(entry.vm));
	assert_int_equal(journal_add(j, &entry), 0);
	snprintf(entry.vm, sizeof(entry.vm), "a\n\"b\\");
	assert_int_equal(journal_add(j, &entry), 0);
	journal_close(j);
	j = opened();
	assert_int_equal(journal_pending(j, 0)->vm[0], '?');
	assert_string_equal(journal_pending(j, 1)->vm, "a?\"b\\");
	journal_close(j);
}

static void hugetlb_pages_are_counted(void **state)
{
	struct journal_entry entry = {.what = JOURNAL_PAGE, .kind = PAGE_HUGETLB};
	struct journal *j = opened();

	(void)state;
	add(j, JOURNAL_PAGE, 1);
	assert_int_equal(journal_hugetlb(j), 0);
	assert_int_equal(journal_add(j, &entry), 0);
	assert_int_equal(journal_done(j, entry.id, true, ""), 0);
	assert_int_equal(journal_add(j, &entry), 0);
	journal_close(j);
	j = opened();
	assert_int_equal(journal_hugetlb(j), 2);
	journal_close(j);
}

/* --- on the disk, and nobody else's ------------------------------------------------------------ */

static void an_entry_is_on_the_disk_when_it_is_added(void **state)
{
	struct journal *j = opened();
	char *text;

	(void)state;
	kernel.log[0] = '\0';
	add(j, JOURNAL_PAGE, 1);
	assert_string_equal(kernel.log, "sync\n");
	text = contents();
	assert_non_null(strstr(text, "\"pfn\":1,"));
	free(text);
	journal_close(j);
}

static void one_process_has_it(void **state)
{
	struct journal *j = opened(), *other = NULL;
	char *text;

	(void)state;
	capture_start(&said, STDERR_FILENO);
	assert_int_equal(journal_open(&other, path), EXIT_ENVIRONMENT);
	text = capture_end(&said);
	assert_non_null(strstr(text, "another seainject holds it"));
	assert_null(other);
	free(text);
	/* Who only looks needs no lock. */
	add(j, JOURNAL_PAGE, 5);
	assert_int_equal(journal_look(&other, path), EXIT_DONE);
	assert_int_equal(journal_pending(other, 0)->pfn, 5);
	journal_close(other);
	journal_close(j);
	journal_close(opened());
}

static void who_looks_leaves_no_trace(void **state)
{
	struct journal *j = NULL;

	(void)state;
	assert_int_equal(journal_look(&j, path), EXIT_DONE);
	assert_null(journal_pending(j, 0));
	assert_int_equal(access(path, F_OK), -1);
	journal_close(j);
}

static void what_cannot_be_written_is_not_begun(void **state)
{
	struct journal_entry entry = {.what = JOURNAL_PAGE, .pfn = 2};
	struct rlimit old, limit;
	struct journal *j = opened();
	struct stat st;
	char *text;

	(void)state;
	add(j, JOURNAL_PAGE, 1);
	assert_return_code(stat(path, &st), errno);
	signal(SIGXFSZ, SIG_IGN);
	getrlimit(RLIMIT_FSIZE, &old);
	limit = (struct rlimit){st.st_size + 20, old.rlim_max};
	setrlimit(RLIMIT_FSIZE, &limit);
	assert_int_equal(journal_add(j, &entry), -ENOSPC);
	setrlimit(RLIMIT_FSIZE, &old);
	assert_null(journal_pending(j, 1));
	add(j, JOURNAL_PAGE, 3);
	journal_close(j);
	text = warnings(&j);
	assert_string_equal(text, "");
	assert_int_equal(journal_pending(j, 1)->pfn, 3);
	journal_close(j);
	free(text);
}

/* --- after an end ------------------------------------------------------------------------------ */

static void a_line_that_was_cut_short_goes(void **state)
{
	struct journal *j = opened();
	char *text, *whole;
	FILE *file;

	(void)state;
	add(j, JOURNAL_PAGE, 1);
	journal_close(j);
	whole = contents();
	for (size_t cut = 1; cut < strlen(whole); cut++) {
		file = fopen(path, "w");
		fprintf(file, "%s%.*s", whole, (int)cut, whole);
		fclose(file);
		text = warnings(&j);
		assert_non_null(strstr(text, "line 2 was cut short"));
		free(text);
		assert_int_equal(journal_pending(j, 0)->pfn, 1);
		assert_null(journal_pending(j, 1));
		journal_close(j);
		text = contents();
		assert_string_equal(text, whole);
		free(text);
	}
	/* Blocks that a crash has left empty. */
	file = fopen(path, "w");
	fprintf(file, "%s", whole);
	fwrite("\0\0\0\0\0\0\0\n", 1, 8, file);
	fclose(file);
	text = warnings(&j);
	assert_non_null(strstr(text, "line 2 was cut short"));
	journal_close(j);
	free(text);
	free(whole);
}

static void lines_of_others_are_passed_over(void **state)
{
	static const char *const lines[] = {
		"{}",
		"[]",
		"7",
		"",
		"{\"type\":\"entry\"}",
		"{\"type\":\"other\",\"id\":1}",
		"{\"type\":\"done\",\"id\":-1,\"boot_id\":\"boot-1\",\"undone\":true,\"note\":"
		"\"\"}",
		"{\"type\":\"done\",\"id\":9,\"boot_id\":\"boot-1\",\"undone\":true,\"note\":\"\"} "
		"x",
	};
	struct journal *j = opened();
	char *text, *whole;
	FILE *file;

	(void)state;
	add(j, JOURNAL_PAGE, 1);
	journal_close(j);
	whole = contents();
	for (unsigned i = 0; i < UTIL_COUNT(lines); i++) {
		file = fopen(path, "w");
		fprintf(file, "%s\n%s", lines[i], whole);
		fclose(file);
		text = warnings(&j);
		assert_non_null(strstr(text, "line 1 is no entry"));
		assert_int_equal(journal_pending(j, 0)->pfn, 1);
		journal_close(j);
		free(text);
	}
	free(whole);
}

static void of_another_boot_nothing_is_left(void **state)
{
	struct journal *j = opened();
	struct stat st;

	(void)state;
	add(j, JOURNAL_PAGE, 1);
	journal_close(j);
	kernel_file(BOOT_ID, "boot-2\n");
	j = opened();
	assert_null(journal_pending(j, 0));
	assert_int_equal(journal_hugetlb(j), 0);
	journal_close(j);
	assert_return_code(stat(path, &st), errno);
	assert_int_equal(st.st_size, 0);
}

/* --- taken back -------------------------------------------------------------------------------- */

static struct told {
	struct journal_entry entries[8];
	unsigned n;
} told;

static void tell(const struct journal_entry *entry, void *arg)
{
	struct told *t = arg;

	assert_true(t->n < UTIL_COUNT(t->entries));
	t->entries[t->n++] = *entry;
}

static void poison(uint64_t pfn)
{
	kernel.flags[pfn] |= KPF_POISON;
	kernel_flags();
}

static void the_newest_goes_first(void **state)
{
	struct journal *j = opened();
	char *out;

	(void)state;
	poison(8);
	poison(9);
	add(j, JOURNAL_PAGE, 8);
	add(j, JOURNAL_PAGE, 9);
	capture_start(&said, STDOUT_FILENO);
	assert_int_equal(journal_undo(j), 0);
	out = capture_end(&said);
	assert_string_equal(
		out, "page out of a THP 0x9 of vm-a (page-poison at 0x80005000): taken back\n"
		     "page out of a THP 0x8 of vm-a (page-poison at 0x80005000): taken back\n");
	free(out);
	assert_null(journal_pending(j, 0));
	assert_int_equal(kernel.flags[8] | kernel.flags[9], 0);
	journal_close(j);
	j = opened();
	assert_null(journal_pending(j, 0));
	journal_close(j);
}

static void what_the_kernel_keeps_stays_with_its_reason(void **state)
{
	static const struct {
		int err;
		const char *why;
	} cases[] = {
		{EBUSY, "EBUSY (somebody still has the page"},
		{EOPNOTSUPP,
		 "EOPNOTSUPP (the kernel gives no page back after a real memory failure"},
		{EPERM, "EPERM (it needs CAP_SYS_ADMIN"},
		{EIO, "EIO (the kernel keeps it"},
	};
	struct journal *j = opened();

	(void)state;
	poison(8);
	add(j, JOURNAL_PAGE, 8);
	kernel.refuses = "unpoison-pfn";
	for (unsigned i = 0; i < UTIL_COUNT(cases); i++) {
		memset(&told, 0, sizeof(told));
		kernel.refusal = cases[i].err;
		assert_int_equal(journal_undo_each(j, tell, &told), 1);
		assert_int_equal(told.n, 1);
		assert_false(told.entries[0].undone);
		assert_memory_equal(told.entries[0].note, cases[i].why, strlen(cases[i].why));
		assert_string_equal(journal_pending(j, 0)->note, told.entries[0].note);
	}
	/* A kernel that says yes and does nothing is not believed. */
	kernel.refuses = NULL;
	kernel.deaf = true;
	assert_int_equal(journal_undo_each(j, tell, &told), 1);
	kernel.deaf = false;
	assert_int_equal(journal_undo_each(j, tell, &told), 0);
	journal_close(j);
}

static void without_the_module_it_says_so(void **state)
{
	struct journal *j = opened();
	char file[PATH_MAX];

	(void)state;
	poison(8);
	add(j, JOURNAL_PAGE, 8);
	snprintf(file, sizeof(file), "%s/%s", kernel.root, UNPOISON);
	assert_return_code(unlink(file), errno);
	memset(&told, 0, sizeof(told));
	assert_int_equal(journal_undo_each(j, tell, &told), 1);
	assert_non_null(strstr(told.entries[0].note, "modprobe hwpoison-inject"));
	/* Given back by somebody else meanwhile: it is well. */
	kernel.flags[8] = 0;
	kernel_flags();
	assert_int_equal(journal_undo_each(j, tell, &told), 0);
	journal_close(j);
}

static void an_error_in_memory_stays(void **state)
{
	struct journal *j = opened();

	(void)state;
	add(j, JOURNAL_ERROR, 8);
	memset(&told, 0, sizeof(told));
	assert_int_equal(journal_undo_each(j, tell, &told), 1);
	assert_non_null(strstr(told.entries[0].note, "nobody has met it yet"));
	/* Somebody did, and this kernel gives real ones back. */
	poison(8);
	assert_int_equal(journal_undo_each(j, tell, &told), 0);
	journal_close(j);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(entries_are_found_again),
		TEST(what_is_undone_is_no_longer_pending),
		TEST(names_of_any_bytes_are_kept),
		TEST(hugetlb_pages_are_counted),
		TEST(an_entry_is_on_the_disk_when_it_is_added),
		TEST(one_process_has_it),
		TEST(who_looks_leaves_no_trace),
		TEST(what_cannot_be_written_is_not_begun),
		TEST(a_line_that_was_cut_short_goes),
		TEST(lines_of_others_are_passed_over),
		TEST(of_another_boot_nothing_is_left),
		TEST(the_newest_goes_first),
		TEST(what_the_kernel_keeps_stays_with_its_reason),
		TEST(without_the_module_it_says_so),
		TEST(an_error_in_memory_stays),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
