/* SPDX-License-Identifier: GPL-2.0-only */
/* out/campaign_junit: exactly this file; what no name can do to it. tests/verdicts.sh has it parsed. */
#include "tests/unit/text.h"

#include "out/campaign_junit.h"
#include "tests/unit/campaigns.h"

static int setup(void **state)
{
	fill_campaign();
	return text_setup(state);
}

static const char *print(void)
{
	campaign_junit(&out, &result);
	return written();
}

static void everything(void **state)
{
	(void)state;
	assert_string_equal(
		print(),
		"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
		"<testsuites name=\"seainject\" tests=\"7\" failures=\"2\" errors=\"0\" "
		"skipped=\"3\" time=\"12.300\">\n"
		"  <testsuite name=\"smoke\" tests=\"7\" failures=\"2\" errors=\"0\" skipped=\"3\" "
		"time=\"12.300\" timestamp=\"2026-11-23T12:34:56\">\n"
		"    <properties>\n"
		"      <property name=\"kernel\" value=\"6.12.107-override\"/>\n"
		"      <property name=\"seed\" value=\"0x5ea\"/>\n"
		"      <property name=\"dry-run\" value=\"false\"/>\n"
		"      <property name=\"interrupted\" value=\"false\"/>\n"
		"      <property name=\"lost-marks\" value=\"0\"/>\n"
		"    </properties>\n"
		"    <testcase classname=\"smoke.vm-a\" name=\"pfn-hwpoison any x5\" "
		"time=\"0.250\">\n"
		"      <system-out>5 SIGBUS AR delivered, 5 pending exceptions were set by the "
		"VMM, "
		"the guest answers</system-out>\n"
		"    </testcase>\n"
		"    <testcase classname=\"smoke.vm-b\" name=\"abort-errno EFAULT 0x40000000 x1\" "
		"time=\"0.250\">\n"
		"      <system-out>a call of the VMM failed with EFAULT, the guest was not "
		"probed</system-out>\n"
		"    </testcase>\n"
		"    <testcase classname=\"smoke.vm-a\" name=\"guest-sea any x5\" time=\"0.250\">\n"
		"      <failure type=\"guest-dead\" message=\"guest-dead, expected app-killed or "
		"guest-notified, 3 of 5 shots\">3 aborts were injected by KVM, the VMM lives, the "
		"guest does not answer</failure>\n"
		"    </testcase>\n"
		"    <testcase classname=\"smoke.vm-a\" name=\"abort-retry 0x40200000 x100000\" "
		"time=\"0.250\">\n"
		"      <failure type=\"not-activated\" message=\"not-activated, expected "
		"transparent\">it never fired, though 12 calls matched, the guest "
		"answers</failure>\n"
		"    </testcase>\n"
		"    <testcase classname=\"smoke.vm-a\" name=\"einj any x1\" time=\"0.250\">\n"
		"      <skipped message=\"unavailable: no ACPI table EINJ "
		"(/sys/firmware/acpi/tables)\"/>\n"
		"    </testcase>\n"
		"    <testcase classname=\"smoke.vm-a\" name=\"pfn-hwpoison any x5 (2)\" "
		"time=\"0.250\">\n"
		"      <skipped message=\"skipped: stopped after 2 failures\"/>\n"
		"    </testcase>\n"
		"    <testcase classname=\"smoke.vm-b\" name=\"abort-errno EFAULT 0x40000000 x1 "
		"(2)\" time=\"0.250\">\n"
		"      <skipped message=\"skipped: stopped after 2 failures\"/>\n"
		"    </testcase>\n"
		"  </testsuite>\n"
		"</testsuites>\n");
}

/* None of them passed, and none failed. */
static void dry_run(void **state)
{
	(void)state;
	dry_campaign();
	result.interrupted = true;
	print();
	assert_non_null(strstr(text, " tests=\"7\" failures=\"0\" errors=\"0\" skipped=\"7\" "));
	assert_non_null(strstr(text, "<property name=\"dry-run\" value=\"true\"/>"));
	assert_non_null(strstr(text, "<property name=\"interrupted\" value=\"true\"/>"));
	assert_non_null(strstr(text,
			       "<skipped message=\"dry: dry run: of 9 calls 2 would have been "
			       "shots, the guest was not probed\"/>"));
	assert_null(strstr(text, "system-out"));
}

static void no_shots(void **state)
{
	(void)state;
	result.n_shots = 0;
	result_count(&result);
	print();
	assert_non_null(strstr(text, "<testsuite name=\"smoke\" tests=\"0\" failures=\"0\" "
				     "errors=\"0\" skipped=\"0\" time=\"12.300\">\n"));
	assert_null(strstr(text, "testcase"));
}

static void hostile_names(void **state)
{
	(void)state;
	result.n_shots = 1;
	shots[0].vm = "<&>\"'\x1b\xef\xbf\xbf\xff]]>";
	result.name = "\"/><x y='";
	strcpy(shots[0].reason, "</system-out><failure/>\x01");
	print();
	assert_non_null(strstr(text, "<testsuite name=\"&quot;/&gt;&lt;x y=&#39;\" "));
	assert_non_null(strstr(text, "classname=\"&quot;/&gt;&lt;x y=&#39;.&lt;&amp;&gt;&quot;"
				     "&#39;?\?\?]]&gt;\" "));
	assert_non_null(strstr(text, "<system-out>&lt;/system-out&gt;&lt;failure/&gt;?"
				     "</system-out>"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, text_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(everything),
		TEST(dry_run),
		TEST(no_shots),
		TEST(hostile_names),
	};

	return cmocka_run_group_tests_name("campaign JUnit", tests, NULL, NULL);
}
