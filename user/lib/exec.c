/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Commands in the background (exec.h): started, watched by pidfd, reaped, killed when late.
 */
#include "lib/exec.h"

#include "lib/command.h"
#include "lib/exec_child.h"
#include "lib/exit.h"
#include "lib/log.h"
#include "lib/rate.h"
#include "lib/util.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <unistd.h>

#define WARN_EVERY_NS (60 * UTIL_NS_PER_S) /* of skipped commands */
#define LAST_WAIT_MS  1000                 /* for what has been killed to end */
#define NO_DEADLINE   UINT64_MAX

struct running {
	pid_t pid; /* 0: free */
	int pidfd;
	int report_fd; /* says why it could not be started; empty otherwise */
	uint64_t started_ns, deadline_ns;
	bool killed;
	char what[48];
};

struct exec {
	struct exec_config config;
	struct command command;
	struct account account;
	struct rate rate;
	struct running running[EXEC_RUNNING_MAX];
	struct exec_stats stats;
	int epoll_fd;
	uint64_t warned_ns; /* 0: never */
};

/* --- opening ---------------------------------------------------------------------------------- */

static int open_command(struct exec *e)
{
	int err = command_parse(&e->command, e->config.command);

	if (!err)
		return 0;
	if (err == -EINVAL)
		log_error("--exec: no program given");
	else
		log_error("--exec: program of '%s': %s (%s); give its path", e->config.command,
			  util_errno(err), strerror(-err));
	return err == -ENOMEM ? EXIT_ENVIRONMENT : EXIT_USAGE;
}

static int open_account(struct exec *e)
{
	const char *user = e->config.user;
	int err = 0;

	if (user)
		err = account_find(&e->account, NULL, user);
	else
		e->account = account_nobody();
	if (err) {
		log_error("--exec-user: '%s': %s; give a name of /etc/passwd, UID or UID:GID", user,
			  util_errno(err));
		return EXIT_USAGE;
	}
	if (account_allowed(&e->account))
		return 0;
	if (!user && getuid() && geteuid()) {
		e->account = (struct account){.uid = getuid(), .gid = getgid()};
		return 0;
	}
	log_error("--exec: no privilege to run a command as %s: needs CAP_SETUID and CAP_SETGID",
		  user ? user : "nobody");
	return EXIT_ENVIRONMENT;
}

/* Where 0, 1 or 2 is closed, it would be one of our own descriptors that a command gets as such. */
static int reserve_standard_descriptors(void)
{
	int fd;

	do
		fd = open("/dev/null", O_RDWR);
	while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd < 0) {
		log_error("--exec: open /dev/null: %s", util_errno(errno));
		return EXIT_ENVIRONMENT;
	}
	close(fd);
	return 0;
}

static int open_epoll(struct exec *e)
{
	/* Inherited as ignored, it would make the kernel reap our children. */
	signal(SIGCHLD, SIG_DFL);
	e->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	if (e->epoll_fd >= 0)
		return 0;
	log_error("--exec: epoll: %s", util_errno(errno));
	return EXIT_ENVIRONMENT;
}

int exec_open(struct exec **out, const struct exec_config *config)
{
	struct exec *e = calloc(1, sizeof(*e));
	int exit_code;

	if (!e) {
		log_error("--exec: no memory to start");
		return EXIT_ENVIRONMENT;
	}
	e->config = *config;
	e->epoll_fd = -1;
	rate_init(&e->rate, config->burst, config->every_ns, util_clock_ns(CLOCK_MONOTONIC));
	exit_code = open_command(e);
	if (!exit_code)
		exit_code = open_account(e);
	if (!exit_code)
		exit_code = reserve_standard_descriptors();
	if (!exit_code)
		exit_code = open_epoll(e);
	if (exit_code)
		exec_free(e);
	else
		*out = e;
	return exit_code;
}

/* --- starting --------------------------------------------------------------------------------- */

/* PATH and the fields. NULL without memory; the strings stay whose they are. */
static char **environment(char *const fields[])
{
	size_t n = 0;
	char **env;

	while (fields[n])
		n++;
	env = calloc(n + 2, sizeof(*env));
	if (!env)
		return NULL;
	env[0] = "PATH=" COMMAND_PATH;
	memcpy(env + 1, fields, n * sizeof(*env));
	return env;
}

static struct running *free_slot(struct exec *e)
{
	for (size_t i = 0; i < EXEC_RUNNING_MAX; i++)
		if (!e->running[i].pid)
			return &e->running[i];
	return NULL;
}

/* A child of this process, so its id is not another's before it has been reaped. */
static int watch_child(struct exec *e, struct running *run)
{
	struct epoll_event event = {.events = EPOLLIN};

	run->pidfd = pidfd_open(run->pid, 0);
	if (run->pidfd < 0)
		return -errno;
	if (epoll_ctl(e->epoll_fd, EPOLL_CTL_ADD, run->pidfd, &event)) {
		int err = -errno;

		close(run->pidfd);
		return err;
	}
	return 0;
}

static int spawn(struct exec *e, struct running *run, char *const env[])
{
	const struct exec_child child = {
		.program = e->command.program,
		.argv = e->command.argv,
		.env = env,
		.account = e->account,
		.no_new_privs = !e->config.user,
	};
	int report[2], err;

	if (pipe2(report, O_CLOEXEC | O_NONBLOCK))
		return -errno;
	run->pid = fork();
	if (!run->pid)
		exec_child(&child, report[1]);
	err = run->pid < 0 ? -errno : watch_child(e, run);
	close(report[1]);
	if (!err) {
		run->report_fd = report[0];
		return 0;
	}
	close(report[0]);
	if (run->pid > 0) {
		kill(run->pid, SIGKILL);
		waitpid(run->pid, NULL, 0);
	}
	run->pid = 0;
	return err;
}

static void skip(struct exec *e, const char *what, uint64_t now_ns)
{
	e->stats.skipped++;
	if (e->warned_ns && now_ns - e->warned_ns < WARN_EVERY_NS)
		return;
	e->warned_ns = now_ns;
	log_warn("--exec: too many commands: none for %s (%" PRIu64 " skipped so far)", what,
		 e->stats.skipped);
}

void exec_run(struct exec *e, const char *what, char *const fields[], uint64_t now_ns)
{
	struct running *run = free_slot(e);
	char **env;
	int err;

	if (!run || !rate_take(&e->rate, now_ns)) {
		skip(e, what, now_ns);
		return;
	}
	env = fields ? environment(fields) : NULL;
	err = env ? spawn(e, run, env) : -ENOMEM;
	free(env);
	if (err) {
		e->stats.failed++;
		log_warn("--exec: start %s for %s: %s", e->command.program, what, util_errno(err));
		return;
	}
	run->killed = false;
	run->started_ns = now_ns;
	run->deadline_ns = now_ns + e->config.timeout_ns;
	snprintf(run->what, sizeof(run->what), "%s", what);
	e->stats.running++;
}

/* --- ending ----------------------------------------------------------------------------------- */

static void warn_of_end(const struct exec *e, const struct running *run, const siginfo_t *end,
			uint64_t now_ns)
{
	struct exec_failure failure;
	char took[16];

	if (read(run->report_fd, &failure, sizeof(failure)) == (ssize_t)sizeof(failure))
		log_warn("--exec: %s for %s: %s: %s (%s)", e->command.program, run->what,
			 exec_doing(failure.doing), util_errno(failure.err),
			 strerror(-failure.err));
	else if (run->killed)
		log_warn("--exec: %s for %s: killed after %s", e->command.program, run->what,
			 util_format_ns(took, now_ns - run->started_ns));
	else
		log_warn("--exec: %s for %s: ended with %s %d", e->command.program, run->what,
			 end->si_code == CLD_EXITED ? "status" : "signal", end->si_status);
}

static void finish(struct exec *e, struct running *run, const siginfo_t *end, uint64_t now_ns)
{
	bool exited = end->si_code == CLD_EXITED;

	/* It may have ended by itself just before. */
	run->killed = run->killed && !exited && end->si_status == SIGKILL;
	if (exited && !end->si_status)
		e->stats.done++;
	else if (run->killed)
		e->stats.killed++;
	else
		e->stats.failed++;
	if (!exited || end->si_status)
		warn_of_end(e, run, end, now_ns);
	epoll_ctl(e->epoll_fd, EPOLL_CTL_DEL, run->pidfd, NULL);
	close(run->pidfd);
	close(run->report_fd);
	run->pid = 0;
	e->stats.running--;
}

/* The whole group; and the process itself, should it not lead one yet. */
static void kill_running(const struct exec *e, struct running *run)
{
	kill(-run->pid, SIGKILL);
	if (kill(run->pid, SIGKILL))
		log_warn("--exec: kill %s for %s: %s", e->command.program, run->what,
			 util_errno(errno));
	run->killed = true;
	run->deadline_ns = NO_DEADLINE;
}

void exec_reap(struct exec *e, uint64_t now_ns)
{
	for (size_t i = 0; i < EXEC_RUNNING_MAX; i++) {
		struct running *run = &e->running[i];
		siginfo_t end = {0};

		if (!run->pid)
			continue;
		if (!waitid(P_PIDFD, run->pidfd, &end, WEXITED | WNOHANG) && end.si_pid)
			finish(e, run, &end, now_ns);
		else if (run->deadline_ns <= now_ns)
			kill_running(e, run);
	}
}

uint64_t exec_deadline(const struct exec *e)
{
	uint64_t first = NO_DEADLINE;

	for (size_t i = 0; i < EXEC_RUNNING_MAX; i++)
		if (e->running[i].pid)
			first = UTIL_MIN(first, e->running[i].deadline_ns);
	return first;
}

static void kill_all(struct exec *e)
{
	for (size_t i = 0; i < EXEC_RUNNING_MAX; i++)
		if (e->running[i].pid && !e->running[i].killed)
			kill_running(e, &e->running[i]);
}

/* Until the first deadline; what has been killed gets a moment. */
static int wait_ms(const struct exec *e, uint64_t now_ns)
{
	uint64_t deadline = exec_deadline(e);

	if (deadline == NO_DEADLINE)
		return LAST_WAIT_MS;
	return deadline > now_ns ? UTIL_MIN((deadline - now_ns) / UTIL_NS_PER_MS + 1, 60000ULL) : 0;
}

void exec_finish(struct exec *e, int stop_fd)
{
	struct pollfd fds[] = {
		{.fd = e->epoll_fd, .events = POLLIN},
		{.fd = stop_fd, .events = POLLIN},
	};

	while (e->stats.running) {
		bool last = exec_deadline(e) == NO_DEADLINE;
		int n = poll(fds, 2, wait_ms(e, util_clock_ns(CLOCK_MONOTONIC)));

		if (n < 0 && errno != EINTR)
			break;
		if (n > 0 && fds[1].revents) {
			kill_all(e);
			fds[1].fd = -1;
		}
		exec_reap(e, util_clock_ns(CLOCK_MONOTONIC));
		if (!n && last)
			break;
	}
	if (e->stats.running)
		log_warn("--exec: %u commands still run", e->stats.running);
	if (e->stats.skipped)
		log_warn("--exec: %" PRIu64 " commands were skipped, there were too many",
			 e->stats.skipped);
}

struct exec_stats exec_stats(const struct exec *e)
{
	return e->stats;
}

int exec_fd(const struct exec *e)
{
	return e->epoll_fd;
}

void exec_free(struct exec *e)
{
	if (!e)
		return;
	for (size_t i = 0; i < EXEC_RUNNING_MAX; i++) {
		if (!e->running[i].pid)
			continue;
		if (!e->running[i].killed)
			kill_running(e, &e->running[i]);
		close(e->running[i].pidfd);
		close(e->running[i].report_fd);
	}
	if (e->epoll_fd >= 0)
		close(e->epoll_fd);
	command_free(&e->command);
	free(e);
}
