/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * lib/account: users out of made-up passwd and group files, and becoming one, which only root can.
 */
#include "tests/unit/child.h"

#include "lib/account.h"
#include "lib/util.h"

#include <grp.h>
#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#define PASSWD                                     \
	"root:x:0:0:root:/root:/bin/sh\n"          \
	"broken line\n"                            \
	"daemon:x:1:1::/:/bin/false\n"             \
	"ops:x:2001:2002:Operator:/nonexistent:\n" \
	"ops2:x:2003:2002::/:\n"
#define GROUP                        \
	"root:x:0:\n"                \
	"ops:x:2002:ops\n"           \
	"libvirt:x:110:daemon,ops\n" \
	"kvm:x:111:ops2,ops\n"       \
	"others:x:112:ops2,opsx\n"

static char root[32];

static int setup(void **state)
{
	(void)state;
	tree_make(root);
	tree_write(root, PASSWD, strlen(PASSWD), "passwd");
	tree_write(root, GROUP, strlen(GROUP), "group");
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	tree_remove(root);
	return 0;
}

static void by_name(void **state)
{
	struct account account;

	(void)state;
	assert_int_equal(account_find(&account, root, "ops"), 0);
	assert_int_equal(account.uid, 2001);
	assert_int_equal(account.gid, 2002);
	/* Its own group, of which it is a member as well, is not named twice. */
	assert_int_equal(account.n_groups, 2);
	assert_int_equal(account.groups[0], 110);
	assert_int_equal(account.groups[1], 111);
	assert_int_equal(account_find(&account, root, "root"), 0);
	assert_int_equal(account.uid, 0);
	assert_int_equal(account.n_groups, 0);
}

static void by_number(void **state)
{
	struct account account;

	(void)state;
	assert_int_equal(account_find(&account, root, "2001"), 0);
	assert_int_equal(account.uid, 2001);
	assert_int_equal(account.gid, 2001);
	assert_int_equal(account.n_groups, 0);
	assert_int_equal(account_find(&account, root, "5:70000"), 0);
	assert_int_equal(account.uid, 5);
	assert_int_equal(account.gid, 70000);
}

static void nobody_there(void **state)
{
	static const struct {
		const char *who;
		int err;
	} cases[] = {
		{"op", -ENOENT},
		{"opsx", -ENOENT},
		{"", -ENOENT},
		{"5:", -EINVAL},
		{"5:ops", -EINVAL},
		{"5x", -EINVAL},
		{"5:5:5", -EINVAL},
		{"4294967295", -EINVAL}, /* setresuid() would leave it as it is */
		{"0:4294967295", -EINVAL},
		{"99999999999999999999", -EINVAL},
	};
	struct account account = {.uid = 77};

	(void)state;
	for (size_t i = 0; i < UTIL_COUNT(cases); i++)
		assert_int_equal(account_find(&account, root, cases[i].who), cases[i].err);
	assert_int_equal(account_find(&account, "/nonexistent", "root"), -ENOENT);
	assert_int_equal(account.uid, 77);
}

static void too_many_groups(void **state)
{
	char text[4096] = "";
	struct account account;

	(void)state;
	for (int i = 0; i <= ACCOUNT_GROUPS_MAX; i++) {
		size_t n = strlen(text);

		snprintf(text + n, sizeof(text) - n, "g%d:x:%d:ops\n", i, 3000 + i);
		tree_write(root, text, strlen(text), "group");
		assert_int_equal(account_find(&account, root, "ops"),
				 i < ACCOUNT_GROUPS_MAX ? 0 : -E2BIG);
	}
}

/* And there is no way back. */
static int become(const void *account)
{
	return account_become(account) || !setresuid(0, 0, 0);
}

/* Such as survive a change of user. */
static void inherit_capabilities(void)
{
	struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct caps[2];

	assert_return_code(syscall(SYS_capget, &header, caps), errno);
	caps[0].inheritable |= 1u << CAP_KILL;
	assert_return_code(syscall(SYS_capset, &header, caps), errno);
	assert_return_code(prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_KILL, 0, 0), errno);
}

static void becomes_nobody(void **state)
{
	const struct account nobody = account_nobody();
	const gid_t groups[] = {0, 4, 110};
	char text[CHILD_TEXT];

	(void)state;
	assert_int_equal(nobody.uid, 65534);
	if (geteuid())
		skip();
	assert_return_code(setgroups(UTIL_COUNT(groups), groups), errno);
	inherit_capabilities();
	assert_true(account_allowed(&nobody));
	child_status(become, &nobody, text);
	assert_non_null(strstr(text, "\nUid:\t65534\t65534\t65534\t65534\n"));
	assert_non_null(strstr(text, "\nGid:\t65534\t65534\t65534\t65534\n"));
	assert_non_null(strstr(text, "\nGroups:\t \n"));
	assert_non_null(strstr(text, "\nCapInh:\t0000000000000000\n"));
	assert_non_null(strstr(text, "\nCapPrm:\t0000000000000000\n"));
	assert_non_null(strstr(text, "\nCapEff:\t0000000000000000\n"));
	assert_non_null(strstr(text, "\nCapAmb:\t0000000000000000\n"));
}

static void becomes_a_user_with_groups(void **state)
{
	struct account account;
	char text[CHILD_TEXT];

	(void)state;
	if (geteuid())
		skip();
	assert_int_equal(account_find(&account, root, "ops"), 0);
	child_status(become, &account, text);
	assert_non_null(strstr(text, "\nUid:\t2001\t2001\t2001\t2001\n"));
	assert_non_null(strstr(text, "\nGid:\t2002\t2002\t2002\t2002\n"));
	assert_non_null(strstr(text, "\nGroups:\t110 111 \n"));
}

/* Once it is somebody else it may stay so, and become nobody further. */
static void those_without_privilege(void **state)
{
	const struct account nobody = account_nobody();
	struct account other = nobody;
	int status;
	pid_t pid;

	(void)state;
	if (geteuid())
		skip();
	other.uid = 2001;
	pid = fork();
	assert_return_code(pid, errno);
	if (!pid) {
		if (account_become(&nobody) || !account_allowed(&nobody) || account_become(&nobody))
			_exit(1);
		_exit(account_allowed(&other) || account_become(&other) != -EPERM ? 2 : 0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(by_name, setup, teardown),
		cmocka_unit_test_setup_teardown(by_number, setup, teardown),
		cmocka_unit_test_setup_teardown(nobody_there, setup, teardown),
		cmocka_unit_test_setup_teardown(too_many_groups, setup, teardown),
		cmocka_unit_test(becomes_nobody),
		cmocka_unit_test_setup_teardown(becomes_a_user_with_groups, setup, teardown),
		cmocka_unit_test(those_without_privilege),
	};

	return cmocka_run_group_tests_name("account", tests, NULL, NULL);
}
