/* SPDX-License-Identifier: GPL-2.0-only */
/* trace/group: rows under one label are one, in a stable order; numbers never fall; ends. */
#include "tests/unit/rows.h"

#include "trace/group.h"

#include <string.h>

#define KEEP 100

static struct groups *groups;

static int setup(void **state)
{
	groups = groups_new(KEEP);
	assert_non_null(groups);
	return rows_setup(state);
}

static int teardown(void **state)
{
	groups_free(groups);
	return rows_teardown(state);
}

static void update(uint64_t now_ns)
{
	assert_int_equal(groups_update(groups, rows, now_ns), 0);
}

/* The group of a label, or NULL when it is not shown. */
static const struct group *find(const char *label)
{
	for (unsigned i = 0; i < groups_size(groups); i++)
		if (!strcmp(groups_at(groups, i)->label, label))
			return groups_at(groups, i);
	return NULL;
}

static void assert_labels(const char *const *labels, unsigned n)
{
	assert_int_equal(groups_size(groups), n);
	for (unsigned i = 0; i < n; i++)
		assert_string_equal(groups_at(groups, i)->label, labels[i]);
	assert_null(groups_at(groups, n));
}

static void nobody_but_the_host(void **state)
{
	(void)state;
	assert_int_equal(groups_size(groups), 0);
	update(1);
	assert_labels((const char *[]){"host"}, 1);
	assert_int_equal(groups_live(groups), 0);
}

static void by_label_whatever_came_first(void **state)
{
	(void)state;
	rows_vm("web");
	rows_vm(NULL);
	rows_vm("db");
	rows_vm(NULL);
	update(1);
	assert_labels((const char *[]){"db", "host", "unnamed", "web"}, 4);
	assert_int_equal(groups_live(groups), 4);
	assert_int_equal(find("unnamed")->live, 2);
	rows_vm("cache");
	update(2);
	assert_labels((const char *[]){"cache", "db", "host", "unnamed", "web"}, 5);
}

/* Guests choose their names; none may pass for the host, nor hide among the nameless. */
static void names_that_mean_something_else(void **state)
{
	char longest[sizeof(((struct vm *)0)->name)];

	(void)state;
	memset(longest, 'x', sizeof(longest) - 1);
	longest[sizeof(longest) - 1] = '\0';
	rows_count(rows_vm("host"), METER_SEA, 1);
	rows_count(rows_vm("unnamed"), METER_SEA, 2);
	rows_count(rows_vm(NULL), METER_SEA, 4);
	rows_count(NULL, METER_SEA, 8);
	rows_count(rows_vm(longest), METER_SEA, 16);
	update(1);
	assert_labels((const char *[]){"host", "host#1", "unnamed", "unnamed#1", longest}, 5);
	assert_int_equal(find("host#1")->counts[METER_SEA], 1);
	assert_int_equal(find("unnamed#1")->counts[METER_SEA], 2);
	assert_int_equal(find("unnamed")->counts[METER_SEA], 4);
	assert_int_equal(find("host")->counts[METER_SEA], 8);
	assert_int_equal(find(longest)->counts[METER_SEA], 16);
}

static void one_label_is_one_group(void **state)
{
	struct vm *first = rows_vm(NULL), *second = rows_vm(NULL), *third = rows_vm(NULL);
	struct hist both = {0};

	(void)state;
	for (unsigned i = 1; i < 50; i++) {
		struct vm *vm = i % 2 ? first : third;

		agg_lap(rows, vm, LAP_PARSE, i * i * 1000);
		hist_add(&both, i * i * 1000);
	}
	agg_lap(rows, second, LAP_CLAIM, 7);
	agg_outcome(rows, first, OUTCOME_RECOVERED);
	agg_outcome(rows, third, OUTCOME_RECOVERED);
	rows_count(second, METER_RECORD, 3);
	rows_count(third, METER_RECORD, 2);
	/* Twice: what was merged once must not be there again. */
	for (uint64_t now = 1; now <= 2; now++) {
		const struct group *group;

		update(now);
		group = find("unnamed");
		assert_non_null(group);
		assert_int_equal(group->counts[METER_RECORD], 5);
		assert_int_equal(group->closed[OUTCOME_RECOVERED], 2);
		assert_memory_equal(group->laps[LAP_PARSE], &both, sizeof(both));
		assert_int_equal(group->laps[LAP_CLAIM]->count, 1);
		assert_null(group->laps[LAP_TOTAL]);
		assert_int_equal(agg_row(rows, first)->laps[LAP_PARSE]->count, 25);
	}
}

/* A late touch takes an incident out of one outcome's count and puts it into another's. */
static void counters_never_fall(void **state)
{
	struct vm *vm = rows_vm("web");
	const struct group *group;

	(void)state;
	agg_outcome(rows, vm, OUTCOME_RECOVERED);
	agg_outcome(rows, vm, OUTCOME_RECOVERED);
	update(1);
	assert_int_equal(find("web")->closed[OUTCOME_RECOVERED], 2);

	agg_change_outcome(rows, vm, OUTCOME_RECOVERED, OUTCOME_NOTIFIED);
	groups_changed(groups, vm, OUTCOME_RECOVERED);
	for (uint64_t now = 2; now <= 3; now++) {
		update(now);
		group = find("web");
		assert_int_equal(group->closed[OUTCOME_RECOVERED], 2);
		assert_int_equal(group->changed[OUTCOME_RECOVERED], 1);
		assert_int_equal(group->closed[OUTCOME_NOTIFIED], 1);
		assert_int_equal(group->changed[OUTCOME_NOTIFIED], 0);
	}
	assert_int_equal(groups_dropped(groups), 0);
}

/* The change may come before anybody has asked for groups. */
static void changed_before_the_first_update(void **state)
{
	struct vm *vm = rows_vm("web");

	(void)state;
	agg_outcome(rows, vm, OUTCOME_IGNORED);
	agg_change_outcome(rows, vm, OUTCOME_IGNORED, OUTCOME_VMM_KILLED);
	groups_changed(groups, vm, OUTCOME_IGNORED);
	update(1);
	assert_int_equal(find("web")->closed[OUTCOME_IGNORED], 1);
	assert_int_equal(find("web")->closed[OUTCOME_VMM_KILLED], 1);
	assert_int_equal(find("web")->changed[OUTCOME_IGNORED], 1);
}

static void gone_for_long(void **state)
{
	struct vm *web = rows_vm("web");

	(void)state;
	rows_vm("db");
	rows_count(web, METER_SEA, 3);
	update(1000);
	web->gone = true;
	update(1000 + KEEP - 1);
	assert_int_equal(find("web")->counts[METER_SEA], 3);
	assert_int_equal(find("web")->live, 0);
	update(1000 + KEEP);
	assert_labels((const char *[]){"db", "host"}, 2);
	/* What an incident that was still open does later is shown, and counts on from there. */
	rows_count(web, METER_FAILURE, 1);
	update(1000 + 3 * KEEP);
	assert_int_equal(find("web")->counts[METER_SEA], 3);
	assert_int_equal(find("web")->counts[METER_FAILURE], 1);
	update(1000 + 4 * KEEP - 1);
	assert_non_null(find("web"));
	update(1000 + 4 * KEEP);
	assert_null(find("web"));
}

/* One that came and went between two looks is shown once at least. */
static void never_seen_alive(void **state)
{
	(void)state;
	rows_vm("web")->gone = true;
	update(5000);
	assert_non_null(find("web"));
	update(5000 + KEEP);
	assert_null(find("web"));
}

static void the_host_and_the_living_stay(void **state)
{
	struct vm *one = rows_vm(NULL);

	(void)state;
	rows_vm(NULL)->gone = true;
	update(1000);
	update(1000 + 50 * KEEP);
	assert_labels((const char *[]){"host", "unnamed"}, 2);
	one->gone = true;
	update(1000 + 51 * KEEP);
	assert_labels((const char *[]){"host"}, 1);
}

/* A VM that was stopped and started again goes on under its name. */
static void started_again(void **state)
{
	struct vm *before = rows_vm("web");

	(void)state;
	rows_count(before, METER_SEA, 3);
	before->gone = true;
	update(1000);
	update(1000 + KEEP);
	assert_null(find("web"));
	rows_count(rows_vm("web"), METER_SEA, 1);
	update(1000 + 2 * KEEP);
	assert_int_equal(find("web")->counts[METER_SEA], 4);
	assert_int_equal(find("web")->live, 1);
}

static void folded(void *ctx, const struct agg_row *row)
{
	groups_folded(ctx, row);
}

/* The row of the VM's earlier life goes: what its name has counted does not fall. */
static void started_again_and_folded(void **state)
{
	struct vm *before = rows_vm("web"), *other = rows_vm("db");

	(void)state;
	rows_count(before, METER_SEA, 3);
	agg_lap(rows, before, LAP_CLAIM, 7);
	before->gone = other->gone = true;
	rows_count(rows_vm("web"), METER_SEA, 1);
	update(1000);
	agg_fold(rows, 1000, KEEP, 0, folded, groups);
	assert_int_equal(agg_at(rows, agg_size(rows) - 1)->n_folded, 2);
	for (int i = 0; i < 2; i++) {
		update(1001 + i);
		assert_labels((const char *[]){"host", "web"}, 2);
		assert_int_equal(find("web")->counts[METER_SEA], 4);
		assert_int_equal(find("web")->laps[LAP_CLAIM]->sum, 7);
	}
}

/* Rows go with their aggregate, and labels with their rows. */
static void labels_without_a_row(void **state)
{
	struct agg *others = agg_new();

	(void)state;
	assert_non_null(others);
	rows_vm("web");
	update(1);
	assert_int_equal(groups_size(groups), 2);
	assert_int_equal(groups_update(groups, others, 2), 0);
	assert_labels((const char *[]){"host"}, 1);
	agg_free(others);
}

static void a_thousand(void **state)
{
	char name[16];

	(void)state;
	/* 7 and 1000 have no common divisor: all of them, in no order. */
	for (unsigned i = 0; i < 1000; i++) {
		snprintf(name, sizeof(name), "vm-%03u", i * 7 % 1000);
		rows_count(rows_vm(name), METER_SEA, i * 7 % 1000 % 5);
	}
	update(1);
	assert_int_equal(groups_size(groups), 1001);
	assert_string_equal(groups_at(groups, 0)->label, "host");
	for (unsigned i = 0; i < 1000; i++) {
		snprintf(name, sizeof(name), "vm-%03u", i);
		assert_string_equal(groups_at(groups, i + 1)->label, name);
		assert_int_equal(groups_at(groups, i + 1)->counts[METER_SEA], i % 5);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(nobody_but_the_host, setup, teardown),
		cmocka_unit_test_setup_teardown(by_label_whatever_came_first, setup, teardown),
		cmocka_unit_test_setup_teardown(names_that_mean_something_else, setup, teardown),
		cmocka_unit_test_setup_teardown(one_label_is_one_group, setup, teardown),
		cmocka_unit_test_setup_teardown(counters_never_fall, setup, teardown),
		cmocka_unit_test_setup_teardown(changed_before_the_first_update, setup, teardown),
		cmocka_unit_test_setup_teardown(gone_for_long, setup, teardown),
		cmocka_unit_test_setup_teardown(never_seen_alive, setup, teardown),
		cmocka_unit_test_setup_teardown(the_host_and_the_living_stay, setup, teardown),
		cmocka_unit_test_setup_teardown(started_again, setup, teardown),
		cmocka_unit_test_setup_teardown(started_again_and_folded, setup, teardown),
		cmocka_unit_test_setup_teardown(labels_without_a_row, setup, teardown),
		cmocka_unit_test_setup_teardown(a_thousand, setup, teardown),
	};

	groups_free(NULL);
	return cmocka_run_group_tests_name("group", tests, NULL, NULL);
}
