/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Asks whether a guest is alive: a command, whose exit status is the answer.
 * Layer: inject. Must not know: when it is asked, what follows from the answer; does not print, does not
 * wait.
 *
 * The command is run without a shell, with this program's user, environment and directory, in a session
 * of its own, /dev/null as stdin, stdout and stderr. 0: the guest is alive; 1: alive, but it has killed a
 * program of its own; anything else, a signal or the timeout: it is dead. At its timeout all of its
 * process group gets SIGKILL.
 */
#ifndef INJECT_PROBE_H
#define INJECT_PROBE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "inject/verdict.h"

/* What stands for `{vm}`, `{pid}` and `{uuid}`, wherever in a word and as often as it is. */
struct probe_vm {
	const char *name;
	uint32_t tgid;
	const char *uuid; /* "": its VMM was told none */
};

/* The words of the command for this VM, NULL-terminated; one free() frees all. NULL without memory. */
char **probe_words(char *const command[], const struct probe_vm *vm);

struct probe {
	pid_t pid; /* 0: none runs */
	int fd;    /* readable when it has ended; -1 */
	uint64_t deadline_ns;
	bool killed;
};

/* 0 or -errno: it could not be started. Times are of CLOCK_MONOTONIC. */
int probe_start(struct probe *p, char *const words[], uint64_t timeout_ns, uint64_t now_ns);

/* True when there is an answer; to be asked when fd is readable, and at the deadline. */
bool probe_ended(struct probe *p, uint64_t now_ns, enum probe_answer *answer);

/* Ends it without an answer, if it runs. */
void probe_stop(struct probe *p);

#endif
