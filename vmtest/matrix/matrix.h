/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Tests by kernels, and what came of each. Must not know how a test is run (column.h) nor how a result
 * is shown (out.h).
 */
#ifndef MATRIX_MATRIX_H
#define MATRIX_MATRIX_H

#include <stdbool.h>
#include <stddef.h>
#include <time.h>

/* In the order of their weight: of two that hold the later one is shown. */
enum cell_status {
	CELL_WAITING, /* has none yet; at the end: an error of ours */
	CELL_RUNNING, /* likewise */
	CELL_PASS,
	CELL_SKIP,    /* the test said that it cannot be run here, and why */
	CELL_FAIL,    /* the test said so */
	CELL_TIMEOUT, /* the host lives, the test was too long at it */
	CELL_SPLAT,   /* whatever the test said, the kernel said something worse */
	CELL_LOST,    /* QEMU, or what runs tests in the host, ended in its midst */
	CELL_HUNG,    /* QEMU lives, nothing runs in it any more */
	CELL_PANIC,
	CELL_BROKEN,  /* the lab's fault: no kernel, no QEMU, no boot */
	CELL_NOT_RUN, /* the run ended before its turn */
	CELL_STATUSES,
};

extern const char *const cell_words[CELL_STATUSES];

/* Room for what a test says; what is more is cut, with a line that says so. */
#define CELL_LOG_MAX (1u << 20)

struct cell {
	char *test; /* "boot" is the first of each column: that the kernel comes up, without a splat */
	char *file; /* its file, NULL for "boot" */
	enum cell_status status;
	double seconds;
	char *reason; /* of all but a pass, in one line; NULL when there is none */
	char *log;    /* lines of what it said, and of what the lab said when the host died */
	size_t log_len;
	unsigned int share; /* which of the hosts that run the column side by side has it; from 0 */
	unsigned int boot;  /* in which of the column's boots; counted from 1, 0: none */
};

/* One start of the host. A column has more than one when it died: the next goes on behind that test. */
struct boot {
	char *end;     /* as vmtest/boot/report.h has it, or "lab" when it came to no boot */
	char *why;     /* what is wrong with it, or NULL */
	char *console; /* the kept log's path, or NULL */
	double seconds;
	double boot_seconds; /* until the tests began; 0: they did not */
};

struct column {
	char *name;    /* of the series: 6.12; or what else -k takes: PATH/TO/Image, deb:FILE */
	bool may_fail; /* what fails in it does not fail the run */
	char *release;
	struct cell *cells;
	size_t cell_count;
	struct boot *boots;
	size_t boot_count;
	double seconds; /* from its first start to its last end */
};

struct matrix {
	struct column *columns; /* as they were asked for */
	size_t column_count;
	const char **tests; /* each test once, in order of their names, "boot" first */
	size_t test_count;
	time_t started;
	double seconds;
	bool interrupted;
};

struct matrix_totals {
	unsigned int passed, failed, skipped;
	unsigned int tolerated; /* failed where it may */
};

/*
 * Reads what is asked: a line per kernel, SERIES GATE RELEASE TEST-FILE..., GATE being `required` or
 * `may-fail`. 0, or -1 when it was said on stderr what is wrong. No two tests of a kernel have one name, and
 * all names can be shown.
 */
int matrix_read(struct matrix *matrix, const char *path);
void matrix_free(struct matrix *matrix);

/* NULL: this kernel was not asked for this test. */
struct cell *matrix_cell(const struct column *column, const char *test);

/* What stands above it: the series; of a kernel that is a file, its release. */
const char *column_heading(const struct column *column);

/* Deals the column's tests out to so many hosts, in turn; each keeps their order. */
void column_share(struct column *column, unsigned int shares);

/* Neither passed nor skipped. */
bool cell_failed(const struct cell *cell);

/*
 * Gives the cell a status if it weighs more than the one it has, with its reason (copied, one line; may
 * be NULL); of two that weigh the same the first stays. The format is printf's.
 */
void cell_set(struct cell *cell, enum cell_status status, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/*
 * A line more of its log; the line has no end-of-line. Control characters but tabulators, and what is not
 * UTF-8, become '?'.
 */
void cell_say(struct cell *cell, const char *line);

struct matrix_totals column_totals(const struct column *column);
struct matrix_totals matrix_totals(const struct matrix *matrix);

/* The run's status, user/lib/exit.h: what failed where it must not; else what the lab is to blame for. */
int matrix_status(const struct matrix *matrix);

#endif
