// SPDX-License-Identifier: GPL-2.0-only
/* qemu.c - one child. */
#include "qemu.h"
#include "opts.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define ARGS_MAX 64

struct args {
	char *item[ARGS_MAX + 1];
	size_t count;
	bool failed;
};

/* The far ends of the channels, for QEMU alone. */
enum { FAR_CONSOLE, FAR_STATUS, FAR_OUT, FAR_ERR, FAR_MONITOR, FAR_PORT, FAR_ERRORS, FAR_COUNT };

static void __attribute__((format(printf, 2, 3))) add(struct args *args, const char *format, ...)
{
	va_list list;

	if (args->failed || args->count == ARGS_MAX) {
		args->failed = true;
		return;
	}
	va_start(list, format);
	if (vasprintf(&args->item[args->count], format, list) < 0)
		args->failed = true;
	else
		args->count++;
	va_end(list);
}

static void args_clear(struct args *args)
{
	while (args->count)
		free(args->item[--args->count]);
}

static void add_machine(struct args *args, const struct boot_opts *opts, const char *append)
{
	add(args, "%s", opts->qemu);
	add(args, "-nodefaults");
	add(args, "-no-reboot");
	add(args, "-display");
	add(args, "none");
	add(args, "-M");
	add(args, "virt,virtualization=on,gic-version=3,ras=on");
	add(args, "-cpu");
	add(args, "max,pauth-impdef=on"); /* the architected algorithm costs a third of all time */
	add(args, "-smp");
	add(args, "%u", opts->smp);
	add(args, "-m");
	add(args, "%u", opts->mem_mib);
	if (opts->icount) {
		add(args, "-icount");
		add(args, "shift=0,sleep=off");
	}
	add(args, "-bios");
	add(args, "%s", opts->bios);
	add(args, "-kernel");
	add(args, "%s", opts->kernel);
	add(args, "-initrd");
	add(args, "%s", opts->initrd);
	add(args, "-append");
	add(args, "%s", append);
}

static void add_port(struct args *args, const char *name, int fd)
{
	add(args, "-chardev");
	add(args, "socket,id=%s,fd=%d", name, fd);
	add(args, "-device");
	add(args, "virtserialport,chardev=%s,name=sea.%s", name, name);
}

static void add_channels(struct args *args, const int *far)
{
	add(args, "-chardev");
	add(args, "socket,id=console,fd=%d", far[FAR_CONSOLE]);
	add(args, "-serial");
	add(args, "chardev:console");
	add(args, "-chardev");
	add(args, "socket,id=monitor,fd=%d", far[FAR_MONITOR]);
	add(args, "-mon");
	add(args, "chardev=monitor,mode=control");
	add(args, "-device");
	add(args, "virtio-serial-pci");
	add_port(args, "status", far[FAR_STATUS]);
	add_port(args, "out", far[FAR_OUT]);
	add_port(args, "err", far[FAR_ERR]);
	add_port(args, "qmp", far[FAR_PORT]);
}

static int open_pair(int *near, int *far)
{
	int pair[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair))
		return -errno;
	*near = pair[0];
	*far = pair[1];
	return 0;
}

/*
 * The monitor's channel has both ends in QEMU: its QMP server is at one, the host's port sea.qmp at
 * the other. We keep a copy of the latter until the session is open.
 */
static int open_channels(struct qemu *qemu, int *far)
{
	int error = open_pair(&qemu->console, &far[FAR_CONSOLE]);

	error = error ?: open_pair(&qemu->status, &far[FAR_STATUS]);
	error = error ?: open_pair(&qemu->out, &far[FAR_OUT]);
	error = error ?: open_pair(&qemu->err, &far[FAR_ERR]);
	error = error ?: open_pair(&qemu->errors, &far[FAR_ERRORS]);
	error = error ?: open_pair(&far[FAR_PORT], &far[FAR_MONITOR]);
	if (error)
		return error;
	qemu->monitor = fcntl(far[FAR_PORT], F_DUPFD_CLOEXEC, 0);
	return qemu->monitor < 0 ? -errno : 0;
}

static void __attribute__((noreturn))
become_qemu(const struct args *args, const int *far, pid_t parent)
{
	sigset_t none;

	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	signal(SIGPIPE, SIG_DFL);
	/* Ctrl-C is for the runner, and nothing that kills the runner may leave QEMU behind. */
	setsid();
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(1);
	for (int i = 0; i < FAR_COUNT; i++)
		fcntl(far[i], F_SETFD, 0);
	dup2(open("/dev/null", O_RDWR), STDIN_FILENO);
	dup2(far[FAR_ERRORS], STDOUT_FILENO);
	dup2(far[FAR_ERRORS], STDERR_FILENO);
	execv(args->item[0], args->item);
	dprintf(STDERR_FILENO, "%s: %s\n", args->item[0], strerror(errno));
	_exit(127);
}

int qemu_start(struct qemu *qemu, const struct boot_opts *opts, const char *append)
{
	int far[FAR_COUNT] = {0};
	struct args args = {0};
	pid_t parent = getpid();
	int error = open_channels(qemu, far);

	if (!error) {
		add_machine(&args, opts, append);
		add_channels(&args, far);
		error = args.failed ? -ENOMEM : 0;
	}
	if (!error) {
		qemu->pid = fork();
		if (!qemu->pid)
			become_qemu(&args, far, parent);
		error = qemu->pid < 0 ? -errno : 0;
	}
	if (error)
		fprintf(stderr, "vmtest: %s: start QEMU: %s\n", opts->name, strerror(-error));
	for (int i = 0; i < FAR_COUNT; i++)
		if (far[i])
			close(far[i]);
	args_clear(&args);
	return error;
}

bool qemu_has_ended(struct qemu *qemu)
{
	if (qemu->pid > 0 && waitpid(qemu->pid, &qemu->wait_status, WNOHANG) == qemu->pid)
		qemu->pid = 0;
	return qemu->pid <= 0;
}

void qemu_stop(struct qemu *qemu)
{
	if (qemu_has_ended(qemu))
		return;
	kill(qemu->pid, SIGKILL);
	while (waitpid(qemu->pid, &qemu->wait_status, 0) < 0 && errno == EINTR)
		;
	qemu->pid = 0;
}

void qemu_describe_end(const struct qemu *qemu, char *text, size_t size)
{
	int status = qemu->wait_status;

	if (WIFSIGNALED(status))
		snprintf(text, size, "QEMU was killed by signal %d", WTERMSIG(status));
	else if (WEXITSTATUS(status))
		snprintf(text, size, "QEMU ended with status %d", WEXITSTATUS(status));
	else
		snprintf(text, size, "the host switched itself off");
}
