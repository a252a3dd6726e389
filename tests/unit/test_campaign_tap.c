/* SPDX-License-Identifier: GPL-2.0-only */
/* out/campaign_tap: exactly these lines; no name makes a directive. */
#include "tests/unit/text.h"

#include "out/campaign_tap.h"
#include "tests/unit/campaigns.h"

static int setup(void **state)
{
	fill_campaign();
	return text_setup(state);
}

static const char *print(void)
{
	campaign_tap_plan(&out, result.n_shots);
	for (unsigned i = 0; i < result.n_shots; i++)
		campaign_tap_shot(&out, &shots[i]);
	campaign_tap_end(&out, &result);
	return written();
}

static void everything(void **state)
{
	(void)state;
	assert_string_equal(
		print(),
		"TAP version 13\n"
		"1..7\n"
		"ok 1 - vm-a pfn-hwpoison any x5: guest-notified\n"
		"#   5 SIGBUS AR delivered, 5 pending exceptions were set by the VMM, the guest "
		"answers\n"
		"ok 2 - vm-b abort-errno EFAULT 0x40000000 x1: vmm-error\n"
		"#   a call of the VMM failed with EFAULT, the guest was not probed\n"
		"not ok 3 - vm-a guest-sea any x5: guest-dead, expected app-killed or "
		"guest-notified, 3 of 5 shots\n"
		"#   3 aborts were injected by KVM, the VMM lives, the guest does not answer\n"
		"not ok 4 - vm-a abort-retry 0x40200000 x100000: not-activated, expected "
		"transparent\n"
		"#   it never fired, though 12 calls matched, the guest answers\n"
		"ok 5 - vm-a einj any x1 # SKIP unavailable: no ACPI table EINJ "
		"(/sys/firmware/acpi/tables)\n"
		"ok 6 - vm-a pfn-hwpoison any x5 # SKIP skipped: stopped after 2 failures\n"
		"ok 7 - vm-b abort-errno EFAULT 0x40000000 x1 # SKIP skipped: stopped after 2 "
		"failures\n"
		"# campaign smoke: 2 fail, 2 pass, 1 unavailable, 0 dry, 2 skipped, lost marks: "
		"0\n"
		"# kernel 6.12.107-override, seed 0x5ea\n");
}

static void dry_run(void **state)
{
	(void)state;
	dry_campaign();
	result.interrupted = true;
	print();
	assert_non_null(strstr(text,
			       "\nok 2 - vm-b abort-errno EFAULT 0x40000000 x1 # SKIP dry: dry "
			       "run: of 9 calls 1 would have been shots, "
			       "the guest was not probed\n"));
	assert_null(strstr(text, "not ok"));
	assert_non_null(strstr(text, "0x5ea, interrupted\n"));
}

/* A failure stays one, on its line. */
static void hostile_names(void **state)
{
	(void)state;
	shots[2].vm = "vm # SKIP x\nok 3 - \\";
	strcpy(shots[2].reason, "nothing\nok 8\nBail out!");
	strcpy(shots[4].reason, "a # TODO\nb");
	print();
	assert_non_null(strstr(text, "\nnot ok 3 - vm \\# SKIP x?ok 3 - \\\\ guest-sea any x5: "));
	assert_non_null(strstr(text, "\n#   nothing?ok 8?Bail out!\nnot ok 4 "));
	assert_non_null(strstr(text, "# SKIP unavailable: a \\# TODO?b\n"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, text_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(everything),
		TEST(dry_run),
		TEST(hostile_names),
	};

	return cmocka_run_group_tests_name("campaign TAP", tests, NULL, NULL);
}
