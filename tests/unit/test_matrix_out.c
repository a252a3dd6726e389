/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * vmtest/matrix/out_*: in every output each cell with the word of its status, and what is hostile stays
 * text. JSON is parsed by jansson, JUnit's XML by xmllint.
 */
#include "tests/unit/matrices.h"

#include <jansson.h>
#include <spawn.h>
#include <sys/wait.h>

#include "lib/util.h"
#include "vmtest/matrix/out.h"

/* A test of each status, in a kernel that must not fail and in one that may. */
static void every_status(void)
{
	char text[4352], tests[2048] = "";
	size_t len = 0;

	for (int i = 0; i < CELL_STATUSES; i++)
		len += snprintf(tests + len, sizeof(tests) - len, " %02d-is-%s.sh", i,
				cell_words[i]);
	snprintf(text, sizeof(text), "6.12 required 6.12.1%s\n6.1-override may-fail 6.1.2%s\n",
		 tests, tests);
	plan(text);
	for (size_t c = 0; c < 2; c++) {
		struct column *column = &matrix.columns[c];

		cell_set(&column->cells[0], CELL_PASS, NULL);
		for (int i = 0; i < CELL_STATUSES; i++)
			if (i == CELL_PASS)
				cell_set(&column->cells[i + 1], i, NULL);
			else
				cell_set(&column->cells[i + 1], i, "because of %d", i);
	}
}

static struct cell *status_cell(size_t c, int status)
{
	return &matrix.columns[c].cells[status + 1];
}

static char *rendered(void (*render)(FILE *file, const struct matrix *matrix))
{
	char *text = NULL;
	size_t size = 0;
	FILE *file = open_memstream(&text, &size);

	assert_non_null(file);
	render(file, &matrix);
	assert_int_equal(fclose(file), 0);
	assert_int_equal(strlen(text), size);
	return text;
}

__attribute__((format(printf, 2, 3))) static void has(const char *text, const char *format, ...)
{
	char wanted[1024];
	va_list list;

	va_start(list, format);
	vsnprintf(wanted, sizeof(wanted), format, list);
	va_end(list);
	if (!strstr(text, wanted))
		fail_msg("no '%s' in:\n%s", wanted, text);
}

static void lacks(const char *text, const char *unwanted)
{
	if (strstr(text, unwanted))
		fail_msg("'%s' in:\n%s", unwanted, text);
}

/* The line that begins with this, until the next call. */
static const char *line_of(const char *text, const char *begin)
{
	static char line[4096];

	for (; *text; text += strcspn(text, "\n"), text += *text == '\n') {
		if (strncmp(text, begin, strlen(begin)))
			continue;
		snprintf(line, sizeof(line), "%.*s", (int)strcspn(text, "\n"), text);
		return line;
	}
	fail_msg("no line '%s'", begin);
	return "";
}

/* --- each status -------------------------------------------------------------------------------- */

/* So many are told as failed: every status but two, those without one among them. */
#define FAILED (CELL_STATUSES - 2)

static void statuses_in_the_table(void **state)
{
	static const char *const words[CELL_STATUSES] = {
		"WAITING", "RUNNING", "pass", "skip",  "FAIL",   "TIMEOUT",
		"SPLAT",   "LOST",    "HUNG", "PANIC", "BROKEN", "NOT-RUN",
	};
	char *text, name[64];

	(void)state;
	every_status();
	text = rendered(out_table);
	for (int i = 0; i < CELL_STATUSES; i++) {
		snprintf(name, sizeof(name), "%02d-is-%s ", i, cell_words[i]);
		has(line_of(text, name), " %s  ", words[i]); /* the first of two columns */
		if (i != CELL_PASS && i != CELL_SKIP && i != CELL_NOT_RUN) {
			has(text, "\n6.12 %.*s: %s", (int)strlen(name) - 1, name, cell_words[i]);
			has(text, "\n6.1-override %.*s: %s", (int)strlen(name) - 1, name,
			    cell_words[i]);
		}
	}
	has(text, "because of 9 (which this kernel may)\n");
	has(text, "skipped: 03-is-skip (because of 3): 6.12 6.1-override\n");
	has(text, "; %d more failed where they may\n4 passed, %d failed, 2 skipped\n", FAILED,
	    FAILED);
	free(text);
}

static void statuses_in_tap(void **state)
{
	char *text;

	(void)state;
	every_status();
	text = rendered(out_tap);
	for (int i = 0; i < CELL_STATUSES; i++) {
		if (i == CELL_PASS) {
			has(text, "\nok %d - 6.12: 02-is-pass\n", i + 2);
		} else if (i == CELL_SKIP) {
			has(text, "\nok %d - 6.12: 03-is-skip # SKIP because of 3\n", i + 2);
		} else {
			const char *reason = status_cell(0, i)->reason;

			has(text, "\nnot ok %d - 6.12: %02d-is-%s # %s%s%s\n", i + 2, i,
			    cell_words[i], cell_words[i], reason ? ": " : "", reason ?: "");
			has(text,
			    "\nnot ok %d - 6.1-override: %02d-is-%s # TODO may fail: %s%s%s\n",
			    CELL_STATUSES + i + 3, i, cell_words[i], cell_words[i],
			    reason ? ": " : "", reason ?: "");
		}
	}
	has(text, "\n1..%d\n", 2 * (CELL_STATUSES + 1));
	free(text);
}

static json_t *parsed(const char *text)
{
	json_error_t error;
	json_t *all = json_loads(text, 0, &error);

	if (!all)
		fail_msg("%d:%d: %s in:\n%s", error.line, error.column, error.text, text);
	return all;
}

static void statuses_in_json(void **state)
{
	char *text;
	json_t *all;

	(void)state;
	every_status();
	text = rendered(out_json);
	all = parsed(text);
	assert_int_equal(json_integer_value(json_object_get(all, "failed")), FAILED);
	assert_int_equal(json_integer_value(json_object_get(all, "tolerated")), FAILED);
	assert_int_equal(json_integer_value(json_object_get(all, "passed")), 4);
	assert_int_equal(json_integer_value(json_object_get(all, "skipped")), 2);
	for (size_t c = 0; c < 2; c++) {
		json_t *column = json_array_get(json_object_get(all, "kernels"), c);
		json_t *tests = json_object_get(column, "tests");

		assert_int_equal(json_is_true(json_object_get(column, "may_fail")), c);
		assert_int_equal(json_array_size(tests), CELL_STATUSES + 1);
		for (int i = 0; i < CELL_STATUSES; i++) {
			json_t *test = json_array_get(tests, i + 1);

			assert_string_equal(json_string_value(json_object_get(test, "status")),
					    cell_words[i]);
			assert_string_equal(json_string_value(json_object_get(test, "test")),
					    status_cell(c, i)->test);
		}
	}
	json_decref(all);
	free(text);
}

static void statuses_in_junit(void **state)
{
	char *text;

	(void)state;
	every_status();
	text = rendered(out_junit);
	for (int i = 0; i < CELL_STATUSES; i++) {
		const char *reason = status_cell(0, i)->reason;
		const char *kind = i == CELL_FAIL || i == CELL_TIMEOUT ? "failure" : "error";

		has(text, "name=\"%02d-is-%s\" time=\"0.000\">\n%s", i, cell_words[i],
		    i == CELL_PASS ? "    </testcase>" : "      <");
		if (i == CELL_PASS || i == CELL_SKIP)
			continue;
		has(text, "<%s type=\"%s\" message=\"%s\">", kind, cell_words[i],
		    reason ?: cell_words[i]);
		has(text, "<skipped message=\"may fail: %s%s%s\"/>", cell_words[i],
		    reason ? ": " : "", reason ?: "");
	}
	has(text, "<skipped message=\"because of 3\"/>");
	has(text,
	    "<testsuites name=\"vmtest matrix\" tests=\"%d\" failures=\"2\" errors=\"%d\" "
	    "skipped=\"%d\" ",
	    2 * (CELL_STATUSES + 1), FAILED - 2, FAILED + 2);
	free(text);
}

static void statuses_in_html(void **state)
{
	char *text;

	(void)state;
	every_status();
	text = rendered(out_html);
	for (int i = 0; i < CELL_STATUSES; i++) {
		const char *class = i == CELL_PASS ? "good" : i == CELL_SKIP ? "fair" : "bad";

		has(text, "<td class=\"%s\"><a href=\"#6.12/%02d-is-%s\"", class, i, cell_words[i]);
		has(text, ">%s</a></td>", cell_words[i]);
		has(text, "<details id=\"6.1-override/%02d-is-%s\"%s><summary>", i, cell_words[i],
		    i == CELL_PASS || i == CELL_SKIP ? "" : " open");
		has(text, "<span class=\"%s\">%s</span>", class, cell_words[i]);
	}
	has(text, "<span class=\"bad\">4 passed, %d failed, 2 skipped</span>, %d more failed",
	    FAILED, FAILED);
	free(text);
}

static void a_stopped_run_is_told(void **state)
{
	char *text;
	json_t *all;

	(void)state;
	every_status();
	matrix.interrupted = true;
	text = rendered(out_table);
	has(text, "\nstopped: 2 kernels in ");
	free(text);
	text = rendered(out_html);
	has(text, "It was stopped.");
	free(text);
	text = rendered(out_json);
	all = parsed(text);
	assert_true(json_is_true(json_object_get(all, "interrupted")));
	json_decref(all);
	free(text);
}

/* --- hostile text ------------------------------------------------------------------------------- */

#define HOSTILE                                       \
	"</pre></title><script>alert(1)</script>\"' " \
	"onload=\"x]]>&lt;\033[2J\xff\xc3(\xef\xbf\xbf\x01 # SKIP"

/* As much of it as a plan lets by goes into names. */
static void hostile_matrix(void)
{
	struct column *column;

	plan("<b>&\"'% required <i>&\"' 0-<script>alert(1)</script>&\"'.sh 1-]]>#.sh 2-x\n");
	column = &matrix.columns[0];
	cell_set(&column->cells[0], CELL_PASS, NULL);
	cell_set(&column->cells[1], CELL_FAIL, "%s", HOSTILE);
	cell_set(&column->cells[2], CELL_SKIP, "%s", HOSTILE);
	cell_set(&column->cells[3], CELL_PANIC, NULL);
	for (size_t i = 0; i < column->cell_count; i++) {
		cell_say(&column->cells[i], HOSTILE);
		cell_say(&column->cells[i], "ok 1 - 6.12: 2-x");
		cell_say(&column->cells[i], "\ttab");
	}
	column->boots = calloc(1, sizeof(*column->boots));
	assert_non_null(column->boots);
	column->boot_count = 1;
	column->boots[0] = (struct boot){
		.end = strdup(HOSTILE), .why = strdup(HOSTILE), .console = strdup(HOSTILE)};
	column->cells[1].boot = column->cells[3].boot = 1;
	free(column->release);
	column->release = strdup(HOSTILE);
}

/* Nothing that a terminal obeys, and UTF-8. */
static void assert_clean(const char *text)
{
	size_t size = strlen(text) + 1;
	char *clean = malloc(size), *copy = strdup(text);

	assert_true(clean && copy);
	for (char *c = copy; *c; c++)
		if (*c == '\n' || *c == '\t')
			*c = ' ';
	util_clean(clean, size, copy, size - 1);
	assert_string_equal(clean, copy);
	free(clean);
	free(copy);
}

static unsigned int count(const char *text, const char *what)
{
	unsigned int n = 0;

	for (; (text = strstr(text, what)); text += strlen(what))
		n++;
	return n;
}

static void hostile_text_in_text(void **state)
{
	char *text;

	(void)state;
	hostile_matrix();
	strcpy(matrix.columns[0].boots[0].console,
	       "/our/own"); /* the only place that is the user's */
	text = rendered(out_table);
	assert_clean(text);
	has(text, "\n  | ok 1 - 6.12: 2-x\n  | \ttab\n  console: /our/own\n");
	free(text);
	text = rendered(out_tap);
	assert_clean(text);
	has(text, "\n# ok 1 - 6.12: 2-x\n"); /* a comment, no result */
	assert_int_equal(count(text, "\nok ") + !strncmp(text, "ok ", 3), 2);
	assert_int_equal(count(text, "\nnot ok "), 2);
	has(text, "\n1..4\n");
	free(text);
}

static void hostile_text_in_json(void **state)
{
	json_t *all, *column, *tests;
	char *text;

	(void)state;
	hostile_matrix();
	text = rendered(out_json);
	assert_clean(text);
	all = parsed(text);
	column = json_array_get(json_object_get(all, "kernels"), 0);
	tests = json_object_get(column, "tests");
	assert_int_equal(json_array_size(tests), 4);
	assert_int_equal(json_array_size(json_object_get(column, "boots")), 1);
	assert_string_equal(json_string_value(json_object_get(column, "series")), "<b>&\"'%");
	assert_string_equal(json_string_value(json_object_get(json_array_get(tests, 1), "test")),
			    "0-<script>alert(1)</script>&\"'");
	has(json_string_value(json_object_get(json_array_get(tests, 1), "log")),
	    "onload=\"x]]>&lt;?[2J");
	json_decref(all);
	free(text);
}

/* Its tags are as many as of a matrix in which nothing is hostile. */
static void hostile_text_in_html(void **state)
{
	char *text;

	(void)state;
	hostile_matrix();
	text = rendered(out_html);
	assert_clean(text);
	assert_int_equal(count(text, "<script>"), 1);
	assert_int_equal(count(text, "</script>"), 1);
	assert_int_equal(count(text, "</pre>"), 4);
	assert_int_equal(count(text, "<b>") + count(text, "<i>"), 0);
	lacks(text, "onload=\"x]]>");
	has(text, "<td class=\"bad\"><a href=\"#&lt;b&gt;&amp;&quot;&#39;%%/0-&lt;script&gt;");
	free(text);
}

/* xmllint says nothing of what is XML. */
static void assert_xml(const char *text)
{
	char path[PATH_MAX];
	char *argv[] = {"xmllint", "--noout", path, NULL};
	extern char **environ;
	pid_t pid;
	int status;

	tree_write(scratch, text, strlen(text), "junit.xml");
	snprintf(path, sizeof(path), "%s", scratch_path("junit.xml"));
	assert_int_equal(posix_spawnp(&pid, "xmllint", NULL, NULL, argv, environ), 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

static void junit_is_xml(void **state)
{
	char *text;

	(void)state;
	hostile_matrix();
	text = rendered(out_junit);
	assert_clean(text);
	assert_xml(text);
	assert_int_equal(count(text, "<testcase "), 4);
	assert_int_equal(count(text, "<script>"), 0);
	free(text);
	matrix_free(&matrix);
	every_status();
	text = rendered(out_junit);
	assert_xml(text);
	free(text);
}

/* --- the table ---------------------------------------------------------------------------------- */

static void the_table_exactly(void **state)
{
	char *text;

	(void)state;
	plan("6.1-override may-fail 6.1.2 01-a.sh\n6.12 required 6.12.1 01-a.sh 02-bb.sh "
	     "03-c.sh\n");
	matrix.seconds = 63.4;
	for (size_t i = 0; i < 2; i++) {
		cell_set(&matrix.columns[i].cells[0], CELL_PASS, NULL);
		matrix.columns[i].seconds = 30 + i;
	}
	cell_set(cell_of("6.1-override", "01-a"), CELL_PASS, NULL);
	cell_set(cell_of("6.12", "01-a"), CELL_SKIP, "no HEST");
	cell_set(cell_of("6.12", "02-bb"), CELL_FAIL, "status 1");
	cell_say(cell_of("6.12", "02-bb"), "one");
	cell_say(cell_of("6.12", "02-bb"), "two");
	cell_set(cell_of("6.12", "03-c"), CELL_PASS, NULL);
	text = rendered(out_table);
	assert_string_equal(text, "              6.1  6.12\n"
				  "         override      \n"
				  "boot         pass  pass\n"
				  "01-a         pass  skip\n"
				  "02-bb           .  FAIL\n"
				  "03-c            .  pass\n"
				  "seconds        30    31\n"
				  "\n"
				  "skipped: 01-a (no HEST): 6.12\n"
				  "\n"
				  "6.12 02-bb: fail: status 1\n"
				  "  | one\n"
				  "  | two\n"
				  "\n"
				  "2 kernels in 63 s\n"
				  "4 passed, 1 failed, 1 skipped\n");
	free(text);
}

/* What is a path elsewhere is a release above its column, which stays narrow. */
static void a_file_is_headed_by_its_release(void **state)
{
	char *text;

	(void)state;
	plan("/home/me/linux/arch/arm64/boot/Image required 7.4.0-rc1 01-a.sh\n"
	     "deb:linux-image-6.18.deb required 6.18.15+deb13-arm64 01-a.sh\n");
	text = rendered(out_table);
	has(text, "           7.4.0  6.18.15+deb13\n"
		  "             rc1          arm64\n"
		  "boot     WAITING        WAITING\n");
	has(text, "\n/home/me/linux/arch/arm64/boot/Image 01-a: waiting\n");
	free(text);
	text = rendered(out_html);
	has(text, "<th scope=\"col\">7.4.0-rc1</th><th scope=\"col\">6.18.15+deb13-arm64</th>");
	free(text);
}

/* A kernel that never came up says it once, and so does a run that was stopped. */
static void what_is_one_reason_is_told_once(void **state)
{
	char *text;

	(void)state;
	plan("6.12 required 6.12.1 01-a.sh 02-b.sh\n");
	for (int i = 0; i < 3; i++)
		cell_set(&matrix.columns[0].cells[i], CELL_BROKEN, "no mirror");
	text = rendered(out_table);
	assert_int_equal(count(text, "no mirror"), 1);
	has(text, "\n6.12 boot: broken: no mirror\n");
	has(text, "\n1 kernel in 0 s\n0 passed, 3 failed, 0 skipped\n");
	free(text);
	matrix_free(&matrix);
	plan("6.12 required 6.12.1 01-a.sh 02-b.sh\n");
	cell_set(&matrix.columns[0].cells[0], CELL_PASS, NULL);
	cell_set(&matrix.columns[0].cells[1], CELL_NOT_RUN, "stopped");
	cell_set(&matrix.columns[0].cells[2], CELL_NOT_RUN, "stopped");
	text = rendered(out_table);
	assert_int_equal(count(text, "stopped"), 0);
	assert_int_equal(count(text, "NOT-RUN"), 2);
	free(text);
}

static void skips_without_a_reason_are_shown(void **state)
{
	char *text;

	(void)state;
	plan("6.12 required 6.12.1 01-a.sh\n6.1 required 6.1.2 01-a.sh\n");
	cell_set(cell_of("6.12", "01-a"), CELL_SKIP, NULL);
	cell_set(cell_of("6.1", "01-a"), CELL_SKIP, "words");
	text = rendered(out_table);
	has(text, "skipped: 01-a (): 6.12\nskipped: 01-a (words): 6.1\n");
	free(text);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, matrix_setup, matrix_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(statuses_in_the_table),
		TEST(statuses_in_tap),
		TEST(statuses_in_json),
		TEST(statuses_in_junit),
		TEST(statuses_in_html),
		TEST(a_stopped_run_is_told),
		TEST(hostile_text_in_text),
		TEST(hostile_text_in_json),
		TEST(hostile_text_in_html),
		TEST(junit_is_xml),
		TEST(the_table_exactly),
		TEST(a_file_is_headed_by_its_release),
		TEST(what_is_one_reason_is_told_once),
		TEST(skips_without_a_reason_are_shown),
	};

	return cmocka_run_group_tests_name("matrix outputs", tests, NULL, NULL);
}
