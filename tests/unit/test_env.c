/* SPDX-License-Identifier: GPL-2.0-only */
/* out/env: what a command is told of an incident, and what is left out where there is nothing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <sea/mark.h>
#include <string.h>

#include "lib/util.h"
#include "out/env.h"
#include "trace/vm.h"

static struct vm vm = {.tgid = 4242, .name = "a=b $(id); 'x'", .named = true};
static struct incident *inc;
static struct out out;

/* These are trace/vm.h's: the archive's own are linked only where nobody else has them. */
struct vm *vm_hold(struct vm *held)
{
	return held;
}

void vm_put(struct vm *held)
{
	(void)held;
}

static const char *page_kind(const void *ctx, uint32_t value)
{
	(void)ctx;
	return value == 13 ? "MF_MSG_CLEAN_LRU" : NULL;
}

static void begin(struct vm *owner)
{
	const struct sea_hdr first = {.type = 1, .size = sizeof(first), .ts_ns = 5000000000};
	const struct sea_hdr last = {.type = 1, .size = sizeof(last), .ts_ns = 5000001500};

	out = (struct out){.clock_offset_ns = 1795392825123456789ULL, .page_kind = page_kind};
	inc = incident_new(7, owner);
	assert_non_null(inc);
	timeline_mark(&inc->time, &first);
	timeline_mark(&inc->time, &last);
}

static int teardown(void **state)
{
	(void)state;
	incident_put(inc);
	inc = NULL;
	return 0;
}

/* Exactly these, in this order. */
static void assert_env(const char *const *expected)
{
	char **env = env_incident(&out, inc, 5);
	size_t n = 0;

	assert_non_null(env);
	for (; expected[n]; n++) {
		assert_non_null(env[n]);
		assert_string_equal(env[n], expected[n]);
	}
	assert_null(env[n]);
	env_free(env);
}

static void of_the_host(void **state)
{
	(void)state;
	begin(NULL);
	inc->error_id = 6;
	inc->incomplete = true;
	inc->counts[METER_INCIDENT] = 1;
	inc->counts[METER_FAILURE] = 2;
	assert_env((const char *[]){"SEATRACE_ID=7",
				    "SEATRACE_ERROR_ID=6",
				    "SEATRACE_TIME=2026-11-23T00:13:50.123456789Z",
				    "SEATRACE_MONO_NS=5000000000",
				    "SEATRACE_OUTCOME=ignored",
				    "SEATRACE_LATE=0",
				    "SEATRACE_INCOMPLETE=1",
				    "SEATRACE_SEAS=0",
				    "SEATRACE_CLAIMED=0",
				    "SEATRACE_SERRORS=0",
				    "SEATRACE_EXITS_TO_VMM=0",
				    "SEATRACE_RECORDS=0",
				    "SEATRACE_DUPLICATES=0",
				    "SEATRACE_MEMORY_FAILURES=2",
				    "SEATRACE_SIGNALS_AO=0",
				    "SEATRACE_SIGNALS_AR=0",
				    "SEATRACE_SIGNALS_DELIVERED=0",
				    "SEATRACE_NOTIFICATIONS=0",
				    "SEATRACE_TOTAL_NS=1500",
				    "SEATRACE_SPAN_PHASE1_NS=0",
				    "SEATRACE_SPAN_CLAIM_NS=0",
				    "SEATRACE_SPAN_PARSE_NS=0",
				    "SEATRACE_SPAN_RECOVERY_NS=0",
				    "SEATRACE_SPAN_SIGNAL_NS=0",
				    "SEATRACE_SPAN_NOTIFY_NS=0",
				    "SEATRACE_SPAN_WAIT_NS=1500",
				    "SEATRACE_SKIPPED=5",
				    NULL});
}

static void with_everything(void **state)
{
	(void)state;
	begin(&vm);
	inc->fields = ~0u;
	inc->vcpu = 3;
	inc->esr = 0x92000010;
	inc->far = 0xffff800000001000;
	inc->pc = 0xffff800000002000;
	inc->source = 1;
	inc->notify = 8;
	inc->severity = 0;
	inc->pa = 0x435e5000;
	inc->hva = 0xffffaf405000;
	inc->gpa = 0x80005000;
	inc->page_kind = 13;
	inc->explicit_notify = true;
	for (int m = 0; m < METER_MAX; m++)
		inc->counts[m] = 100 + m;
	timeline_interval(&inc->time, SPAN_PARSE, 5000000100, 5000000400);
	assert_env((const char *[]){"SEATRACE_ID=7",
				    "SEATRACE_ERROR_ID=7",
				    "SEATRACE_TIME=2026-11-23T00:13:50.123456789Z",
				    "SEATRACE_MONO_NS=5000000000",
				    "SEATRACE_VM=a=b $(id); 'x'",
				    "SEATRACE_TGID=4242",
				    "SEATRACE_OUTCOME=guest-notified",
				    "SEATRACE_LATE=0",
				    "SEATRACE_INCOMPLETE=0",
				    "SEATRACE_NOTIFIED=explicit",
				    "SEATRACE_VCPU=3",
				    "SEATRACE_ESR=0x92000010",
				    "SEATRACE_FAR=0xffff800000001000",
				    "SEATRACE_PC=0xffff800000002000",
				    "SEATRACE_SOURCE=1",
				    "SEATRACE_NOTIFY=sea",
				    "SEATRACE_SEVERITY=recoverable",
				    "SEATRACE_PA=0x435e5000",
				    "SEATRACE_HVA=0xffffaf405000",
				    "SEATRACE_GPA=0x80005000",
				    "SEATRACE_PAGE=MF_MSG_CLEAN_LRU",
				    "SEATRACE_PAGE_RESULT=ignored",
				    "SEATRACE_SEAS=101",
				    "SEATRACE_CLAIMED=102",
				    "SEATRACE_SERRORS=103",
				    "SEATRACE_EXITS_TO_VMM=104",
				    "SEATRACE_RECORDS=105",
				    "SEATRACE_DUPLICATES=106",
				    "SEATRACE_MEMORY_FAILURES=107",
				    "SEATRACE_SIGNALS_AO=108",
				    "SEATRACE_SIGNALS_AR=109",
				    "SEATRACE_SIGNALS_DELIVERED=110",
				    "SEATRACE_NOTIFICATIONS=111",
				    "SEATRACE_TOTAL_NS=1500",
				    "SEATRACE_SPAN_PHASE1_NS=0",
				    "SEATRACE_SPAN_CLAIM_NS=0",
				    "SEATRACE_SPAN_PARSE_NS=300",
				    "SEATRACE_SPAN_RECOVERY_NS=0",
				    "SEATRACE_SPAN_SIGNAL_NS=0",
				    "SEATRACE_SPAN_NOTIFY_NS=0",
				    "SEATRACE_SPAN_WAIT_NS=1200",
				    "SEATRACE_SKIPPED=5",
				    NULL});
}

/* A kernel whose names are not known: a number; guessed notification; a touch after the close. */
static void other_ways_to_say_it(void **state)
{
	char **env;
	bool seen[3] = {0};

	(void)state;
	begin(&vm);
	inc->fields = INCIDENT_FIELD_PAGE;
	inc->page_kind = 77;
	inc->late = true;
	inc->before = OUTCOME_RECOVERED;
	inc->counts[METER_NOTIFIED] = 1;
	env = env_incident(&out, inc, 5);
	assert_non_null(env);
	for (size_t i = 0; env[i]; i++) {
		seen[0] |= !strcmp(env[i], "SEATRACE_PAGE=77");
		seen[1] |= !strcmp(env[i], "SEATRACE_NOTIFIED=inferred");
		seen[2] |= !strcmp(env[i], "SEATRACE_LATE=1");
		assert_null(strstr(env[i], "SEATRACE_VCPU"));
		assert_null(strstr(env[i], "SEATRACE_PA="));
	}
	for (size_t i = 0; i < UTIL_COUNT(seen); i++)
		assert_true(seen[i]);
	env_free(env);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(of_the_host, teardown),
		cmocka_unit_test_teardown(with_everything, teardown),
		cmocka_unit_test_teardown(other_ways_to_say_it, teardown),
	};

	env_free(NULL);
	return cmocka_run_group_tests_name("env", tests, NULL, NULL);
}
