/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Small things that C lacks: numbers and durations out of text and back, whole files, clocks.
 * Layer: lib, the lowest of it. Must not know: anything of the project; does not print.
 *
 * Functions return 0 or -errno. Out parameters are written on success only.
 */
#ifndef LIB_UTIL_H
#define LIB_UTIL_H

#include <stddef.h>
#include <stdint.h>
#include <time.h>

#define UTIL_COUNT(array)                 (sizeof(array) / sizeof((array)[0]))
#define UTIL_MIN(a, b)                    ((a) < (b) ? (a) : (b)) /* evaluates twice */
#define UTIL_MAX(a, b)                    ((a) > (b) ? (a) : (b)) /* evaluates twice */
#define UTIL_CONTAINER(ptr, type, member) ((type *)((char *)(ptr)-offsetof(type, member)))

#define UTIL_NS_PER_US                    1000ULL
#define UTIL_NS_PER_MS                    1000000ULL
#define UTIL_NS_PER_S                     1000000000ULL

/* No file that is read whole is longer: cmdline, status and BTF are far below. */
#define UTIL_READ_MAX (64u << 20)

/*
 * The whole of `text` as a number, decimal or 0x-hexadecimal; a leading 0 is decimal, a sign or
 * blanks are refused. -EINVAL: not a number. -ERANGE: not within min..max, both included.
 */
int util_parse_u64(const char *text, uint64_t min, uint64_t max, uint64_t *out);

/*
 * A duration: "10" and "10s" are seconds, "1.5s", "250ms", "20us", "850ns", "2m", "1h".
 * -EINVAL: not one, or finer than a nanosecond. -ERANGE: more than 2^64-1 ns (584 years).
 */
int util_parse_duration(const char *text, uint64_t *ns);

/*
 * Bytes: a number as above, or a decimal one with K, M, G or T behind it (powers of 1024): "4096",
 * "0x1000", "64K", "2G". -EINVAL: not a size. -ERANGE: more than 2^64-1.
 */
int util_parse_size(const char *text, uint64_t *bytes);

/*
 * A part of a whole: "1", "0.25"; up to 18 digits behind the point, no exponent.
 * -EINVAL: not one. -ERANGE: 0, or more than 1.
 */
int util_parse_fraction(const char *text, double *fraction);

/*
 * Three significant digits, at most 7 columns up to 999 s: "850 ns", "12.3 us", "6.91 ms",
 * "1.20 s", "62.0 s", "1234 s". Rounds half up. Returns buf.
 */
char *util_format_ns(char buf[16], uint64_t ns);

/*
 * A file as a whole; also those of /proc, whose size says 0. *data is malloc'd (free it) and has a
 * NUL behind its *len bytes; len may be NULL. -errno of open and read; -EFBIG above UTIL_READ_MAX.
 */
int util_read_file(const char *path, char **data, size_t *len);

/*
 * Replaces `path` by `len` bytes at once: a temporary file beside it, fsync, rename, fsync of the
 * directory. A reader sees the old file or the new one; after an error (-ENOSPC, ...) the old one
 * is untouched and no temporary is left. A symbolic link stays one, its target is replaced. What is
 * not a regular file (/dev/null, a pipe) is written to, never replaced. Mode of a new file: 0666
 * less the umask; of a replaced one: kept.
 */
int util_write_atomic(const char *path, const void *data, size_t len);

/* CLOCK_REALTIME nanoseconds as "2026-11-23T00:13:50.123456789Z" (30 characters). Returns buf. */
char *util_rfc3339(char buf[36], uint64_t realtime_ns);

/* A clock in nanoseconds. The clock has to exist (CLOCK_MONOTONIC, CLOCK_REALTIME, _BOOTTIME). */
uint64_t util_clock_ns(clockid_t clock);

/*
 * Text of somebody else made fit for a terminal and for JSON: control characters and what is not
 * UTF-8 become '?', and it is cut at a character to fit. Writes a NUL; returns the bytes before it.
 */
size_t util_clean(char *out, size_t size, const char *text, size_t len);

/*
 * "ENOENT" for 2 and for -2. Knows 524, which arm64 kernels up to 6.3 answer to fentry and glibc
 * does not: "ENOTSUPP" (include/linux/errno.h). Else "errno 1234" in a static buffer.
 */
const char *util_errno(int err);

/* "SIGBUS" for 7, "signal 99" for what has no name. Returns text. */
const char *util_signal(int signal, char text[24]);

#endif
