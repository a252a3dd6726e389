/* SPDX-License-Identifier: GPL-2.0-only */
/* lib/esr and lib/cper: syndromes seen in the lab, the list of SEA codes, names of numbers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "lib/cper.h"
#include "lib/esr.h"

#include <sea/esr.h>
#include <sea/mark.h>

/* What a host gets for a guest's load from a hole: ESR 0x92000010. */
static void guest_load(void **state)
{
	struct esr_info i = esr_decode(0x92000010);

	(void)state;
	assert_int_equal(i.ec, 0x24);
	assert_int_equal(i.fsc, 0x10);
	assert_string_equal(i.class, "data abort, lower EL");
	assert_string_equal(i.fault, "external abort");
	assert_false(i.fnv || i.isv || i.wnr || i.s1ptw || i.ea);
	assert_int_equal(i.set, 0);
	assert_string_equal(esr_set_name(i.set), "recoverable");
}

static void every_field(void **state)
{
	/* Data abort, lower EL: ISV 24, SET 12..11, FnV 10, EA 9, S1PTW 7, WnR 6. */
	struct esr_info i =
		esr_decode(0x90000010 | 1 << 24 | 3 << 11 | 1 << 10 | 1 << 9 | 1 << 7 | 1 << 6);

	(void)state;
	assert_true(i.isv && i.fnv && i.ea && i.s1ptw && i.wnr);
	assert_int_equal(i.set, 3);
	assert_string_equal(esr_set_name(i.set), "restartable");
	assert_string_equal(esr_set_name(2), "uncontainable");
	assert_string_equal(esr_set_name(1), "reserved");
	assert_string_equal(esr_set_name(9), "reserved");
	assert_true(esr_decode(0x90000010 | 1 << 24).isv);
	assert_true(esr_decode(0x90000010 | 1 << 10).fnv);
	assert_true(esr_decode(0x90000010 | 1 << 9).ea);
	assert_true(esr_decode(0x90000010 | 1 << 7).s1ptw);
	assert_true(esr_decode(0x90000010 | 1 << 6).wnr);
	assert_int_equal(esr_decode(0x90000010 | 1 << 12).set, 2);
}

/* Bits that mean something else, or nothing, in another syndrome are not read. */
static void fields_have_a_scope(void **state)
{
	struct esr_info walk = esr_decode(0x90000016 | 3 << 11 | 1 << 10);
	struct esr_info fetch = esr_decode(0x82000010 | 1 << 24 | 1 << 6);
	struct esr_info host = esr_decode(0x96000010 | 1 << 24);
	struct esr_info hvc = esr_decode(0x5a000010 | 1 << 9 | 1 << 7);

	(void)state;
	assert_int_equal(walk.set, 0);
	assert_false(walk.fnv);
	assert_string_equal(walk.fault, "external abort, level 2 walk");
	assert_string_equal(fetch.class, "instruction abort, lower EL");
	assert_false(fetch.wnr || fetch.isv);
	assert_string_equal(host.class, "data abort, current EL");
	assert_false(host.isv);
	assert_string_equal(hvc.class, "HVC");
	assert_string_equal(hvc.fault, "");
	assert_int_equal(hvc.fsc, 0);
	assert_false(hvc.ea || hvc.s1ptw);
	assert_string_equal(esr_decode(0xfc000000).class, "unknown class");
	assert_string_equal(esr_decode(0x90000012).fault, "reserved fault");
}

static void sea_codes(void **state)
{
	static const unsigned ecs[] = {0x20, 0x21, 0x24, 0x25};

	(void)state;
	for (uint64_t fsc = 0; fsc < 0x40; fsc++) {
		/* decisions: 0x10, 0x14..0x17, 0x18, 0x1c..0x1f; 0x13 and 0x1b with LPA2. */
		bool sea = fsc == 0x10 || (fsc >= 0x13 && fsc <= 0x18) || fsc >= 0x1b;

		sea = sea && fsc <= 0x1f;
		assert_int_equal(SEA_FSC_IS_SEA(fsc | 0x92000000), sea);
		for (unsigned i = 0; i < sizeof(ecs) / sizeof(ecs[0]); i++)
			assert_int_equal(esr_is_sea((uint64_t)ecs[i] << 26 | fsc), sea);
		assert_false(esr_is_sea(0x2fULL << 26 | fsc)); /* an SError is none */
		assert_false(esr_is_sea(0x16ULL << 26 | fsc));
	}
	assert_true(SEA_FSC_MASK == 0xf9f90000ULL);
	/* ISS2 of ESR_EL2 lies in the upper half. */
	assert_true(esr_is_sea(0x1f92000010ULL));
}

static void record_names(void **state)
{
	(void)state;
	assert_string_equal(cper_severity_name(0), "recoverable");
	assert_string_equal(cper_severity_name(1), "fatal");
	assert_string_equal(cper_severity_name(2), "corrected");
	assert_string_equal(cper_severity_name(3), "info");
	assert_string_equal(cper_severity_name(4), "unknown");
	assert_string_equal(cper_notify_name(0), "polled");
	assert_string_equal(cper_notify_name(3), "sci");
	assert_string_equal(cper_notify_name(7), "gpio");
	assert_string_equal(cper_notify_name(8), "sea");
	assert_string_equal(cper_notify_name(9), "sei");
	assert_string_equal(cper_notify_name(10), "gsiv");
	assert_string_equal(cper_notify_name(11), "sdei");
	assert_string_equal(cper_notify_name(12), "unknown");
	assert_string_equal(cper_notify_name(~0u), "unknown");
	assert_string_equal(cper_sections[SEA_SECTION_OTHER], "other");
	assert_string_equal(cper_sections[SEA_SECTION_MEMORY], "memory");
	assert_string_equal(cper_sections[SEA_SECTION_ARM], "arm-processor");
	assert_string_equal(cper_memory_types[3], "multi-bit-ecc");
	assert_string_equal(cper_memory_types[15], "map-out");
	assert_string_equal(cper_processor_types[1 << 3], "bus");
	assert_null(cper_processor_types[6]); /* cache and TLB */
	assert_string_equal(cper_processor_flags[5], "first+propagated");
	assert_null(cper_processor_flags[0]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(guest_load),          cmocka_unit_test(every_field),
		cmocka_unit_test(fields_have_a_scope), cmocka_unit_test(sea_codes),
		cmocka_unit_test(record_names),
	};

	return cmocka_run_group_tests_name("esr", tests, NULL, NULL);
}
