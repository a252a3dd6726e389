/* SPDX-License-Identifier: GPL-2.0-only */
/* lib/types: the same answers as libbpf's, which looks through all of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <bpf/btf.h>
#include <errno.h>
#include <stdio.h>

#include "lib/types.h"

#define MANY 3000

static struct btf *btf;
static struct types *types;

static int setup(void **state)
{
	(void)state;
	btf = btf__new_empty();
	return btf ? 0 : -1;
}

static int teardown(void **state)
{
	(void)state;
	types_free(types);
	types = NULL;
	btf__free(btf);
	return 0;
}

static void make(void)
{
	types = types_new(btf);
	assert_non_null(types);
}

static void same_as_libbpf(const char *name, uint32_t kind)
{
	int wanted = btf__find_by_name_kind(btf, name, kind);

	assert_int_equal(types_find(types, name, kind), wanted < 0 ? -ENOENT : wanted);
}

static void none_of_none(void **state)
{
	(void)state;
	make();
	same_as_libbpf("anything", BTF_KIND_FUNC);
	assert_int_equal(types_find(types, "", BTF_KIND_INT), -ENOENT);
}

/* One name is of several kinds, and some have none. */
static void each_of_many(void **state)
{
	int number = btf__add_int(btf, "int", 4, BTF_INT_SIGNED);
	char name[32];

	(void)state;
	for (int i = 0; i < MANY; i++) {
		int proto = btf__add_func_proto(btf, number);

		snprintf(name, sizeof(name), "name_%d", i);
		assert_true(btf__add_func(btf, name, BTF_FUNC_STATIC, proto) > 0);
		assert_true(btf__add_struct(btf, i % 2 ? name : NULL, 8) > 0);
		assert_true(i % 3 || btf__add_union(btf, name, 8) > 0);
	}
	make();
	for (int i = 0; i < MANY + 10; i++) {
		snprintf(name, sizeof(name), "name_%d", i);
		same_as_libbpf(name, BTF_KIND_FUNC);
		same_as_libbpf(name, BTF_KIND_STRUCT);
		same_as_libbpf(name, BTF_KIND_UNION);
		same_as_libbpf(name, BTF_KIND_VAR);
	}
	same_as_libbpf("int", BTF_KIND_INT);
	same_as_libbpf("name_", BTF_KIND_FUNC);
}

/* Static functions share names: the first is what libbpf attaches to. */
static void first_of_one_name(void **state)
{
	int first = btf__add_struct(btf, "twice", 4);

	(void)state;
	assert_true(first > 0 && btf__add_struct(btf, "twice", 8) > first);
	make();
	assert_int_equal(types_find(types, "twice", BTF_KIND_STRUCT), first);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(none_of_none),
		TEST(each_of_many),
		TEST(first_of_one_name),
	};

	return cmocka_run_group_tests_name("types", tests, NULL, NULL);
}
