// SPDX-License-Identifier: GPL-2.0-only
/*
 * A probe's words, its process and its answer.
 * Must not: know what a guest is.
 */
#include "inject/probe.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/util.h"

#define LAST_WAIT_NS UTIL_NS_PER_S /* for what has been killed to end */

extern char **environ;

/* --- words ------------------------------------------------------------------------------------ */

struct names {
	char pid[16];
	struct {
		const char *name, *value;
	} list[3];
};

/* The value whose name the text begins with, and the length of that name. */
static const char *value_at(const struct names *names, const char *text, size_t *len)
{
	for (size_t i = 0; i < UTIL_COUNT(names->list); i++) {
		size_t n = strlen(names->list[i].name);

		if (strncmp(text, names->list[i].name, n))
			continue;
		*len = n;
		return names->list[i].value;
	}
	return NULL;
}

/* Appends the word, NUL included, at `to` (NULL: only measures). Returns its length. */
static size_t put_word(char *to, const char *word, const struct names *names)
{
	size_t len = 0;

	while (*word) {
		size_t n = 1, skip = 1;
		const char *value = value_at(names, word, &skip);

		if (value)
			n = strlen(value);
		else
			value = word; /* a character like any other */
		if (to)
			memcpy(to + len, value, n);
		len += n;
		word += skip;
	}
	if (to)
		to[len] = '\0';
	return len + 1;
}

char **probe_words(char *const command[], const struct probe_vm *vm)
{
	struct names names = {
		.list = {{"{vm}", vm->name}, {"{pid}", names.pid}, {"{uuid}", vm->uuid}},
	};
	size_t n = 0, bytes = 0;
	char **words, *to;

	snprintf(names.pid, sizeof(names.pid), "%" PRIu32, vm->tgid);
	for (; command[n]; n++)
		bytes += put_word(NULL, command[n], &names);
	words = malloc((n + 1) * sizeof(*words) + bytes);
	if (!words)
		return NULL;
	to = (char *)(words + n + 1);
	for (size_t i = 0; i < n; i++) {
		words[i] = to;
		to += put_word(to, command[i], &names);
	}
	words[n] = NULL;
	return words;
}

/* --- the process ------------------------------------------------------------------------------ */

static int fill_actions(posix_spawn_file_actions_t *actions)
{
	int err = 0;

	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO && !err; fd++)
		err = posix_spawn_file_actions_addopen(actions, fd, "/dev/null",
						       fd ? O_WRONLY : O_RDONLY, 0);
	if (!err)
		err = posix_spawn_file_actions_addclosefrom_np(actions, STDERR_FILENO + 1);
	return -err;
}

/* What this program blocks or ignores, the command does not. */
static int fill_attributes(posix_spawnattr_t *attr)
{
	sigset_t none, all;
	int err;

	sigemptyset(&none);
	sigfillset(&all);
	err = posix_spawnattr_setflags(attr, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK |
						     POSIX_SPAWN_SETSIGDEF);
	if (!err)
		err = posix_spawnattr_setsigmask(attr, &none);
	if (!err)
		err = posix_spawnattr_setsigdefault(attr, &all);
	return -err;
}

static int spawn(pid_t *pid, char *const words[])
{
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attr;
	int err;

	if (posix_spawn_file_actions_init(&actions))
		return -ENOMEM;
	if (posix_spawnattr_init(&attr)) {
		posix_spawn_file_actions_destroy(&actions);
		return -ENOMEM;
	}
	err = fill_actions(&actions);
	if (!err)
		err = fill_attributes(&attr);
	if (!err)
		err = -posix_spawnp(pid, words[0], &actions, &attr, words, environ);
	posix_spawnattr_destroy(&attr);
	posix_spawn_file_actions_destroy(&actions);
	return err;
}

int probe_start(struct probe *p, char *const words[], uint64_t timeout_ns, uint64_t now_ns)
{
	pid_t pid = 0;
	int err = spawn(&pid, words);

	*p = (struct probe){.fd = -1};
	if (err)
		return err;
	p->pid = pid;
	p->fd = pidfd_open(pid, 0);
	p->deadline_ns = now_ns + timeout_ns;
	if (p->fd >= 0)
		return 0;
	err = -errno;
	probe_stop(p);
	return err;
}

static void kill_group(const struct probe *p)
{
	kill(-p->pid, SIGKILL);
}

static void forget(struct probe *p)
{
	if (p->fd >= 0)
		close(p->fd);
	*p = (struct probe){.fd = -1};
}

static enum probe_answer answer_of(const siginfo_t *end)
{
	if (end->si_code != CLD_EXITED || end->si_status > 1)
		return PROBE_DEAD;
	return end->si_status ? PROBE_APP_KILLED : PROBE_ALIVE;
}

bool probe_ended(struct probe *p, uint64_t now_ns, enum probe_answer *answer)
{
	siginfo_t end = {0};

	if (!waitid(P_PID, p->pid, &end, WEXITED | WNOHANG) && end.si_pid) {
		*answer = p->killed ? PROBE_DEAD : answer_of(&end);
		forget(p);
		return true;
	}
	if (now_ns < p->deadline_ns)
		return false;
	if (p->killed) { /* and does not end: it waits for the kernel, as may what it asked */
		*answer = PROBE_DEAD;
		forget(p);
		return true;
	}
	kill_group(p);
	p->killed = true;
	p->deadline_ns = now_ns + LAST_WAIT_NS;
	return false;
}

void probe_stop(struct probe *p)
{
	if (!p->pid)
		return;
	kill_group(p);
	waitid(P_PID, p->pid, NULL, WEXITED | WNOHANG);
	forget(p);
}
