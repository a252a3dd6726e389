/* SPDX-License-Identifier: GPL-2.0-only */
/* out/campaign_table: a line per shot, a table at the end, all of it within the terminal. */
#include "tests/unit/text.h"

#include "out/campaign_table.h"
#include "out/out_text.h"
#include "tests/unit/campaigns.h"

static int setup(void **state)
{
	fill_campaign();
	return text_setup(state);
}

static const char *told(bool why_passed)
{
	for (unsigned i = 0; i < SHOTS; i++)
		campaign_table_shot(&out, &shots[i], SHOTS, why_passed);
	return written();
}

static const char *concluded(void)
{
	assert_int_equal(campaign_table(&out, &result), 0);
	return written();
}

/* --- shots ------------------------------------------------------------------------------------ */

static void shots_and_why(void **state)
{
	(void)state;
	assert_string_equal(
		told(true),
		"1/7 pass        vm-a pfn-hwpoison any x5: guest-notified\n"
		"                5 SIGBUS AR delivered, 5 pending exceptions were set by the\n"
		"                VMM, the guest answers\n"
		"2/7 pass        vm-b abort-errno EFAULT 0x40000000 x1: vmm-error\n"
		"                a call of the VMM failed with EFAULT, the guest was not probed\n"
		"3/7 fail        vm-a guest-sea any x5: guest-dead, expected app-killed or\n"
		"                guest-notified, 3 of 5 shots\n"
		"                3 aborts were injected by KVM, the VMM lives, the guest does\n"
		"                not answer\n"
		"4/7 fail        vm-a abort-retry 0x40200000 x100000: not-activated, expected\n"
		"                transparent\n"
		"                it never fired, though 12 calls matched, the guest answers\n"
		"5/7 unavailable vm-a einj any x1\n"
		"                no ACPI table EINJ (/sys/firmware/acpi/tables)\n"
		"6/7 skipped     vm-a pfn-hwpoison any x5\n"
		"                stopped after 2 failures\n"
		"7/7 skipped     vm-b abort-errno EFAULT 0x40000000 x1\n"
		"                stopped after 2 failures\n");
}

static void a_pass_in_one_line(void **state)
{
	(void)state;
	campaign_table_shot(&out, &shots[0], 120, false);
	assert_string_equal(written(),
			    "  1/120 pass        vm-a pfn-hwpoison any x5: guest-notified\n");
}

/* As it was asked for, and not often enough. */
static void too_few(void **state)
{
	(void)state;
	shots[0].wanted = 6;
	judge(&shots[0]);
	*shots[0].reason = '\0';
	campaign_table_shot(&out, &shots[0], SHOTS, false);
	assert_string_equal(
		written(),
		"1/7 fail        vm-a pfn-hwpoison any x6: guest-notified, 5 of 6 shots\n");
}

static void under_way(void **state)
{
	(void)state;
	shots[3].fired = 12;
	shots[3].took_ns = 1200 * UTIL_NS_PER_MS;
	campaign_table_under_way(&out, &shots[3], SHOTS, "firing");
	campaign_table_clear(&out);
	assert_string_equal(written(),
			    "\r\033[K4/7 firing      vm-a abort-retry 0x40200000 x100000: "
			    "12 fired, 1.20 s\r\033[K");
}

/* --- the table -------------------------------------------------------------------------------- */

static void table(void **state)
{
	(void)state;
	assert_string_equal(
		concluded(),
		"vm-a\n"
		"METHOD          SHOTS   FIRED PASS FAIL UNAV SKIP P1 p50 P1 p99 P2 p50 P2 p99\n"
		"pfn-hwpoison       10       5    1    0    0    1      -      - 10.2ms 10.2ms\n"
		"  guest-notified 1\n"
		"guest-sea           5       3    0    1    0    0 25.6us 6.91ms      -      -\n"
		"  guest-dead 1\n"
		"abort-retry    100000       0    0    1    0    0      -      -      -      -\n"
		"  not-activated 1\n"
		"einj                1       0    0    0    1    0      -      -      -      -\n"
		"vm-b\n"
		"METHOD          SHOTS   FIRED PASS FAIL UNAV SKIP P1 p50 P1 p99 P2 p50 P2 p99\n"
		"abort-errno         2       1    1    0    0    1      -      -      -      -\n"
		"  vmm-error 1\n"
		"campaign smoke: 2 pass, 2 fail, 1 unavailable, 2 skipped, in 12.3 s; kernel\n"
		"6.12.107-override, seed 0x5ea\n"
		"budget left: 991 of 1000, lost marks: 0\n");
}

static void dry_run(void **state)
{
	(void)state;
	dry_campaign();
	result.interrupted = true;
	result.lost = 3;
	assert_string_equal(
		concluded(),
		"vm-a\n"
		"METHOD          SHOTS   WOULD  DRY FAIL UNAV SKIP P1 p50 P1 p99 P2 p50 P2 p99\n"
		"pfn-hwpoison       10       0    1    0    0    1      -      - 10.2ms 10.2ms\n"
		"guest-sea           5       2    1    0    0    0 25.6us 6.91ms      -      -\n"
		"abort-retry    100000       3    1    0    0    0      -      -      -      -\n"
		"einj                1       0    0    0    1    0      -      -      -      -\n"
		"vm-b\n"
		"METHOD          SHOTS   WOULD  DRY FAIL UNAV SKIP P1 p50 P1 p99 P2 p50 P2 p99\n"
		"abort-errno         2       1    1    0    0    1      -      -      -      -\n"
		"campaign smoke: 4 dry, 1 unavailable, 2 skipped, interrupted after 12.3 s;\n"
		"kernel 6.12.107-override, seed 0x5ea\n"
		"budget left: 991 of 1000, lost marks: 3\n");
}

static void nothing(void **state)
{
	(void)state;
	result.n_shots = 0;
	result_count(&result);
	assert_string_equal(
		concluded(),
		"campaign smoke: 0 pass, 0 fail, in 12.3 s; kernel 6.12.107-override, seed 0x5ea\n"
		"budget left: 991 of 1000, lost marks: 0\n");
}

/* All nine outcomes of one method, with counts of which any would fill a column. */
static void every_outcome(void **state)
{
	(void)state;
	for (unsigned i = 0; i < SHOTS; i++) {
		shots[i].vm = "vm-a";
		shots[i].method = "einj";
		shots[i].verdict = VERDICT_FAIL;
		shots[i].outcome = i;
	}
	concluded();
	assert_non_null(strstr(text, "\n  app-killed 1, vmm-error 1, guest-dead 1, vmm-killed 1, "
				     "not-activated 1,\n  host-affected 1, lost 1\ncampaign "));
}

/* --- widths ----------------------------------------------------------------------------------- */

static void lines_are_under(unsigned columns)
{
	char line[1024];

	for (const char *at = text; *at; at += strcspn(at, "\n") + 1) {
		size_t len = strcspn(at, "\n");

		assert_true(len < sizeof(line));
		memcpy(line, at, len);
		line[len] = '\0';
		assert_true(out_width(line) < columns);
	}
}

/* What a file and other processes may call things. */
static void hostile_names(void)
{
	for (unsigned i = 0; i < SHOTS; i++) {
		shots[i].vm = "a-virtual-machine-with-an-exceedingly-long-name-of-63-byt-caf\u00e9";
		shots[i].place = "\033[2J 0x4000000000000000\n\u6771\u4eac and much more of it, "
				 "so that it is longer than any line";
		memset(shots[i].reason, 'x', sizeof(shots[i].reason) - 1);
	}
}

/* Writes anew. */
static void anew(unsigned columns)
{
	assert_int_equal(fclose(out.file), 0);
	free(text);
	assert_int_equal(text_setup(NULL), 0);
	out.columns = columns;
}

static void any_width(void **state)
{
	(void)state;
	hostile_names();
	for (unsigned columns = 0; columns < 200; columns += 7) {
		anew(columns);
		told(true);
		lines_are_under(UTIL_MAX(columns, 40u));
		assert_null(strchr(text, '\033'));
	}
}

static void long_names_at_80_columns(void **state)
{
	(void)state;
	hostile_names();
	concluded();
	lines_are_under(80);
	assert_null(strchr(text, '\033'));
}

/* However long its name is, what is under way takes one line. */
static void under_way_fits(void **state)
{
	(void)state;
	hostile_names();
	for (unsigned columns = 1; columns < 300; columns += 13) {
		anew(columns);
		campaign_table_under_way(&out, &shots[0], SHOTS, "settling");
		assert_memory_equal(written(), "\r\033[K", 4);
		assert_null(strpbrk(text + 4, "\r\n\033"));
		assert_true(out_width(text + 4) < UTIL_MAX(columns, 40u));
	}
}

/* --- colour ----------------------------------------------------------------------------------- */

static void color_only_if_asked(void **state)
{
	(void)state;
	told(true);
	concluded();
	assert_null(strchr(text, '\033'));
}

static void color(void **state)
{
	(void)state;
	out.color = true;
	told(false);
	assert_memory_equal(text, "1/7 \033[32mpass       \033[0m vm-a ", 30);
	concluded();
	assert_non_null(strstr(text, "\n\033[1mvm-b\033[0m\n\033[1mMETHOD "));
	assert_non_null(strstr(text, "\033[1;31m    1\033[0m    0    0 25.6us"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, text_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(shots_and_why),  TEST(a_pass_in_one_line),
		TEST(too_few),        TEST(under_way),
		TEST(table),          TEST(dry_run),
		TEST(nothing),        TEST(every_outcome),
		TEST(any_width),      TEST(long_names_at_80_columns),
		TEST(under_way_fits), TEST(color_only_if_asked),
		TEST(color),
	};

	return cmocka_run_group_tests_name("campaign table", tests, NULL, NULL);
}
