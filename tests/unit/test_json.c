/* SPDX-License-Identifier: GPL-2.0-only */
/* out/json: each line is one object, with these keys and values and no others. */
#include "tests/unit/text.h"

#include "out/json.h"

#include <jansson.h>

#include "trace/mark.h"

static const struct who vcpu = {100, 101, 1, 0xa000, 3};
static struct agg *agg;
static struct out_losses losses;

static int setup(void **state)
{
	memset(&losses, 0, sizeof(losses));
	agg = agg_new();
	assert_non_null(agg);
	return text_setup(state);
}

static int teardown(void **state)
{
	agg_free(agg);
	return text_teardown(state);
}

/* The only line that was written, parsed. */
static json_t *parsed(void)
{
	json_error_t error;
	json_t *line;

	assert_ptr_equal(strchr(written(), '\n'), text + text_len - 1);
	line = json_loads(text, JSON_REJECT_DUPLICATES, &error);
	if (!line)
		fail_msg("%s: %s", error.text, text);
	return line;
}

/* `got` is what `want` says, key by key; frees both. */
static void is(json_t *got, const char *want_text)
{
	json_error_t error;
	json_t *want = json_loads(want_text, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &error);
	const char *key;
	json_t *value;

	if (!want)
		fail_msg("expectation, column %d: %s", error.column, error.text);
	json_object_foreach(want, key, value) if (!json_equal(json_object_get(got, key), value))
		fail_msg("%s is %s, not %s", key,
			 json_dumps(json_object_get(got, key), JSON_ENCODE_ANY),
			 json_dumps(value, JSON_ENCODE_ANY));
	json_object_foreach(got, key, value) if (!json_object_get(want, key))
		fail_msg("there is %s too", key);
	json_decref(got);
	json_decref(want);
}

/* Takes a value out of an object. */
static json_t *taken(json_t *from, const char *key)
{
	json_t *value = json_incref(json_object_get(from, key));

	assert_non_null(value);
	json_object_del(from, key);
	return value;
}

/* --- incidents -------------------------------------------------------------------------------- */

#define POINT "\"cpu\": 1, \"tgid\": 100, \"tid\": 101, "
#define NO_COUNTS                                                                            \
	"\"seas\": 0, \"claimed\": 0, \"serrors\": 0, \"exits_to_vmm\": 0, \"records\": 0, " \
	"\"duplicates\": 0, \"memory_failures\": 0, \"signals_ao\": 0, \"signals_ar\": 0, "  \
	"\"signals_delivered\": 0, \"notifications\": 0"

static void incident(void **state)
{
	struct incident *inc = unclaimed_incident();

	(void)state;
	assert_int_equal(json_incident(&out, inc), 0);
	is(parsed(),
	   "{\"schema\": \"seatrace/1\", \"type\": \"incident\", \"id\": 7, \"error_id\": 7, "
	   "\"time\": \"2026-11-23T12:34:56.000000000Z\", \"mono_ns\": 1000, \"vm\": \"vm-a\", "
	   "\"tgid\": 100, "
	   "\"outcome\": \"serror-injected\", \"late\": false, \"incomplete\": false, \"vcpu\": 3, "
	   "\"syndrome\": {\"class\": \"data abort, lower EL\", \"fault\": \"external abort\", "
	   "\"set\": \"recoverable\", \"fnv\": false, \"write\": false, \"s1ptw\": false}, "
	   "\"esr\": \"0x92000010\", \"far\": \"0xffff000010000000\", \"pc\": "
	   "\"0xffff800080012340\", "
	   "\"seas\": 1, \"claimed\": 0, \"serrors\": 1, \"exits_to_vmm\": 0, \"records\": 0, "
	   "\"duplicates\": 0, \"memory_failures\": 0, \"signals_ao\": 0, \"signals_ar\": 0, "
	   "\"signals_delivered\": 0, \"notifications\": 0, \"total_ns\": 1000, "
	   "\"spans_ns\": {\"phase1\": 500, \"claim\": 500, \"parse\": 0, \"recovery\": 0, "
	   "\"signal\": 0, "
	   "\"notify\": 0, \"wait\": 0}, \"timeline_beyond\": 0, \"timeline\": [ "
	   "{\"at_ns\": 0, \"mark\": \"abort\", " POINT
	   "\"kvm\": \"0xa000\", \"vcpu\": 3, \"esr\": \"0x92000010\", "
	   "\"far\": \"0xffff000010000000\", \"hpfar\": \"0xf0\", \"pc\": \"0xffff800080012340\", "
	   "\"owner\": 100}, "
	   "{\"at_ns\": 200, \"mark\": \"claim\", " POINT
	   "\"edge\": \"enter\", \"ret\": 0, \"host\": 0}, "
	   "{\"at_ns\": 700, \"mark\": \"claim\", " POINT
	   "\"edge\": \"exit\", \"ret\": -2, \"host\": 0}, "
	   "{\"at_ns\": 1000, \"mark\": \"inject\", " POINT
	   "\"kvm\": \"0xa000\", \"vcpu\": 3, \"how\": \"serror\", "
	   "\"ret\": 0}]} ");
	incident_put(inc);
}

static void incident_with_everything(void **state)
{
	struct incident *inc = unclaimed_incident();
	json_t *got;

	(void)state;
	inc->error_id = 5;
	inc->fields |= INCIDENT_FIELD_RECORD | INCIDENT_FIELD_PA | INCIDENT_FIELD_HVA |
		       INCIDENT_FIELD_GPA | INCIDENT_FIELD_PAGE;
	inc->source = 2;
	inc->notify = 8;
	inc->severity = 1;
	inc->pa = 0x81234000;
	inc->hva = 0xffff00001000;
	inc->gpa = 0x40001000;
	inc->page_kind = 12;
	inc->page_result = SEA_PAGE_RECOVERED;
	inc->late = inc->incomplete = inc->explicit_notify = true;
	inc->time.points_beyond = 17;
	for (int m = 0; m < METER_MAX; m++)
		inc->counts[m] = 10 + m;
	assert_int_equal(json_incident(&out, inc), 0);
	got = parsed();
	json_decref(taken(got, "timeline"));
	json_decref(taken(got, "spans_ns"));
	is(got,
	   "{\"schema\": \"seatrace/1\", \"type\": \"incident\", \"id\": 7, \"error_id\": 5, "
	   "\"time\": \"2026-11-23T12:34:56.000000000Z\", \"mono_ns\": 1000, \"vm\": \"vm-a\", "
	   "\"tgid\": 100, "
	   "\"outcome\": \"vmm-killed\", \"late\": true, \"before\": \"vmm-killed\", "
	   "\"incomplete\": true, \"vcpu\": 3, "
	   "\"syndrome\": {\"class\": \"data abort, lower EL\", \"fault\": \"external abort\", "
	   "\"set\": \"recoverable\", \"fnv\": false, \"write\": false, \"s1ptw\": false}, "
	   "\"esr\": \"0x92000010\", \"far\": \"0xffff000010000000\", \"pc\": "
	   "\"0xffff800080012340\", "
	   "\"source\": 2, \"notify\": \"sea\", \"severity\": \"fatal\", \"pa\": \"0x81234000\", "
	   "\"hva\": \"0xffff00001000\", \"gpa\": \"0x40001000\", \"page\": 12, \"page_result\": "
	   "\"recovered\", "
	   "\"seas\": 11, \"claimed\": 12, \"serrors\": 13, \"exits_to_vmm\": 14, \"records\": 15, "
	   "\"duplicates\": 16, \"memory_failures\": 17, \"signals_ao\": 18, \"signals_ar\": 19, "
	   "\"signals_delivered\": 20, \"notifications\": 21, \"total_ns\": 1000, "
	   "\"timeline_beyond\": 17} ");
	incident_put(inc);
}

/* What an open one says, and nothing that only its end shows. */
static void retried(void **state)
{
	struct incident *inc = unclaimed_incident();

	(void)state;
	inc->error_id = 5;
	inc->counts[METER_SEA] = 2;
	assert_int_equal(json_retried(&out, inc), 0);
	is(parsed(),
	   "{\"schema\": \"seatrace/1\", \"type\": \"retry\", \"id\": 7, \"error_id\": 5, "
	   "\"time\": \"2026-11-23T12:34:56.000000000Z\", \"mono_ns\": 1000, \"vm\": \"vm-a\", "
	   "\"tgid\": 100, \"late\": false, \"incomplete\": false, \"vcpu\": 3, "
	   "\"syndrome\": {\"class\": \"data abort, lower EL\", \"fault\": \"external abort\", "
	   "\"set\": \"recoverable\", \"fnv\": false, \"write\": false, \"s1ptw\": false}, "
	   "\"esr\": \"0x92000010\", \"far\": \"0xffff000010000000\", \"pc\": "
	   "\"0xffff800080012340\", "
	   "\"seas\": 2, \"claimed\": 0, \"serrors\": 1, \"exits_to_vmm\": 0, \"records\": 0, "
	   "\"duplicates\": 0, \"memory_failures\": 0, \"signals_ao\": 0, \"signals_ar\": 0, "
	   "\"signals_delivered\": 0, \"notifications\": 0, \"total_ns\": 1000}");
	incident_put(inc);
}

static const char *result_name(const void *ctx, uint32_t value)
{
	(void)ctx;
	return value == 9 ? "MF_RECOVERED_LATER" : NULL;
}

/* What is valid of the sections, the kernel's own word, where it can be trusted the IPA. */
static void incident_in_words(void **state)
{
	struct incident *inc = unclaimed_incident();
	struct out named = out;
	json_t *got;

	(void)state;
	inc->fields |= INCIDENT_FIELD_MEMORY | INCIDENT_FIELD_PROCESSOR | INCIDENT_FIELD_PAGE;
	inc->page_raw = 9;
	inc->page_result = SEA_PAGE_UNKNOWN;
	inc->hpfar = 1ULL << 63 | 0x800050;
	inc->esr = 0x92001c58; /* a write; parity or ECC: SET and FnV say nothing */
	inc->delivered_tgid = 200;
	inc->delivered_to = vm_hold(vm_b);
	inc->memory = (struct sea_memory){.hdr.type = SEA_MARK_ID_memory,
					  .valid = SEA_MEMORY_VALID_TYPE | SEA_MEMORY_VALID_NODE |
						   SEA_MEMORY_VALID_ROW,
					  .error = 3,
					  .node = 1,
					  .card = 2,
					  .row = 65535};
	inc->processor =
		(struct sea_processor){.hdr.type = SEA_MARK_ID_processor,
				       .valid = SEA_PROCESSOR_VALID_FLAGS | SEA_PROCESSOR_VALID_VA,
				       .error = 2,
				       .flags = 5,
				       .va = 0x1000,
				       .pa = 0x2000,
				       .midr = 0x410fd0c0};
	named.page_result = result_name;
	assert_int_equal(json_incident(&named, inc), 0);
	got = parsed();
	is(taken(got, "memory"),
	   "{\"index\": 0, \"error\": \"multi-bit-ecc\", \"node\": 1, \"row\": 65535}");
	is(taken(got, "processor"), "{\"index\": 0, \"error\": \"cache\", \"flags\": "
				    "\"first+propagated\", \"va\": \"0x1000\", "
				    "\"midr\": \"0x410fd0c0\"}");
	is(taken(got, "syndrome"),
	   "{\"class\": \"data abort, lower EL\", \"fault\": \"parity or ECC\", \"write\": true, "
	   "\"s1ptw\": false}");
	is(taken(got, "ipa"), "\"0x80005000\"");
	is(taken(got, "page_result"), "\"recovered_later\"");
	is(taken(got, "delivered_to"), "\"vm-b\"");
	is(taken(got, "delivered_tgid"), "200");
	json_decref(got);
	incident_put(inc);
}

/* What an incident does not have is not there, rather than 0. */
static void incident_with_nothing(void **state)
{
	struct incident *inc = incident_new(9, NULL);

	(void)state;
	inc->time.first_ns = inc->time.last_ns = inc->time.settled_ns = 1000;
	assert_int_equal(json_incident(&out, inc), 0);
	is(parsed(),
	   "{\"schema\": \"seatrace/1\", \"type\": \"incident\", \"id\": 9, \"error_id\": 9, "
	   "\"time\": \"2026-11-23T12:34:56.000000000Z\", \"mono_ns\": 1000, \"vm\": null, "
	   "\"outcome\": \"open\", "
	   "\"late\": false, \"incomplete\": false, \"total_ns\": 0, \"timeline\": [], "
	   "\"timeline_beyond\": 0, "
	   "\"spans_ns\": {\"phase1\": 0, \"claim\": 0, \"parse\": 0, \"recovery\": 0, \"signal\": "
	   "0, \"notify\": 0, "
	   "\"wait\": 0}, " NO_COUNTS "} ");
	incident_put(inc);
}

static void notifications_say_how(void **state)
{
	struct incident *inc = incident_new(9, vm_a);
	json_t *got;

	(void)state;
	inc->counts[METER_NOTIFIED] = 1;
	assert_int_equal(json_incident(&out, inc), 0);
	got = parsed();
	assert_string_equal(json_string_value(json_object_get(got, "outcome")), "guest-notified");
	assert_string_equal(json_string_value(json_object_get(got, "notified")), "inferred");
	json_decref(got);
	incident_put(inc);
}

/* --- rows ------------------------------------------------------------------------------------- */

#define NO_OUTCOMES                                                                       \
	"\"vmm-killed\": 0, \"guest-notified\": 0, \"serror-injected\": 0, "              \
	"\"exit-to-vmm\": 0, \"host-consumed\": 0, \"vmm-signalled\": 0, \"failed\": 0, " \
	"\"recovered\": 0, \"ignored\": 0, \"dropped\": 0, \"open\": 0"

static void rows(void **state)
{
	(void)state;
	vm_a->gone = true;
	agg_row(agg, vm_b);
	for (int m = 0; m < METER_MAX; m++)
		for (int i = 0; i <= m; i++)
			agg_count(agg, vm_a, m);
	agg_outcome(agg, vm_a, OUTCOME_SERROR);
	agg_outcome(agg, vm_a, OUTCOME_SERROR);
	agg_lap(agg, vm_a, LAP_PHASE1, 10);
	agg_lap(agg, vm_a, LAP_PHASE1, 12);
	losses.marks[SEA_MARK_ID_abort] = 3;
	losses.refused = 10;
	losses.dropped = 100;
	assert_int_equal(json_rows(&out, "summary", agg, &losses, 2000), 0);
	vm_a->gone = false;
	is(parsed(),
	   "{\"schema\": \"seatrace/1\", \"type\": \"summary\", \"mono_ns\": 2000, "
	   "\"time\": \"2026-11-23T12:34:56.000001000Z\", \"rows\": [ "
	   "{\"vm\": null, \"incidents\": 0, " NO_COUNTS ", \"outcomes\": {" NO_OUTCOMES
	   "}, \"laps\": {}}, "
	   "{\"vm\": \"vm-b\", \"tgid\": 200, \"gone\": false, \"incidents\": 0, " NO_COUNTS ", "
	   "\"outcomes\": {" NO_OUTCOMES "}, \"laps\": {}}, "
	   "{\"vm\": \"vm-a\", \"tgid\": 100, \"gone\": true, \"incidents\": 1, \"seas\": 2, "
	   "\"claimed\": 3, "
	   "\"serrors\": 4, \"exits_to_vmm\": 5, \"records\": 6, \"duplicates\": 7, "
	   "\"memory_failures\": 8, "
	   "\"signals_ao\": 9, \"signals_ar\": 10, \"signals_delivered\": 11, \"notifications\": "
	   "12, "
	   "\"outcomes\": {\"vmm-killed\": 0, \"guest-notified\": 0, \"serror-injected\": 2, "
	   "\"exit-to-vmm\": 0, "
	   "\"host-consumed\": 0, \"vmm-signalled\": 0, \"failed\": 0, \"recovered\": 0, "
	   "\"ignored\": 0, "
	   "\"dropped\": 0, \"open\": 0}, "
	   "\"laps\": {\"phase1\": {\"count\": 2, \"sum_ns\": 22, \"p50_ns\": 10, \"p90_ns\": 12, "
	   "\"p99_ns\": 12, "
	   "\"max_ns\": 12}}}], "
	   "\"lost\": {\"total\": 113, \"refused\": 10, \"dropped\": 100, \"abort\": 3, \"claim\": "
	   "0, "
	   "\"inject\": 0, \"estatus\": 0, \"record\": 0, \"section\": 0, \"failure\": 0, "
	   "\"page\": 0, "
	   "\"unmap\": 0, \"signal\": 0, \"deliver\": 0, \"events\": 0, \"memory\": 0, "
	   "\"processor\": 0, \"shot\": 0}} ");
}

static void percentiles(void **state)
{
	json_t *got, *lap;

	(void)state;
	for (int i = 1; i <= 10; i++)
		agg_lap(agg, NULL, LAP_TOTAL, i);
	agg_lap(agg, NULL, LAP_TOTAL, 1000000);
	assert_int_equal(json_rows(&out, "table", agg, &losses, 2000), 0);
	got = parsed();
	lap = json_object_get(
		json_object_get(json_array_get(json_object_get(got, "rows"), 0), "laps"), "total");
	is(json_incref(lap), "{\"count\": 11, \"sum_ns\": 1000055, \"p50_ns\": 6, \"p90_ns\": 10,"
			     " \"p99_ns\": 1000000, \"max_ns\": 1000000}");
	json_decref(got);
}

/* --- marks ------------------------------------------------------------------------------------ */

static void marks(void **state)
{
	const struct sea_hdr *mark = mark_failure_exit(3000, vcpu, 0x81234, .ret = -16, .flags = 1);

	(void)state;
	assert_int_equal(json_mark(&out, mark), 0);
	is(parsed(),
	   "{\"schema\": \"seatrace/1\", \"type\": \"mark\", \"mono_ns\": 3000, \"mark\": "
	   "\"failure\", "
	   "" POINT "\"edge\": \"exit\", \"pfn\": \"0x81234\", \"flags\": \"0x1\", \"ret\": -16} ");
}

/* No field is called as something of the line itself, which it would overwrite. */
static void mark_fields_have_keys_of_their_own(void **state)
{
	(void)state;
	for (unsigned id = 0; id < SEA_MARK_ID_MAX; id++) {
		char mark[512] __attribute__((aligned(8))) = {0};
		const struct mark_type *type = mark_type(id);
		json_t *line;
		size_t before;

		if (!type)
			continue;
		before = strlen(written());
		*(struct sea_hdr *)mark = (struct sea_hdr){.type = id, .size = type->size};
		assert_int_equal(json_mark(&out, (struct sea_hdr *)mark), 0);
		line = json_loads(written() + before, JSON_REJECT_DUPLICATES, NULL);
		assert_string_equal(json_string_value(json_object_get(line, "type")), "mark");
		/* schema, type, mono_ns, mark, cpu, tgid, tid */
		assert_int_equal(json_object_size(line), 7 + type->n_fields);
		json_decref(line);
	}
}

/* --- lines ------------------------------------------------------------------------------------ */

/* One object a line, however often; nothing of one is left in the next. */
static void lines(void **state)
{
	struct incident *inc = unclaimed_incident();
	const char *at;

	(void)state;
	assert_int_equal(json_incident(&out, inc), 0);
	assert_int_equal(json_rows(&out, "start", agg, &losses, 2000), 0);
	assert_int_equal(json_mark(&out, mark_claim_enter(1, vcpu)), 0);
	at = written();
	for (int n = 0; n < 3; n++) {
		json_error_t error;
		json_t *line = json_loads(at, JSON_DISABLE_EOF_CHECK, &error);

		assert_non_null(line);
		assert_int_equal(at[error.position], '\n');
		assert_string_equal(json_string_value(json_object_get(line, "schema")),
				    "seatrace/1");
		json_decref(line);
		at += error.position + 1;
	}
	assert_string_equal(at, "");
	incident_put(inc);
}

static void names_are_escaped(void **state)
{
	struct fake_vm odd = {{.id = 3, .tgid = 900, .name = "a \"b\" \\ caf\u00e9"}, 0};
	struct incident *inc = incident_new(9, &odd.vm);
	json_t *got;

	(void)state;
	assert_int_equal(json_incident(&out, inc), 0);
	got = parsed();
	assert_string_equal(json_string_value(json_object_get(got, "vm")), odd.vm.name);
	json_decref(got);
	incident_put(inc);
}

/* The disk is full: said at once, at the line that did not get there. */
static void disk_is_full(void **state)
{
	struct incident *inc = unclaimed_incident();
	struct out full = out;

	(void)state;
	full.file = fopen("/dev/full", "w");
	assert_non_null(full.file);
	assert_int_equal(json_incident(&full, inc), -ENOSPC);
	assert_int_equal(json_mark(&full, mark_claim_enter(1, vcpu)), -ENOSPC);
	assert_int_equal(json_rows(&full, "table", agg, &losses, 1), -ENOSPC);
	fclose(full.file);
	incident_put(inc);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(incident),
		TEST(incident_with_everything),
		TEST(retried),
		TEST(incident_in_words),
		TEST(incident_with_nothing),
		TEST(notifications_say_how),
		TEST(rows),
		TEST(percentiles),
		TEST(marks),
		TEST(mark_fields_have_keys_of_their_own),
		TEST(lines),
		TEST(names_are_escaped),
		TEST(disk_is_full),
	};

	return cmocka_run_group_tests_name("json", tests, NULL, NULL);
}
