/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * inject/pick: which of these VMs a text means; inject/vmlock: who may shoot at one.
 */
#include "tests/unit/tree.h"

#include "inject/pick.h"
#include "inject/vmlock.h"
#include "lib/util.h"

#include <signal.h>
#include <sys/wait.h>

static struct vm vms[] = {
	{.tgid = 100,
	 .name = "vm-a",
	 .named = true,
	 .uuid = "6C84FB90-12C4-11E1-840D-7B25C5EE775A"},
	{.tgid = 200, .name = "vm-b", .named = true},
	{.tgid = 210, .name = "vm-b#2", .named = true},
	{.tgid = 300, .name = "vm-c", .named = true, .kvm = 1},
	{.tgid = 300, .name = "vm-c#2", .named = true, .kvm = 2},
	{.tgid = 400, .name = "vm-d", .named = true, .gone = true},
	{.tgid = 410, .name = "vm-d#3", .named = true},
	{.tgid = 500, .name = "pid:500"},
	{.tgid = 600, .name = "vm-e#b", .named = true},
	{.tgid = 700, .name = "100", .named = true},
	{.tgid = 800, .name = "800", .named = true},
};
static size_t n_vms;
static char why[160];

/* Stands in for trace/vm.c. */
struct vm *vmtab_each(const struct vmtab *t, const struct vm *after)
{
	size_t next = after ? after - vms + 1 : 0;

	(void)t;
	return next < n_vms ? &vms[next] : NULL;
}

static int setup(void **state)
{
	(void)state;
	n_vms = UTIL_COUNT(vms);
	return 0;
}

static void is_picked(const char *text, uint32_t tgid)
{
	struct vm *vm = NULL;

	assert_int_equal(pick_vm(NULL, text, &vm, why), 0);
	assert_int_equal(vm->tgid, tgid);
}

static void is_none(const char *text)
{
	struct vm *vm;

	assert_int_equal(pick_vm(NULL, text, &vm, why), -ENOENT);
}

static void is_several(const char *text, const char *which)
{
	struct vm *vm;

	assert_int_equal(pick_vm(NULL, text, &vm, why), -ENOTUNIQ);
	assert_string_equal(why, which);
}

static void one_is_meant(void **state)
{
	(void)state;
	is_picked("vm-a", 100);
	is_picked("6c84fb90-12c4-11e1-840d-7b25c5ee775a", 100);
	is_picked("200", 200);
	is_picked("vm-b#2", 210);
	is_picked("pid:500" + 4, 500);
	is_picked("vm-e#b", 600);
	is_picked("800", 800);
}

static void none_is_meant(void **state)
{
	(void)state;
	is_none("vm");
	is_none("vm-*");
	is_none("");
	is_none("vm-e");
	is_none("pid:500");
	is_none("0200x");
	is_none("vm-ab");
	assert_non_null(strstr(why, "vm-a (process 100), vm-b (process 200)"));
	assert_null(strstr(why, "process 400"));
	n_vms = 0;
	is_none("vm-a");
	assert_string_equal(why, "none runs");
}

/* Which of two was found first is nothing to go by; a number may be a name as well. */
static void several_are_meant(void **state)
{
	(void)state;
	is_several("vm-b", "vm-b (process 200), vm-b#2 (process 210)");
	is_several("100", "vm-a (process 100), 100 (process 700)");
}

static void of_one_process(void **state)
{
	(void)state;
	is_picked("vm-c", 300);
	is_picked("vm-c#2", 300);
	is_picked("300", 300);
}

static void who_lives_is_meant(void **state)
{
	(void)state;
	is_picked("vm-d", 410);
	is_none("400");
}

/* --- locks ------------------------------------------------------------------------------------ */

static char dir[64];

static int lock_setup(void **state)
{
	char root[32];

	(void)state;
	tree_make(root);
	snprintf(dir, sizeof(dir), "%s/locks", root);
	return 0;
}

static int lock_teardown(void **state)
{
	(void)state;
	*strrchr(dir, '/') = '\0';
	tree_remove(dir);
	return 0;
}

/* The child holds the lock of VM 1 until it is killed. */
static pid_t other_process(void)
{
	int ends[2];
	struct vmlock *lock;
	uint32_t holder;
	char byte = 0;
	pid_t pid;

	assert_return_code(pipe(ends), errno);
	pid = fork();
	if (!pid) {
		byte = vmlock_take(&lock, dir, 1, 5, &holder) ? 'x' : 'k';
		if (write(ends[1], &byte, 1) == 1)
			pause();
		_exit(1);
	}
	assert_int_equal(read(ends[0], &byte, 1), 1);
	assert_int_equal(byte, 'k');
	close(ends[0]);
	close(ends[1]);
	return pid;
}

static void one_at_a_time(void **state)
{
	struct vmlock *lock, *other;
	uint32_t holder = 1;
	pid_t pid = other_process();

	(void)state;
	assert_int_equal(vmlock_take(&lock, dir, 1, 5, &holder), -EBUSY);
	assert_int_equal(holder, pid);
	/* another VM, and another process by the same number */
	assert_int_equal(vmlock_take(&other, dir, 1, 6, &holder), 0);
	assert_int_equal(holder, 0);
	vmlock_release(other);
	/* what is killed holds nothing */
	kill(pid, SIGKILL);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	assert_int_equal(vmlock_take(&lock, dir, 1, 5, &holder), 0);
	assert_int_equal(vmlock_take(&other, dir, 1, 5, &holder), -EBUSY);
	assert_int_equal(holder, getpid());
	vmlock_release(lock);
	assert_int_equal(vmlock_take(&lock, dir, 1, 5, &holder), 0);
	vmlock_release(lock);
	vmlock_release(NULL);
}

static void no_place_for_locks(void **state)
{
	struct vmlock *lock;
	uint32_t holder;

	(void)state;
	assert_int_equal(vmlock_take(&lock, "/nowhere/at/all", 1, 5, &holder), -ENOENT);
}

#define PICK(name) cmocka_unit_test_setup(name, setup)
#define LOCK(name) cmocka_unit_test_setup_teardown(name, lock_setup, lock_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		PICK(one_is_meant),       PICK(none_is_meant),      PICK(several_are_meant),
		PICK(of_one_process),     PICK(who_lives_is_meant), LOCK(one_at_a_time),
		LOCK(no_place_for_locks),
	};

	return cmocka_run_group_tests_name("pick", tests, NULL, NULL);
}
