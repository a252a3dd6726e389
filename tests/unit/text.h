/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a renderer writes, as text, and an incident for it to render. For tests only.
 */
#ifndef TESTS_UNIT_TEXT_H
#define TESTS_UNIT_TEXT_H

#include "tests/unit/marks.h"
#include "tests/unit/vms.h"

#include "out/out.h"
#include "trace/incident.h"

#include <stdlib.h>
#include <string.h>

#define TEXT_UNUSED __attribute__((unused))

/* 2026-11-23T12:34:56.000000000Z less 1000 ns: when the incident below began. */
#define CLOCK_OFFSET (1795437296ULL * UTIL_NS_PER_S - 1000)

static struct out out = {.columns = 80, .clock_offset_ns = CLOCK_OFFSET};
static char *text; /* what was written, after written() */
static size_t text_len;

TEXT_UNUSED static int text_setup(void **state)
{
	(void)state;
	for (size_t i = 0; i < VMS; i++)
		fake_vms[i].holds = 0; /* after a test that failed */
	setenv("TZ", "UTC", 1);
	tzset();
	out.color = false;
	out.unicode = true;
	out.columns = 80;
	out.file = open_memstream(&text, &text_len);
	assert_non_null(out.file);
	return 0;
}

TEXT_UNUSED static const char *written(void)
{
	assert_int_equal(fflush(out.file), 0);
	assert_int_equal(strlen(text), text_len);
	return text;
}

TEXT_UNUSED static int text_teardown(void **state)
{
	(void)state;
	assert_int_equal(fclose(out.file), 0);
	free(text);
	vms_are_free();
	return 0;
}

/* An unclaimed SEA of vm-a, as the engine leaves it: 1000 ns, half of it in the claim. */
TEXT_UNUSED static struct incident *unclaimed_incident(void)
{
	static const struct who vcpu = {100, 101, 1, 0xa000, 3};
	struct incident *inc = incident_new(7, vm_a);
	const struct sea_hdr *const marks[] = {
		mark_abort(1000, vcpu, .hpfar = 0xf0), mark_claim_enter(1200, vcpu),
		mark_claim_exit(1700, vcpu, -ENOENT), mark_inject(2000, vcpu, SEA_INJECT_SERROR)};

	assert_non_null(inc);
	inc->fields = INCIDENT_FIELD_SEA | INCIDENT_FIELD_VCPU;
	inc->vcpu = vcpu.vcpu;
	inc->esr = MARK_ESR;
	inc->far = MARK_FAR;
	inc->pc = MARK_PC;
	inc->counts[METER_INCIDENT] = inc->counts[METER_SEA] = inc->counts[METER_SERROR] = 1;
	for (size_t i = 0; i < UTIL_COUNT(marks); i++)
		timeline_mark(&inc->time, marks[i]);
	timeline_interval(&inc->time, SPAN_CLAIM, 1200, 1700);
	timeline_interval(&inc->time, SPAN_PHASE1, 1000, 2000);
	return inc;
}

#endif
