// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the harnesses share (fuzz.h).
 */
#include "tests/fuzz/fuzz.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <locale.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <wchar.h>

#define EXCERPT 100 /* bytes of a line that is not what it should be */

static int report_fd = STDERR_FILENO;
static char dir[32];
static pid_t dir_owner;

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc, (void)argv;
	report_fd = dup(STDERR_FILENO); /* fuzz_catch() takes the other one */
	return 0;
}

void fuzz_fail(const char *file, int line, const char *what, const char *format, ...)
{
	va_list args;

	dprintf(report_fd, "%s:%d: does not hold: %s ", file, line, what);
	va_start(args, format);
	vdprintf(report_fd, format, args);
	va_end(args);
	dprintf(report_fd, "\n");
	abort();
}

uint64_t fuzz_take(struct fuzz_input *in, unsigned bytes)
{
	uint64_t value = 0;

	for (unsigned i = 0; i < bytes && in->at < in->end; i++)
		value |= (uint64_t)*in->at++ << 8 * i;
	return value;
}

size_t fuzz_left(const struct fuzz_input *in)
{
	return in->end - in->at;
}

char *fuzz_text(struct fuzz_input *in, size_t len)
{
	size_t n = len < fuzz_left(in) ? len : fuzz_left(in);
	char *text = malloc(n + 1);

	FUZZ_CHECK(text);
	memcpy(text, in->at, n);
	text[n] = '\0';
	in->at += n;
	return text;
}

/* --- files ------------------------------------------------------------------------------------ */

void fuzz_file_set(struct fuzz_file *file, const void *data, size_t len)
{
	if (!*file->path) {
		file->fd = memfd_create("fuzz", MFD_CLOEXEC);
		FUZZ_CHECK(file->fd >= 0, "%s", strerror(errno));
		snprintf(file->path, sizeof(file->path), "/proc/self/fd/%d", file->fd);
	}
	FUZZ_CHECK(!ftruncate(file->fd, 0));
	FUZZ_CHECK(pwrite(file->fd, data, len, 0) == (ssize_t)len);
}

char *fuzz_file_text(struct fuzz_file *file, size_t *len)
{
	struct stat st;
	char *text;

	FUZZ_CHECK(!fstat(file->fd, &st));
	text = calloc(1, st.st_size + 1);
	FUZZ_CHECK(text && pread(file->fd, text, st.st_size, 0) == st.st_size);
	if (len)
		*len = st.st_size;
	return text;
}

static void remove_below(const char *path)
{
	struct dirent *entry;
	DIR *d = opendir(path);

	while (d && (entry = readdir(d))) {
		char below[PATH_MAX];

		if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, ".."))
			continue;
		snprintf(below, sizeof(below), "%s/%s", path, entry->d_name);
		if (entry->d_type == DT_DIR)
			remove_below(below);
		remove(below);
	}
	if (d)
		closedir(d);
}

static void remove_dir(void)
{
	if (getpid() != dir_owner)
		return;
	remove_below(dir);
	rmdir(dir);
}

const char *fuzz_dir(void)
{
	if (!*dir) {
		strcpy(dir, "/dev/shm/fuzz.XXXXXX");
		FUZZ_CHECK(mkdtemp(dir), "%s: %s", dir, strerror(errno));
		dir_owner = getpid();
		atexit(remove_dir);
	}
	return dir;
}

/* --- what is printed -------------------------------------------------------------------------- */

static struct fuzz_file caught;
static FILE *real_stdout;
static int real_stderr;

void fuzz_catch(struct fuzz_said *said)
{
	memset(said, 0, sizeof(*said));
	fuzz_file_set(&caught, "", 0);
	lseek(caught.fd, 0, SEEK_SET);
	fflush(stderr);
	real_stderr = dup(STDERR_FILENO);
	dup2(caught.fd, STDERR_FILENO);
	real_stdout = stdout;
	stdout = open_memstream(&said->out, &said->out_len);
	FUZZ_CHECK(stdout);
}

void fuzz_caught(struct fuzz_said *said)
{
	fclose(stdout);
	stdout = real_stdout;
	fflush(stderr);
	dup2(real_stderr, STDERR_FILENO);
	close(real_stderr);
	said->err = fuzz_file_text(&caught, &said->err_len);
}

void fuzz_drop(struct fuzz_said *said)
{
	free(said->out);
	free(said->err);
}

void fuzz_check_error(const struct fuzz_said *said, int failed)
{
	const char *end = memchr(said->err, '\n', said->err_len);

	for (const char *c = said->err; *c;
	     c++) /* words of the command line come back in any charset */
		FUZZ_CHECK(*c == '\n' || !iscntrl((unsigned char)*c), "%s", said->err);
	if (failed)
		FUZZ_CHECK(end && end + 1 == said->err + said->err_len, "not one line: %s",
			   said->err);
	else
		FUZZ_CHECK(!said->err_len, "an error of something that went well: %s", said->err);
}

static int excerpt(const char *text)
{
	return (int)strcspn(strndupa(text, EXCERPT), "\n");
}

void fuzz_check_same(const char *a, size_t a_len, const char *b, size_t b_len, const char *what)
{
	size_t at = 0, begin = 0, line = 1;

	if (a_len == b_len && !memcmp(a, b, a_len))
		return;
	for (; at < a_len && at < b_len && a[at] == b[at]; at++) {
		if (a[at] != '\n')
			continue;
		begin = at + 1;
		line++;
	}
	if (at > begin + EXCERPT / 2)
		begin = at - EXCERPT / 2;
	fuzz_fail(__FILE__, __LINE__, what, "are the same: line %zu, '%.*s' and '%.*s'", line,
		  excerpt(a + begin), a + begin, excerpt(b + begin), b + begin);
}

/* By the C library's own decoder, not by the one that made the text. */
int fuzz_is_clean(const char *text, size_t len, const char *allowed)
{
	static locale_t utf8;
	mbstate_t state = {0};
	locale_t before;
	size_t n = 1;
	wchar_t c;

	if (!utf8)
		utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", NULL);
	FUZZ_CHECK(utf8, "no locale C.UTF-8");
	before = uselocale(utf8);
	for (const char *end = text + len; n && text < end; text += n) {
		n = mbrtowc(&c, text, end - text, &state);
		if (n > (size_t)(end - text)) /* (size_t)-1, -2; 0 is a NUL */
			n = 0;
		else if ((c < 0x20 || (c >= 0x7f && c < 0xa0) || c > 0x10ffff) &&
			 !(c && c < 0x80 && strchr(allowed, c)))
			n = 0;
	}
	uselocale(before);
	return n != 0;
}
