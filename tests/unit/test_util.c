/* SPDX-License-Identifier: GPL-2.0-only */
/* lib/util: numbers, durations, text, files; lib/log: one line each, libbpf's last warning. */
#include "tests/unit/tree.h"

#include "lib/log.h"
#include "lib/near.h"
#include "lib/util.h"

#include <bpf/libbpf.h>

#include <dirent.h>
#include <signal.h>
#include <sys/resource.h>

static void parse_u64(void **state)
{
	static const struct {
		const char *text;
		uint64_t min, max;
		int err;
		uint64_t value;
	} cases[] = {
		{"0", 0, UINT64_MAX, 0, 0},
		{"007", 0, 10, 0, 7},
		{"0x1F", 0, 100, 0, 31},
		{"0Xff", 0, 255, 0, 255},
		{"18446744073709551615", 0, UINT64_MAX, 0, UINT64_MAX},
		{"0xffffffffffffffff", 0, UINT64_MAX, 0, UINT64_MAX},
		{"18446744073709551616", 0, UINT64_MAX, -ERANGE, 0},
		{"99999999999999999999", 0, UINT64_MAX, -ERANGE, 0},
		{"5", 6, 10, -ERANGE, 0},
		{"11", 6, 10, -ERANGE, 0},
		{"6", 6, 10, 0, 6},
		{"10", 6, 10, 0, 10},
		{"", 0, 10, -EINVAL, 0},
		{"0x", 0, 10, -EINVAL, 0},
		{"7x", 0, 10, -EINVAL, 0},
		{" 7", 0, 10, -EINVAL, 0},
		{"7 ", 0, 10, -EINVAL, 0},
		{"+7", 0, 10, -EINVAL, 0},
		{"-1", 0, UINT64_MAX, -EINVAL, 0},
		{"1.5", 0, 10, -EINVAL, 0},
		{"0xg", 0, 100, -EINVAL, 0},
	};

	(void)state;
	for (size_t i = 0; i < UTIL_COUNT(cases); i++) {
		uint64_t value = 4711;
		int err = util_parse_u64(cases[i].text, cases[i].min, cases[i].max, &value);

		if (err != cases[i].err || value != (err ? 4711 : cases[i].value))
			fail_msg("'%s': %d, %ju", cases[i].text, err, (uintmax_t)value);
	}
}

static void parse_duration(void **state)
{
	static const struct {
		const char *text;
		int err;
		uint64_t ns;
	} cases[] = {
		{"10", 0, 10 * UTIL_NS_PER_S},
		{"0", 0, 0},
		{"1.5s", 0, 1500 * UTIL_NS_PER_MS},
		{"1.5", 0, 1500 * UTIL_NS_PER_MS},
		{"250ms", 0, 250 * UTIL_NS_PER_MS},
		{"20us", 0, 20000},
		{"850ns", 0, 850},
		{"2m", 0, 120 * UTIL_NS_PER_S},
		{"1h", 0, 3600 * UTIL_NS_PER_S},
		{"0.25m", 0, 15 * UTIL_NS_PER_S},
		{"0.000000001s", 0, 1},
		{"18446744073709551615ns", 0, UINT64_MAX},
		{"18446744073.709551615s", 0, UINT64_MAX},
		{"18446744073.709551616s", -ERANGE, 0},
		{"18446744073709551616ns", -ERANGE, 0},
		{"6000000h", -ERANGE, 0},
		{"0.0000000001s", -EINVAL, 0},
		{"1.5ns", -EINVAL, 0},
		{"", -EINVAL, 0},
		{"s", -EINVAL, 0},
		{".5s", -EINVAL, 0},
		{"1.", -EINVAL, 0},
		{"1.s", -EINVAL, 0},
		{"7x", -EINVAL, 0},
		{"7 s", -EINVAL, 0},
		{"-1", -EINVAL, 0},
		{"1s1", -EINVAL, 0},
		{"1.00000000000000000000000000s", -EINVAL, 0},
	};

	(void)state;
	for (size_t i = 0; i < UTIL_COUNT(cases); i++) {
		uint64_t ns = 4711;
		int err = util_parse_duration(cases[i].text, &ns);

		if (err != cases[i].err || ns != (err ? 4711 : cases[i].ns))
			fail_msg("'%s': %d, %ju", cases[i].text, err, (uintmax_t)ns);
	}
}

static void parse_size(void **state)
{
	static const struct {
		const char *text;
		int err;
		uint64_t bytes;
	} cases[] = {
		{"0", 0, 0},
		{"4096", 0, 4096},
		{"0x1000", 0, 4096},
		{"64K", 0, 64 << 10},
		{"2M", 0, 2 << 20},
		{"1G", 0, 1 << 30},
		{"16777215T", 0, 16777215ULL << 40},
		{"16777216T", -ERANGE, 0},
		{"99999999999999999999K", -ERANGE, 0},
		{"", -EINVAL, 0},
		{"K", -EINVAL, 0},
		{"64k", -EINVAL, 0},
		{"64KK", -EINVAL, 0},
		{"64 K", -EINVAL, 0},
		{"1.5K", -EINVAL, 0},
		{"0x4K", -EINVAL, 0},
		{"-1K", -EINVAL, 0},
	};

	(void)state;
	for (size_t i = 0; i < UTIL_COUNT(cases); i++) {
		uint64_t bytes = 4711;
		int err = util_parse_size(cases[i].text, &bytes);

		if (err != cases[i].err || bytes != (err ? 4711 : cases[i].bytes))
			fail_msg("'%s': %d, %ju", cases[i].text, err, (uintmax_t)bytes);
	}
}

static void parse_fraction(void **state)
{
	static const struct {
		const char *text;
		int err;
		double fraction;
	} cases[] = {
		{"1", 0, 1},          {"1.000", 0, 1},
		{"0.5", 0, 0.5},      {"0.25", 0, 0.25},
		{"0.001", 0, 0.001},  {"0", -ERANGE, 0},
		{"0.00", -ERANGE, 0}, {"1.01", -ERANGE, 0},
		{"2", -ERANGE, 0},    {"99999999999999999999", -ERANGE, 0},
		{"", -EINVAL, 0},     {".5", -EINVAL, 0},
		{"0.", -EINVAL, 0},   {"1e-3", -EINVAL, 0},
		{"50%", -EINVAL, 0},  {"-0.5", -EINVAL, 0},
		{"nan", -EINVAL, 0},  {"0.0000000000000000001", -EINVAL, 0},
	};

	(void)state;
	for (size_t i = 0; i < UTIL_COUNT(cases); i++) {
		double fraction = 4711, want = cases[i].err ? 4711 : cases[i].fraction;
		int err = util_parse_fraction(cases[i].text, &fraction);

		if (err != cases[i].err || fraction < want * 0.999999999999 ||
		    fraction > want * 1.000000000001)
			fail_msg("'%s': %d, %g", cases[i].text, err, fraction);
	}
}

static void near_words(void **state)
{
	static const char *const words[] = {"methods", "places", "vcpus", "gap", "every", NULL};

	(void)state;
	assert_string_equal(near_word("metods", words), "methods");
	assert_string_equal(near_word("place", words), "places");
	assert_string_equal(near_word("vpcus", words), "vcpus");
	assert_string_equal(near_word("gaps", words), "gap");
	assert_string_equal(near_word("gap", words), "gap");
	assert_null(near_word("mtd", words));
	assert_null(near_word("ga", (const char *const[]){"xy", NULL})); /* every letter */
	assert_null(near_word("", words));
	assert_null(near_word("a_word_that_is_longer_than_all_of_them", words));
}

static void format_ns(void **state)
{
	static const struct {
		uint64_t ns;
		const char *text;
	} cases[] = {
		{0, "0 ns"},
		{850, "850 ns"},
		{999, "999 ns"},
		{1000, "1.00 us"},
		{1004, "1.00 us"},
		{1005, "1.01 us"},
		{9994, "9.99 us"},
		{9995, "10.0 us"},
		{12345, "12.3 us"},
		{99950, "100 us"},
		{999499, "999 us"},
		{999500, "1.00 ms"},
		{6910000, "6.91 ms"},
		{250000000, "250 ms"},
		{999500000, "1.00 s"},
		{1200000000, "1.20 s"},
		{62000000000, "62.0 s"},
		{999000000000, "999 s"},
		{1234000000000, "1234 s"},
		{UINT64_MAX, "18446744074 s"},
	};
	char buf[16];

	(void)state;
	for (size_t i = 0; i < UTIL_COUNT(cases); i++)
		assert_string_equal(util_format_ns(buf, cases[i].ns), cases[i].text);
}

static void clean_text(void **state)
{
	static const struct {
		const char *text;
		size_t size;
		const char *out;
	} cases[] = {
		{"plain", 16, "plain"},
		{"plain", 5, "plai"},
		{"a\nb\tc\033[31m", 32, "a?b?c?[31m"},
		{"\x7f", 16, "?"},
		{"gr\xc3\xbc\xc3\x9f", 16, "gr\xc3\xbc\xc3\x9f"},
		{"gr\xc3\xbc\xc3\x9f", 6, "gr\xc3\xbc"},      /* no half a character */
		{"\xe2\x82\xac", 16, "\xe2\x82\xac"},         /* three bytes */
		{"\xf0\x9f\x90\xa7", 16, "\xf0\x9f\x90\xa7"}, /* four */
		{"\xc3", 16, "?"},                            /* cut off */
		{"\xff\xfe", 16, "??"},                       /* never UTF-8 */
		{"\xc0\xaf", 16, "??"},                       /* overlong */
		{"\xed\xa0\x80", 16, "???"},                  /* a surrogate */
		{"\xf4\x90\x80\x80", 16, "????"},             /* above U+10FFFF */
		{"\xc2\x9b", 16, "??"},                       /* C1: a terminal's CSI */
	};
	char out[32];

	(void)state;
	for (size_t i = 0; i < UTIL_COUNT(cases); i++) {
		size_t n = util_clean(out, cases[i].size, cases[i].text, strlen(cases[i].text));

		assert_string_equal(out, cases[i].out);
		assert_int_equal(n, strlen(out));
	}
}

static void read_files(void **state)
{
	char root[32], path[64], *data = NULL, *big;
	size_t len = 0;

	(void)state;
	tree_make(root);
	snprintf(path, sizeof(path), "%s/a", root);
	assert_int_equal(util_read_file(path, &data, &len), -ENOENT);
	assert_int_equal(util_read_file(root, &data, &len), -EISDIR);
	assert_null(data);

	tree_write(root, "a\0b", 3, "a");
	assert_int_equal(util_read_file(path, &data, &len), 0);
	assert_int_equal(len, 3);
	assert_memory_equal(data, "a\0b", 4);
	free(data);

	/* Around the sizes at which the buffer grows. */
	big = malloc(20000);
	assert_non_null(big);
	memset(big, 'x', 20000);
	for (size_t n = 4090; n < 8200; n += 1) {
		if (n == 4100)
			n = 8185;
		tree_write(root, big, n, "a");
		assert_int_equal(util_read_file(path, &data, &len), 0);
		assert_int_equal(len, n);
		assert_int_equal(strlen(data), n);
		free(data);
	}
	free(big);

	/* /proc says that its files are empty. */
	assert_int_equal(util_read_file("/proc/self/status", &data, NULL), 0);
	assert_non_null(strstr(data, "\nTgid:"));
	free(data);
	assert_int_equal(util_read_file("/dev/zero", &data, &len), -EFBIG);
	tree_remove(root);
}

static void assert_content(const char *path, const char *content)
{
	char *data;

	assert_int_equal(util_read_file(path, &data, NULL), 0);
	assert_string_equal(data, content);
	free(data);
}

static unsigned count_files(const char *root)
{
	DIR *dir = opendir(root);
	struct dirent *entry;
	unsigned n = 0;

	assert_non_null(dir);
	while ((entry = readdir(dir)))
		n += entry->d_name[0] != '.';
	closedir(dir);
	return n;
}

static void write_replaces(void **state)
{
	char root[32], path[64], link[64];
	struct stat before, after;

	(void)state;
	tree_make(root);
	snprintf(path, sizeof(path), "%s/real", root);
	snprintf(link, sizeof(link), "%s/link", root);
	umask(022);
	assert_int_equal(util_write_atomic(path, "one", 3), 0);
	assert_content(path, "one");
	assert_int_equal(stat(path, &before), 0);
	assert_int_equal(before.st_mode & 07777, 0644);

	/* Through a link, with a mode of its own: the link stays, the file is another. */
	assert_int_equal(chmod(path, 0640), 0);
	tree_link(root, "real", "link");
	assert_int_equal(util_write_atomic(link, "two", 3), 0);
	assert_content(path, "two");
	assert_int_equal(stat(path, &after), 0);
	assert_int_not_equal(before.st_ino, after.st_ino);
	assert_int_equal(after.st_mode & 07777, 0640);
	assert_int_equal(lstat(link, &after), 0);
	assert_true(S_ISLNK(after.st_mode));
	assert_int_equal(count_files(root), 2);
	tree_remove(root);
}

static void write_relative(void **state)
{
	char root[32], cwd[PATH_MAX];

	(void)state;
	tree_make(root);
	assert_non_null(getcwd(cwd, sizeof(cwd)));
	assert_return_code(chdir(root), errno);
	assert_int_equal(util_write_atomic("plain", "x", 1), 0);
	assert_content("plain", "x");
	assert_return_code(chdir(cwd), errno);
	tree_remove(root);
}

/* A device or pipe is written to, not replaced: /dev/null has to stay one. */
static void write_keeps_pipes(void **state)
{
	char root[32], path[64], got[8];
	struct stat st;
	int fd;

	(void)state;
	tree_make(root);
	snprintf(path, sizeof(path), "%s/fifo", root);
	assert_int_equal(mkfifo(path, 0600), 0);
	fd = open(path, O_RDWR);
	assert_return_code(fd, errno);
	assert_int_equal(util_write_atomic(path, "abc", 3), 0);
	assert_int_equal(read(fd, got, sizeof(got)), 3);
	assert_memory_equal(got, "abc", 3);
	assert_int_equal(lstat(path, &st), 0);
	assert_true(S_ISFIFO(st.st_mode));
	close(fd);
	tree_remove(root);
}

/* A disk that takes only so much: the old file stays, nothing half-made does. */
static void write_fails_cleanly(void **state)
{
	const struct rlimit small = {.rlim_cur = 10, .rlim_max = RLIM_INFINITY};
	struct rlimit limit;
	char root[32], path[64];
	int err;

	(void)state;
	tree_make(root);
	snprintf(path, sizeof(path), "%s/file", root);
	assert_int_equal(util_write_atomic(path, "old", 3), 0);
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	err = util_write_atomic(path, "longer than ten bytes", 21);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
	assert_int_equal(err, -EFBIG);
	assert_content(path, "old");
	assert_int_equal(count_files(root), 1);

	snprintf(path, sizeof(path), "%s/no/such", root);
	assert_int_equal(util_write_atomic(path, "x", 1), -ENOENT);
	tree_remove(root);
}

static void rfc3339(void **state)
{
	char buf[36];

	(void)state;
	assert_string_equal(util_rfc3339(buf, 0), "1970-01-01T00:00:00.000000000Z");
	assert_string_equal(util_rfc3339(buf, 1795392830123456789ULL),
			    "2026-11-23T00:13:50.123456789Z");
	assert_string_equal(util_rfc3339(buf, UINT64_MAX), "2554-07-21T23:34:33.709551615Z");
}

static void clocks(void **state)
{
	uint64_t first = util_clock_ns(CLOCK_MONOTONIC);
	uint64_t wall = util_clock_ns(CLOCK_REALTIME) / UTIL_NS_PER_S;

	(void)state;
	assert_true(first > 0 && util_clock_ns(CLOCK_MONOTONIC) >= first);
	assert_in_range(wall, time(NULL) - 2, time(NULL) + 2);
}

static void errno_names(void **state)
{
	char signal[24];

	(void)state;
	assert_string_equal(util_errno(ENOENT), "ENOENT");
	assert_string_equal(util_errno(-EPERM), "EPERM");
	assert_string_equal(util_errno(-524), "ENOTSUPP");
	assert_string_equal(util_errno(4000), "errno 4000");
	assert_string_equal(util_signal(SIGBUS, signal), "SIGBUS");
	assert_string_equal(util_signal(99, signal), "signal 99");
	assert_string_equal(util_signal(INT32_MIN, signal), "signal -2147483648");
}

/* --- log -------------------------------------------------------------------------------------- */

static void log_levels(void **state)
{
	struct capture c;
	char *text;

	(void)state;
	for (int verbosity = 0; verbosity <= 2; verbosity++) {
		static const char *const want[] = {
			"tool: e 1\ntool: warning: w\n",
			"tool: e 1\ntool: warning: w\ntool: i\n",
			"tool: e 1\ntool: warning: w\ntool: i\ntool: d\n",
		};

		log_setup("tool", verbosity);
		capture_start(&c, STDERR_FILENO);
		log_error("e %d", 1);
		log_warn("w\n");
		log_info("i");
		log_debug("d");
		text = capture_end(&c);
		assert_string_equal(text, want[verbosity]);
		free(text);
	}
}

static void log_is_one_line(void **state)
{
	char huge[5000], *text;
	struct capture c;

	(void)state;
	memset(huge, 'x', sizeof(huge));
	huge[sizeof(huge) - 1] = '\0';
	log_setup("tool", 0);
	capture_start(&c, STDERR_FILENO);
	log_error("two\nlines\033[0m\n");
	log_error("%s", huge);
	text = capture_end(&c);
	assert_memory_equal(text, "tool: two?lines?[0m\ntool: xxx", 29);
	assert_int_equal(strlen(text), 20 + 1023);
	assert_int_equal(text[strlen(text) - 1], '\n');
	free(text);
}

static void log_points_at(void **state)
{
	char *text, path[2000];
	struct capture c;

	(void)state;
	memset(path, 'p', sizeof(path));
	path[sizeof(path) - 1] = '\0';
	log_setup("tool", 0);
	capture_start(&c, STDERR_FILENO);
	log_at("a.yaml", 7, 12, "'%s': no", "x\ny");
	log_at(path, 1, 1, "shown all the same");
	text = capture_end(&c);
	assert_memory_equal(text, "a.yaml:7:12: 'x?y': no\nppp", 26);
	assert_non_null(strstr(text, "p:1:1: shown all the same\n"));
	free(text);
}

__attribute__((format(printf, 2, 3))) static void say(enum libbpf_print_level level,
						      const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	log_libbpf(level, fmt, args);
	va_end(args);
}

static void log_remembers_libbpf(void **state)
{
	struct capture c;
	char *text;

	(void)state;
	log_setup("tool", 1);
	log_libbpf_clear();
	assert_string_equal(log_libbpf_last(), "");
	capture_start(&c, STDERR_FILENO);
	say(LIBBPF_WARN, "libbpf: prog '%s': failed: %d\n", "x", -3);
	say(LIBBPF_INFO, "libbpf: noise\n");
	log_setup("tool", 2);
	say(LIBBPF_DEBUG, "libbpf: detail\nsecond line\n");
	text = capture_end(&c);
	assert_string_equal(text, "libbpf: detail\nsecond line\n");
	assert_string_equal(log_libbpf_last(), "prog 'x': failed: -3");
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(parse_u64),
		cmocka_unit_test(parse_duration),
		cmocka_unit_test(parse_size),
		cmocka_unit_test(parse_fraction),
		cmocka_unit_test(near_words),
		cmocka_unit_test(format_ns),
		cmocka_unit_test(clean_text),
		cmocka_unit_test(read_files),
		cmocka_unit_test(write_replaces),
		cmocka_unit_test(write_relative),
		cmocka_unit_test(write_keeps_pipes),
		cmocka_unit_test(write_fails_cleanly),
		cmocka_unit_test(rfc3339),
		cmocka_unit_test(clocks),
		cmocka_unit_test(errno_names),
		cmocka_unit_test(log_levels),
		cmocka_unit_test(log_is_one_line),
		cmocka_unit_test(log_points_at),
		cmocka_unit_test(log_remembers_libbpf),
	};

	return cmocka_run_group_tests_name("util", tests, NULL, NULL);
}
