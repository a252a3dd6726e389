/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The methods that hit page frames, page-poison and einj, on a tree made here: what they need, what they
 * refuse, what they write and in which order.
 */
#include "tests/unit/kernel.h"

#include "inject/injector.h"
#include "inject/method.h"
#include "inject/order.h"
#include "lib/exit.h"
#include "lib/log.h"

#define EINJ "sys/kernel/debug/apei/einj/"

static struct journal *journal;
static struct injector injector;
static struct method_state said;
static char path[PATH_MAX], why[160];
static uint64_t page;

static int setup(void **state)
{
	(void)state;
	log_setup("test", 0);
	page = sysconf(_SC_PAGESIZE);
	kernel_start();
	snprintf(path, sizeof(path), "%s/journal", kernel.root);
	assert_int_equal(journal_open(&journal, path), EXIT_DONE);
	injector = (struct injector){
		.journal = journal,
		.vm = "vm-a",
		.hugetlb_max = INJECTOR_HUGETLB_MAX,
	};
	kernel.log[0] = '\0';
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	journal_close(journal);
	kernel_end();
	return 0;
}

static struct order order_at(uint64_t gpa, uint64_t len, uint64_t at_most)
{
	return (struct order){
		.tgid = 77,
		.start_ticks = 5,
		.asked = SEA_PRED_GPA,
		.gpa = gpa,
		.gpa_len = len,
		.at_most = at_most,
		.every = 1,
		.probability = 1,
	};
}

static int fire(const struct method *method, const struct order *order)
{
	memset(why, 0, sizeof(why));
	return method->fire(method, &injector, order, why);
}

static int poison(uint64_t gpa, uint64_t len, uint64_t at_most)
{
	struct order order = order_at(gpa, len, at_most);

	return fire(&method_page_poison, &order);
}

static void probe(const struct method *method)
{
	memset(&said, 0, sizeof(said));
	method->probe(method, &said);
}

static void gone(const char *name)
{
	char file[PATH_MAX];

	snprintf(file, sizeof(file), "%s/%s", kernel.root, name);
	assert_return_code(unlink(file), errno);
}

static unsigned pending(void)
{
	unsigned n = 0;

	while (journal_pending(journal, n))
		n++;
	return n;
}

/* n pages from a frame on, each after the journal; then what follows. */
static void logged_offline(unsigned first, unsigned n, const char *rest)
{
	char expected[1024] = "";

	for (unsigned i = 0; i < n; i++)
		snprintf(expected + strlen(expected), sizeof(expected) - strlen(expected),
			 "sync\nhard_offline_page 0x%llx\n",
			 (unsigned long long)(first + i) * page);
	strcat(expected, rest);
	assert_string_equal(kernel.log, expected);
}

/* --- page-poison: what it needs ---------------------------------------------------------------- */

static void the_mechanism_is_what_there_is(void **state)
{
	(void)state;
	probe(&method_page_poison);
	assert_true(said.available);
	assert_string_equal(said.mechanism, "hard_offline_page");
	gone(OFFLINE);
	probe(&method_page_poison);
	assert_true(said.available);
	assert_string_equal(said.mechanism, "hwpoison-inject");
	gone(CORRUPT);
	probe(&method_page_poison);
	assert_false(said.available);
	assert_non_null(strstr(said.why, "hard_offline_page: ENOENT (CONFIG_MEMORY_FAILURE"));
}

static void without_capability_it_is_not_there(void **state)
{
	(void)state;
	kernel.missing = PRIVILEGE(CAP_SYS_ADMIN);
	probe(&method_page_poison);
	assert_false(said.available);
	assert_non_null(strstr(said.why, "CAP_SYS_ADMIN"));
	assert_int_equal(poison(GPA, page, 1), -EPERM);
	assert_string_equal(kernel.log, "");
}

static void a_host_that_would_panic_is_refused(void **state)
{
	(void)state;
	kernel_file("proc/sys/vm/panic_on_unrecoverable_memory_failure", "1\n");
	probe(&method_page_poison);
	assert_false(said.available);
	assert_non_null(strstr(said.why, "vm.panic_on_unrecoverable_memory_failure=0"));
	assert_int_equal(poison(GPA, page, 1), -EBUSY);
	assert_string_equal(kernel.log, "");
	kernel_file("proc/sys/vm/panic_on_unrecoverable_memory_failure", "0\n");
	assert_int_equal(poison(GPA, page, 1), 1);
}

static void the_value_chooses_strictly(void **state)
{
	struct order order = order_at(GPA, page, 1);

	(void)state;
	assert_string_equal(method_page_poison.values[2].name, "hwpoison-inject");
	order.value = method_page_poison.values[2].value;
	assert_int_equal(fire(&method_page_poison, &order), 1);
	assert_string_equal(kernel.log, "sync\ncorrupt-pfn 0x8\n");
	gone(CORRUPT);
	order.gpa += page;
	assert_int_equal(fire(&method_page_poison, &order), -ENOENT);
	assert_non_null(strstr(why, "modprobe hwpoison-inject"));
	order.value = method_page_poison.values[1].value;
	assert_int_equal(fire(&method_page_poison, &order), 1);
	gone(OFFLINE);
	order.gpa += page;
	assert_int_equal(fire(&method_page_poison, &order), -ENOENT);
}

/* --- page-poison: what it does ----------------------------------------------------------------- */

static void each_page_is_written_down_before_it_is_hit(void **state)
{
	const struct journal_entry *e;

	(void)state;
	kernel.place.kind = PAGE_THP;
	kernel.place.page_size = 512 * page;
	assert_int_equal(poison(GPA + 2 * page + 8, 1, 3), 3);
	logged_offline(FIRST_PFN + 2, 3, "");
	assert_int_equal(pending(), 3);
	e = journal_pending(journal, 1);
	assert_int_equal(e->what, JOURNAL_PAGE);
	assert_string_equal(e->vm, "vm-a");
	assert_string_equal(e->method, "page-poison");
	assert_int_equal(e->tgid, 77);
	assert_int_equal(e->start_ticks, 5);
	assert_int_equal(e->pfn, FIRST_PFN + 3);
	assert_int_equal(e->gpa, GPA + 3 * page);
	assert_int_equal(e->kind, PAGE_THP);
	assert_int_equal(e->page_size, 512 * page);
}

static void a_dry_run_only_looks(void **state)
{
	struct order order = order_at(GPA, 4 * page, 4);

	(void)state;
	order.dry_run = true;
	assert_int_equal(fire(&method_page_poison, &order), 4);
	kernel.place_err = -ENOENT;
	assert_int_equal(fire(&method_page_poison, &order), -ENOENT);
	assert_string_equal(kernel.log, "");
	assert_int_equal(pending(), 0);
}

static void a_range_is_not_left(void **state)
{
	(void)state;
	assert_int_equal(poison(GPA, 2 * page, 3), -EINVAL);
	assert_string_equal(why, "the range has 2 pages, and 3 are to be hit");
	assert_string_equal(kernel.log, "");
	assert_int_equal(poison(GPA + page - 1, page + 2, 3), 3);
}

static void what_is_no_place_is_refused(void **state)
{
	static const struct {
		int err;
		const char *why;
	} cases[] = {
		{-ENOENT, "0x80000000: ENOENT (the VMM has no page there"},
		{-ENXIO, "0x80000000: ENXIO (none of its memslots"},
		{-ENOTUNIQ, "0x80000000: ENOTUNIQ (several VMs"},
		{-EPERM, "0x80000000: EPERM (the kernel hides frame numbers"},
		{-ESRCH, "0x80000000: ESRCH (the process is gone"},
	};

	(void)state;
	for (unsigned i = 0; i < UTIL_COUNT(cases); i++) {
		kernel.place_err = cases[i].err;
		assert_int_equal(poison(GPA, page, 1), cases[i].err);
		assert_memory_equal(why, cases[i].why, strlen(cases[i].why));
	}
	kernel.place_err = 0;
	kernel.place.poisoned = true;
	assert_int_equal(poison(GPA, page, 1), -EHWPOISON);
	kernel.place.poisoned = false;
	kernel.place.shared = true;
	assert_int_equal(poison(GPA, page, 1), -EMLINK);
	assert_non_null(strstr(why, "other processes have its page too"));
	assert_string_equal(kernel.log, "");
	assert_int_equal(pending(), 0);
}

static void a_page_that_moves_is_let_go(void **state)
{
	(void)state;
	kernel.moves_after = 2;
	assert_int_equal(poison(GPA, 4 * page, 4), 2);
	assert_non_null(strstr(why, "its page moved right before the shot"));
	assert_int_equal(pending(), 2);
	/* The third was written down, and then closed. */
	logged_offline(FIRST_PFN, 2, "sync\nsync\n");
}

static void hugetlb_pages_are_few(void **state)
{
	(void)state;
	kernel.place.kind = PAGE_HUGETLB;
	assert_int_equal(poison(GPA, 17 * page, 17), 16);
	assert_non_null(strstr(why, "a hugetlb page, and 16 of them"));
	assert_int_equal(poison(GPA + 20 * page, page, 1), -EDQUOT);
	injector.hugetlb_max = 18;
	assert_int_equal(poison(GPA + 20 * page, 4 * page, 4), 2);
	/* Others are not counted among them. */
	kernel.place.kind = PAGE_THP;
	assert_int_equal(poison(GPA + 30 * page, page, 1), 1);
}

static void what_the_kernel_refuses_is_no_shot(void **state)
{
	(void)state;
	kernel.refuses = "hard_offline_page";
	kernel.refusal = EIO;
	assert_int_equal(poison(GPA, page, 1), -EIO);
	assert_string_equal(why,
			    "frame 0x8 by hard_offline_page: EIO (the kernel left it as it was)");
	assert_int_equal(pending(), 0);
	/* Marked, but not taken away: there is something to take back. */
	kernel.refusal = EBUSY;
	kernel.marks = true;
	assert_int_equal(poison(GPA, page, 1), -EBUSY);
	assert_non_null(strstr(why, "could not take it away"));
	assert_int_equal(pending(), 1);
	/* A yes that nothing came of, as from a filter of hwpoison-inject. */
	kernel.refuses = NULL;
	kernel.deaf = true;
	assert_int_equal(poison(GPA + page, page, 1), -EIO);
	assert_int_equal(pending(), 1);
}

/* --- einj -------------------------------------------------------------------------------------- */

static void write_einj(const char *types)
{
	static const char *const files[] = {"error_type", "flags",     "param1",
					    "param2",     "notrigger", "error_inject"};
	char name[64];

	kernel_file("sys/firmware/acpi/tables/EINJ", "EINJ");
	kernel_file(EINJ "available_error_type", types);
	for (unsigned i = 0; i < UTIL_COUNT(files); i++) {
		snprintf(name, sizeof(name), EINJ "%s", files[i]);
		kernel_file(name, "");
	}
}

#define TYPES                                          \
	"0x00000008\tMemory Correctable\n"             \
	"0x00000010\tMemory Uncorrectable non-fatal\n" \
	"0x00000020\tMemory Uncorrectable fatal\n"     \
	"V2_0x00000002\tEINJV2 Memory Error\n"

static void einj_says_what_is_missing(void **state)
{
	(void)state;
	probe(&method_einj);
	assert_false(said.available);
	assert_non_null(strstr(said.why, "firmware has no EINJ table"));
	kernel_file("sys/firmware/acpi/tables/EINJ", "EINJ");
	probe(&method_einj);
	assert_false(said.available);
	assert_non_null(strstr(said.why, "modprobe einj"));
	write_einj("0x00000008\tMemory Correctable\nV2_0x00000010\tx\n0x00000100\tPlatform 0x10\n");
	probe(&method_einj);
	assert_false(said.available);
	assert_non_null(strstr(said.why, "offers no uncorrectable memory error"));
	write_einj(TYPES);
	gone(EINJ "param1");
	probe(&method_einj);
	assert_false(said.available);
	assert_non_null(strstr(said.why, "cannot be told an address"));
	write_einj(TYPES);
	kernel.missing = PRIVILEGE(CAP_SYS_ADMIN);
	probe(&method_einj);
	assert_false(said.available);
	kernel.missing = 0;
	probe(&method_einj);
	assert_true(said.available);
	assert_string_equal(said.mechanism, "ACPI EINJ, error type 0x10");
	write_einj("0x00000010\tMemory Uncorrectable non-fatal\n");
	probe(&method_einj);
	assert_true(said.available);
}

static void einj_writes_registers_in_order(void **state)
{
	struct order order = order_at(GPA + page + 0x18, 1, 1);
	char expected[512];

	(void)state;
	write_einj(TYPES);
	for (int i = 0; i < 2; i++) {
		order.value = method_einj.values[i].value;
		kernel.log[0] = '\0';
		assert_int_equal(fire(&method_einj, &order), 1);
		snprintf(expected, sizeof(expected),
			 "sync\nerror_type 0x10\nflags 0x2\nparam1 0x%llx\nparam2 0x%llx\n"
			 "notrigger 0x%x\nerror_inject 0x1\n",
			 (unsigned long long)(FIRST_PFN + 1) * page,
			 ~(unsigned long long)(page - 1), 1 - i);
		assert_string_equal(kernel.log, expected);
	}
	assert_string_equal(method_einj.values[0].name, "consume");
	assert_int_equal(pending(), 2);
	assert_int_equal(journal_pending(journal, 0)->what, JOURNAL_ERROR);
}

static void einj_tells_what_the_firmware_answered(void **state)
{
	struct order order = order_at(GPA, 1, 1);

	(void)state;
	write_einj(TYPES);
	kernel.refusal = EINVAL;
	kernel.refuses = "param1";
	assert_int_equal(fire(&method_einj, &order), -EINVAL);
	assert_null(strstr(kernel.log, "error_inject"));
	assert_int_equal(pending(), 0);
	/* It may have begun: what is in memory cannot be seen. */
	kernel.refusal = EBUSY;
	kernel.refuses = "error_inject";
	assert_int_equal(fire(&method_einj, &order), -EBUSY);
	assert_non_null(strstr(why, "error_inject: EBUSY"));
	assert_int_equal(pending(), 1);
}

static void both_say_what_they_do(void **state)
{
	const struct method *methods[] = {&method_page_poison, &method_einj};

	(void)state;
	for (int i = 0; i < 2; i++) {
		assert_true(methods[i]->needs_place);
		assert_int_equal(methods[i]->predicates, SEA_PRED_VM | SEA_PRED_GPA);
		assert_true(*methods[i]->does && *methods[i]->needs && *methods[i]->undo);
	}
	assert_non_null(strstr(method_einj.note, "not run on hardware"));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(the_mechanism_is_what_there_is),
		TEST(without_capability_it_is_not_there),
		TEST(a_host_that_would_panic_is_refused),
		TEST(the_value_chooses_strictly),
		TEST(each_page_is_written_down_before_it_is_hit),
		TEST(a_dry_run_only_looks),
		TEST(a_range_is_not_left),
		TEST(what_is_no_place_is_refused),
		TEST(a_page_that_moves_is_let_go),
		TEST(hugetlb_pages_are_few),
		TEST(what_the_kernel_refuses_is_no_shot),
		TEST(einj_says_what_is_missing),
		TEST(einj_writes_registers_in_order),
		TEST(einj_tells_what_the_firmware_answered),
		TEST(both_say_what_they_do),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
