/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * answer.h - the one line that answers a command: `ok key=value ...` or `error words`.
 */
#ifndef VMTEST_GUEST_ANSWER_H
#define VMTEST_GUEST_ANSWER_H

#include <stddef.h>

struct vcpu_counts;
struct vcpu_result;

struct answer {
	char text[2048]; /* without the end of the line */
	size_t len;
};

void answer_add(struct answer *answer, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* Drops what was added before. */
void answer_error(struct answer *answer, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* What the guest took, by kind; what the VMM counted. */
void answer_exceptions(struct answer *answer, const struct vcpu_result *result);
void answer_counts(struct answer *answer, const struct vcpu_counts *counts);

#endif
