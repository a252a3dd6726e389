/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A command that is run now and then, in the background: never through a shell, limited in rate,
 * number and time, with the privileges of nobody unless told otherwise.
 * Layer: lib. Must not know: what it is run for. Says on stderr what went wrong with a command.
 *
 * The command (lib/command.h) finds nothing in its environment but PATH and the fields it is given,
 * /dev/null as stdin, this program's stderr as stdout and stderr, no other descriptor, "/" as its
 * directory, umask 022, no signal blocked or ignored; it leads a session of its own. At its timeout
 * that session's process group gets SIGKILL.
 *
 * User: without one, UID and GID 65534 with no other group, and PR_SET_NO_NEW_PRIVS (sudo and the
 * like do not work); a process that may not change its user runs it as itself, without its
 * capabilities. Later dropping of capabilities has to leave CAP_SETUID, CAP_SETGID and CAP_KILL.
 *
 * One thread at a time; the process must not wait for children by itself.
 */
#ifndef LIB_EXEC_H
#define LIB_EXEC_H

#include <stdint.h>

#define EXEC_RUNNING_MAX 64

struct exec_config {
	const char *command;
	const char *user;    /* account_find(); NULL: nobody */
	unsigned burst;      /* so many at once, at least 1 */
	uint64_t every_ns;   /* then one in this time; 0: no limit */
	uint64_t timeout_ns; /* more than 0 */
};

/* Each command that was due is in one of the first four, or runs. */
struct exec_stats {
	uint64_t done;    /* ended with 0 */
	uint64_t failed;  /* ended otherwise, or could not be started */
	uint64_t killed;  /* by its timeout */
	uint64_t skipped; /* beyond the rate, or EXEC_RUNNING_MAX ran already */
	unsigned running;
};

struct exec;

/*
 * Finds program and user. 0, or an exit code (lib/exit.h) after one line on stderr: EXIT_USAGE
 * no such program or user, EXIT_ENVIRONMENT no privilege to become that user.
 */
int exec_open(struct exec **out, const struct exec_config *config);

/*
 * Starts the command unless there are too many. `what` it is for: a few words for messages. fields
 * NULL: there was no memory for them, and the command has failed. Times are of CLOCK_MONOTONIC.
 */
void exec_run(struct exec *exec, const char *what, char *const fields[], uint64_t now_ns);

/* A descriptor that is readable when a command has ended; exec_reap() then, and at the deadline. */
int exec_fd(const struct exec *exec);
uint64_t exec_deadline(const struct exec *exec); /* UINT64_MAX: none */

/* Takes note of those that ended, kills those that are over time. Does not block. */
void exec_reap(struct exec *exec, uint64_t now_ns);

/*
 * Waits for those that run, until their timeouts, and says how many were skipped. They are killed
 * when stop_fd becomes readable (-1: none).
 */
void exec_finish(struct exec *exec, int stop_fd);

struct exec_stats exec_stats(const struct exec *exec);

/* Kills what still runs. Accepts NULL. */
void exec_free(struct exec *exec);

#endif
