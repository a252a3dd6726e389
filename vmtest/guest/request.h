/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * request.h - one command line, taken apart.
 */
#ifndef VMTEST_GUEST_REQUEST_H
#define VMTEST_GUEST_REQUEST_H

#include <stdbool.h>
#include <stdint.h>

struct answer;
struct vm;

#define REQUEST_MAX_ARGS 3

struct request {
	const char *verb;
	const char *arg[REQUEST_MAX_ARGS];
	unsigned int nargs;
	bool vcpu_given;
	unsigned int first, last; /* the vCPUs it is for: 0 if none is given */
	bool async;
	unsigned int timeout_ms;
};

/* All answer an error themselves and then return false. The words stay in `line`. */
bool request_parse(struct request *req, const struct vm *vm, char *line, struct answer *answer);

/* The first argument as a count from 1 to `max`. */
bool request_count(const struct request *req, uint64_t max, uint64_t *count, struct answer *answer);
/* All arguments as an address: "page N", or a GPA. */
bool request_gpa(const struct request *req, const struct vm *vm, uint64_t *gpa,
		 struct answer *answer);
/* One word as the number of a RAM page. */
bool request_page(const char *word, const struct vm *vm, uint64_t *gpa, struct answer *answer);
/* No answer: whether the word is a number up to `max`. */
bool request_number(const char *word, uint64_t max, uint64_t *value);

#endif
