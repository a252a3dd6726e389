/* SPDX-License-Identifier: GPL-2.0-only */
/* inject/method: every row says all that lists and campaigns ask of it; values by name and number. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "inject/method.h"

#include <errno.h>
#include <string.h>

#include "lib/util.h"

static const char *const stems[] = {
#define SEA_METHOD(stem) #stem,
#include "inject/methods.def"
#undef SEA_METHOD
};

/* The name is the stem with dashes: who knows one knows the other. */
static void every_row_is_found(void **state)
{
	(void)state;
	for (unsigned i = 0; i < UTIL_COUNT(stems); i++) {
		const struct method *method = method_at(i);

		assert_non_null(method);
		assert_int_equal(strlen(method->name), strlen(stems[i]));
		for (size_t c = 0; stems[i][c]; c++)
			assert_int_equal(method->name[c], stems[i][c] == '_' ? '-' : stems[i][c]);
		assert_ptr_equal(method_find(method->name), method);
	}
	assert_null(method_at(UTIL_COUNT(stems)));
	assert_null(method_find("pfn_hwpoison"));
	assert_null(method_find(""));
}

static void every_row_is_whole(void **state)
{
	const struct method *method;

	(void)state;
	for (unsigned i = 0; (method = method_at(i)); i++) {
		assert_true(*method->does && *method->needs && *method->undo);
		assert_true(method->danger && method->danger < 1 << 3);
		assert_true(method->expected && method->expected < OUTCOME_BIT(SHOT_MAX));
		/* lost, and never fired, is nobody's right outcome */
		assert_false(method->expected & OUTCOME_BIT(SHOT_LOST));
		assert_false(method->expected & OUTCOME_BIT(SHOT_NOT_ACTIVATED));
		if (method->family == METHOD_OVERRIDE) {
			assert_true(method->target > 0);
			assert_non_null(method->values[0].name);
			assert_null(method->probe);
			assert_null(method->fire);
		} else {
			assert_non_null(method->probe);
			assert_non_null(method->fire);
		}
	}
}

static void names_differ(void **state)
{
	const struct method *a, *b;

	(void)state;
	for (unsigned i = 0; (a = method_at(i)); i++) {
		for (unsigned j = i + 1; (b = method_at(j)); j++)
			assert_string_not_equal(a->name, b->name);
		for (unsigned v = 0; v < METHOD_VALUES_MAX && a->values[v].name; v++)
			for (unsigned w = v + 1; w < METHOD_VALUES_MAX && a->values[w].name; w++) {
				assert_string_not_equal(a->values[v].name, a->values[w].name);
				assert_true(a->values[v].value != a->values[w].value);
			}
	}
}

static void any_order_goes_by_the_vm(void **state)
{
	const struct method *method;

	(void)state;
	for (unsigned i = 0; (method = method_at(i)); i++) {
		unsigned has = method_predicates(method);

		assert_true(has & SEA_PRED_VM);
		assert_false(has & (SEA_PRED_HVA | SEA_PRED_PFN)); /* nobody knows these */
		if (method->needs_place)
			assert_true(has & SEA_PRED_GPA);
	}
}

static unsigned has(const char *name)
{
	return method_predicates(method_find(name));
}

static void predicates(void **state)
{
	(void)state;
	assert_int_equal(has("abort-retry"),
			 SEA_PRED_VM | SEA_PRED_VCPU | SEA_PRED_GPA | SEA_PRED_KIND);
	assert_int_equal(has("claim-deny"), SEA_PRED_VM | SEA_PRED_VCPU);
	assert_int_equal(has("recovery-fail"), SEA_PRED_VM | SEA_PRED_GPA);
	assert_int_equal(has("record-drop"), SEA_PRED_VM | SEA_PRED_GPA);
	assert_int_equal(has("sigbus-drop"), SEA_PRED_VM | SEA_PRED_GPA);
	assert_int_equal(has("run-errno"), SEA_PRED_VM | SEA_PRED_VCPU);
}

static int value(const char *name, const char *text, int64_t *out)
{
	return method_value(method_find(name), text, out);
}

static void values(void **state)
{
	int64_t v = 1234;

	(void)state;
	assert_int_equal(value("abort-errno", "EIO", &v), 0);
	assert_int_equal(v, -EIO);
	assert_int_equal(value("abort-errno", "-14", &v), 0);
	assert_int_equal(v, -EFAULT);
	assert_int_equal(value("abort-errno", "0xfffffffffffffff2", &v), -EINVAL);
	assert_int_equal(value("pfn-hwpoison", "hwpoison", &v), 0);
	assert_true(v == 0x7ff0000000000001);
	v = 0;
	assert_int_equal(value("pfn-hwpoison", "0x7ff0000000000001", &v), 0);
	assert_true(v == 0x7ff0000000000001);
	assert_int_equal(value("claim-grant", "0", &v), 0);
	assert_int_equal(v, 0);
}

static void values_of_nobody(void **state)
{
	static const char *const texts[] = {"",
					    "efault",
					    "EFAUL",
					    "14",
					    "-14x",
					    "- 14",
					    "ENOENT",
					    "0",
					    "-15",
					    " ",
					    "9999999999999999999999"};
	int64_t v = 1234;

	(void)state;
	for (size_t i = 0; i < UTIL_COUNT(texts); i++)
		assert_int_equal(value("abort-errno", texts[i], &v), -EINVAL);
	assert_int_equal(value("claim-grant", "", &v), -EINVAL);
	assert_int_equal(v, 1234);
}

static void dangers(void **state)
{
	const struct method both = {.danger = DANGER_GUEST | DANGER_VMM},
			    three = {.danger = DANGER_GUEST | DANGER_VMM | DANGER_HOST},
			    host = {.danger = DANGER_HOST};
	char text[32];

	(void)state;
	assert_string_equal(method_dangers(&both, text), "guest, VMM");
	assert_string_equal(method_dangers(&three, text), "guest, VMM, host");
	assert_string_equal(method_dangers(&host, text), "host");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_row_is_found), cmocka_unit_test(every_row_is_whole),
		cmocka_unit_test(names_differ),       cmocka_unit_test(any_order_goes_by_the_vm),
		cmocka_unit_test(predicates),         cmocka_unit_test(values),
		cmocka_unit_test(values_of_nobody),   cmocka_unit_test(dangers),
	};

	return cmocka_run_group_tests_name("method", tests, NULL, NULL);
}
