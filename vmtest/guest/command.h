/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * command.h - the commands of a running VMM: one line in, one line out.
 */
#ifndef VMTEST_GUEST_COMMAND_H
#define VMTEST_GUEST_COMMAND_H

#include <stdbool.h>

struct answer;
struct vm;

#define COMMAND_LINE_MAX 512

/* Runs one line, which it takes apart. Returns true when the VM shall end. */
bool command_run(struct vm *vm, char *line, struct answer *answer);

/* The table of commands, for --help. Allocated. */
char *command_help(void);

#endif
