// SPDX-License-Identifier: GPL-2.0-only
/*
 * What VMMs and /proc say of VMs: command lines, control groups, pid files, stat and status, by rule
 * and through the table of VMs over a tree of such files. A name is always fit for terminal, JSON and a
 * metric's label.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/proc.h"
#include "tests/fuzz/fuzz.h"
#include "trace/vm.h"
#include "trace/vm_name.h"

#define PID 42

static void check_name(const char *name)
{
	size_t len = strnlen(name, VM_NAME_SIZE);

	FUZZ_CHECK(len && len < VM_NAME_SIZE);
	FUZZ_CHECK(fuzz_is_clean(name, len, ""), "%s", name);
}

static void by_args(struct fuzz_input *in)
{
	size_t len = fuzz_left(in);
	char name[VM_NAME_SIZE], *args = fuzz_text(in, len);

	if (vm_name_of_args(name, args, len))
		check_name(name);
	free(args);
}

static void by_cgroup(struct fuzz_input *in)
{
	char name[VM_NAME_SIZE], *text = fuzz_text(in, fuzz_left(in));

	if (vm_name_of_cgroup(name, text))
		check_name(name);
	free(text);
}

/* --- a tree of one process -------------------------------------------------------------------- */

static void put_file(const char *path, const char *data, size_t len)
{
	char whole[PATH_MAX];
	FILE *file;

	snprintf(whole, sizeof(whole), "%s/%s", fuzz_dir(), path);
	file = fopen(whole, "we");
	FUZZ_CHECK(file, "%s", whole);
	fwrite(data, 1, len, file);
	fclose(file);
}

static const char *make_tree(void)
{
	static const char *const dirs[] = {"proc", "proc/42",     "proc/42/fd",
					   "run",  "run/libvirt", "run/libvirt/qemu"};
	static char proc[64];
	char path[PATH_MAX];

	if (*proc)
		return proc;
	for (size_t i = 0; i < sizeof(dirs) / sizeof(*dirs); i++) {
		snprintf(path, sizeof(path), "%s/%s", fuzz_dir(), dirs[i]);
		FUZZ_CHECK(!mkdir(path, 0700));
	}
	snprintf(path, sizeof(path), "%s/proc/42/fd/7", fuzz_dir());
	FUZZ_CHECK(!symlink("anon_inode:kvm-vm", path));
	snprintf(proc, sizeof(proc), "%s/proc", fuzz_dir());
	return proc;
}

/* The files, each as long as a 16-bit number before it says. */
static void fill_tree(struct fuzz_input *in)
{
	static const char *const files[] = {"proc/uptime",    "proc/42/stat",
					    "proc/42/status", "proc/42/cmdline",
					    "proc/42/cgroup", "run/libvirt/qemu/web.pid"};

	for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++) {
		size_t len = fuzz_take(in, 2), left = fuzz_left(in);
		char *data = fuzz_text(in, len);

		put_file(files[i], data, len < left ? len : left);
		free(data);
	}
}

static void check_stat(const char *proc)
{
	struct proc_stat stat;

	if (proc_stat(proc, PID, &stat))
		return;
	FUZZ_CHECK(strnlen(stat.comm, sizeof(stat.comm)) < sizeof(stat.comm));
	FUZZ_CHECK(fuzz_is_clean(stat.comm, strlen(stat.comm), ""));
}

static void by_tree(struct fuzz_input *in)
{
	const char *proc = make_tree();
	struct vmtab *table;
	struct vm *vm;

	fill_tree(in);
	check_stat(proc);
	table = vmtab_new(proc);
	FUZZ_CHECK(table);
	vmtab_set_trust(table, 0);
	vmtab_scan(table);
	vm = vmtab_get(table, PID, 0xa000);
	FUZZ_CHECK(vm && vm->tgid == PID);
	vmtab_owner(table, PID);
	for (vm = vmtab_each(table, NULL); vm; vm = vmtab_each(table, vm))
		check_name(vm->name);
	vmtab_free(table);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input in = {data, data + size};

	switch (fuzz_take(&in, 1) % 4) {
	case 0:
		by_args(&in);
		break;
	case 1:
		by_cgroup(&in);
		break;
	default:
		by_tree(&in);
	}
	return 0;
}
