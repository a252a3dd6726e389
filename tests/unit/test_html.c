/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * out/html: hostile text, axes and bars, time lines with waits that are cut, what is said of losses
 * and of what is not shown. `test_html --print` writes a page with everything in it at once, for
 * browsers (tests/html.sh). What pages of recordings look like to the byte is in tests/golden.
 */
#include "tests/unit/text.h"

#include "out/html_int.h"

#include <inttypes.h>
#include <signal.h>

#define MS UTIL_NS_PER_MS
#define US UTIL_NS_PER_US

static const struct who vcpu = {100, 101, 1, 0xa000, 3};

static struct agg *agg;
static struct history *history;
static struct out_losses losses;

static int setup(void **state)
{
	snprintf(vm_b->name, sizeof(vm_b->name), "vm-b");
	vm_b->gone = false;
	losses = (struct out_losses){0};
	agg = agg_new();
	history = history_new(3);
	assert_non_null(agg);
	assert_non_null(history);
	return text_setup(state);
}

static int teardown(void **state)
{
	agg_free(agg);
	history_free(history);
	return text_teardown(state);
}

static void render(void)
{
	const struct html_page page = {
		.release = "6.12-<b>",
		.boot_id = "b-o-o-t",
		.begin_ns = 1000,
		.end_ns = 1000 + 90 * UTIL_NS_PER_S,
		.page_size = 65536,
		.timeout_ns = 10 * UTIL_NS_PER_S,
		.marks = 23,
		.agg = agg,
		.incidents = history,
		.losses = &losses,
	};

	assert_int_equal(html_page(&out, &page), 0);
}

static unsigned times(const char *what)
{
	unsigned n = 0;

	for (const char *at = written(); (at = strstr(at, what)); at++)
		n++;
	return n;
}

#define assert_says(what)         assert_true(times(what) > 0)
#define assert_does_not_say(what) assert_int_equal(times(what), 0)

/* As a session does it. */
static void closes(struct incident *inc)
{
	assert_non_null(inc);
	inc->closed = true;
	for (int m = 0; m < METER_MAX; m++)
		for (uint64_t i = 0; i < inc->counts[m]; i++)
			agg_count(agg, inc->vm, m);
	agg_lap(agg, inc->vm, LAP_TOTAL, timeline_total(&inc->time));
	if (inc->late)
		agg_change_outcome(agg, inc->vm, inc->before, incident_outcome(inc));
	else
		agg_outcome(agg, inc->vm, incident_outcome(inc));
	history_add(history, inc);
	incident_put(inc);
}

static struct incident *plain_incident(uint64_t id, struct vm *vm)
{
	struct incident *inc = incident_new(id, vm);

	assert_non_null(inc);
	inc->counts[METER_INCIDENT] = 1;
	inc->time.first_ns = inc->time.last_ns = inc->time.settled_ns = 1000;
	return inc;
}

/* --- text ------------------------------------------------------------------------------------- */

static void durations(void **state)
{
	char buf[HTML_NS];

	(void)state;
	assert_string_equal(html_ns(buf, 0), "0\u00a0ns");
	assert_string_equal(html_ns(buf, 12345), "12.3\u00a0µs");
	assert_string_equal(html_ns(buf, UINT64_MAX), "18446744074\u00a0s");
	html_duration(out.file, 1234567);
	assert_string_equal(written(),
			    "<data value=\"1234567\" title=\"1234567 ns\">1.23\u00a0ms</data>");
}

static void times_are_utc(void **state)
{
	(void)state;
	setenv("TZ", "XYZ-5:30", 1);
	tzset();
	html_time(&out, 1000 + 987654999);
	assert_string_equal(written(),
			    "<time datetime=\"2026-11-23T12:34:56.987654999Z\">2026-11-23"
			    "\u00a012:34:56.987654</time>");
}

/* --- distributions ---------------------------------------------------------------------------- */

static void check_axis(uint64_t low, uint64_t high, const uint64_t *values)
{
	struct html_axis axis;

	agg_free(agg);
	agg = agg_new();
	for (; *values; values++)
		agg_lap(agg, NULL, LAP_PARSE, *values == 7777777 ? 0 : *values);
	axis = html_axis_of(agg);
	assert_int_equal(axis.low, low);
	assert_int_equal(axis.high, high);
}

static void axis_has_whole_decades(void **state)
{
	(void)state;
	check_axis(1, 10, (const uint64_t[]){0});
	check_axis(1, 10, (const uint64_t[]){7777777, 0}); /* stands for a zero */
	check_axis(1, 10, (const uint64_t[]){9, 0});
	check_axis(10, 100, (const uint64_t[]){10, 0});
	check_axis(10, 1000, (const uint64_t[]){99, 100, 0});
	check_axis(1000, 1000000, (const uint64_t[]){999999, 1234, 0});
	check_axis(1, UINT64_MAX, (const uint64_t[]){1, UINT64_MAX, 0});
}

static void axis_is_labelled(void **state)
{
	(void)state;
	html_axis(out.file, &(struct html_axis){100, 1000000});
	assert_string_equal(
		written(),
		"<svg class=\"axis\" aria-hidden=\"true\">"
		"<text x=\"0.00%\" y=\"80%\" text-anchor=\"start\">100\u00a0ns</text>"
		"<text x=\"25.41%\" y=\"80%\" text-anchor=\"middle\">1\u00a0µs</text>"
		"<text x=\"49.89%\" y=\"80%\" text-anchor=\"middle\">10\u00a0µs</text>"
		"<text x=\"74.66%\" y=\"80%\" text-anchor=\"middle\">100\u00a0µs</text>"
		"<text x=\"100.00%\" y=\"80%\" text-anchor=\"end\">1\u00a0ms</text></svg>");
}

static void axis_fits_a_phone(void **state)
{
	(void)state;
	html_axis(out.file, &(struct html_axis){1, UINT64_MAX});
	assert_true(times("<text") <= 6);
	assert_says(">10000000\u00a0s<");
}

/* Three values in one bar, one in another an octave on: the bar is as high as its count. */
static void bars_are_counts(void **state)
{
	struct hist h = {0};

	(void)state;
	for (int i = 0; i < 3; i++)
		hist_add(&h, 1024);
	hist_add(&h, 2048);
	html_hist(out.file, &(struct html_axis){1000, 10000}, &h, "Parse");
	assert_int_equal(times("class=\"bar\""), 2);
	assert_says("<title>Parse: 4 values, half of them up to 1.09\u00a0µs, all up to "
		    "2.05\u00a0µs</title>");
	assert_says("y=\"14.0%\" width=\"7.65%\" height=\"86.0%\"><title>3 from 1.02\u00a0µs to "
		    "1.28\u00a0µs</title>");
	assert_says("height=\"28.7%\"><title>1 from 2.05\u00a0µs to 2.56\u00a0µs</title>");
	assert_says("<line class=\"p50\" x1=\"3.32%\" x2=\"3.32%\" y2=\"100%\"><title>p50 "
		    "1.09\u00a0µs");
	assert_says("<line class=\"p90\"");
	assert_says("<line class=\"p99\"");
	assert_says("<title>max 2.05\u00a0µs</title>");
}

/* One of a million is still there. */
static void the_rare_is_seen(void **state)
{
	struct hist h = {0};

	(void)state;
	hist_add(&h, 1024);
	hist_add(&h, 4096);
	h.bucket[hist_bucket(4096)] = h.count = 1000000;
	html_hist(out.file, &(struct html_axis){1000, 10000}, &h, "Parse");
	assert_says("height=\"6.0%\"><title>1 from 1.02");
}

/* --- time lines ------------------------------------------------------------------------------- */

static void spans_are_to_scale(void **state)
{
	struct incident *inc = unclaimed_incident();

	(void)state;
	html_timeline(out.file, &inc->time);
	assert_int_equal(times("class=\"mark\""), 4);
	assert_says("<rect class=\"phase1\" x=\"0.00%\" y=\"30.00%\" width=\"20.00%\"");
	assert_says("<rect class=\"claim\" x=\"20.00%\" y=\"55.00%\" width=\"50.00%\"");
	assert_says("<rect class=\"phase1\" x=\"70.00%\" y=\"30.00%\" width=\"30.00%\"");
	assert_says("<title>+700\u00a0ns cpu1     101  claim    exit ret=-2</title>");
	assert_does_not_say("class=\"cut\"");
	assert_does_not_say("wait");
	incident_put(inc);
}

/* 1 ms of work, a second of nothing, 1 ms of work. */
static void a_long_wait_is_cut(void **state)
{
	struct incident *inc = incident_new(1, vm_a);

	(void)state;
	timeline_mark(&inc->time, mark_record_enter(1 * MS, vcpu, 0, ));
	timeline_mark(&inc->time, mark_record_exit(2 * MS, vcpu, 0, ));
	timeline_interval(&inc->time, SPAN_PARSE, 1 * MS, 2 * MS);
	timeline_mark(&inc->time, mark_failure_enter(1002 * MS, vcpu, 1));
	timeline_mark(&inc->time, mark_failure_exit(1003 * MS, vcpu, 1, ));
	timeline_interval(&inc->time, SPAN_RECOVERY, 1002 * MS, 1003 * MS);
	html_timeline(out.file, &inc->time);
	assert_int_equal(times("class=\"cut\""), 1);
	assert_says("<rect class=\"cut\" x=\"44.00%\" width=\"12.00%\"");
	assert_says("1.00\u00a0s ⇢</text>");
	assert_says("<rect class=\"parse\" x=\"0.00%\" y=\"24.00%\" width=\"44.00%\"");
	assert_says("<rect class=\"recovery\" x=\"56.00%\" y=\"44.00%\" width=\"44.00%\"");
	assert_says("<rect class=\"wait\" x=\"44.00%\" y=\"64.00%\" width=\"12.00%\"");
	incident_put(inc);
}

/* A mark within it parts a wait: what lies between marks is cut, the marks stay. */
static void a_wait_is_cut_between_marks(void **state)
{
	struct incident *inc = incident_new(1, vm_a);

	(void)state;
	for (unsigned s = 0; s < 3; s++) {
		timeline_mark(&inc->time, mark_claim_enter(1 * MS + s * UTIL_NS_PER_S, vcpu));
		timeline_mark(&inc->time, mark_claim_enter(2 * MS + s * UTIL_NS_PER_S, vcpu));
	}
	html_timeline(out.file, &inc->time);
	assert_int_equal(times("class=\"cut\""), 2);
	assert_int_equal(times("⇠ 999\u00a0ms ⇢"), 2);
	incident_put(inc);
}

static void nothing_but_a_wait_is_not_cut(void **state)
{
	struct incident *inc = incident_new(1, vm_a);

	(void)state;
	timeline_mark(&inc->time, mark_claim_enter(1000, vcpu));
	timeline_mark(&inc->time, mark_claim_enter(2000, vcpu));
	html_timeline(out.file, &inc->time);
	assert_does_not_say("class=\"cut\"");
	assert_says("<rect class=\"wait\" x=\"0.00%\" y=\"40.00%\" width=\"100.00%\"");
	incident_put(inc);
}

static void one_instant(void **state)
{
	struct incident *inc = incident_new(1, vm_a);

	(void)state;
	timeline_mark(&inc->time, mark_claim_enter(1000, vcpu));
	html_timeline(out.file, &inc->time);
	assert_says("<line class=\"mark\" x1=\"0.00%\"");
	assert_does_not_say("<rect");
	assert_does_not_say("nan");
	incident_put(inc);
}

/* What was summed up is not drawn as if it were known. */
static void a_very_long_story(void **state)
{
	struct incident *inc = incident_new(1, vm_a);

	(void)state;
	for (unsigned i = 0; i < 100; i++) {
		timeline_mark(&inc->time, mark_claim_enter((2 * i + 1) * US, vcpu));
		timeline_mark(&inc->time, mark_claim_exit((2 * i + 2) * US, vcpu, 0));
		timeline_interval(&inc->time, SPAN_CLAIM, (2 * i + 1) * US, (2 * i + 2) * US);
	}
	html_timeline(out.file, &inc->time);
	assert_int_equal(times("<rect class=\"early\" x=\"0.00%\""), 1);
	assert_int_equal(times("class=\"mark\""), TIMELINE_POINTS);
	assert_says("</td><td>200</td></tr>");
	assert_says("<data value=\"100000\"");
	incident_put(inc);
}

/* --- the page --------------------------------------------------------------------------------- */

static void an_empty_page(void **state)
{
	(void)state;
	render();
	assert_says("<h1>No incident</h1>");
	assert_says("6.12-&lt;b&gt;");
	assert_says("64\u00a0KiB");
	assert_says("23, 0 lost");
	assert_does_not_say("class=\"alert\"");
	assert_does_not_say("<article");
	assert_does_not_say("Nothing happened");
}

static void losses_come_first(void **state)
{
	(void)state;
	losses.marks[SEA_MARK_ID_abort] = 3;
	losses.refused = 1;
	losses.dropped = 2;
	render();
	assert_says("<strong>6 marks were lost.</strong>");
	assert_says("Lost: 3\u00a0abort; 1\u00a0refused; 2\u00a0dropped.");
	assert_says("23, 6 lost");
	assert_true(strstr(written(), "6 marks were lost") < strstr(written(), "<main>"));
}

static void who_was_hit(void **state)
{
	(void)state;
	agg_row(agg, vm_c);
	closes(plain_incident(1, vm_a));
	closes(plain_incident(2, vm_b));
	closes(plain_incident(3, vm_b));
	closes(plain_incident(4, NULL));
	render();
	assert_says("<h1>4 incidents in 2 VMs and the host</h1>");
	assert_says("Nothing happened to <bdi class=\"vm\">vm-c</bdi>.");
	/* most incidents first */
	assert_true(strstr(written(), "id=\"vm-0\">\n<h3><bdi class=\"vm\">vm-b") != NULL);
	/* the history has three */
	assert_int_equal(times("<article"), 3);
	assert_says("The last 3; 1 more not shown.");
	assert_does_not_say("id=\"incident-1\"");
	assert_true(strstr(written(), "id=\"incident-2\"") <
		    strstr(written(), "id=\"incident-3\""));
}

/* With --aborts, VMs to which nothing happened have something to show too. */
static void aborts_are_shown(void **state)
{
	(void)state;
	agg_lap(agg, vm_c, LAP_ABORT, 5000);
	render();
	assert_says("<h1>No incident</h1>");
	assert_says("<tr class=\"lap-abort\"><th scope=\"row\">All aborts</th>");
	assert_does_not_say("Aborts not timed");
	assert_does_not_say("(null)");
}

static void untimed_aborts(void **state)
{
	(void)state;
	losses.aborts = true;
	losses.untimed = 7;
	render();
	assert_says("<dt>Aborts not timed</dt><dd>7</dd>");
}

/* VMs that ended long ago share a row. */
static void folded_rows(void **state)
{
	(void)state;
	closes(plain_incident(1, vm_b));
	vm_b->gone = true;
	agg_fold(agg, 1 * UTIL_NS_PER_S, 1, 100, NULL, NULL); /* is looked at, and found quiet */
	agg_fold(agg, 2 * UTIL_NS_PER_S, 1, 100, NULL, NULL);
	assert_int_equal(agg_at(agg, agg_size(agg) - 1)->n_folded, 1);
	render();
	assert_says("<h1>1 incident in VMs that ended</h1>");
	assert_says("<bdi class=\"vm\">gone</bdi>");
	assert_says("1 VM that ended");
}

static void late_shows_both(void **state)
{
	struct incident *inc = plain_incident(1, vm_a);

	(void)state;
	inc->counts[METER_RECORD] = inc->counts[METER_FAILURE] = 1;
	inc->fields = INCIDENT_FIELD_PAGE;
	inc->page_result = SEA_PAGE_RECOVERED;
	closes(inc);
	for (int i = 0; i < 3; i++) {
		inc = plain_incident(1, vm_a);
		inc->counts[METER_INCIDENT] = 0;
		inc->counts[METER_NOTIFIED] = 1;
		inc->late = inc->explicit_notify = true;
		inc->before = OUTCOME_RECOVERED;
		inc->time.first_ns = inc->time.last_ns = 2001000 + i;
		closes(inc);
	}
	render();
	assert_int_equal(times("<article"), 1);
	assert_int_equal(times("<table class=\"timeline\""), 2);
	assert_says("guest-notified</span>, explicit, late</p>");
	assert_says("recovered</span>, touched again 2.00\u00a0ms later</p>");
	assert_says("2 closes in between are not shown");
}

static void hostile_names(void **state)
{
	(void)state;
	snprintf(vm_b->name, sizeof(vm_b->name), "</bdi><script>alert(1)</script>");
	closes(plain_incident(1, vm_b));
	render();
	assert_does_not_say("<script");
	assert_says("&lt;script&gt;alert(1)");
}

static void what_an_incident_has(void **state)
{
	struct incident *inc = unclaimed_incident();

	(void)state;
	inc->fields |= INCIDENT_FIELD_RECORD | INCIDENT_FIELD_PA | INCIDENT_FIELD_GPA |
		       INCIDENT_FIELD_HVA | INCIDENT_FIELD_PAGE;
	inc->source = 5;
	inc->notify = 8;
	inc->pa = 0x81234000;
	inc->gpa = 0x40001000;
	inc->hva = 0xffff00001000;
	inc->page_kind = 12;
	inc->page_result = SEA_PAGE_FAILED;
	inc->fields |= INCIDENT_FIELD_MEMORY;
	inc->memory.hdr.type = SEA_MARK_ID_memory;
	inc->memory.valid = SEA_MEMORY_VALID_BANK;
	inc->memory.bank = 7;
	inc->delivered_tgid = 77;
	inc->incomplete = true;
	closes(inc);
	render();
	assert_says("<dt>vCPU</dt><dd>3</dd>");
	assert_says("<dt>ESR</dt><dd>0x92000010</dd>");
	assert_says("<dt>Syndrome</dt><dd>data abort, lower EL, external abort, recoverable</dd>");
	assert_says("<dt>FAR</dt><dd>0xffff000010000000</dd>");
	assert_says("<dt>Record</dt><dd>recoverable, source 5 (sea)</dd>");
	assert_says("<dt>PA</dt><dd>0x81234000</dd>");
	assert_says("<dt>GPA</dt><dd>0x40001000</dd>");
	assert_says("<dt>HVA</dt><dd>0xffff00001000</dd>");
	assert_says("<dt>Memory</dt><dd>index=0 bank=7</dd>");
	assert_says("<dt>Page</dt><dd>kind 12, failed</dd>");
	assert_says("<dt>Delivered to</dt><dd>pid:77</dd>");
	assert_does_not_say("<dt>Processor</dt>");
	assert_says("incomplete: a mark is missing");
}

static const char *kind_name(const void *ctx, uint32_t value)
{
	(void)ctx;
	return value == 12 ? "MF_MSG_<LRU>" : NULL;
}

static const char *result_name(const void *ctx, uint32_t value)
{
	(void)ctx;
	return value == 9 ? "MF_RECOVERED_LATER" : NULL;
}

/* The traced kernel's words, which a recording may have made up. */
static void what_the_kernel_calls_it(void **state)
{
	struct incident *inc = plain_incident(1, vm_a);

	(void)state;
	inc->fields = INCIDENT_FIELD_PAGE;
	inc->page_kind = 12;
	inc->page_raw = 9;
	inc->page_result = SEA_PAGE_UNKNOWN;
	closes(inc);
	out.page_kind = kind_name;
	out.page_result = result_name;
	render();
	out.page_kind = out.page_result = NULL;
	assert_says("<dt>Page</dt><dd>MF_MSG_&lt;LRU&gt;, recovered_later</dd>");
}

/* A FAR that the hardware says is none is not shown. */
static void no_far(void **state)
{
	struct incident *inc = unclaimed_incident();

	(void)state;
	inc->esr |= 1u << 10;
	closes(inc);
	render();
	assert_does_not_say("<dt>FAR</dt>");
}

/* --- for other readers ------------------------------------------------------------------------ */

/* So that a browser gets to see each outcome, and each of the words that stand beside it. */
static void make_outcome(struct incident *inc, enum outcome outcome)
{
	static const uint32_t results[OUTCOME_MAX] = {
		[OUTCOME_FAILED] = SEA_PAGE_FAILED,
		[OUTCOME_RECOVERED] = SEA_PAGE_RECOVERED,
		[OUTCOME_IGNORED] = SEA_PAGE_IGNORED,
	};

	inc->vmm_killed = outcome == OUTCOME_VMM_KILLED;
	inc->host_consumed = outcome == OUTCOME_HOST_CONSUMED;
	inc->counts[METER_NOTIFIED] = outcome == OUTCOME_NOTIFIED;
	inc->counts[METER_SERROR] = outcome == OUTCOME_SERROR;
	inc->counts[METER_TO_VMM] = outcome == OUTCOME_TO_VMM;
	inc->counts[METER_SIGNAL_AR] = outcome == OUTCOME_VMM_SIGNALLED;
	inc->counts[METER_CLAIMED] = outcome >= OUTCOME_FAILED && outcome < OUTCOME_OPEN;
	if (outcome >= OUTCOME_FAILED && outcome < OUTCOME_DROPPED) {
		inc->fields |= INCIDENT_FIELD_PAGE;
		inc->page_result = results[outcome];
	}
	inc->page_kind = 12;
	assert_int_equal(incident_outcome(inc), outcome);
}

/* One of everything: each kind of span, a second of waiting, long names, many values. */
static struct incident *rich_incident(uint64_t id, struct vm *vm, enum outcome outcome)
{
	struct incident *inc = incident_new(id, vm);

	assert_non_null(inc);
	inc->counts[METER_INCIDENT] = inc->counts[METER_SEA] = 1;
	inc->fields = INCIDENT_FIELD_SEA | INCIDENT_FIELD_RECORD | INCIDENT_FIELD_PA |
		      INCIDENT_FIELD_GPA | INCIDENT_FIELD_HVA;
	inc->esr = MARK_ESR;
	inc->far = inc->pc = inc->pa = inc->gpa = inc->hva = UINT64_MAX;
	inc->incomplete = id & 1;
	make_outcome(inc, outcome);
	for (uint64_t span = 0; span < SPAN_WAIT; span++) {
		uint64_t begin = 1000 + 3 * span * MS + (span >= SPAN_RECOVERY ? UTIL_NS_PER_S : 0);

		timeline_mark(&inc->time,
			      mark_signal(begin, vcpu, BUS_MCEERR_AR, UINT64_MAX, vcpu, ));
		timeline_mark(&inc->time, mark_claim_exit(begin + 2 * MS, vcpu, -ENOENT));
		timeline_interval(&inc->time, span, begin, begin + 2 * MS);
	}
	return inc;
}

static void fill(void)
{
	struct vm *vms[] = {vm_a, vm_b, NULL};
	uint64_t id = 0;

	snprintf(vm_b->name, sizeof(vm_b->name), "<script>alert(\"'&\")</script>%s",
		 "averylongnamewithoutanyblankinit");
	vm_b->gone = true;
	losses.marks[SEA_MARK_ID_record] = 12;
	agg_row(agg, vm_c);
	for (int o = 0; o < OUTCOME_MAX; o++)
		closes(rich_incident(++id, vms[o % 3], o));
	for (int i = 0; i < 2; i++) {
		struct incident *inc = rich_incident(id, vm_a, OUTCOME_NOTIFIED);

		inc->late = true;
		inc->before = OUTCOME_OPEN;
		closes(inc);
	}
	for (uint64_t ns = 1; ns < UTIL_NS_PER_S * 100; ns += 1 + ns / 3)
		for (int lap = 0; lap < LAP_TOTAL; lap++)
			agg_lap(agg, vm_a, lap, ns + lap);
}

static int print_page(void)
{
	void *state = NULL;

	setup(&state);
	history_free(history);
	history = history_new(8);
	fill();
	render();
	fputs(written(), stdout);
	return teardown(&state) || fflush(stdout);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		TEST(durations),
		TEST(times_are_utc),
		TEST(axis_has_whole_decades),
		TEST(axis_is_labelled),
		TEST(axis_fits_a_phone),
		TEST(bars_are_counts),
		TEST(the_rare_is_seen),
		TEST(spans_are_to_scale),
		TEST(a_long_wait_is_cut),
		TEST(a_wait_is_cut_between_marks),
		TEST(nothing_but_a_wait_is_not_cut),
		TEST(one_instant),
		TEST(a_very_long_story),
		TEST(an_empty_page),
		TEST(losses_come_first),
		TEST(who_was_hit),
		TEST(aborts_are_shown),
		TEST(untimed_aborts),
		TEST(folded_rows),
		TEST(late_shows_both),
		TEST(hostile_names),
		TEST(what_an_incident_has),
		TEST(what_the_kernel_calls_it),
		TEST(no_far),
	};

	if (argc > 1 && !strcmp(argv[1], "--print"))
		return print_page();
	return cmocka_run_group_tests_name("html", tests, NULL, NULL);
}
