/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Numbers, durations, files, clocks (util.h).
 */
#include "lib/util.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* --- numbers ---------------------------------------------------------------------------------- */

/* Appends decimal or hexadecimal digits to *value; returns what follows them. */
static const char *parse_digits(const char *text, unsigned base, uint64_t *value, int *err)
{
	for (;; text++) {
		unsigned digit;

		if (*text >= '0' && *text <= '9')
			digit = *text - '0';
		else if (base == 16 && (*text | 0x20) >= 'a' && (*text | 0x20) <= 'f')
			digit = (*text | 0x20) - 'a' + 10;
		else
			return text;
		if (__builtin_mul_overflow(*value, base, value) ||
		    __builtin_add_overflow(*value, digit, value))
			*err = -ERANGE;
	}
}

int util_parse_u64(const char *text, uint64_t min, uint64_t max, uint64_t *out)
{
	unsigned base = 10;
	uint64_t value = 0;
	const char *end;
	int err = 0;

	if (text[0] == '0' && (text[1] | 0x20) == 'x') {
		base = 16;
		text += 2;
	}
	end = parse_digits(text, base, &value, &err);
	if (end == text || *end)
		return -EINVAL;
	if (err || value < min || value > max)
		return -ERANGE;
	*out = value;
	return 0;
}

static const struct unit {
	const char *name;
	uint64_t ns;
} units[] = {
	{"", UTIL_NS_PER_S},         {"ns", 1},
	{"us", UTIL_NS_PER_US},      {"ms", UTIL_NS_PER_MS},
	{"s", UTIL_NS_PER_S},        {"m", 60 * UTIL_NS_PER_S},
	{"h", 3600 * UTIL_NS_PER_S},
};

static const struct unit *find_unit(const char *name)
{
	for (size_t i = 0; i < UTIL_COUNT(units); i++)
		if (!strcmp(units[i].name, name))
			return &units[i];
	return NULL;
}

int util_parse_duration(const char *text, uint64_t *ns)
{
	uint64_t whole = 0, fraction = 0, scale = 1;
	const struct unit *unit;
	unsigned __int128 total;
	const char *end;
	int err = 0;

	end = parse_digits(text, 10, &whole, &err);
	if (end == text)
		return -EINVAL;
	if (*end == '.') {
		const char *digits = end + 1;

		end = parse_digits(digits, 10, &fraction, &err);
		/* An hour has 3.6e12 ns: no thirteenth digit can be a whole nanosecond. */
		if (end == digits || end - digits > 12)
			return -EINVAL;
		for (const char *d = digits; d < end; d++)
			scale *= 10;
	}
	unit = find_unit(end);
	if (!unit || (unsigned __int128)fraction * unit->ns % scale)
		return -EINVAL;
	total = (unsigned __int128)whole * unit->ns +
		(unsigned __int128)fraction * unit->ns / scale;
	if (err || total > UINT64_MAX)
		return -ERANGE;
	*ns = total;
	return 0;
}

int util_parse_size(const char *text, uint64_t *bytes)
{
	static const char units_of_size[] = "KMGT";
	size_t len = strlen(text);
	const char *unit = len ? strchr(units_of_size, text[len - 1]) : NULL;
	uint64_t value = 0;
	const char *end;
	int err = 0;

	if (!unit)
		return util_parse_u64(text, 0, UINT64_MAX, bytes);
	end = parse_digits(text, 10, &value, &err);
	if (end == text || end != text + len - 1)
		return -EINVAL;
	if (err || __builtin_mul_overflow(value, 1024ULL << 10 * (unit - units_of_size), &value))
		return -ERANGE;
	*bytes = value;
	return 0;
}

int util_parse_fraction(const char *text, double *fraction)
{
	uint64_t whole = 0, part = 0;
	const char *end, *digits;
	double value;
	int err = 0;

	end = parse_digits(text, 10, &whole, &err);
	if (end == text)
		return -EINVAL;
	value = whole;
	if (*end == '.') {
		digits = end + 1;
		end = parse_digits(digits, 10, &part, &err);
		if (end == digits || end - digits > 18)
			return -EINVAL;
		value = part;
		for (; digits < end; digits++)
			value /= 10;
		value += whole;
	}
	if (*end)
		return -EINVAL;
	if (err || !(whole || part) || whole > 1 || (whole && part))
		return -ERANGE;
	*fraction = value;
	return 0;
}

/* `value` counts steps of 1/step of a unit: 123 with step 10 is "12.3". */
static void format_scaled(char buf[16], uint64_t value, unsigned step, const char *unit)
{
	/* The longest is "18446744074 s"; the compiler, which cannot know, gets more room. */
	char text[64] = "";

	if (step == 1)
		snprintf(text, sizeof(text), "%" PRIu64 " %s", value, unit);
	else
		snprintf(text, sizeof(text), "%" PRIu64 ".%0*u %s", value / step,
			 step == 10 ? 1 : 2, (unsigned)(value % step), unit);
	memcpy(buf, text, 15);
	buf[15] = '\0';
}

char *util_format_ns(char buf[16], uint64_t ns)
{
	static const char *const names[] = {"us", "ms", "s"};
	uint64_t unit = UTIL_NS_PER_US, value = ns;

	if (ns < 1000) {
		format_scaled(buf, ns, 1, "ns");
		return buf;
	}
	for (size_t i = 0; i < UTIL_COUNT(names); i++, unit *= 1000) {
		/* In hundredths, tenths, wholes: the first in which three digits suffice. */
		for (unsigned step = 100; step; step /= 10) {
			uint64_t grain = unit / step;

			value = ns / grain + (ns % grain >= grain / 2);
			if (value < 1000) {
				format_scaled(buf, value, step, names[i]);
				return buf;
			}
		}
	}
	format_scaled(buf, value, 1, "s");
	return buf;
}

/* --- text ------------------------------------------------------------------------------------- */

/* Bytes of the UTF-8 character at text, 0 when there is none (RFC 3629) or it is a C0, C1 control. */
static size_t utf8_length(const unsigned char *text, size_t len)
{
	static const uint32_t lowest[] = {0, 0, 0x80, 0x800, 0x10000};
	size_t n = text[0] < 0x80 ? 1 : text[0] < 0xe0 ? 2 : text[0] < 0xf0 ? 3 : 4;
	uint32_t code;

	if (n == 1)
		return text[0] >= ' ' && text[0] != 0x7f;
	if (text[0] < 0xc0 || text[0] > 0xf4 || n > len)
		return 0;
	code = text[0] & (0xff >> (n + 1));
	for (size_t i = 1; i < n; i++) {
		if ((text[i] & 0xc0) != 0x80)
			return 0;
		code = code << 6 | (text[i] & 0x3f);
	}
	if (code < lowest[n] || code > 0x10ffff || (code >= 0xd800 && code < 0xe000) || code < 0xa0)
		return 0;
	return n;
}

size_t util_clean(char *out, size_t size, const char *text, size_t len)
{
	size_t used = 0;

	for (size_t i = 0; i < len;) {
		size_t n = utf8_length((const unsigned char *)text + i, len - i);

		if (used + (n ? n : 1) >= size)
			break;
		if (n)
			memcpy(out + used, text + i, n);
		else
			out[used] = '?';
		used += n ? n : 1;
		i += n ? n : 1;
	}
	out[used] = '\0';
	return used;
}

/* --- files ------------------------------------------------------------------------------------ */

/* Reads fd to its end into a buffer that grows; *data is malloc'd also after an error. */
static int read_all(int fd, char **data, size_t *len)
{
	size_t room = 0;

	*data = NULL;
	*len = 0;
	for (;;) {
		ssize_t got;

		if (*len + 1 >= room) {
			char *more;

			room = room ? room * 2 : 4096;
			more = realloc(*data, room);
			if (!more)
				return -ENOMEM;
			*data = more;
		}
		got = read(fd, *data + *len, room - *len - 1);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return -errno;
		*len += got;
		(*data)[*len] = '\0';
		if (!got)
			return 0;
		if (*len > UTIL_READ_MAX)
			return -EFBIG;
	}
}

int util_read_file(const char *path, char **data, size_t *len)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	char *buf;
	size_t n;
	int err;

	if (fd < 0)
		return -errno;
	err = read_all(fd, &buf, &n);
	close(fd);
	if (err) {
		free(buf);
		return err;
	}
	*data = buf;
	if (len)
		*len = n;
	return 0;
}

static int write_all(int fd, const char *data, size_t len)
{
	while (len) {
		ssize_t put = write(fd, data, len);

		if (put < 0 && errno == EINTR)
			continue;
		if (put < 0)
			return -errno;
		data += put;
		len -= put;
	}
	return 0;
}

/* A pipe or a device is not to be replaced by a file. */
static int write_through(const char *path, const void *data, size_t len)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
	int err;

	if (fd < 0)
		return -errno;
	err = write_all(fd, data, len);
	if (close(fd) && !err)
		err = -errno;
	return err;
}

/* A new file `PATH.tmp.PID.N`; one that a killed process left under the same name is passed over. */
static int open_beside(const char *path, mode_t mode, char *temp, size_t size)
{
	for (unsigned n = 0; n < 100; n++) {
		int fd;

		if ((size_t)snprintf(temp, size, "%s.tmp.%d.%u", path, getpid(), n) >= size)
			return -ENAMETOOLONG;
		fd = open(temp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
		if (fd >= 0)
			return fd;
		if (errno != EEXIST)
			return -errno;
	}
	return -EEXIST;
}

/* The rename itself is on disk only when the directory is. */
static int sync_directory(const char *path)
{
	char dir[PATH_MAX];
	char *slash;
	int fd, err;

	if ((size_t)snprintf(dir, sizeof(dir), "%s", path) >= sizeof(dir))
		return -ENAMETOOLONG;
	slash = strrchr(dir, '/');
	if (!slash)
		strcpy(dir, ".");
	else
		slash[slash == dir] = '\0';
	fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	/* Some file systems cannot sync a directory, which is no failure of the write. */
	err = fsync(fd) && errno != EINVAL ? -errno : 0;
	close(fd);
	return err;
}

static int replace(const char *path, const struct stat *old, const void *data, size_t len)
{
	char temp[PATH_MAX];
	int fd, err;

	fd = open_beside(path, 0666, temp, sizeof(temp));
	if (fd < 0)
		return fd;
	err = write_all(fd, data, len);
	if (!err && old && fchmod(fd, old->st_mode & 07777))
		err = -errno;
	if (!err && fsync(fd))
		err = -errno;
	if (close(fd) && !err)
		err = -errno;
	if (!err && rename(temp, path))
		err = -errno;
	if (err) {
		unlink(temp);
		return err;
	}
	return sync_directory(path);
}

int util_write_atomic(const char *path, const void *data, size_t len)
{
	char real[PATH_MAX];
	struct stat st;

	if (stat(path, &st))
		return errno == ENOENT ? replace(path, NULL, data, len) : -errno;
	if (!S_ISREG(st.st_mode))
		return write_through(path, data, len);
	if (!realpath(path, real))
		return -errno;
	return replace(real, &st, data, len);
}

/* --- time and errors -------------------------------------------------------------------------- */

char *util_rfc3339(char buf[36], uint64_t realtime_ns)
{
	time_t seconds = realtime_ns / UTIL_NS_PER_S;
	struct tm tm;
	size_t n;

	gmtime_r(&seconds, &tm);
	n = strftime(buf, 36, "%Y-%m-%dT%H:%M:%S", &tm);
	snprintf(buf + n, 36 - n, ".%09uZ", (unsigned)(realtime_ns % UTIL_NS_PER_S));
	return buf;
}

uint64_t util_clock_ns(clockid_t clock)
{
	struct timespec ts;

	clock_gettime(clock, &ts);
	return ts.tv_sec * UTIL_NS_PER_S + ts.tv_nsec;
}

const char *util_errno(int err)
{
	unsigned number = err < 0 ? -(unsigned)err : (unsigned)err;
	static char buf[24];
	const char *name;

	/* Kernel-internal, but it reaches user space through the bpf system call. */
	if (number == 524)
		return "ENOTSUPP";
	name = strerrorname_np(number);
	if (name)
		return name;
	snprintf(buf, sizeof(buf), "errno %u", number);
	return buf;
}

const char *util_signal(int signal, char text[24])
{
	const char *name = sigabbrev_np(signal);

	if (name)
		snprintf(text, 24, "SIG%s", name);
	else
		snprintf(text, 24, "signal %d", signal);
	return text;
}
