/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * out/prom: families to the letter, buckets against the values themselves, labels that need
 * escaping, the form of every line. `test_prom --print` writes an exposition with everything in it
 * for other readers of the format (tests/prom.sh).
 */
#include "tests/unit/tree.h"

#include "tests/unit/rows.h"

#include "lib/util.h"
#include "out/prom.h"

#include <errno.h>
#include <string.h>

#define STRING(macro) STRING_(macro)
#define STRING_(text) #text

static struct groups *groups;
static struct prom_self self;

static int setup(void **state)
{
	groups = groups_new(1000);
	assert_non_null(groups);
	self = (struct prom_self){0};
	return rows_setup(state);
}

static int teardown(void **state)
{
	groups_free(groups);
	return rows_teardown(state);
}

/* Free it. */
static char *print(void)
{
	char *text;
	size_t len;

	assert_int_equal(groups_update(groups, rows, 1), 0);
	assert_int_equal(prom_text(groups, &self, &text, &len), 0);
	assert_int_equal(strlen(text), len);
	return text;
}

/* All lines that begin with `start`, or of a comment on it; in a buffer of its own. */
static const char *lines_of(const char *text, const char *start)
{
	static char found[65536];
	size_t n = 0;

	for (const char *line = text, *end; *line; line = end) {
		const char *name = line;

		end = strchr(line, '\n') + 1;
		if (!strncmp(line, "# HELP ", 7) || !strncmp(line, "# TYPE ", 7))
			name += 7;
		if (strncmp(name, start, strlen(start)))
			continue;
		assert_true(n + (end - line) < sizeof(found));
		memcpy(found + n, line, end - line);
		n += end - line;
	}
	found[n] = '\0';
	return found;
}

static void assert_lines(const char *start, const char *expected)
{
	char *text = print();

	assert_string_equal(lines_of(text, start), expected);
	free(text);
}

/* --- to the letter ---------------------------------------------------------------------------- */

static void nothing_happened(void **state)
{
	(void)state;
	assert_lines("seatrace_build_info",
		     "# HELP seatrace_build_info 1; the version of seatrace, and of its marks' "
		     "layout.\n"
		     "# TYPE seatrace_build_info gauge\n"
		     "seatrace_build_info{version=\"" SEA_VERSION
		     "\",abi=\"" STRING(SEA_ABI) "\"} 1\n");
	assert_lines("seatrace_vms", "# HELP seatrace_vms VMs that run.\n"
				     "# TYPE seatrace_vms gauge\n"
				     "seatrace_vms 0\n");
	assert_lines("seatrace_seas_total",
		     "# HELP seatrace_seas_total Synchronous external aborts taken.\n"
		     "# TYPE seatrace_seas_total counter\n"
		     "seatrace_seas_total{vm=\"host\"} 0\n");
	assert_lines("seatrace_phase", "# HELP seatrace_phase_duration_seconds Duration of each "
				       "step; total is an incident's first to last mark.\n"
				       "# TYPE seatrace_phase_duration_seconds histogram\n");
	assert_lines("seatrace_bpf", "");
	assert_lines("seatrace_exec", "");
}

static void outcomes(void **state)
{
	struct vm *web = rows_vm("web");

	(void)state;
	agg_outcome(rows, web, OUTCOME_RECOVERED);
	agg_outcome(rows, web, OUTCOME_RECOVERED);
	agg_outcome(rows, NULL, OUTCOME_FAILED);
	agg_change_outcome(rows, web, OUTCOME_RECOVERED, OUTCOME_NOTIFIED);
	groups_changed(groups, web, OUTCOME_RECOVERED);
	assert_lines("seatrace_incidents_total",
		     "# HELP seatrace_incidents_total Incidents closed, by outcome; once more when "
		     "a late touch changes it.\n"
		     "# TYPE seatrace_incidents_total counter\n"
		     "seatrace_incidents_total{vm=\"host\",outcome=\"vmm-killed\"} 0\n"
		     "seatrace_incidents_total{vm=\"host\",outcome=\"guest-notified\"} 0\n"
		     "seatrace_incidents_total{vm=\"host\",outcome=\"serror-injected\"} 0\n"
		     "seatrace_incidents_total{vm=\"host\",outcome=\"exit-to-vmm\"} 0\n"
		     "seatrace_incidents_total{vm=\"host\",outcome=\"host-consumed\"} 0\n"
		     "seatrace_incidents_total{vm=\"host\",outcome=\"vmm-signalled\"} 0\n"
		     "seatrace_incidents_total{vm=\"host\",outcome=\"failed\"} 1\n"
		     "seatrace_incidents_total{vm=\"host\",outcome=\"recovered\"} 0\n"
		     "seatrace_incidents_total{vm=\"host\",outcome=\"ignored\"} 0\n"
		     "seatrace_incidents_total{vm=\"host\",outcome=\"dropped\"} 0\n"
		     "seatrace_incidents_total{vm=\"host\",outcome=\"open\"} 0\n"
		     "seatrace_incidents_total{vm=\"web\",outcome=\"vmm-killed\"} 0\n"
		     "seatrace_incidents_total{vm=\"web\",outcome=\"guest-notified\"} 1\n"
		     "seatrace_incidents_total{vm=\"web\",outcome=\"serror-injected\"} 0\n"
		     "seatrace_incidents_total{vm=\"web\",outcome=\"exit-to-vmm\"} 0\n"
		     "seatrace_incidents_total{vm=\"web\",outcome=\"host-consumed\"} 0\n"
		     "seatrace_incidents_total{vm=\"web\",outcome=\"vmm-signalled\"} 0\n"
		     "seatrace_incidents_total{vm=\"web\",outcome=\"failed\"} 0\n"
		     "seatrace_incidents_total{vm=\"web\",outcome=\"recovered\"} 2\n"
		     "seatrace_incidents_total{vm=\"web\",outcome=\"ignored\"} 0\n"
		     "seatrace_incidents_total{vm=\"web\",outcome=\"dropped\"} 0\n"
		     "seatrace_incidents_total{vm=\"web\",outcome=\"open\"} 0\n");
	assert_lines("seatrace_incidents_changed_total{vm=\"web\",outcome=\"rec",
		     "seatrace_incidents_changed_total{vm=\"web\",outcome=\"recovered\"} 1\n");
}

/* Two meters, one family: its comments once, its samples together. */
static void signals(void **state)
{
	struct vm *web = rows_vm("web");

	(void)state;
	rows_count(web, METER_SIGNAL_AO, 3);
	rows_count(web, METER_SIGNAL_AR, 1);
	rows_count(web, METER_DELIVERED, 2);
	assert_lines("seatrace_signals_",
		     "# HELP seatrace_signals_total SIGBUS signals generated, early (ao) or at the "
		     "touch (ar).\n"
		     "# TYPE seatrace_signals_total counter\n"
		     "seatrace_signals_total{vm=\"host\",code=\"ao\"} 0\n"
		     "seatrace_signals_total{vm=\"host\",code=\"ar\"} 0\n"
		     "seatrace_signals_total{vm=\"web\",code=\"ao\"} 3\n"
		     "seatrace_signals_total{vm=\"web\",code=\"ar\"} 1\n"
		     "# HELP seatrace_signals_delivered_total SIGBUS signals delivered; early ones "
		     "coalesce, so fewer.\n"
		     "# TYPE seatrace_signals_delivered_total counter\n"
		     "seatrace_signals_delivered_total{vm=\"host\"} 0\n"
		     "seatrace_signals_delivered_total{vm=\"web\"} 2\n");
}

/* Each meter reaches a metric of its own. */
static void every_meter(void **state)
{
	static const char *const samples[] = {
		"seatrace_incidents_opened_total{vm=\"web\"} 1\n",
		"seatrace_seas_total{vm=\"web\"} 2\n",
		"seatrace_seas_claimed_total{vm=\"web\"} 3\n",
		"seatrace_serrors_injected_total{vm=\"web\"} 4\n",
		"seatrace_vmm_exits_total{vm=\"web\"} 5\n",
		"seatrace_records_total{vm=\"web\"} 6\n",
		"seatrace_records_duplicate_total{vm=\"web\"} 7\n",
		"seatrace_memory_failures_total{vm=\"web\"} 8\n",
		"seatrace_signals_total{vm=\"web\",code=\"ao\"} 9\n",
		"seatrace_signals_total{vm=\"web\",code=\"ar\"} 10\n",
		"seatrace_signals_delivered_total{vm=\"web\"} 11\n",
		"seatrace_guest_notifications_total{vm=\"web\"} 12\n",
	};
	struct vm *web = rows_vm("web");
	char *text;

	(void)state;
	assert_int_equal(UTIL_COUNT(samples), METER_MAX);
	for (int m = 0; m < METER_MAX; m++)
		rows_count(web, m, m + 1);
	text = print();
	for (int m = 0; m < METER_MAX; m++)
		assert_non_null(strstr(text, samples[m]));
	free(text);
}

static void the_tracer_itself(void **state)
{
	static const struct prom_program programs[] = {
		{"sea_abort", 1500000001, 12},
		{"sea_claim", 0, 0},
	};
	static const struct exec_stats exec = {
		.done = 5, .failed = 4, .killed = 3, .skipped = 2, .running = 1};

	(void)state;
	self.losses.marks[1] = 7;
	self.losses.refused = 8;
	self.losses.dropped = 9;
	self.open_incidents = 3;
	self.programs = programs;
	self.n_programs = 2;
	self.exec = &exec;
	assert_lines("seatrace_lost_marks_total{mark=\"abort\"}",
		     "seatrace_lost_marks_total{mark=\"abort\"} 7\n");
	assert_lines("seatrace_lost_marks_total{mark=\"events\"}",
		     "seatrace_lost_marks_total{mark=\"events\"} 0\n");
	assert_lines("seatrace_refused", "# HELP seatrace_refused_marks_total Marks of an unknown "
					 "type or size.\n"
					 "# TYPE seatrace_refused_marks_total counter\n"
					 "seatrace_refused_marks_total 8\n");
	assert_lines("seatrace_dropped",
		     "# HELP seatrace_dropped_marks_total Marks and counts dropped for want of "
		     "memory.\n"
		     "# TYPE seatrace_dropped_marks_total counter\n"
		     "seatrace_dropped_marks_total 9\n");
	assert_lines("seatrace_open", "# HELP seatrace_open_incidents Incidents not closed yet.\n"
				      "# TYPE seatrace_open_incidents gauge\n"
				      "seatrace_open_incidents 3\n");
	assert_lines("seatrace_bpf",
		     "# HELP seatrace_bpf_run_seconds_total Time spent in each BPF program.\n"
		     "# TYPE seatrace_bpf_run_seconds_total counter\n"
		     "seatrace_bpf_run_seconds_total{program=\"sea_abort\"} 1.500000001\n"
		     "seatrace_bpf_run_seconds_total{program=\"sea_claim\"} 0\n"
		     "# HELP seatrace_bpf_runs_total Runs of each BPF program.\n"
		     "# TYPE seatrace_bpf_runs_total counter\n"
		     "seatrace_bpf_runs_total{program=\"sea_abort\"} 12\n"
		     "seatrace_bpf_runs_total{program=\"sea_claim\"} 0\n");
	assert_lines("seatrace_exec",
		     "# HELP seatrace_exec_total Commands due for an incident, by how they ended.\n"
		     "# TYPE seatrace_exec_total counter\n"
		     "seatrace_exec_total{result=\"done\"} 5\n"
		     "seatrace_exec_total{result=\"failed\"} 4\n"
		     "seatrace_exec_total{result=\"killed\"} 3\n"
		     "seatrace_exec_total{result=\"skipped\"} 2\n"
		     "# HELP seatrace_exec_running Commands that run.\n"
		     "# TYPE seatrace_exec_running gauge\n"
		     "seatrace_exec_running 1\n");
}

static void a_histogram(void **state)
{
	struct vm *web = rows_vm("web");

	(void)state;
	agg_lap(rows, web, LAP_CLAIM, 1023);
	agg_lap(rows, web, LAP_CLAIM, 1024);
	agg_lap(rows, web, LAP_CLAIM, 2000000000);
	agg_lap(rows, web, LAP_CLAIM, 100000000000);
	assert_lines(
		"seatrace_phase_duration_seconds_",
#define BUCKET(le, n) \
	"seatrace_phase_duration_seconds_bucket{vm=\"web\",phase=\"claim\",le=\"" le "\"} " #n "\n"
		BUCKET("0.000001023", 1) BUCKET("0.000004095", 2) BUCKET("0.000016383", 2) BUCKET(
			"0.000065535", 2) BUCKET("0.000262143",
						 2) BUCKET("0.001048575",
							   2) BUCKET("0.004194303",
								     2) BUCKET("0.016777215", 2)
			BUCKET("0.067108863", 2) BUCKET("0.268435455", 2) BUCKET(
				"1.073741823", 2) BUCKET("4.294967295",
							 3) BUCKET("17.179869183",
								   3) BUCKET("68.719476735",
									     3) BUCKET("+Inf", 4)
#undef BUCKET
				"seatrace_phase_duration_seconds_sum{vm=\"web\",phase=\"claim\"} "
				"102.000002047\n"
				"seatrace_phase_duration_seconds_count{vm=\"web\",phase=\"claim\"} "
				"4\n");
}

static void sums_to_the_nanosecond(void **state)
{
	static const struct {
		uint64_t ns;
		const char *text;
	} cases[] = {
		{0, "0"},
		{1, "0.000000001"},
		{10, "0.00000001"},
		{1000000000, "1"},
		{20000000000, "20"},
		{12345678901, "12.345678901"},
		{UINT64_MAX, "18446744073.709551615"},
	};

	(void)state;
	for (size_t i = 0; i < UTIL_COUNT(cases); i++) {
		char name[16], expected[128];

		snprintf(name, sizeof(name), "vm%zu", i);
		agg_lap(rows, rows_vm(name), LAP_TOTAL, cases[i].ns);
		snprintf(expected, sizeof(expected),
			 "seatrace_phase_duration_seconds_sum{vm=\"%s\",phase=\"total\"} %s\n",
			 name, cases[i].text);
		assert_lines(strndupa(expected, strchr(expected, ' ') - expected), expected);
	}
}

/* --- what must hold of any --------------------------------------------------------------------- */

/* xorshift64, spread over all magnitudes. */
static uint64_t next_value(uint64_t *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 7;
	*seed ^= *seed << 17;
	return *seed >> (24 + *seed % 40);
}

/* Each bucket against the values themselves: as many as do not exceed its le. */
static void buckets_count_exactly(void **state)
{
	static uint64_t values[4000];
	struct vm *web = rows_vm("web");
	uint64_t seed = 88172645463325252ULL, before = 0;
	unsigned buckets = 0;
	const char *at;
	char *text;

	(void)state;
	for (size_t i = 0; i < UTIL_COUNT(values); i++) {
		/* and around each end */
		values[i] = i < 60 ? (1ULL << (10 + i / 3)) - 2 + i % 3 : next_value(&seed);
		agg_lap(rows, web, LAP_PARSE, values[i]);
	}
	text = print();
	for (at = text; (at = strstr(at, ",le=\"")); buckets++) {
		unsigned long long n, seconds, ns, expected = 0;
		bool finite = sscanf(at, ",le=\"%llu.%9llu\"} %llu", &seconds, &ns, &n) == 3;

		if (!finite)
			assert_int_equal(sscanf(at, ",le=\"+Inf\"} %llu", &n), 1);
		for (size_t i = 0; i < UTIL_COUNT(values); i++)
			expected += !finite || values[i] <= seconds * UTIL_NS_PER_S + ns;
		assert_int_equal(n, expected);
		assert_true(n >= before);
		before = n;
		at++;
	}
	assert_int_equal(buckets, 15);
	assert_int_equal(before, UTIL_COUNT(values));
	free(text);
}

static void labels_are_escaped(void **state)
{
	(void)state;
	rows_count(rows_vm("a\"b\\c\nd{e=\"f\"}"), METER_SEA, 1);
	rows_count(rows_vm("gr\xc3\xbc\xc3\x9f 'x' #2"), METER_SEA, 2);
	agg_lap(rows, &rows_vms[0], LAP_CLAIM, 1);
	assert_lines("seatrace_seas_total{vm=\"a",
		     "seatrace_seas_total{vm=\"a\\\"b\\\\c\\nd{e=\\\"f\\\"}\"} 1\n");
	assert_lines("seatrace_seas_total{vm=\"g",
		     "seatrace_seas_total{vm=\"gr\xc3\xbc\xc3\x9f 'x' #2\"} 2\n");
	assert_lines("seatrace_phase_duration_seconds_count",
		     "seatrace_phase_duration_seconds_count{vm=\"a\\\"b\\\\c\\nd{e=\\\"f\\\"}\","
		     "phase=\"claim\"} 1\n");
}

static void everything(void)
{
	static const struct prom_program programs[] = {{"sea_abort", 1500000001, 12}};
	static const struct exec_stats exec = {.done = 5, .failed = 4, .killed = 3, .skipped = 2};
	struct vm *vms[] = {rows_vm("web"), rows_vm(NULL), rows_vm("a\"b\\c"), rows_vm(NULL), NULL};
	uint64_t seed = 42;

	for (size_t i = 0; i < UTIL_COUNT(vms); i++) {
		for (int m = 0; m < METER_MAX; m++)
			rows_count(vms[i], m, 3 * i + m);
		for (int o = 0; o < OUTCOME_MAX; o++)
			agg_outcome(rows, vms[i], o);
		for (int l = 0; l < LAP_MAX; l++)
			for (unsigned n = 0; n < 100; n++)
				agg_lap(rows, vms[i], l, next_value(&seed));
	}
	self.losses.marks[3] = 5;
	self.programs = programs;
	self.n_programs = 1;
	self.exec = &exec;
}

static int compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Splits text into its lines; returns how many. */
static size_t split(char *text, char **lines, size_t room)
{
	size_t n = 0;

	for (char *line; (line = strsep(&text, "\n")) && *line;) {
		assert_true(n < room);
		lines[n++] = line;
	}
	return n;
}

/* Two unnamed VMs, two of everything: and still each series once, each family announced once. */
static void no_line_twice(void **state)
{
	static char *lines[4096];
	char *text;
	size_t n;

	(void)state;
	everything();
	text = print();
	n = split(text, lines, UTIL_COUNT(lines));
	assert_true(n > 500);
	for (size_t i = 0; i < n; i++) {
		char *value = strrchr(lines[i], ' ');

		assert_non_null(value);
		if (lines[i][0] != '#')
			*value = '\0'; /* a series is the same whatever its value */
		else
			lines[i][strcspn(lines[i] + 7, " ") + 7] = '\0';
	}
	qsort(lines, n, sizeof(*lines), compare);
	for (size_t i = 1; i < n; i++)
		assert_string_not_equal(lines[i - 1], lines[i]);
	free(text);
}

/* No process id, no address: unnamed VMs are one. */
static void no_pids(void **state)
{
	char *text;

	(void)state;
	everything();
	text = print();
	assert_null(strstr(text, "pid"));
	assert_null(strstr(text, "0x"));
	assert_non_null(strstr(text, "seatrace_seas_total{vm=\"unnamed\"} 14\n")); /* 3+1, 9+1 */
	free(text);
}

static void the_same_again(void **state)
{
	char *first, *second;

	(void)state;
	everything();
	first = print();
	second = print();
	assert_string_equal(first, second);
	free(first);
	free(second);
}

/* --- files ------------------------------------------------------------------------------------ */

static void as_a_file(void **state)
{
	char root[32], path[64], *text, *data;

	(void)state;
	everything();
	text = print();
	tree_make(root);
	snprintf(path, sizeof(path), "%s/seatrace.prom", root);
	assert_int_equal(prom_write(path, groups, &self), 0);
	assert_int_equal(util_read_file(path, &data, NULL), 0);
	assert_string_equal(data, text);
	free(data);
	free(text);
	snprintf(path, sizeof(path), "%s/no/such.prom", root);
	assert_int_equal(prom_write(path, groups, &self), -ENOENT);
	tree_remove(root);
}

static void a_full_disk(void **state)
{
	static char room[1 << 20]; /* takes it all: refused only when it is flushed */
	FILE *full = fopen("/dev/full", "w");

	(void)state;
	assert_non_null(full);
	assert_int_equal(setvbuf(full, room, _IOFBF, sizeof(room)), 0);
	everything();
	assert_int_equal(groups_update(groups, rows, 1), 0);
	assert_int_equal(prom_print(full, groups, &self), -ENOSPC);
	fclose(full);
}

static int print_everything(void)
{
	char *text;

	setup(NULL);
	everything();
	text = print();
	fputs(text, stdout);
	free(text);
	teardown(NULL);
	return fflush(stdout) ? 1 : 0;
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(nothing_happened, setup, teardown),
		cmocka_unit_test_setup_teardown(outcomes, setup, teardown),
		cmocka_unit_test_setup_teardown(signals, setup, teardown),
		cmocka_unit_test_setup_teardown(every_meter, setup, teardown),
		cmocka_unit_test_setup_teardown(the_tracer_itself, setup, teardown),
		cmocka_unit_test_setup_teardown(a_histogram, setup, teardown),
		cmocka_unit_test_setup_teardown(sums_to_the_nanosecond, setup, teardown),
		cmocka_unit_test_setup_teardown(buckets_count_exactly, setup, teardown),
		cmocka_unit_test_setup_teardown(labels_are_escaped, setup, teardown),
		cmocka_unit_test_setup_teardown(no_line_twice, setup, teardown),
		cmocka_unit_test_setup_teardown(no_pids, setup, teardown),
		cmocka_unit_test_setup_teardown(the_same_again, setup, teardown),
		cmocka_unit_test_setup_teardown(as_a_file, setup, teardown),
		cmocka_unit_test_setup_teardown(a_full_disk, setup, teardown),
	};

	if (argc > 1 && !strcmp(argv[1], "--print"))
		return print_everything();
	return cmocka_run_group_tests_name("prom", tests, NULL, NULL);
}
