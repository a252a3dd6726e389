/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a matrix is asked to be. Must not know how it is run.
 */
#ifndef MATRIX_OPTS_H
#define MATRIX_OPTS_H

#include <stdbool.h>

struct matrix_opts {
	const char *plan;   /* what is asked, see matrix_read() */
	const char *vmtest; /* the front, which boots */
	const char *tests;  /* the folder */
	const char *
		logs; /* a folder that is there; it goes when nothing is in it, and so does the plan */
	bool keep_logs;            /* also of boots that went well */
	unsigned int jobs;         /* hosts at the same time */
	unsigned int test_timeout; /* seconds for one test */
	const char *json;          /* files to write, or NULL */
	const char *junit;
	const char *html;
	bool tap;       /* TAP in place of the table */
	char **options; /* for `vmtest run`, NULL-terminated */
};

/* Parses the command line; ends the program on --help (0) and on bad usage (2). */
void matrix_opts_parse(struct matrix_opts *opts, int argc, char **argv);

#endif
