/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * inject/aim: where an order is for its method's target, over made-up memslots and pages.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "inject/aim.h"
#include "lib/util.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define TGID 100
#define PAGE ((uint64_t)sysconf(_SC_PAGESIZE))

static struct slot slots[4];
static int n_slots;                       /* or -errno */
static uint64_t absent, shared, poisoned; /* pages of these GPAs; 0: none */
static struct aim aim;
static char why[160];
static bool has_looked; /* at memory */

/* Stand in for slots.c. */
int slots_read(struct slots *s, uint32_t tgid, struct slot **out)
{
	(void)s;
	assert_int_equal(tgid, TGID);
	has_looked = true;
	if (n_slots < 0)
		return n_slots;
	*out = malloc(sizeof(slots));
	assert_non_null(*out);
	memcpy(*out, slots, sizeof(slots));
	return n_slots;
}

int slots_place(struct slots *s, uint32_t tgid, uint64_t gpa, struct place *out)
{
	(void)s;
	assert_int_equal(tgid, TGID);
	has_looked = true;
	assert_int_equal(gpa % PAGE, 0);
	if (gpa == absent)
		return -ENOENT;
	*out = (struct place){
		.gpa = gpa,
		.pfn = 0x1000 + gpa / PAGE,
		.shared = gpa == shared,
		.poisoned = gpa == poisoned,
	};
	return 0;
}

static int setup(void **state)
{
	(void)state;
	slots[0] =
		(struct slot){.gpa = 0x40000000, .hva = 0x7f0000000000, .len = 0x100000, .kvm = 1};
	slots[1] =
		(struct slot){.gpa = 0x40100000, .hva = 0x7f0000100000, .len = 0x100000, .kvm = 1};
	slots[2] =
		(struct slot){.gpa = 0x40200000, .hva = 0x7e0000000000, .len = 0x100000, .kvm = 1};
	n_slots = 3;
	absent = shared = poisoned = 0;
	why[0] = '\0';
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	aim_clear(&aim);
	return 0;
}

/* --- orders ----------------------------------------------------------------------------------- */

/* Nobody's memory is looked at but where that was said before. */
static int aim_at(const struct order *order, const struct method *method)
{
	int err;

	aim_clear(&aim);
	has_looked = false;
	err = aim_find(&aim, NULL, order, method, why);
	assert_true(!has_looked || aim_needs_memory(order, method));
	return err;
}

static int find(enum sea_target_id target, unsigned asked, uint64_t gpa, uint64_t len)
{
	const struct method method = {.family = METHOD_OVERRIDE, .target = target};
	const struct order order = {
		.tgid = TGID, .asked = asked, .gpa = gpa, .gpa_len = len, .at_most = 1};

	return aim_at(&order, &method);
}

#define AT(target, gpa, len) find(SEA_TARGET_ID_##target, SEA_PRED_GPA, gpa, len)

static void guest_addresses(void **state)
{
	(void)state;
	assert_int_equal(AT(abort, 0x40000800, 0x1000), 0);
	assert_int_equal(aim.first, 0x40000800);
	assert_int_equal(aim.last, 0x400017ff);
	assert_int_equal(AT(faultin, 0, UINT64_MAX), 0); /* also where it has no memory */
	assert_int_equal(aim.last, UINT64_MAX - 1);
	assert_int_equal(find(SEA_TARGET_ID_abort, 0, 0, 0), 0);
	assert_int_equal(aim.first, 0);
	assert_true(aim.last == UINT64_MAX);
	assert_int_equal(find(SEA_TARGET_ID_claim, SEA_PRED_VCPU, 0, 0), 0);
	assert_true(aim.last == UINT64_MAX);
	assert_int_equal(aim.n_frames, 0);
}

static void addresses_of_the_vmm(void **state)
{
	(void)state;
	assert_int_equal(AT(signal, 0x40000800, 0x1000), 0);
	assert_true(aim.first == 0x7f0000000800);
	assert_true(aim.last == 0x7f00000017ff);
	/* over two slots that lie together for the VMM, too */
	assert_int_equal(AT(signal, 0x400ff000, 0x2000), 0);
	assert_true(aim.last == 0x7f0000100fff);
	assert_int_equal(AT(signal, 0x401ff000, 0x2000), -E2BIG);
	assert_non_null(strstr(why, "0x401ff000 to 0x40200fff"));
	assert_int_equal(find(SEA_TARGET_ID_signal, 0, 0, 0), 0);
	assert_true(aim.last == UINT64_MAX);
}

static void no_address_of_the_vmm(void **state)
{
	(void)state;
	assert_int_equal(AT(signal, 0x3ffff000, 0x1000), -ENXIO);
	assert_string_equal(why, "0x3ffff000: the VM has no memory there");
	assert_int_equal(AT(signal, 0x402ff000, 0x1001), -ENXIO);
	assert_string_equal(why, "0x40300000: the VM has no memory there");
	slots[3] = (struct slot){.gpa = 0x40000000, .hva = 0x7d0000000000, .len = 0x1000, .kvm = 2};
	n_slots = 4;
	assert_int_equal(AT(signal, 0x40000000, 0x1000), -ENOTUNIQ);
	n_slots = -ESRCH;
	assert_int_equal(AT(signal, 0x40000000, 0x1000), -ESRCH);
	assert_non_null(strstr(why, "has ended"));
}

static void page_frames(void **state)
{
	uint64_t gpa = 0x40000000;

	(void)state;
	assert_int_equal(AT(record, gpa + 8, 1), 0);
	assert_int_equal(aim.n_frames, 1);
	assert_int_equal(aim.frames[0], 0x1000 + gpa / PAGE);
	/* each page that it touches */
	assert_int_equal(AT(failure, gpa + PAGE - 1, PAGE + 2), 0);
	assert_int_equal(aim.n_frames, 3);
	assert_int_equal(aim.frames[2], 0x1000 + gpa / PAGE + 2);
	assert_int_equal(AT(failure, gpa, SEA_RULE_PFNS * PAGE), 0);
	assert_int_equal(aim.n_frames, SEA_RULE_PFNS);
	assert_int_equal(AT(failure, gpa, SEA_RULE_PFNS * PAGE + 1), -E2BIG);
	assert_non_null(strstr(why, "4097 pages"));
	assert_int_equal(find(SEA_TARGET_ID_record, 0, 0, 0), -E2BIG);
	assert_non_null(strstr(why, "name an address"));
}

static void no_page_frame(void **state)
{
	uint64_t gpa = 0x40000000;

	(void)state;
	absent = gpa + PAGE;
	assert_int_equal(AT(record, gpa, 4 * PAGE), -ENOENT);
	assert_non_null(strstr(why, "no page there"));
	absent = 0;
	shared = gpa + PAGE;
	assert_int_equal(AT(record, gpa, 4 * PAGE), -EXDEV);
	shared = 0;
	poisoned = gpa + 2 * PAGE;
	assert_int_equal(AT(record, gpa, 4 * PAGE), -EHWPOISON);
	assert_int_equal(AT(record, gpa, 2 * PAGE), 0);
}

/* One page after the other from the first on. */
static void pages_to_be_taken(void **state)
{
	const struct method poison = {.family = METHOD_POISON};
	const struct method firmware = {.family = METHOD_FIRMWARE};
	struct order order = {
		.tgid = TGID, .asked = SEA_PRED_GPA, .gpa = 0x40000010, .gpa_len = 1, .at_most = 3};

	(void)state;
	assert_int_equal(aim_at(&order, &poison), 0);
	assert_int_equal(aim.n_frames, 3);
	assert_int_equal(aim.frames[0], 0x1000 + 0x40000000 / PAGE);
	absent = 0x40000000 + 2 * PAGE;
	assert_int_equal(aim_at(&order, &poison), -ENOENT);
	order.at_most = 2;
	assert_int_equal(aim_at(&order, &firmware), 0);
	assert_int_equal(aim.n_frames, 2);
	order.asked = 0;
	assert_int_equal(aim_at(&order, &firmware), 0);
	assert_int_equal(aim.n_frames, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(guest_addresses), TEST(addresses_of_the_vmm), TEST(no_address_of_the_vmm),
		TEST(page_frames),     TEST(no_page_frame),        TEST(pages_to_be_taken),
	};

	return cmocka_run_group_tests_name("aim", tests, NULL, NULL);
}
