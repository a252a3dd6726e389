/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Diagnostics: one line on stderr, `PROGRAM: message`.
 * Layer: lib. Must not know: VMs, marks, what the program prints as its result (that is stdout's).
 *
 * A message is written with one write(), so lines of several processes do not mix. A newline at its
 * end is dropped, control characters inside become '?' (names come from other processes). Longer
 * than 1023 bytes: cut.
 */
#ifndef LIB_LOG_H
#define LIB_LOG_H

#include <stdarg.h>

/*
 * Names the program and says how talkative it is: 0 errors and warnings, 1 (-v) information,
 * 2 (-vv) debugging and libbpf's own lines. `program` is borrowed for the life of the process.
 */
void log_setup(const char *program, int verbosity);

/* An error is reported once, where the context is: what, where (errno's name), what to do. */
void log_error(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void log_warn(const char *fmt, ...) __attribute__((format(printf, 1, 2)));  /* "warning: " */
void log_info(const char *fmt, ...) __attribute__((format(printf, 1, 2)));  /* verbosity >= 1 */
void log_debug(const char *fmt, ...) __attribute__((format(printf, 1, 2))); /* verbosity >= 2 */

/* An error in a file that the user wrote, as compilers have it: `FILE:LINE:COLUMN: message`, from 1. */
void log_at(const char *file, unsigned line, unsigned column, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));

/*
 * For libbpf_set_print(). Shows libbpf's text only at verbosity 2, as it stands (a verifier log has
 * many lines and must not be cut), but remembers the last warning.
 * Declared without libbpf's header, so that who logs does not depend on libbpf.
 * Source: libbpf_print_fn_t, <bpf/libbpf.h>.
 */
enum libbpf_print_level;
int log_libbpf(enum libbpf_print_level level, const char *fmt, va_list args);

/* libbpf's last warning, one line without "libbpf: "; "" when there was none. Never NULL. */
const char *log_libbpf_last(void);

/* Forgets it: call before the step whose failure is to be explained. */
void log_libbpf_clear(void);

#endif
