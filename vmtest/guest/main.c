// SPDX-License-Identifier: GPL-2.0-only
/*
 * main.c - vmtest-guest: options, then the life of one VM as a list of steps. It must not touch KVM
 * itself.
 */
#include <argp.h>
#include <ctype.h>
#include <err.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "command.h"
#include "control.h"
#include "guest.h"
#include "sigbus.h"
#include "lib/exit.h"
#include "vm.h"

struct options {
	struct vm_config vm;
	const char *control;
	int mce_kill; /* PR_MCE_KILL_*, or -1: not given */
	bool handle_sigbus;
	bool die_with_parent;
	int ready_fd;
};

enum {
	OPT_NAME = 256,
	OPT_VCPUS,
	OPT_MEM,
	OPT_BACKING,
	OPT_MCE_KILL,
	OPT_SIGBUS,
	OPT_SEA_EXIT,
	OPT_MASK_SERROR,
	OPT_HOLE,
	OPT_CONTROL,
	OPT_READY_FD,
	OPT_DIE,
};

static const struct argp_option option_table[] = {
	{"name", OPT_NAME, "guest=NAME", 0, "name of the VM, as QEMU takes it (default: vm)", 0},
	{"vcpus", OPT_VCPUS, "N", 0, "1 to 8 vCPUs (default: 1)", 0},
	{"mem", OPT_MEM, "MIB", 0, "1 to 1024 MiB of guest RAM (default: 16)", 0},
	{"backing", OPT_BACKING, "anon|memfd|thp|hugetlb", 0,
	 "what guest RAM is made of (default: anon, of small pages; hugetlb takes whole ones from "
	 "the host's pool)",
	 0},
	{"mce-kill", OPT_MCE_KILL, "early|late|default", 0,
	 "the process's PR_MCE_KILL policy (default: early, as QEMU; with --sigbus none: default)",
	 0},
	{"sigbus", OPT_SIGBUS, "handle|none", 0,
	 "tell the guest of memory errors, or have no handler and die (default: handle)", 0},
	{"sea-exit", OPT_SEA_EXIT, NULL, 0, "take unclaimed external aborts as KVM_EXIT_ARM_SEA",
	 0},
	{"mask-serror", OPT_MASK_SERROR, NULL, 0,
	 "the guest leaves SError masked: one unclaimed abort repeats for ever", 0},
	{"hole", OPT_HOLE, "ADDR", 0,
	 "1 MiB of physical addresses that nothing answers (default: 0x0b000000, a hole of QEMU's "
	 "virt machine; on real hardware a load there may do anything)",
	 0},
	{"control", OPT_CONTROL, "PATH", 0, "take commands at this unix socket (default: stdin)",
	 0},
	{"ready-fd", OPT_READY_FD, "N", 0, "write \"ready\" there, not to stdout, and close it", 0},
	{"die-with-parent", OPT_DIE, NULL, 0, "end when the parent process ends", 0},
	{0},
};

static const char doc_before[] =
	"A small VMM with a bare-metal arm64 guest that does on command what goes wrong in a VM.\v";

static const char doc_examples[] =
	"Keys for any command: vcpu=N|all (default 0), timeout=MS (60000), async=1.\n"
	"An answer is one line, `ok key=value ...` or `error words`.\n\n"
	"Examples:\n"
	"  vmtest-guest -name guest=vm-a --control /run/vm-a --vcpus 2 &\n"
	"  vmtest-guest ctl /run/vm-a sea 23\n"
	"  vmtest-guest ctl /run/vm-a load page 5 vcpu=1\n"
	"  printf 'touch 4\\nmmio 1000\\nstats\\n' | vmtest-guest -name guest=vm-b\n\n"
	"Exit status: 0 done, 2 usage, 3 environment, 4 unsupported by this kernel.\n";

static char *help_filter(int key, const char *text, void *input)
{
	char *commands, *all = NULL;

	(void)input;
	if (key != ARGP_KEY_HELP_POST_DOC)
		return (char *)text;
	commands = command_help();
	if (asprintf(&all, "Commands:\n%s%s", commands ? commands : "", doc_examples) < 0)
		all = NULL;
	free(commands);
	return all;
}

static unsigned long long number(struct argp_state *state, const char *what, const char *text,
				 unsigned long long min, unsigned long long max)
{
	unsigned long long value;
	char *end;

	errno = 0;
	value = strtoull(text, &end, 0);
	if (!isdigit((unsigned char)*text) || *end || errno || value < min || value > max)
		argp_failure(state, EXIT_USAGE, 0, "--%s %s: expected a number from %llu to %llu",
			     what, text, min, max);
	return value;
}

static int choice(struct argp_state *state, const char *what, const char *text,
		  const char *const *names)
{
	int i;

	for (i = 0; names[i]; i++)
		if (!strcmp(names[i], text))
			return i;
	argp_failure(state, EXIT_USAGE, 0, "--%s %s: expected one of the values --help names", what,
		     text);
	return 0;
}

/* QEMU's spelling: NAME, or guest=NAME and further keys, which are not for us. */
static const char *vm_name(struct argp_state *state, char *text)
{
	char *name = strncmp(text, "guest=", 6) ? text : text + 6;
	char *copy = strndup(name, strcspn(name, ","));
	char *c;

	if (!copy)
		argp_failure(state, EXIT_ENVIRONMENT, ENOMEM, "-name");
	for (c = copy; *c; c++)
		if (!isgraph((unsigned char)*c) || *c == '=')
			argp_failure(state, EXIT_USAGE, 0, "-name %s: a name has no '%c'", text,
				     *c);
	if (!*copy)
		argp_failure(state, EXIT_USAGE, 0, "-name %s: the name is empty", text);
	return copy;
}

static error_t parse_vm_option(int key, char *arg, struct argp_state *state)
{
	static const char *const backings[] = {
		[VM_ANON] = "anon",
		[VM_MEMFD] = "memfd",
		[VM_THP] = "thp",
		[VM_HUGETLB] = "hugetlb",
		NULL,
	};
	struct vm_config *vm = &((struct options *)state->input)->vm;

	switch (key) {
	case OPT_NAME:
		vm->name = vm_name(state, arg);
		return 0;
	case OPT_VCPUS:
		vm->vcpus = number(state, "vcpus", arg, 1, VM_MAX_VCPUS);
		return 0;
	case OPT_MEM:
		vm->mem = number(state, "mem", arg, 1, GUEST_RAM_MAX >> 20) << 20;
		return 0;
	case OPT_BACKING:
		vm->backing = choice(state, "backing", arg, backings);
		return 0;
	case OPT_SEA_EXIT:
		vm->sea_exit = true;
		return 0;
	case OPT_MASK_SERROR:
		vm->mask_serror = true;
		return 0;
	case OPT_HOLE:
		vm->hole_pa = number(state, "hole", arg, 0, 1ULL << 52);
		if (vm->hole_pa & 0xffff)
			argp_failure(state, EXIT_USAGE, 0, "--hole %s: not a multiple of 64 KiB",
				     arg);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static error_t parse_option(int key, char *arg, struct argp_state *state)
{
	static const char *const sigbus[] = {"none", "handle", NULL};
	static const char *const policies[] = {
		[PR_MCE_KILL_LATE] = "late",
		[PR_MCE_KILL_EARLY] = "early",
		[PR_MCE_KILL_DEFAULT] = "default",
		NULL,
	};
	struct options *options = state->input;

	switch (key) {
	case OPT_MCE_KILL:
		options->mce_kill = choice(state, "mce-kill", arg, policies);
		return 0;
	case OPT_SIGBUS:
		options->handle_sigbus = choice(state, "sigbus", arg, sigbus);
		return 0;
	case OPT_CONTROL:
		options->control = arg;
		return 0;
	case OPT_READY_FD:
		options->ready_fd = number(state, "ready-fd", arg, 0, 1 << 20);
		return 0;
	case OPT_DIE:
		options->die_with_parent = true;
		return 0;
	case ARGP_KEY_ARG:
		argp_failure(state, EXIT_USAGE, 0, "unexpected argument \"%s\"", arg);
		return 0;
	default:
		return parse_vm_option(key, arg, state);
	}
}

/* --- the life of the VM ----------------------------------------------------------------------- */

static int set_policies(const struct options *options, pid_t parent)
{
	int policy = options->mce_kill;

	if (options->die_with_parent) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (getppid() != parent) /* it ended before we asked */
			return -ECHILD;
	}
	if (policy < 0)
		policy = options->handle_sigbus ? PR_MCE_KILL_EARLY : PR_MCE_KILL_DEFAULT;
	/* Before any thread exists, because the policy is a thread's and is inherited. */
	if (!prctl(PR_MCE_KILL, PR_MCE_KILL_SET, policy, 0, 0))
		return 0;
	warn("--mce-kill: prctl(PR_MCE_KILL)");
	return -errno;
}

/* SIGINT and SIGTERM become readable; threads made after this inherit the mask. */
static int open_signals(void)
{
	sigset_t set;
	int fd;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigprocmask(SIG_BLOCK, &set, NULL);
	signal(SIGPIPE, SIG_IGN);
	fd = signalfd(-1, &set, SFD_CLOEXEC);
	if (fd < 0)
		warn("signalfd");
	return fd;
}

static int say_ready(int fd)
{
	static const char text[] = "ready\n";

	if (write(fd, text, sizeof(text) - 1) != sizeof(text) - 1) {
		warn("ready: write to descriptor %d", fd);
		return -EIO;
	}
	if (fd != STDOUT_FILENO)
		close(fd);
	return 0;
}

static void wait_for_end(int signals, int quit)
{
	struct pollfd fds[] = {{.fd = signals, .events = POLLIN}, {.fd = quit, .events = POLLIN}};

	/* EINTR is a SIGBUS that was handled meanwhile. */
	while (poll(fds, 2, -1) < 0 && errno == EINTR)
		;
}

static int run(const struct options *options, pid_t parent)
{
	struct control *control = NULL;
	struct vm *vm = NULL;
	int signals = -1, error;

	error = set_policies(options, parent);
	if (error)
		goto out;
	signals = open_signals();
	if (signals < 0) {
		error = -EIO;
		goto out;
	}
	error = vm_new(&options->vm, &vm);
	if (!error && options->handle_sigbus)
		error = sigbus_handle(vm);
	if (!error)
		error = vm_start(vm);
	if (!error)
		error = control_new(vm, options->control, &control);
	if (!error)
		error = say_ready(options->ready_fd);
	if (!error)
		wait_for_end(signals, control_quit_fd(control));
out:
	control_free(control);
	vm_free(vm);
	if (signals >= 0)
		close(signals);
	return error;
}

int main(int argc, char **argv)
{
	static const struct argp argp = {option_table, parse_option, "",  doc_before,
					 NULL,         help_filter,  NULL};
	struct options options = {
		.vm = {.name = "vm", .vcpus = 1, .mem = 16 << 20, .hole_pa = 0x0b000000},
		.mce_kill = -1,
		.handle_sigbus = true,
		.ready_fd = STDOUT_FILENO,
	};
	pid_t parent = getppid();
	int error;

	if (argc > 1 && !strcmp(argv[1], "ctl"))
		return control_call(argc > 2 ? argv[2] : NULL, argc - 3, argv + 3);
	argp_err_exit_status = EXIT_USAGE;
	/* LONG_ONLY: QEMU's `-name` with one dash is what monitors look for. */
	argp_parse(&argp, argc, argv, ARGP_LONG_ONLY, NULL, &options);
	error = run(&options, parent);
	if (!error)
		return EXIT_DONE;
	return error == -ENOTSUP ? EXIT_UNSUPPORTED : EXIT_ENVIRONMENT;
}
