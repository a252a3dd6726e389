/* SPDX-License-Identifier: GPL-2.0-only */
/* out/line: incidents, time lines and marks as text, to the letter. */
#include "tests/unit/text.h"

#include "out/line.h"

#include <signal.h>

static const struct who vcpu = {100, 101, 1, 0xa000, 3};

/* --- incidents -------------------------------------------------------------------------------- */

static void sea(void **state)
{
	struct incident *inc = unclaimed_incident();

	(void)state;
	line_print(&out, inc);
	assert_string_equal(
		written(),
		"12:34:56.000000 #7    vm-a       serror-injected, vcpu 3, 1 SEA, 1.00 us\n");
	incident_put(inc);
}

/* While it is open: where the guest is sent back to, unless the address is not known. */
static void retried(void **state)
{
	struct incident *inc = unclaimed_incident();

	(void)state;
	inc->counts[METER_SEA] = 2;
	line_print_retried(&out, inc);
	inc->esr |= 1 << 10; /* FnV */
	inc->late = inc->incomplete = true;
	line_print_retried(&out, inc);
	assert_string_equal(written(),
			    "12:34:56.000000 #7    vm-a       retried, vcpu 3, 2 SEAs, "
			    "far 0xffff000010000000, pc 0xffff800080012340, 1.00 us so far\n"
			    "12:34:56.000000 #7    vm-a       retried (late) (incomplete), vcpu 3, "
			    "2 SEAs, pc 0xffff800080012340, 1.00 us so far\n");
	incident_put(inc);
}

/* Filled up to ten columns, of which these two characters take four. */
static void name_in_utf8(void **state)
{
	struct fake_vm named = {{.name = "\u6771\u4eac-1"}, 0};
	struct incident *inc = incident_new(1, &named.vm);

	(void)state;
	inc->time.first_ns = inc->time.last_ns = 1000;
	line_print(&out, inc);
	assert_string_equal(written(), "12:34:56.000000 #1    \u6771\u4eac-1     open, 0 ns\n");
	incident_put(inc);
}

/* Everything that a line can say, but what excludes each other. */
static void full_line(void **state)
{
	struct incident *inc = unclaimed_incident();

	(void)state;
	inc->id = 123456;
	for (int m = 0; m < METER_MAX; m++)
		inc->counts[m] = 2;
	inc->late = inc->incomplete = inc->explicit_notify = true;
	inc->fields |= INCIDENT_FIELD_PA | INCIDENT_FIELD_GPA | INCIDENT_FIELD_HVA;
	inc->pa = 0x81234000;
	inc->gpa = 0x40001000;
	line_print(&out, inc);
	assert_string_equal(written(), "12:34:56.000000 #123456 vm-a       vmm-killed (late) "
				       "(incomplete), vcpu 3, 2 SEAs, "
				       "2 claimed, 2 records, 2 duplicates, 2 pages, 2 AOs, 2 ARs, "
				       "pa 0x81234000, gpa 0x40001000, 1.00 us\n");
	incident_put(inc);
}

static void one_of_each(void **state)
{
	struct incident *inc = incident_new(1, NULL);

	(void)state;
	inc->time.first_ns = inc->time.last_ns = 1000;
	for (int m = 0; m < METER_MAX; m++)
		inc->counts[m] = 1;
	line_print(&out, inc);
	assert_string_equal(
		written(),
		"12:34:56.000000 #1    host       guest-notified (inferred), 1 SEA, 1 claimed, "
		"1 record, 1 duplicate, 1 page, 1 AO, 1 AR, 0 ns\n");
	incident_put(inc);
}

static void host_without_anything(void **state)
{
	struct incident *inc = incident_new(1, NULL);

	(void)state;
	inc->time.first_ns = inc->time.last_ns = 1000;
	line_print(&out, inc);
	assert_string_equal(written(), "12:34:56.000000 #1    host       open, 0 ns\n");
	incident_put(inc);
}

/* To the microsecond, in local time. */
static void time_of_day(void **state)
{
	struct incident *inc = incident_new(1, NULL);

	(void)state;
	setenv("TZ", "XYZ-5:30", 1);
	tzset();
	inc->time.first_ns = inc->time.last_ns = 1000 + 987654999;
	line_print(&out, inc);
	assert_string_equal(written(), "18:04:56.987654 #1    host       open, 0 ns\n");
	incident_put(inc);
}

/* --- time lines ------------------------------------------------------------------------------- */

static void timeline(void **state)
{
	struct incident *inc = unclaimed_incident();

	(void)state;
	line_print_timeline(&out, inc);
	assert_string_equal(written(),
			    "    syndrome   data abort, lower EL, external abort, recoverable\n"
			    "    +0 ns      cpu1     101  abort    vcpu=3 esr=0x92000010 "
			    "far=0xffff000010000000 hpfar=0xf0 pc=0xffff800080012340\n"
			    "    +200 ns    cpu1     101  claim    enter\n"
			    "    +700 ns    cpu1     101  claim    exit ret=-2\n"
			    "    +1.00 us   cpu1     101  inject   vcpu=3 serror ret=0\n"
			    "    phase1 500 ns + claim 500 ns = 1.00 us\n");
	incident_put(inc);
}

/* Before its marks, what its numbers say. */
static void facts(void **state)
{
	struct incident *inc = incident_new(1, vm_a);

	(void)state;
	inc->time.first_ns = inc->time.last_ns = inc->time.settled_ns = 1000;
	inc->fields = INCIDENT_FIELD_SEA | INCIDENT_FIELD_MEMORY | INCIDENT_FIELD_PROCESSOR |
		      INCIDENT_FIELD_PAGE;
	inc->esr = 0x82001c90; /* an instruction abort, restartable, FnV, of a walk */
	inc->hpfar = 1ULL << 63 | 0x800050;
	inc->memory.hdr.type = SEA_MARK_ID_memory;
	inc->memory.valid = SEA_MEMORY_VALID_BANK;
	inc->memory.bank = 7;
	inc->processor.hdr.type = SEA_MARK_ID_processor;
	inc->processor.error = 3;
	inc->page_kind = 12;
	inc->page_result = SEA_PAGE_FAILED;
	inc->delivered_tgid = 77;
	line_print(&out, inc);
	line_print_timeline(&out, inc);
	assert_non_null(strstr(written(), " open, delivered to pid:77, 0 ns\n"));
	assert_non_null(strstr(written(), "    syndrome   instruction abort, lower EL, external "
					  "abort, restartable, of a stage 1 "
					  "walk, far not valid, ipa 0x80005000\n"
					  "    memory     index=0 bank=7\n"
					  "    processor  index=0 micro-architectural midr=0x0\n"
					  "    page       kind 12, failed\n"
					  "    total 0 ns\n"));
	incident_put(inc);
}

static void timeline_that_was_cut(void **state)
{
	struct incident *inc = incident_new(1, vm_a);

	(void)state;
	for (int i = 0; i < TIMELINE_POINTS + 5; i++)
		timeline_mark(&inc->time, mark_claim_enter(1000 + i, vcpu));
	line_print_timeline(&out, inc);
	assert_non_null(strstr(written(), "\n    +63 ns     cpu1     101  claim    enter\n"
					  "    ... and 5 more\n"
					  "    wait 68 ns = 68 ns\n"));
	incident_put(inc);
}

static void timeline_of_one_instant(void **state)
{
	struct incident *inc = incident_new(1, vm_a);

	(void)state;
	timeline_mark(&inc->time, mark_claim_enter(1000, vcpu));
	line_print_timeline(&out, inc);
	assert_string_equal(written(), "    +0 ns      cpu1     101  claim    enter\n"
				       "    total 0 ns\n");
	incident_put(inc);
}

/* --- marks ------------------------------------------------------------------------------------ */

static const char *all_marks(void)
{
	const struct sea_hdr *const marks[] = {
		mark_abort(1000, vcpu, .hpfar = 0xf0),
		mark_claim_enter(2000, vcpu),
		mark_claim_exit(3000, vcpu, -ENOENT),
		mark_inject(4000, vcpu, SEA_INJECT_ERROR, .ret = -EFAULT),
		mark_estatus(5000, vcpu, 0xffff0000c0de0000, 1),
		mark_record_enter(6000, vcpu, 0xffff0000c0de0000, ),
		mark_section(7000, vcpu, 0xffff0000c0de0000, 0x81234000, ),
		mark_failure_exit(8000, vcpu, 0x81234, .ret = -EBUSY, .flags = 1),
		mark_page(9000, vcpu, 0x81234, SEA_PAGE_RECOVERED),
		mark_unmap(10000, vcpu, 0x81234, vcpu, 0xffff00001000, ),
		mark_signal(11000, vcpu, BUS_MCEERR_AR, 0xffff00001000, vcpu, .forced = 1),
		mark_deliver(12000, vcpu, BUS_MCEERR_AO, 0xffff00001000, ),
		mark_events_exit(13000, vcpu, .pending = SEA_PENDING_DABT)};

	for (size_t i = 0; i < UTIL_COUNT(marks); i++)
		line_print_mark(&out, marks[i]);
	return written();
}

static void marks(void **state)
{
	(void)state;
	assert_string_equal(
		all_marks(),
		"12:34:56.000000 cpu1     101  abort    vcpu=3 esr=0x92000010 "
		"far=0xffff000010000000 hpfar=0xf0 pc=0xffff800080012340\n"
		"12:34:56.000001 cpu1     101  claim    enter\n"
		"12:34:56.000002 cpu1     101  claim    exit ret=-2\n"
		"12:34:56.000003 cpu1     101  inject   vcpu=3 error ret=-14\n"
		"12:34:56.000004 cpu1     101  estatus  cached=1\n"
		"12:34:56.000005 cpu1     101  record   enter source=1 notify=10 recoverable "
		"length=152\n"
		"12:34:56.000006 cpu1     101  section  index=0 memory recoverable "
		"pa=0x81234000\n"
		"12:34:56.000007 cpu1     101  failure  exit pfn=0x81234 flags=0x1 ret=-16\n"
		"12:34:56.000008 cpu1     101  page     pfn=0x81234 kind=12 recovered\n"
		"12:34:56.000009 cpu1     101  unmap    pfn=0x81234 gpa=0x40001000 "
		"hva=0xffff00001000 len=0x1000\n"
		"12:34:56.000010 cpu1     101  signal   ar addr=0xffff00001000 lsb=12 "
		"to_tgid=100 to_tid=101 forced=1\n"
		"12:34:56.000011 cpu1     101  deliver  ao addr=0xffff00001000 handler\n"
		"12:34:56.000012 cpu1     101  events   exit vcpu=3 pending=0x2 serror_esr=0x0 "
		"ret=0\n");
}

/* --- colour ----------------------------------------------------------------------------------- */

static void plain_without_color(void **state)
{
	struct incident *inc = unclaimed_incident();

	(void)state;
	line_print(&out, inc);
	line_print_timeline(&out, inc);
	all_marks();
	assert_null(strchr(written(), '\033'));
	incident_put(inc);
}

static void color_tells_good_from_bad(void **state)
{
	struct incident *inc = unclaimed_incident();

	(void)state;
	out.color = true;
	line_print(&out, inc);
	inc->counts[METER_NOTIFIED] = 1;
	line_print(&out, inc);
	inc->vmm_killed = true;
	line_print(&out, inc);
	assert_non_null(strstr(written(), "\033[33mserror-injected\033[0m,"));
	assert_non_null(strstr(written(), "\033[32mguest-notified\033[0m (inferred),"));
	assert_non_null(strstr(written(), "\033[31mvmm-killed\033[0m,"));
	line_print_timeline(&out, inc);
	assert_non_null(strstr(written(), "    \033[1mphase1 "));
	incident_put(inc);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, text_setup, text_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(sea),
		TEST(retried),
		TEST(name_in_utf8),
		TEST(full_line),
		TEST(one_of_each),
		TEST(host_without_anything),
		TEST(time_of_day),
		TEST(timeline),
		TEST(facts),
		TEST(timeline_that_was_cut),
		TEST(timeline_of_one_instant),
		TEST(marks),
		TEST(plain_without_color),
		TEST(color_tells_good_from_bad),
	};

	return cmocka_run_group_tests_name("line", tests, NULL, NULL);
}
