/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * trace/vm: identity, names, scans and ends of VMs over a made-up /proc; lib/proc over the real
 * one. The made-up machine has been up for 1000 s: with 100 ticks each it is 100000 now.
 */
#include "tests/unit/tree.h"

#include "lib/proc.h"
#include "lib/util.h"
#include "trace/vm.h"
#include "trace/vm_name.h"

#include <pthread.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/wait.h>

#define OLD   1000u
#define YOUNG 99000u

static char root[32];
static struct vmtab *tab;

/* --- the made-up machine ---------------------------------------------------------------------- */

static void write_stat(unsigned pid, const char *comm, char state, int threads, unsigned start)
{
	char text[256];
	int n = snprintf(text, sizeof(text),
			 "%u (%s) %c 1 11 12 0 -1 4194560 13 0 0 0 14 15 0 0 20 0 %d 0 %u 16 17\n",
			 pid, comm, state, threads, start);

	tree_write(root, text, n, "proc/%u/stat", pid);
}

/* args: words with a NUL behind each, as a string literal ends with another. */
#define PROCESS(pid, start, args) process(pid, start, args, sizeof(args))

static void process(unsigned pid, unsigned start, const char *args, size_t len)
{
	char text[128];
	int n = snprintf(text, sizeof(text), "Name:\tx\nUmask:\t0022\nTgid:\t%u\nPid:\t%u\n", pid,
			 pid);

	write_stat(pid, "qemu-system", 'S', 4, start);
	tree_write(root, text, n, "proc/%u/status", pid);
	tree_write(root, args, len, "proc/%u/cmdline", pid);
	tree_link(root, "/dev/null", "proc/%u/fd/0", pid);
}

static void thread(unsigned tid, unsigned tgid)
{
	char text[128];
	int n = snprintf(text, sizeof(text), "Name:\tvcpu\nTgid:\t%u\nPid:\t%u\n", tgid, tid);

	tree_write(root, text, n, "proc/%u/status", tid);
}

static void opens_vm(unsigned pid)
{
	tree_link(root, "anon_inode:kvm-vm", "proc/%u/fd/7", pid);
}

static void closes_vm(unsigned pid)
{
	char path[64];

	snprintf(path, sizeof(path), "%s/proc/%u/fd/7", root, pid);
	assert_return_code(unlink(path), errno);
}

static void ends(unsigned pid)
{
	char path[64];

	snprintf(path, sizeof(path), "%s/proc/%u", root, pid);
	tree_remove(path);
}

static int setup(void **state)
{
	char proc[64];

	(void)state;
	tree_make(root);
	tree_write(root, "1000.00 1900.00\n", 16, "proc/uptime");
	snprintf(proc, sizeof(proc), "%s/proc", root);
	tab = vmtab_new(proc);
	assert_non_null(tab);
	vmtab_set_trust(tab, 0);
	assert_int_equal(sysconf(_SC_CLK_TCK), 100);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	vmtab_free(tab);
	tree_remove(root);
	return 0;
}

static unsigned count_all(void)
{
	unsigned n = 0;

	for (struct vm *vm = NULL; (vm = vmtab_each(tab, vm));)
		n++;
	return n;
}

/* --- identity --------------------------------------------------------------------------------- */

static void get_finds_again(void **state)
{
	struct vm *vm;

	(void)state;
	PROCESS(10, OLD, "qemu\0-name\0guest=web,debug-threads=on\0");
	vm = vmtab_get(tab, 10, 0xa000);
	assert_non_null(vm);
	assert_int_equal(vm->id, 0);
	assert_int_equal(vm->tgid, 10);
	assert_int_equal(vm->start_ticks, OLD);
	assert_int_equal(vm->kvm, 0xa000);
	assert_string_equal(vm->name, "web");
	assert_string_equal(vm->comm, "qemu-system");
	assert_true(vm->named && !vm->gone);
	assert_ptr_equal(vmtab_get(tab, 10, 0xa000), vm);
	assert_ptr_equal(vmtab_get(tab, 10, 0), vm);
	assert_ptr_equal(vmtab_find(tab, 10), vm);
	assert_ptr_equal(vmtab_find_kvm(tab, 0xa000), vm);
	assert_null(vmtab_find(tab, 11));
	assert_null(vmtab_find_kvm(tab, 0xb000));
	assert_null(vmtab_find_kvm(tab, 0));
	assert_int_equal(count_all(), 1);
}

static struct vm *tell(struct vm *known, uint32_t tgid, uint64_t kvm, bool gone)
{
	struct vm told = {.tgid = tgid, .kvm = kvm, .start_ticks = tgid, .gone = gone};

	return vmtab_told(tab, known, &told);
}

/* A kernel uses its memory again: of several VMs by one pointer the first that lives, else the last. */
static void pointer_of_several(void **state)
{
	struct vm *first, *second, *late;

	(void)state;
	late = tell(NULL, 10, 0, false);
	first = tell(NULL, 11, 0xa000, false);
	second = tell(NULL, 12, 0xa000, false);
	assert_ptr_equal(vmtab_find_kvm(tab, 0xa000), first);
	assert_ptr_equal(tell(late, 10, 0xa000, false), late);
	assert_ptr_equal(vmtab_find_kvm(tab, 0xa000), late); /* it had appeared before */
	tell(late, 10, 0xa000, true);
	assert_ptr_equal(vmtab_find_kvm(tab, 0xa000), first);
	tell(first, 11, 0xa000, true);
	assert_ptr_equal(vmtab_find_kvm(tab, 0xa000), second);
	tell(second, 12, 0xa000, true);
	assert_ptr_equal(vmtab_find_kvm(tab, 0xa000), second);
	tell(second, 12, 0xb000, true);
	assert_ptr_equal(vmtab_find_kvm(tab, 0xa000), first);
	assert_ptr_equal(vmtab_find_kvm(tab, 0xb000), second);
}

/* Found by a scan without a pointer; the first mark names it, and makes no second VM. */
static void first_mark_completes(void **state)
{
	struct vm *vm;

	(void)state;
	PROCESS(10, OLD, "qemu\0-name\0web\0");
	opens_vm(10);
	assert_int_equal(vmtab_scan(tab), 1);
	vm = vmtab_find(tab, 10);
	assert_int_equal(vm->kvm, 0);
	assert_ptr_equal(vmtab_get(tab, 10, 0xa000), vm);
	assert_int_equal(vm->kvm, 0xa000);
	assert_int_equal(vmtab_scan(tab), 1);
	assert_int_equal(count_all(), 1);
}

static void process_with_two_vms(void **state)
{
	struct vm *first, *second;

	(void)state;
	PROCESS(10, OLD, "vmm\0-name\0pod\0");
	opens_vm(10);
	vmtab_scan(tab);
	first = vmtab_get(tab, 10, 0xa000);
	second = vmtab_get(tab, 10, 0xb000);
	assert_ptr_not_equal(first, second);
	assert_string_equal(first->name, "pod");
	assert_string_equal(second->name, "pod#2");
	assert_int_equal(second->id, 1);
	assert_ptr_equal(vmtab_get(tab, 10, 0xa000), first);
	assert_ptr_equal(vmtab_get(tab, 10, 0xb000), second);
	assert_ptr_equal(vmtab_get(tab, 10, 0), first);
	assert_int_equal(vmtab_scan(tab), 2);
	closes_vm(10);
	assert_int_equal(vmtab_scan(tab), 0);
	assert_true(first->gone && second->gone);
}

static void reused_pid_is_another_vm(void **state)
{
	struct vm *old, *new;

	(void)state;
	PROCESS(10, OLD, "qemu\0-name\0old\0");
	old = vmtab_get(tab, 10, 0xa000);
	ends(10);
	PROCESS(10, YOUNG, "qemu\0-name\0new\0");
	/* Even with the same pointer: the start time tells. */
	new = vmtab_get(tab, 10, 0xa000);
	assert_ptr_not_equal(old, new);
	assert_true(old->gone);
	assert_false(new->gone);
	assert_string_equal(new->name, "new");
	assert_ptr_equal(vmtab_find(tab, 10), new);
	assert_ptr_equal(vmtab_find_kvm(tab, 0xa000), new);
}

/* Within the time of trust /proc is not asked: marks come by the ten thousand. */
static void trusts_for_a_while(void **state)
{
	struct vm *vm;

	(void)state;
	vmtab_set_trust(tab, 3600 * UTIL_NS_PER_S);
	PROCESS(10, OLD, "qemu\0-name\0web\0");
	vm = vmtab_get(tab, 10, 0xa000);
	ends(10);
	assert_ptr_equal(vmtab_get(tab, 10, 0xa000), vm);
	assert_false(vm->gone);
	vmtab_set_trust(tab, 0);
	assert_ptr_equal(vmtab_get(tab, 10, 0xa000), vm);
	assert_true(vm->gone);
}

/* The mark comes after the end of its process. */
static void name_outlives_process(void **state)
{
	struct vm *vm, *unheard;

	(void)state;
	PROCESS(10, OLD, "qemu\0-name\0web\0");
	opens_vm(10);
	vmtab_scan(tab);
	ends(10);
	vm = vmtab_get(tab, 10, 0xa000);
	assert_string_equal(vm->name, "web");
	assert_int_equal(vm->kvm, 0xa000);
	assert_true(vm->gone);
	assert_ptr_equal(vmtab_get(tab, 10, 0xa000), vm);
	assert_ptr_equal(vmtab_get(tab, 10, 0), vm);
	assert_int_equal(count_all(), 1);

	unheard = vmtab_get(tab, 77, 0xc000);
	assert_string_equal(unheard->name, "pid:77");
	assert_false(unheard->named);
	assert_true(unheard->gone);
	assert_int_equal(unheard->start_ticks, 0);
	assert_string_equal(unheard->comm, "");
	assert_ptr_equal(vmtab_get(tab, 77, 0xc000), unheard);
}

static void zombie_is_gone(void **state)
{
	struct vm *vm;

	(void)state;
	PROCESS(10, OLD, "qemu\0-name\0web\0");
	opens_vm(10);
	vmtab_scan(tab);
	vm = vmtab_find(tab, 10);
	/* Its first thread has ended, the vCPUs have not. */
	write_stat(10, "qemu-system", 'Z', 3, OLD);
	assert_int_equal(vmtab_scan(tab), 1);
	assert_ptr_equal(vmtab_get(tab, 10, 0xa000), vm);
	assert_false(vm->gone);
	write_stat(10, "qemu-system", 'Z', 1, OLD);
	assert_ptr_equal(vmtab_get(tab, 10, 0xa000), vm);
	assert_true(vm->gone);
	assert_int_equal(vmtab_scan(tab), 0);
}

/* As a recording tells it: it lived, then it had ended. The table's end must cope, too. */
static void told_that_it_ended(void **state)
{
	struct vm told = {.tgid = 77, .start_ticks = 5, .name = "web"}, *vm, *again;

	(void)state;
	vm = vmtab_told(tab, NULL, &told);
	assert_false(vm->gone);
	told.gone = true;
	assert_ptr_equal(vmtab_told(tab, vm, &told), vm);
	assert_true(vm->gone);
	assert_ptr_equal(vmtab_told(tab, vm, &told), vm);
	again = vmtab_told(tab, NULL, &told);
	assert_ptr_not_equal(again, vm);
	assert_true(again->gone);
}

/* The process gave its VM up and made another: the mark is the new one's. */
static void ended_vm_is_not_completed(void **state)
{
	struct vm *old, *new;

	(void)state;
	PROCESS(10, OLD, "vmm\0-name\0pod\0");
	opens_vm(10);
	vmtab_scan(tab);
	old = vmtab_find(tab, 10);
	closes_vm(10);
	assert_int_equal(vmtab_scan(tab), 0);
	opens_vm(10);
	new = vmtab_get(tab, 10, 0xb000);
	assert_ptr_not_equal(old, new);
	assert_true(old->gone && !old->kvm);
	assert_false(new->gone);
	assert_int_equal(vmtab_scan(tab), 1);
}

static void odd_comm(void **state)
{
	(void)state;
	PROCESS(10, OLD, "x\0");
	write_stat(10, "a) Z (b", 'S', 1, 4711);
	assert_string_equal(vmtab_get(tab, 10, 1)->comm, "a) Z (b");
	assert_int_equal(vmtab_find(tab, 10)->start_ticks, 4711);
	write_stat(11, "\033[2J\xff", 'S', 1, 1);
	assert_string_equal(vmtab_get(tab, 11, 1)->comm, "?[2J?");
}

static void owner_of_a_thread(void **state)
{
	struct vm *vm;

	(void)state;
	PROCESS(10, OLD, "qemu\0-name\0web\0");
	PROCESS(20, OLD, "bash\0");
	thread(12, 10);
	thread(22, 20);
	assert_int_equal(vmtab_tgid(tab, 12), 10);
	assert_int_equal(vmtab_tgid(tab, 10), 10);
	assert_int_equal(vmtab_tgid(tab, 99), 0);
	assert_null(vmtab_owner(tab, 12)); /* holds no VM so far */
	opens_vm(10);
	vm = vmtab_owner(tab, 12);
	assert_non_null(vm);
	assert_string_equal(vm->name, "web");
	assert_ptr_equal(vmtab_owner(tab, 10), vm);
	assert_null(vmtab_owner(tab, 22));
	assert_null(vmtab_owner(tab, 99));
	/* The process has ended: its own id still leads to it. */
	ends(10);
	ends(12);
	assert_ptr_equal(vmtab_owner(tab, 10), vm);
	assert_null(vmtab_owner(tab, 12));
	/* Its id now belongs to somebody who runs no VM. */
	PROCESS(10, YOUNG, "bash\0");
	assert_null(vmtab_owner(tab, 10));
}

/* --- scans ------------------------------------------------------------------------------------ */

static void scan_finds_and_ends(void **state)
{
	struct vm *a, *b;

	(void)state;
	PROCESS(300, OLD, "qemu\0-name\0a\0");
	PROCESS(20, OLD, "qemu\0-name\0b\0");
	PROCESS(1, OLD, "init\0");
	tree_write(root, "", 0, "proc/self/stat");
	tree_write(root, "", 0, "proc/30x/stat");
	opens_vm(300);
	assert_int_equal(vmtab_scan(tab), 1);
	a = vmtab_find(tab, 300);
	assert_string_equal(a->name, "a");
	assert_false(a->gone);

	/* A second one, that has a mark before the next scan sees it. */
	opens_vm(20);
	b = vmtab_get(tab, 20, 0xb000);
	assert_int_equal(vmtab_scan(tab), 2);
	assert_ptr_equal(vmtab_each(tab, NULL), a);
	assert_ptr_equal(vmtab_each(tab, a), b);
	assert_null(vmtab_each(tab, b));

	ends(300);
	assert_int_equal(vmtab_scan(tab), 1);
	assert_true(a->gone);
	assert_false(b->gone);
	assert_ptr_equal(vmtab_each(tab, NULL), a); /* still shown */
	PROCESS(300, YOUNG, "qemu\0-name\0c\0");
	opens_vm(300);
	assert_int_equal(vmtab_scan(tab), 2);
	assert_string_equal(vmtab_find(tab, 300)->name, "c");
	assert_int_equal(count_all(), 3);
}

/* Descriptors of an old process that is no VMM are not listed again; of a young one they are. */
static void scan_remembers(void **state)
{
	(void)state;
	PROCESS(10, OLD, "old\0");
	PROCESS(11, YOUNG, "young\0");
	assert_int_equal(vmtab_scan(tab), 0);
	opens_vm(10);
	opens_vm(11);
	assert_int_equal(vmtab_scan(tab), 1);
	assert_null(vmtab_find(tab, 10));
	assert_non_null(vmtab_find(tab, 11));
	/* ... until there is a mark, from when on it is a VMM like any other ... */
	assert_non_null(vmtab_get(tab, 10, 0xa000));
	assert_int_equal(vmtab_scan(tab), 2);
	closes_vm(10);
	assert_int_equal(vmtab_scan(tab), 1);
	assert_int_equal(vmtab_scan(tab), 1);
	/* ... or the id belongs to another process. */
	PROCESS(10, OLD + 1, "other\0");
	opens_vm(10);
	assert_int_equal(vmtab_scan(tab), 2);
}

static void uptime(unsigned seconds)
{
	char text[32];

	tree_write(root, text, snprintf(text, sizeof(text), "%u.00 1.00\n", seconds),
		   "proc/uptime");
}

/* VMMs that wait for a VM, as in pools: each is looked at again, but not all at once. */
static void scan_looks_again(void **state)
{
	int before = 0, steps = 0;

	(void)state;
	for (unsigned pid = 1; pid <= 200; pid++)
		PROCESS(pid, OLD, "pool\0");
	assert_int_equal(vmtab_scan(tab), 0);
	for (unsigned pid = 1; pid <= 200; pid++)
		opens_vm(pid);
	uptime(1000 + VMTAB_AGAIN_SECONDS / 2 - 1);
	assert_int_equal(vmtab_scan(tab), 0);
	for (unsigned s = VMTAB_AGAIN_SECONDS / 2; s <= 3 * VMTAB_AGAIN_SECONDS / 2; s++) {
		int found;

		uptime(1000 + s);
		found = vmtab_scan(tab);
		assert_in_range(found - before, 0, 20);
		steps += found > before;
		before = found;
	}
	assert_int_equal(before, 200);
	assert_true(steps > 30);
}

/* Descriptors that may not be listed say nothing about the VM's end. */
static void scan_without_permission(void **state)
{
	char path[64];

	(void)state;
	PROCESS(10, OLD, "qemu\0-name\0a\0");
	vmtab_get(tab, 10, 0xa000);
	snprintf(path, sizeof(path), "%s/proc/10/fd", root);
	tree_remove(path);
	assert_int_equal(vmtab_scan(tab), 1);
}

static void scan_without_proc(void **state)
{
	struct vmtab *none = vmtab_new("/nonexistent/proc");

	(void)state;
	assert_int_equal(vmtab_scan(none), -ENOENT);
	vmtab_free(none);
	vmtab_free(NULL);
}

static void scan_many(void **state)
{
	(void)state;
	/* Directory order is arbitrary and the table of the others has to grow. */
	for (unsigned pid = 600; pid > 0; pid--) {
		PROCESS(pid, OLD, "x\0");
		if (pid % 7 == 0)
			opens_vm(pid);
	}
	assert_int_equal(vmtab_scan(tab), 85);
	/* Each of the others is remembered, wherever it stands. */
	for (unsigned pid = 1; pid <= 600; pid++)
		if (pid % 7)
			opens_vm(pid);
	assert_int_equal(vmtab_scan(tab), 85);
	assert_int_equal(count_all(), 85);
	for (unsigned pid = 1; pid <= 600; pid++)
		assert_int_equal(vmtab_find(tab, pid) != NULL, pid % 7 == 0);
}

/* --- ends ------------------------------------------------------------------------------------- */

static void gone_are_recycled(void **state)
{
	struct vm *held, *second, *vm;
	uint32_t id;

	(void)state;
	/* Ids of processes that never were: each is gone from the start. */
	held = vm_hold(vmtab_get(tab, 1, 0x1000));
	second = vmtab_get(tab, 2, 0x1000);
	id = second->id;
	assert_int_equal(id, 1);
	for (unsigned pid = 3; pid <= VMTAB_GONE_MAX; pid++)
		assert_non_null(vmtab_get(tab, pid, 0x1000));
	assert_int_equal(count_all(), VMTAB_GONE_MAX);
	assert_ptr_equal(vmtab_find(tab, 2), second);

	/* One too many: the oldest that nobody holds goes, its index is used again. */
	vm = vmtab_get(tab, 100000, 0x1000);
	assert_int_equal(count_all(), VMTAB_GONE_MAX);
	assert_ptr_equal(vmtab_find(tab, 1), held);
	assert_null(vmtab_find(tab, 2));
	assert_int_equal(vm->id, id);
	assert_string_equal(vm->name, "pid:100000");

	vm_put(held);
	vm_put(NULL);
	vmtab_get(tab, 100001, 0x1000);
	assert_null(vmtab_find(tab, 1));
	assert_int_equal(count_all(), VMTAB_GONE_MAX);
}

static void held_are_kept_above_the_limit(void **state)
{
	struct vm *vm;

	(void)state;
	for (unsigned pid = 1; pid <= VMTAB_GONE_MAX + 10; pid++) {
		vm = vm_hold(vmtab_get(tab, pid, 0x1000));
		assert_int_equal(vm->id, pid - 1);
	}
	assert_int_equal(count_all(), VMTAB_GONE_MAX + 10);
	for (unsigned pid = 1; pid <= 20; pid++)
		vm_put(vmtab_find(tab, pid));
	assert_int_equal(vmtab_scan(tab), 0);
	assert_int_equal(count_all(), VMTAB_GONE_MAX);
	assert_null(vmtab_find(tab, 10));
	assert_non_null(vmtab_find(tab, 11));
}

/* --- names ------------------------------------------------------------------------------------ */

#define ARGS(args, want) assert_args(args, sizeof(args) - 1, want)

static void assert_args(const char *args, size_t len, const char *want)
{
	char name[VM_NAME_SIZE] = "untouched";
	bool found = vm_name_of_args(name, args, len);

	assert_string_equal(name, want ? want : "untouched");
	assert_int_equal(found, want != NULL);
}

static void names_of_options(void **state)
{
	(void)state;
	ARGS("/usr/bin/qemu-system-aarch64\0-name\0guest=web,debug-threads=on\0", "web");
	ARGS("qemu\0-name\0web\0", "web");
	ARGS("qemu\0--name\0web,process=x\0", "web");
	ARGS("qemu\0-name\0debug-threads=on,guest=web\0", "web");
	ARGS("qemu\0-name\0guest=a,,b,debug-threads=on\0", "a,b");
	ARGS("qemu\0-name\0a,,,,b\0", "a,,b");
	ARGS("qemu\0-name\0guest=a=b\0", "a=b");
	ARGS("qemu\0-name\0-name\0x\0", "-name");
	ARGS("qemu\0-name\0one\0-m\0002G\0-name\0two\0", "two");
	ARGS("vmtest-guest\0-name\0guest=vm-a\0--vcpus\0002\0", "vm-a");
	ARGS("qemu\0-name\0debug-threads=on\0", NULL);
	ARGS("qemu\0-name\0guest=\0", NULL);
	ARGS("qemu\0-name\0\0", NULL);
	ARGS("qemu\0-name\0", NULL);
	ARGS("qemu\0-names\0x\0", NULL);
	ARGS("qemu\0-m\0002G\0", NULL);
	ARGS("-name\0x\0", NULL); /* that was argv[0] */
	ARGS("", NULL);
	ARGS("qemu\0--id\0x\0", NULL);
	ARGS("/usr/bin/firecracker\0--id\0fc-1\0--start-time-us\0001\0", "fc-1");
	ARGS("firecracker-v1.9\0--id=fc-2\0", "fc-2");
	ARGS("/bin/crosvm\0run\0--name\0a,b\0--cpus\0004\0", "a,b");
	ARGS("crosvm\0run\0--name=arc\0", "arc");
	ARGS("lkvm\0run\0-n\0box\0", "box");
	ARGS("cloud-hypervisor\0--api-socket\0/run/ch/db.sock\0", "db");
	ARGS("cloud-hypervisor\0--api-socket\0path=/run/ch/db.socket,x=y\0", "db");
	ARGS("cloud-hypervisor-static\0--api-socket=/run/libvirt/ch/db-socket\0", "db");
	ARGS("cloud-hypervisor\0--api-socket\0/run/vc/vm/0815/clh-api.sock\0", "0815");
	ARGS("cloud-hypervisor\0--api-socket\0fd=5\0", NULL);
	ARGS("cloud-hypervisor\0--api-socket\0api.sock\0", "api");
	ARGS("qemu\0-name\0evil\033[2J\n\xff\0", "evil?[2J??");
}

static void uuids(void **state)
{
	static const char uuid[] = "3f1c6f5e-5f0a-4c1e-9a57-0c5a3c1d2e10";

	(void)state;
	PROCESS(10, OLD, "qemu\0-uuid\0003f1c6f5e-5f0a-4c1e-9a57-0c5a3c1d2e10\0-m\0002G\0");
	PROCESS(11, OLD, "ch\0--platform\0x=y,uuid=3f1c6f5e-5f0a-4c1e-9a57-0c5a3c1d2e10,z\0");
	PROCESS(12, OLD, "qemu\0-uuid\0003f1c6f5e-5f0a-4c1e-9a57-0c5a3c1d2e1\0");
	PROCESS(13, OLD, "qemu\0-uuid\0");
	assert_string_equal(vmtab_get(tab, 10, 1)->uuid, uuid);
	assert_string_equal(vmtab_get(tab, 11, 1)->uuid, uuid);
	assert_string_equal(vmtab_get(tab, 12, 1)->uuid, "");
	assert_string_equal(vmtab_get(tab, 13, 1)->uuid, "");
}

static void names_of_vcpu_threads(void **state)
{
	(void)state;
	assert_int_equal(vm_vcpu_of_comm("CPU 12/KVM"), 12);
	assert_int_equal(vm_vcpu_of_comm("vcpu0"), 0);
	assert_int_equal(vm_vcpu_of_comm("fc_vcpu 3"), 3);
	assert_int_equal(vm_vcpu_of_comm("crosvm_vcpu1"), 1);
	assert_int_equal(vm_vcpu_of_comm("kvm-vcpu-7"), 7);
	assert_int_equal(vm_vcpu_of_comm("CPU 12/TCG"), -1);
	assert_int_equal(vm_vcpu_of_comm("vcpu1x"), -1);
	assert_int_equal(vm_vcpu_of_comm("qemu-system"), -1);
	tree_write(root, "CPU 5/KVM\n", 10, "proc/10/task/15/comm");
	assert_int_equal(vmtab_vcpu(tab, 10, 15), 5);
	assert_int_equal(vmtab_vcpu(tab, 11, 15), -1);
}

static void names_are_cut(void **state)
{
	char args[256] = "qemu\0-name\0";
	char want[VM_NAME_SIZE] = "";

	(void)state;
	memset(args + 11, 'x', 62);
	memcpy(args + 11 + 62, "\xc3\xbc", 2);
	memset(want, 'x', 62);
	assert_args(args, 11 + 62 + 2 + 1, want);
}

static void names_of_scopes(void **state)
{
	static const struct {
		const char *cgroup, *name;
	} cases[] = {
		{"0::/machine.slice/machine-qemu\\x2d1\\x2dweb.scope/libvirt/emulator\n", "web"},
		{"0::/machine.slice/machine-qemu\\x2d12\\x2dmy\\x2dweb.scope\n", "my-web"},
		{"0::/machine.slice/machine-qemu\\x2dold.scope\n", "old"},
		{"0::/machine.slice/machine-qemu\\x2d3\\x2d2024.scope\n", "2024"},
		{"2:cpu:/\n1:name=systemd:/machine.slice/machine-qemu\\x2d1\\x2dv1.scope\n", "v1"},
		{"0::/machine.slice/machine-qemu\\x2d1\\x2da\\x00\\xzz.scope\n", "a\\x00\\xzz"},
		{"0::/machine.slice/machine-debian.scope/payload\n", NULL}, /* a container */
		{"0::/machine.slice/machine-qemu\\x2d1\\x2dweb.service\n", NULL},
		{"0::/machine.slice/machine-.scope\n", NULL},
		{"0::/user.slice\n", NULL},
		{"", NULL},
	};

	(void)state;
	for (size_t i = 0; i < UTIL_COUNT(cases); i++) {
		char name[VM_NAME_SIZE] = "untouched";
		bool found = vm_name_of_cgroup(name, cases[i].cgroup);

		assert_string_equal(name, cases[i].name ? cases[i].name : "untouched");
		assert_int_equal(found, cases[i].name != NULL);
	}
}

/* Option, then scope, then pid file, then the number. */
static void names_have_an_order(void **state)
{
	static const char scope[] = "0::/machine.slice/machine-qemu\\x2d1\\x2dscoped.scope\n";

	(void)state;
	for (unsigned pid = 10; pid < 14; pid++) {
		if (pid == 10)
			PROCESS(pid, OLD, "qemu\0-name\0optional\0");
		else
			PROCESS(pid, OLD, "qemu\0");
		if (pid < 12)
			tree_write(root, scope, sizeof(scope) - 1, "proc/%u/cgroup", pid);
	}
	tree_write(root, "1012", 4, "run/libvirt/qemu/not-this.pid");
	tree_write(root, "12", 2, "run/libvirt/qemu/nor-this.xml");
	tree_write(root, "12\n", 3, "run/libvirt/qemu/filed.pid");
	tree_write(root, "", 0, "run/libvirt/qemu/empty.pid");
	assert_string_equal(vmtab_get(tab, 10, 1)->name, "optional");
	assert_string_equal(vmtab_get(tab, 11, 1)->name, "scoped");
	assert_string_equal(vmtab_get(tab, 12, 1)->name, "filed");
	assert_string_equal(vmtab_get(tab, 13, 1)->name, "pid:13");
	assert_true(vmtab_find(tab, 12)->named);
	assert_false(vmtab_find(tab, 13)->named);
}

static void names_are_unique(void **state)
{
	char longest[80] = "qemu\0-name\0", want[VM_NAME_SIZE];

	(void)state;
	PROCESS(10, OLD, "qemu\0-name\0web\0");
	PROCESS(11, OLD, "qemu\0-name\0web\0");
	PROCESS(12, OLD, "qemu\0-name\0web#2\0");
	PROCESS(13, OLD, "qemu\0-name\0web\0");
	assert_string_equal(vmtab_get(tab, 10, 1)->name, "web");
	assert_string_equal(vmtab_get(tab, 11, 1)->name, "web#2");
	assert_string_equal(vmtab_get(tab, 12, 1)->name, "web#2#2");
	assert_string_equal(vmtab_get(tab, 13, 1)->name, "web#3");
	/* Started again, though nobody has seen the end of the old one. */
	ends(10);
	PROCESS(14, YOUNG, "qemu\0-name\0web\0");
	assert_string_equal(vmtab_get(tab, 14, 1)->name, "web");
	assert_true(vmtab_find(tab, 10)->gone);
	/* The same by a process id that has come again, and by one that is a zombie. */
	PROCESS(11, YOUNG, "qemu\0-name\0web\0");
	assert_string_equal(vmtab_get(tab, 11, 1)->name, "web#2");
	write_stat(13, "qemu-system", 'Z', 1, OLD);
	PROCESS(15, YOUNG, "qemu\0-name\0web\0");
	assert_string_equal(vmtab_get(tab, 15, 1)->name, "web#3");

	memset(longest + 11, 'y', 63);
	process(20, OLD, longest, 11 + 63 + 1);
	process(21, OLD, longest, 11 + 63 + 1);
	assert_int_equal(strlen(vmtab_get(tab, 20, 1)->name), 63);
	memset(want, 'y', 61);
	strcpy(want + 61, "#2");
	assert_string_equal(vmtab_get(tab, 21, 1)->name, want);
}

/* --- the real /proc --------------------------------------------------------------------------- */

static void *report_tid(void *arg)
{
	*(uint32_t *)arg = proc_tgid("/proc", gettid());
	return NULL;
}

static void real_process(void **state)
{
	struct proc_stat self, again;
	char name[16];
	uint32_t tgid = 0;
	pthread_t other;
	int fd;

	(void)state;
	assert_int_equal(proc_stat("/proc", getpid(), &self), 0);
	assert_int_equal(proc_stat("/proc", getpid(), &again), 0);
	assert_int_equal(pthread_getname_np(pthread_self(), name, sizeof(name)), 0);
	assert_string_equal(self.comm, name);
	assert_int_equal(self.start_ticks, again.start_ticks);
	assert_in_range(self.start_ticks, 1, proc_now_ticks("/proc"));
	assert_false(self.dead);
	assert_int_equal(pthread_create(&other, NULL, report_tid, &tgid), 0);
	assert_int_equal(pthread_join(other, NULL), 0);
	assert_int_equal(tgid, getpid());

	assert_int_equal(proc_holds("/proc", getpid(), "anon_inode:[eventfd]"), 0);
	fd = eventfd(0, EFD_CLOEXEC);
	assert_int_equal(proc_holds("/proc", getpid(), "anon_inode:[eventfd]"), 1);
	assert_int_equal(proc_holds("/proc", getpid(), "anon_inode:[eventf"), 0);
	assert_int_equal(proc_holds("/proc", getpid(), "anon_inode:[eventfd]s"), 0);
	close(fd);
}

static void real_zombie(void **state)
{
	struct proc_stat stat;
	siginfo_t info;
	pid_t child;

	(void)state;
	child = fork();
	assert_return_code(child, errno);
	if (!child)
		_exit(0);
	assert_int_equal(waitid(P_PID, child, &info, WEXITED | WNOWAIT), 0);
	assert_int_equal(proc_stat("/proc", child, &stat), 0);
	assert_true(stat.dead);
	assert_int_equal(waitpid(child, NULL, 0), child);
	assert_int_equal(proc_stat("/proc", child, &stat), -ENOENT);
	assert_int_equal(proc_tgid("/proc", child), 0);
}

static void real_scan(void **state)
{
	struct vmtab *real = vmtab_new(NULL);

	(void)state;
	assert_true(vmtab_scan(real) >= 0);
	assert_true(vmtab_scan(real) >= 0);
	assert_int_equal(vmtab_tgid(real, getpid()), getpid());
	vmtab_free(real);
}

#define FAKE(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		FAKE(get_finds_again),
		FAKE(pointer_of_several),
		FAKE(first_mark_completes),
		FAKE(process_with_two_vms),
		FAKE(reused_pid_is_another_vm),
		FAKE(trusts_for_a_while),
		FAKE(name_outlives_process),
		FAKE(zombie_is_gone),
		FAKE(told_that_it_ended),
		FAKE(ended_vm_is_not_completed),
		FAKE(odd_comm),
		FAKE(owner_of_a_thread),
		FAKE(scan_finds_and_ends),
		FAKE(scan_remembers),
		FAKE(scan_looks_again),
		FAKE(scan_without_permission),
		FAKE(scan_without_proc),
		FAKE(scan_many),
		FAKE(gone_are_recycled),
		FAKE(held_are_kept_above_the_limit),
		cmocka_unit_test(names_of_options),
		FAKE(uuids),
		FAKE(names_of_vcpu_threads),
		cmocka_unit_test(names_are_cut),
		cmocka_unit_test(names_of_scopes),
		FAKE(names_have_an_order),
		FAKE(names_are_unique),
		cmocka_unit_test(real_process),
		cmocka_unit_test(real_zombie),
		cmocka_unit_test(real_scan),
	};

	return cmocka_run_group_tests_name("vm", tests, NULL, NULL);
}
