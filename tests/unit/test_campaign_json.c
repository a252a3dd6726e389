/* SPDX-License-Identifier: GPL-2.0-only */
/* out/campaign_json: exactly these lines, and each of them JSON whatever names are. */
#include "tests/unit/text.h"

#include <jansson.h>

#include "out/campaign_json.h"
#include "tests/unit/campaigns.h"

static int setup(void **state)
{
	fill_campaign();
	return text_setup(state);
}

static const char *shot(unsigned i)
{
	assert_int_equal(campaign_json_shot(&out, &shots[i]), 0);
	return written();
}

/* What was written last, read by another: free it. */
static json_t *read_back(void)
{
	json_error_t error;
	json_t *line = json_loads(written(), JSON_REJECT_DUPLICATES, &error);

	assert_non_null(line);
	assert_string_equal(json_string_value(json_object_get(line, "schema")), "seainject/1");
	return line;
}

#define NO_OUTCOMES                                                                               \
	"\"outcomes\":{\"vmm-killed\":0,\"guest-notified\":0,\"serror-injected\":0,"              \
	"\"exit-to-vmm\":0,\"host-consumed\":0,\"vmm-signalled\":0,\"failed\":0,\"recovered\":0," \
	"\"ignored\":0,\"dropped\":0,\"open\":0}"

static void a_shot(void **state)
{
	(void)state;
	shots[2].evidence.counts[METER_SEA] = 4;
	assert_string_equal(
		shot(2),
		"{\"schema\":\"seainject/1\",\"type\":\"shot\",\"number\":3,\"vm\":\"vm-a\","
		"\"method\":\"guest-sea\",\"value\":null,\"place\":\"any\",\"wanted\":5,"
		"\"fired\":3,\"would\":0,\"expected\":[\"app-killed\",\"guest-notified\"],"
		"\"outcome\":\"guest-dead\",\"verdict\":\"fail\",\"reason\":\"3 aborts were "
		"injected by KVM, the VMM lives, the guest does not answer\","
		"\"time\":\"2026-11-23T12:34:58.000000000Z\",\"mono_ns\":2000001000,"
		"\"took_ns\":250000000,\"evidence\":{\"matched\":3,\"lost\":0,"
		"\"observer_lost\":false,\"vmm_gone\":false,\"vmm_signal\":null,\"incidents\":0,"
		"\"counts\":{\"incidents\":0,\"seas\":4,\"claimed\":0,\"serrors\":0,"
		"\"exits_to_vmm\":0,\"records\":0,\"duplicates\":0,\"memory_failures\":0,"
		"\"signals_ao\":0,\"signals_ar\":0,\"signals_delivered\":0,"
		"\"notifications\":0}," NO_OUTCOMES
		",\"explicit_notified\":0,\"calls_failed\":0,\"call_errno\":null,"
		"\"told_guest\":3,\"elsewhere\":0,\"probe\":\"dead\"},"
		"\"phase1\":{\"count\":2,\"sum_ns\":6935000,\"p50_ns\":25599,"
		"\"p90_ns\":6910000,\"p99_ns\":6910000,\"max_ns\":6910000},\"phase2\":null}\n");
}

static void a_value_and_an_errno(void **state)
{
	(void)state;
	assert_non_null(strstr(shot(1), "\"value\":\"EFAULT\",\"place\":\"0x40000000\","));
	assert_non_null(strstr(text, "\"calls_failed\":1,\"call_errno\":\"EFAULT\","));
	assert_non_null(strstr(text, "\"probe\":null}"));
}

/* No outcome, whatever stands in the struct. */
static void not_fired(void **state)
{
	(void)state;
	assert_non_null(strstr(shot(4), "\"outcome\":null,\"verdict\":\"unavailable\","
					"\"reason\":\"no ACPI table EINJ "
					"(/sys/firmware/acpi/tables)\","));
}

#define NO_VERDICTS "\"fail\":0,\"pass\":0,\"unavailable\":0,\"dry\":0,\"skipped\":0"

static void a_campaign(void **state)
{
	(void)state;
	result.n_shots = 1;
	result_count(&result);
	assert_int_equal(campaign_json(&out, &result), 0);
	assert_string_equal(
		written(),
		"{\"schema\":\"seainject/1\",\"type\":\"campaign\",\"name\":\"smoke\","
		"\"kernel\":\"6.12.107-override\",\"seed\":\"0x5ea\",\"dry_run\":false,"
		"\"interrupted\":false,\"shots\":1,\"budget\":1000,\"budget_left\":991,"
		"\"lost\":0,\"time\":\"2026-11-23T12:34:56.999999000Z\",\"mono_ns\":1000000000,"
		"\"took_ns\":12300000000,\"verdicts\":{\"fail\":0,\"pass\":1,"
		"\"unavailable\":0,\"dry\":0,\"skipped\":0},\"rows\":[{\"vm\":\"vm-a\","
		"\"method\":\"pfn-hwpoison\",\"rows\":1,\"wanted\":5,\"fired\":5,\"would\":0,"
		"\"outcomes\":{\"lost\":0,\"host-affected\":0,\"not-activated\":0,"
		"\"vmm-killed\":0,\"guest-dead\":0,\"vmm-error\":0,\"app-killed\":0,"
		"\"guest-notified\":1,\"transparent\":0},\"verdicts\":{\"fail\":0,\"pass\":1,"
		"\"unavailable\":0,\"dry\":0,\"skipped\":0},\"phase1\":null,"
		"\"phase2\":{\"count\":1,\"sum_ns\":10200000,\"p50_ns\":10200000,"
		"\"p90_ns\":10200000,\"p99_ns\":10200000,\"max_ns\":10200000}}]}\n");
}

static void a_campaign_of_nothing(void **state)
{
	(void)state;
	result.n_shots = 0;
	result.dry_run = result.interrupted = true;
	result_count(&result);
	assert_int_equal(campaign_json(&out, &result), 0);
	assert_non_null(strstr(written(), "\"dry_run\":true,\"interrupted\":true,\"shots\":0,"));
	assert_non_null(strstr(text, "\"verdicts\":{" NO_VERDICTS "},\"rows\":[]}\n"));
}

static void hostile_names(void **state)
{
	json_t *line;

	(void)state;
	shots[0].vm = "\"},\\\033[2J\xff\xc3(\n\u6771\u4eac";
	shots[0].place = "\x01\x02";
	memset(shots[0].reason, '"', sizeof(shots[0].reason) - 1);
	shot(0);
	line = read_back();
	assert_string_equal(json_string_value(json_object_get(line, "vm")),
			    "\"},\\?[2J\?\?(?\u6771\u4eac");
	assert_string_equal(json_string_value(json_object_get(line, "place")), "\?\?");
	assert_string_equal(json_string_value(json_object_get(line, "reason")), shots[0].reason);
	json_decref(line);
}

/* Numbers of JSON are signed here; a seed is a string, which loses nothing. */
static void largest_numbers(void **state)
{
	json_t *line;

	(void)state;
	result.seed = result.budget = result.lost = UINT64_MAX;
	assert_int_equal(campaign_json(&out, &result), 0);
	line = read_back();
	assert_string_equal(json_string_value(json_object_get(line, "seed")), "0xffffffffffffffff");
	assert_int_equal(json_integer_value(json_object_get(line, "budget")), INT64_MAX);
	assert_int_equal(json_integer_value(json_object_get(line, "lost")), INT64_MAX);
	json_decref(line);
}

static void an_error_of_writing(void **state)
{
	FILE *file = out.file;

	(void)state;
	out.file = fopen("/dev/full", "we");
	assert_non_null(out.file);
	assert_int_equal(campaign_json_shot(&out, &shots[0]), -ENOSPC);
	assert_int_equal(campaign_json(&out, &result), -ENOSPC);
	fclose(out.file);
	out.file = file;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, text_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_shot),          TEST(a_value_and_an_errno),  TEST(not_fired),
		TEST(a_campaign),      TEST(a_campaign_of_nothing), TEST(hostile_names),
		TEST(largest_numbers), TEST(an_error_of_writing),
	};

	return cmocka_run_group_tests_name("campaign JSON", tests, NULL, NULL);
}
