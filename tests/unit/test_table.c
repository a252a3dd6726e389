/* SPDX-License-Identifier: GPL-2.0-only */
/* out/table: columns under their titles, names cut to fit, losses always shown. */
#include "tests/unit/text.h"

#include "out/out_text.h"
#include "out/table.h"

static struct agg *agg;
static struct out_losses losses;

static int setup(void **state)
{
	memset(&losses, 0, sizeof(losses));
	agg = agg_new();
	assert_non_null(agg);
	return text_setup(state);
}

static int teardown(void **state)
{
	agg_free(agg);
	return text_teardown(state);
}

static void count(struct vm *vm, enum meter meter, unsigned n)
{
	while (n--)
		agg_count(agg, vm, meter);
}

/* What the demo provokes. */
static void fill(void)
{
	agg_row(agg, vm_b);
	count(vm_a, METER_SEA, 23);
	count(vm_a, METER_RECORD, 2);
	count(vm_a, METER_FAILURE, 1);
	for (int i = 0; i < 21; i++)
		agg_outcome(agg, vm_a, OUTCOME_SERROR);
	agg_outcome(agg, vm_a, OUTCOME_NOTIFIED);
	agg_outcome(agg, vm_a, OUTCOME_VMM_KILLED);
	agg_outcome(agg, vm_a, OUTCOME_RECOVERED);
	agg_outcome(agg, vm_a, OUTCOME_DROPPED);
	agg_outcome(agg, vm_a, OUTCOME_OPEN);
	agg_lap(agg, vm_a, LAP_PHASE1, 25000);
	agg_lap(agg, vm_a, LAP_PHASE1, 6910000);
	agg_lap(agg, vm_a, LAP_PHASE2, 10200000);
}

static const char *print(void)
{
	table_print(&out, agg, &losses);
	return written();
}

/* The nth line, without its end. */
static char *line(const char *of, unsigned n)
{
	static char one[512];
	size_t len;

	while (n--)
		of = strchr(of, '\n') + 1;
	len = strcspn(of, "\n");
	assert_true(len < sizeof(one));
	memcpy(one, of, len);
	one[len] = '\0';
	return one;
}

/* behind a name of ten columns */
#define HEAD "   SEA  REC FAIL NTFD SERR RECO KILL OTHR P1 p50 P1 p99 P2 p50 P2 p99\n"

static void rows(void **state)
{
	(void)state;
	fill();
	assert_string_equal(
		print(),
		"VM        " HEAD
		"vm-b           0    0    0    0    0    0    0    0      -      -      -      -\n"
		"vm-a          23    2    1    1   21    1    1    2 25.6us 6.91ms 10.2ms 10.2ms\n"
		"lost marks: 0\n");
}

/* The host is shown when something happened to it, a VM always. */
static void host_only_when_hit(void **state)
{
	(void)state;
	count(NULL, METER_RECORD, 1);
	agg_outcome(agg, NULL, OUTCOME_DROPPED);
	assert_string_equal(
		print(),
		"VM        " HEAD
		"host           0    1    0    0    0    0    0    1      -      -      -      -\n"
		"lost marks: 0\n");
}

static void nothing(void **state)
{
	(void)state;
	assert_string_equal(print(), "VM        " HEAD "lost marks: 0\n");
}

/* --- losses ----------------------------------------------------------------------------------- */

static void losses_are_named(void **state)
{
	(void)state;
	losses.marks[SEA_MARK_ID_abort] = 3;
	losses.marks[SEA_MARK_ID_events] = 1;
	losses.marks[SEA_MARK_ID_MAX - 1] = 5;
	losses.refused = 10;
	losses.dropped = 100;
	assert_int_equal(out_losses_total(&losses), 119);
	assert_string_equal(print(), "VM        " HEAD "lost marks: 119 abort 3 events 1 ? 5\n");
}

/* --- names ------------------------------------------------------------------------------------ */

static struct fake_vm named = {{.id = 3, .tgid = 900, .named = true}, 0};

static void name(const char *as)
{
	assert_true(strlen(as) < sizeof(named.vm.name));
	strcpy(named.vm.name, as);
	count(&named.vm, METER_SEA, 12345);
	for (int l = 0; l < LAP_MAX; l++)
		agg_lap(agg, &named.vm, l, 123456789);
}

static void lines_are_under(size_t columns)
{
	const char *all = print();

	for (unsigned n = 0; n < 3; n++)
		assert_true(out_width(line(all, n)) < columns);
	assert_int_equal(out_width(line(all, 0)), out_width(line(all, 1)));
}

static void long_name_at_80_columns(void **state)
{
	(void)state;
	name("a-virtual-machine-with-an-exceedingly-long-name-of-63-bytes-yes");
	assert_int_equal(strlen(named.vm.name), sizeof(named.vm.name) - 1);
	lines_are_under(80);
	assert_memory_equal(line(text, 1), "a-vi\u2026s-yes 12345 ", 19);
}

/* Names are UTF-8 all the same. */
static void long_name_without_utf8(void **state)
{
	(void)state;
	out.unicode = false;
	name("a-virtual-machine-with-an-exceedingly-long-name-of-63-byt-caf\u00e9");
	lines_are_under(80);
	assert_memory_equal(line(text, 1), "a-vi~-caf\u00e9 12345 ", 18);
}

/* A wider terminal shows more of it, up to a limit. */
static void long_name_at_any_width(void **state)
{
	(void)state;
	name("customer-4711-database-replica-of-nowhere");
	for (out.columns = 0; out.columns < 200; out.columns++) {
		assert_int_equal(fseek(out.file, 0, SEEK_SET), 0);
		lines_are_under(out.columns < 80 ? 80 : out.columns);
		if (out.columns >= 120)
			assert_memory_equal(line(text, 1),
					    "customer-4711-datab\u2026e-replica-of-nowhere ", 43);
	}
}

static void name_that_fits(void **state)
{
	(void)state;
	out.columns = 100;
	name("fifteen-letters");
	print();
	assert_memory_equal(line(text, 1), "fifteen-letters 12345 ", 22);
	assert_memory_equal(line(text, 0), "VM                SEA ", 22);
}

/* Cut between characters, and by their columns: of these the Japanese ones take two each. */
static void name_in_utf8(void **state)
{
	(void)state;
	name("r\u00e9plica-\u6771\u4eac-1");
	lines_are_under(80);
	assert_memory_equal(line(text, 1), "r\u00e9pli\u2026\u4eac-1 12345 ", 21);
}

static void wide_name_that_fits(void **state)
{
	(void)state;
	name("\u6771\u4eac-\u6771\u4eac");
	lines_are_under(80);
	assert_memory_equal(line(text, 1), "\u6771\u4eac-\u6771\u4eac  12345 ", 21);
}

static void short_name_in_utf8(void **state)
{
	(void)state;
	name("caf\u00e9");
	lines_are_under(80);
	assert_memory_equal(line(text, 1), "caf\u00e9       12345", 17);
}

/* --- colour ----------------------------------------------------------------------------------- */

static void color_only_if_asked(void **state)
{
	(void)state;
	fill();
	assert_null(strchr(print(), '\033'));
	out.color = true;
	assert_int_equal(fseek(out.file, 0, SEEK_SET), 0);
	assert_memory_equal(print(), "\033[1mVM ", 7);
	assert_non_null(strstr(text, "P2 p99\033[0m\n"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(rows),
		TEST(host_only_when_hit),
		TEST(nothing),
		TEST(losses_are_named),
		TEST(long_name_at_80_columns),
		TEST(long_name_without_utf8),
		TEST(long_name_at_any_width),
		TEST(name_that_fits),
		TEST(name_in_utf8),
		TEST(wide_name_that_fits),
		TEST(short_name_in_utf8),
		TEST(color_only_if_asked),
	};

	return cmocka_run_group_tests_name("table", tests, NULL, NULL);
}
