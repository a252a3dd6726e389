/* SPDX-License-Identifier: GPL-2.0-only */
/* inject/baseline: what campaign_json writes is read back; what is different is told; broken files. */
#include "tests/unit/text.h"

#include <fcntl.h>
#include <unistd.h>

#include "inject/baseline.h"
#include "lib/exit.h"
#include "lib/log.h"
#include "out/campaign_baseline.h"
#include "out/campaign_json.h"
#include "tests/unit/campaigns.h"

static struct baseline *old;
static struct baseline_changes changes;

static int setup(void **state)
{
	fill_campaign();
	old = NULL;
	memset(&changes, 0, sizeof(changes));
	return text_setup(state);
}

static int teardown(void **state)
{
	baseline_free(old);
	baseline_changes_free(&changes);
	return text_teardown(state);
}

/* The campaign as it is now becomes the old one. */
static void keep(void)
{
	for (unsigned i = 0; i < result.n_shots; i++)
		assert_int_equal(campaign_json_shot(&out, &shots[i]), 0);
	assert_int_equal(campaign_json(&out, &result), 0);
	written();
	assert_int_equal(baseline_parse(&old, "old.json", text, text_len), 0);
	assert_int_equal(fclose(out.file), 0);
	free(text);
	assert_int_equal(text_setup(NULL), 0);
}

static void compare(void)
{
	assert_int_equal(baseline_compare(old, &result, BASELINE_RATIO, &changes), 0);
}

static const char *told(const char *prefix)
{
	campaign_baseline_text(&out, &changes, prefix);
	return written();
}

/* --- comparing -------------------------------------------------------------------------------- */

static void nothing_changed(void **state)
{
	(void)state;
	keep();
	compare();
	assert_int_equal(changes.n, 0);
	assert_int_equal(changes.n_same, SHOTS);
	assert_true(changes.complete);
	assert_string_equal(told(""), "compared with old.json: 0 changed, 7 the same (phases: by "
				      "more than 2.00 times)\n");
}

/* A verdict, an outcome, a latency; one that is new, one that is gone. */
static void change_everything(void)
{
	keep();
	shots[0].verdict = VERDICT_FAIL;
	shots[0].outcome = SHOT_GUEST_DEAD;
	hist_add(&shots[0].phase2, 50000000);
	hist_add(&shots[0].phase2, 50000000);
	memset(&shots[2].phase1, 0, sizeof(shots[2].phase1));
	hist_add(&shots[2].phase1, 1000);
	shots[4].verdict = VERDICT_PASS;
	shots[4].outcome = SHOT_TRANSPARENT;
	shots[1].value = "EINVAL";
	compare();
}

static void everything_changed(void **state)
{
	(void)state;
	change_everything();
	assert_string_equal(
		told(""),
		"compared with old.json: 6 changed, 2 the same (phases: by more than 2.00 times)\n"
		"  vm-a pfn-hwpoison any x5: verdict pass -> fail, outcome guest-notified ->\n"
		"    guest-dead, phase 2 p50 10.2 ms -> 50.0 ms\n"
		"  vm-b abort-errno EINVAL 0x40000000 x1: is new: pass, vmm-error\n"
		"  vm-a guest-sea any x5: phase 1 p50 25.6 us -> 1.00 us\n"
		"  vm-a einj any x1: verdict unavailable -> pass, outcome none ->\n"
		"    transparent\n"
		"  vm-b abort-errno EFAULT 0x40000000 x1: verdict pass -> skipped, outcome\n"
		"    vmm-error -> none\n"
		"  vm-b abort-errno EFAULT 0x40000000 x1 (2): is gone, was: skipped\n");
}

static void as_comments(void **state)
{
	(void)state;
	change_everything();
	told("# ");
	for (const char *line = text; *line; line += strcspn(line, "\n") + 1) {
		assert_memory_equal(line, "# ", 2);
		assert_true(strcspn(line, "\n") < 80);
	}
}

static void as_json(void **state)
{
	(void)state;
	change_everything();
	memmove(&changes.list[1], &changes.list[5], sizeof(*changes.list));
	changes.n = 2;
	assert_int_equal(campaign_baseline_json(&out, &changes), 0);
	assert_string_equal(
		written(),
		"{\"schema\":\"seainject/1\",\"type\":\"baseline\",\"file\":\"old.json\","
		"\"complete\":true,\"ratio\":2.0,\"same\":2,\"changes\":[{\"vm\":\"vm-a\","
		"\"method\":\"pfn-hwpoison\",\"value\":null,\"place\":\"any\",\"wanted\":5,"
		"\"same_before\":0,\"what\":[\"verdict\",\"outcome\",\"phase2\"],"
		"\"before\":{\"verdict\":\"pass\",\"outcome\":\"guest-notified\","
		"\"phase1_p50_ns\":null,\"phase2_p50_ns\":10200000},\"now\":{\"verdict\":\"fail\","
		"\"outcome\":\"guest-dead\",\"phase1_p50_ns\":null,"
		"\"phase2_p50_ns\":50000000}},{\"vm\":\"vm-b\",\"method\":\"abort-errno\","
		"\"value\":\"EFAULT\",\"place\":\"0x40000000\",\"wanted\":1,\"same_before\":1,"
		"\"what\":[\"gone\"],\"before\":{\"verdict\":\"skipped\",\"outcome\":null,"
		"\"phase1_p50_ns\":null,\"phase2_p50_ns\":null},\"now\":null}]}\n");
}

/* The ratio is more than, not at least; either way round. */
static void the_ratio(void **state)
{
	static const struct {
		uint64_t before, now;
		bool is_far;
	} rows[] = {
		{100, 200, false}, {100, 201, true}, {200, 100, false}, {201, 100, true},
		{0, 1000, false},  {1000, 0, false}, {100, 100, false},
	};

	(void)state;
	for (size_t i = 0; i < UTIL_COUNT(rows); i++) {
		baseline_free(old);
		memset(&shots[0].phase1, 0, sizeof(shots[0].phase1));
		if (rows[i].before)
			hist_add(&shots[0].phase1, rows[i].before);
		keep();
		memset(&shots[0].phase1, 0, sizeof(shots[0].phase1));
		if (rows[i].now)
			hist_add(&shots[0].phase1, rows[i].now);
		compare();
		assert_int_equal(changes.n, rows[i].is_far);
		baseline_changes_free(&changes);
	}
}

/* The order of a file does not matter, but between those that ask for the same. */
static void another_order(void **state)
{
	struct shot_result first = shots[0];

	(void)state;
	keep();
	memmove(&shots[0], &shots[1], 4 * sizeof(*shots));
	shots[4] = first;
	compare();
	assert_int_equal(changes.n, 0);
	baseline_changes_free(&changes);
	shots[4] = shots[5];
	shots[5] = first;
	compare();
	assert_int_equal(changes.n, 2);
	assert_int_equal(changes.list[0].key.same_before, 0);
	assert_int_equal(changes.list[1].key.same_before, 1);
}

static void nothing_left(void **state)
{
	(void)state;
	keep();
	result.n_shots = 0;
	compare();
	assert_int_equal(changes.n, SHOTS);
	for (unsigned i = 0; i < SHOTS; i++) {
		assert_int_equal(changes.list[i].what, BASELINE_GONE);
		assert_string_equal(changes.list[i].key.method, shots[i].method);
	}
}

/* --- files ------------------------------------------------------------------------------------ */

#define HEAD "{\"schema\":\"seainject/1\",\"type\":\"shot\","
#define KEY  "\"vm\":\"a\",\"method\":\"m\",\"value\":null,\"place\":\"p\",\"wanted\":1,"
#define GOOD HEAD KEY "\"verdict\":\"fail\",\"outcome\":\"lost\",\"phase1\":null,\"phase2\":null}"
#define END  "{\"schema\":\"seainject/1\",\"type\":\"campaign\"}"

/* What is said on stderr. */
static int parse(const char *from, char said[512])
{
	int ends[2], before = dup(STDERR_FILENO), exit_code;
	ssize_t len;

	assert_int_equal(pipe2(ends, O_CLOEXEC | O_NONBLOCK), 0);
	dup2(ends[1], STDERR_FILENO);
	exit_code = baseline_parse(&old, "old.json", from, strlen(from));
	dup2(before, STDERR_FILENO);
	close(before);
	len = read(ends[0], said, 511);
	said[len > 0 ? len : 0] = '\0';
	close(ends[0]);
	close(ends[1]);
	return exit_code;
}

static void broken_files(void **state)
{
	static const struct {
		const char *text, *said;
	} rows[] = {
		{"", "1:1: no shots in the file"},
		{"\n\n", "3:1: no shots in the file"},
		{END "\n", "2:1: no shots in the file"},
		{"{", "1:1: string or '}' expected near end of file"},
		{GOOD "\n{\"schema\":\n\n  x", "4:3: invalid token near 'x'"},
		{GOOD "\n" GOOD "]", "2:*: '[' or '{' expected near ']'"},
		{"  x", "1:3: '[' or '{' expected near 'x'"},
		{"[]", "1:1: not an object"},
		{HEAD "\"more\":{\"vm\":1},\"vm\":7}", "1:55: vm: no string, or none at all"},
		{HEAD "\"more\":\"\\\"\",\"vm\":7}", "1:51: vm: no string, or none at all"},
		{"{\"a\":1,\"a\":2}", "1:*: duplicate object key near '\"a\"'"},
		{"{\"schema\":\"seatrace/1\"}", "1:2: schema: is not seainject/1"},
		{"{}", "1:1: schema: no string, or none at all"},
		{"{\"schema\":\"seainject/1\",\"type\":[\"type\"]}",
		 "1:25: type: no string, or none at all"},
		{GOOD "\n" HEAD "\"vm\":7}", "2:39: vm: no string, or none at all"},
		{HEAD "\"vm\":\"\\\"vm\"}", "1:1: method: no string, or none at all"},
		{HEAD "\"method\":\"m\",\"vm\":\"a\",\"place\":\"wanted\",\"wanted\":-1}",
		 "1:78: wanted: no count, or none at all"},
		{HEAD "\"method\":\"m\",\"vm\":\"a\",\"place\":\"p\",\"wanted\":1.5}",
		 "1:73: wanted: no count, or none at all"},
		{HEAD KEY "\"verdict\":\"good\"}",
		 "1:97: verdict: a word that this version does not know"},
		{HEAD KEY "\"verdict\":\"pass\",\"outcome\":null}",
		 "1:114: outcome: no string, or none at all"},
		{HEAD KEY "\"verdict\":\"dry\",\"outcome\":\"lost\"}",
		 "1:113: outcome: not null, of a shot that was not fired"},
		{HEAD KEY "\"verdict\":\"dry\",\"outcome\":null,\"phase1\":{}}",
		 "1:128: phase1: no p50_ns in it"},
		{HEAD KEY "\"verdict\":\"dry\",\"outcome\":null,\"phase1\":null,\"phase2\":{"
			  "\"p50_ns\":-1}}",
		 "1:142: phase2: no p50_ns in it"},
		{HEAD "\n" KEY "\n \"verdict\":\"dry\",\"outcome\":null, \"phase1\":null}",
		 "1:1: phase2: no p50_ns in it"},
		{HEAD "\n" KEY "\n \"verdict\":0}", "3:2: verdict: no string, or none at all"},
		{GOOD "\n" END "\n" GOOD,
		 "3:1: a shot behind the campaign's end: one campaign in a file"},
	};
	char said[512], expected[512];

	(void)state;
	log_setup("test", 0);
	for (size_t i = 0; i < UTIL_COUNT(rows); i++) {
		const char *any = strchr(rows[i].said, '*');

		assert_int_equal(parse(rows[i].text, said), EXIT_USAGE);
		snprintf(expected, sizeof(expected), "test: --baseline: old.json:%s\n",
			 rows[i].said);
		if (any) { /* the column is where jansson says */
			size_t head = strchr(expected, '*') - expected;

			assert_memory_equal(said, expected, head);
			assert_non_null(strstr(said, expected + head + 1));
		} else {
			assert_string_equal(said, expected);
		}
		assert_null(old);
	}
}

static void good_files(void **state)
{
	static const struct {
		const char *text;
		bool complete;
	} rows[] = {
		{GOOD, false},
		{GOOD "\n" END "\n", true},
		{"\n " GOOD "\r\n\t{\"schema\":\"seainject/1\",\"type\":\"baseline\"}" END, true},
		{"{\"type\":\n\"shot\",\n\"schema\":\"seainject/1\",\n" KEY
		 "\n\"verdict\":\"skipped\",\"phase1\":null,\n\"outcome\":null,"
		 "\"phase2\":{\"p50_ns\":1,\"more\":[]},\"later\":{\"vm\":1}}",
		 false},
	};
	char said[512];

	(void)state;
	for (size_t i = 0; i < UTIL_COUNT(rows); i++) {
		assert_int_equal(parse(rows[i].text, said), 0);
		assert_string_equal(said, "");
		compare();
		assert_int_equal(changes.complete, rows[i].complete);
		assert_int_equal(changes.list[changes.n - 1].what, BASELINE_GONE);
		baseline_changes_free(&changes);
		baseline_free(old);
		old = NULL;
	}
}

/* A run that was killed: what it has not is said to be missing, not new. */
static void cut_off(void **state)
{
	char said[512];

	(void)state;
	assert_int_equal(parse(GOOD "\n", said), 0);
	compare();
	told("");
	assert_non_null(strstr(text, "that file was cut off: what is new may have been in it\n"));
}

/* The file's own words are anybody's. */
static void hostile_names(void **state)
{
	char said[512];

	(void)state;
	assert_int_equal(
		parse("{\"schema\":\"seainject/1\",\"type\":\"shot\",\"vm\":\"\\u001b[2J\","
		      "\"method\":\"\\n\\r\",\"value\":\"\\u009b\",\"place\":\"\\t\","
		      "\"wanted\":1,\"verdict\":\"dry\",\"outcome\":null,\"phase1\":null,"
		      "\"phase2\":null}" END,
		      said),
		0);
	result.n_shots = 0;
	compare();
	told("# ");
	assert_non_null(strstr(text, "\n#   ?[2J ?\? ?\? ? x1: is gone, was: dry\n"));
}

static void no_such_file(void **state)
{
	(void)state;
	assert_int_equal(baseline_read(&old, "/nonexistent/old.json"), EXIT_ENVIRONMENT);
	assert_null(old);
}

static void nobody_there(void **state)
{
	(void)state;
	baseline_free(NULL);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(nothing_changed), TEST(everything_changed), TEST(as_comments),
		TEST(as_json),         TEST(the_ratio),          TEST(another_order),
		TEST(nothing_left),    TEST(broken_files),       TEST(good_files),
		TEST(cut_off),         TEST(hostile_names),      TEST(no_such_file),
		TEST(nobody_there),
	};

	return cmocka_run_group_tests_name("baseline", tests, NULL, NULL);
}
