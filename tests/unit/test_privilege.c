/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * lib/privilege: names, what is missing, and that what was given up is gone in every set. Giving up
 * is done by children; as root, else there is nothing to give up.
 */
#include "tests/unit/child.h"

#include "lib/privilege.h"

#define KEPT (PRIVILEGE(CAP_SYS_PTRACE) | PRIVILEGE(CAP_KILL))

static void names(void **state)
{
	char text[PRIVILEGE_TEXT];

	(void)state;
	assert_string_equal(privilege_names(0, text), "");
	assert_string_equal(privilege_names(PRIVILEGE(CAP_BPF), text), "CAP_BPF");
	assert_string_equal(privilege_names(KEPT, text), "CAP_KILL, CAP_SYS_PTRACE");
	privilege_names(UINT64_MAX, text); /* has no room for all */
	assert_true(strlen(text) < sizeof(text));
}

static uint64_t set_of(const char *text, const char *name)
{
	char key[16];
	const char *at;

	snprintf(key, sizeof(key), "\n%s:\t", name);
	at = strstr(text, key);
	assert_non_null(at);
	return strtoull(at + strlen(key), NULL, 16);
}

static int keep(const void *unused)
{
	(void)unused;
	return privilege_keep(KEPT, false);
}

static int keep_and_try(const void *unused)
{
	(void)unused;
	if (keep(NULL) || privilege_held() != KEPT)
		return 1;
	if (privilege_missing(KEPT) || privilege_missing(PRIVILEGE(CAP_BPF)) != PRIVILEGE(CAP_BPF))
		return 2;
	return privilege_keep(UINT64_MAX, false) || privilege_held() != KEPT; /* no way back */
}

static int keep_with_heirs(const void *unused)
{
	(void)unused;
	return privilege_keep(KEPT, true);
}

static int keep_admin(const void *unused)
{
	const uint64_t bpf = PRIVILEGE(CAP_BPF) | PRIVILEGE(CAP_PERFMON);

	(void)unused;
	return privilege_keep(PRIVILEGE(CAP_SYS_ADMIN), false) || privilege_missing(bpf) ||
	       privilege_missing(bpf | KEPT) != KEPT;
}

static void gives_up(void **state)
{
	char text[CHILD_TEXT];

	(void)state;
	if (privilege_missing(KEPT | PRIVILEGE(CAP_SETPCAP)))
		skip();
	child_status(keep_and_try, NULL, text);
	assert_int_equal(set_of(text, "CapEff"), KEPT);
	assert_int_equal(set_of(text, "CapPrm"), KEPT);
	assert_int_equal(set_of(text, "CapInh"), 0);
	assert_int_equal(set_of(text, "CapAmb"), 0);
	assert_int_equal(set_of(text, "CapBnd"), KEPT);
	assert_int_equal(set_of(text, "NoNewPrivs"), 1);
}

static int disinherit(const void *unused)
{
	(void)unused;
	return privilege_disinherit();
}

static void leaves_heirs_theirs(void **state)
{
	char text[CHILD_TEXT], before[CHILD_TEXT];

	(void)state;
	if (privilege_missing(KEPT))
		skip();
	child_status(disinherit, NULL, before);
	child_status(keep_with_heirs, NULL, text);
	assert_int_equal(set_of(text, "CapEff"), KEPT);
	assert_int_equal(set_of(text, "CapPrm"), KEPT);
	assert_int_equal(set_of(text, "CapBnd"), set_of(before, "CapBnd"));
	assert_int_equal(set_of(text, "NoNewPrivs"), set_of(before, "NoNewPrivs"));
}

static void admin_stands_for_bpf(void **state)
{
	char text[CHILD_TEXT];

	(void)state;
	if (privilege_missing(PRIVILEGE(CAP_SYS_ADMIN)))
		skip();
	child_status(keep_admin, NULL, text);
	assert_int_equal(set_of(text, "CapEff"), PRIVILEGE(CAP_SYS_ADMIN));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names),
		cmocka_unit_test(gives_up),
		cmocka_unit_test(leaves_heirs_theirs),
		cmocka_unit_test(admin_stands_for_bpf),
	};

	return cmocka_run_group_tests_name("privilege", tests, NULL, NULL);
}
