/* SPDX-License-Identifier: GPL-2.0-only */
/* inject/campaign: good files and what they become, the order of shots, each mistake at its place. */
#include "tests/unit/tree.h"

#include "inject/campaign.h"
#include "lib/exit.h"
#include "lib/log.h"
#include "lib/util.h"

/* What every file below begins with; the entry of `shots` is in line 3. */
#define HEAD  "name: n\ntargets: [{vm: vm-a}]\n"
#define SHOTS HEAD "shots: [{methods: [run-errno]}]\n"

/* Parses; the campaign, or NULL, and what was said, to be free()d. */
static struct campaign *parse_len(const char *text, size_t len, char **said, int *exit_code)
{
	struct campaign *c = NULL;
	struct capture err;

	capture_start(&err, STDERR_FILENO);
	*exit_code = campaign_parse(&c, "f", text, len);
	*said = capture_end(&err);
	return c;
}

static struct campaign *good(const char *text)
{
	int exit_code;
	char *said;
	struct campaign *c = parse_len(text, strlen(text), &said, &exit_code);

	assert_string_equal(said, "");
	assert_int_equal(exit_code, EXIT_DONE);
	assert_non_null(c);
	free(said);
	return c;
}

/* Exactly these lines. */
static void bad_len(const char *text, size_t len, const char *lines)
{
	int exit_code;
	char *said;
	struct campaign *c = parse_len(text, len, &said, &exit_code);

	if (c || exit_code != EXIT_USAGE || strcmp(said, lines)) {
		fprintf(stderr, "wanted:\n%ssaid:\n%s", lines, said); /* too long for fail_msg */
		fail_msg("exit code %d", exit_code);
	}
	free(said);
}

static void bad(const char *text, const char *lines)
{
	bad_len(text, strlen(text), lines);
}

/* --- good files ------------------------------------------------------------------------------- */

static void defaults(void **state)
{
	struct campaign *c = good(SHOTS);
	const struct campaign_shot *shot = c->shots;

	(void)state;
	assert_string_equal(c->name, "n");
	assert_string_equal(c->path, "f");
	assert_false(c->unsafe);
	assert_int_equal(c->seed, 1);
	assert_int_equal(c->budget, 1);
	assert_int_equal(c->hugetlb_max, 16);
	assert_int_equal(c->dead_man_ns, 2 * UTIL_NS_PER_S);
	assert_int_equal(c->warm_up_ns, 0);
	assert_int_equal(c->stop_failures, 0);
	assert_true(c->stop_host_affected);
	assert_int_equal(c->n_targets, 1);
	assert_string_equal(c->targets[0].vm, "vm-a");
	assert_null(c->targets[0].probe.command);
	assert_int_equal(c->targets[0].line, 2);
	assert_int_equal(c->n_shots, 1);
	assert_int_equal(shot->target, 0);
	assert_string_equal(shot->method->name, "run-errno");
	assert_string_equal(shot->place, "any");
	assert_int_equal(shot->expected, shot->method->expected);
	assert_false(shot->if_available);
	assert_int_equal(shot->timeout_ns, 10 * UTIL_NS_PER_S);
	assert_int_equal(shot->settle_ns, UTIL_NS_PER_S);
	assert_int_equal(shot->line, 3);
	campaign_free(c);
}

static void default_order(void **state)
{
	struct campaign *c = good(SHOTS);
	const struct order *order = &c->shots[0].order;

	(void)state;
	assert_int_equal(order->id, 1);
	assert_int_equal(order->asked, 0);
	assert_true(order->vcpu == SEA_RULE_ANY_VCPU);
	assert_int_equal(order->kinds, 0);
	assert_int_equal(order->value, c->shots[0].method->values[0].value);
	assert_int_equal(order->seed, 1);
	assert_true(order->probability == 1);
	assert_int_equal(order->after, 0);
	assert_int_equal(order->every, 1);
	assert_int_equal(order->at_most, 1);
	assert_int_equal(order->delay_ns | order->window_ns | order->gap_ns, 0);
	assert_false(order->dry_run);
	campaign_free(c);
}

static void file_values(void **state)
{
	struct campaign *c =
		good("# all of them\n"
		     "name: \"Größe\"\n"
		     "unsafe: true\n"
		     "seed: 0xff\n"
		     "budget: 1000\n"
		     "hugetlb-max: 0\n"
		     "dead-man: 500ms\n"
		     "warm-up: 1m\n"
		     "stop: {failures: 3, host-affected: false}\n"
		     "probe: {command: [ctl, \"/run/{vm}\", \"\", '10'], timeout: 2.5s}\n"
		     "targets:\n"
		     "  - vm: vm-a\n"
		     "  - vm: 4711\n"
		     "    probe: {command: [ping, \"{pid}-{uuid}\", \"{ 1 }\"]}\n"
		     "shots:\n"
		     "  - methods: [run-errno]\n");

	(void)state;
	assert_string_equal(c->name, "Größe");
	assert_true(c->unsafe);
	assert_int_equal(c->seed, 255);
	assert_int_equal(c->budget, 1000);
	assert_int_equal(c->hugetlb_max, 0);
	assert_int_equal(c->dead_man_ns, 500 * UTIL_NS_PER_MS);
	assert_int_equal(c->warm_up_ns, 60 * UTIL_NS_PER_S);
	assert_int_equal(c->stop_failures, 3);
	assert_false(c->stop_host_affected);
	assert_int_equal(c->n_targets, 2);
	assert_string_equal(c->targets[1].vm, "4711");
	assert_int_equal(c->targets[1].line, 13);
	campaign_free(c);
}

static void probes(void **state)
{
	struct campaign *c = good("name: n\n"
				  "probe: {command: [ctl, \"/run/{vm}\", \"\"], timeout: 2.5s}\n"
				  "targets: [{vm: a}, {vm: b, probe: {command: [ping]}}]\n"
				  "shots: [{methods: [run-errno]}]\n");
	const struct campaign_probe *usual = &c->targets[0].probe, *own = &c->targets[1].probe;

	(void)state;
	assert_string_equal(usual->command[0], "ctl");
	assert_string_equal(usual->command[1], "/run/{vm}");
	assert_string_equal(usual->command[2], "");
	assert_null(usual->command[3]);
	assert_int_equal(usual->timeout_ns, 2500 * UTIL_NS_PER_MS);
	assert_string_equal(own->command[0], "ping");
	assert_null(own->command[1]);
	assert_int_equal(own->timeout_ns, 5 * UTIL_NS_PER_S);
	campaign_free(c);
}

static void shot_values(void **state)
{
	struct campaign *c = good(HEAD "seed: 9\n"
				       "shots:\n"
				       "  - methods: [abort-errno]\n"
				       "    places: [0x80001234+64K]\n"
				       "    vcpus: [3]\n"
				       "    counts: [5]\n"
				       "    kinds: [write, permission]\n"
				       "    every: 2\n"
				       "    after: 7\n"
				       "    probability: 0.5\n"
				       "    gap: 10ms\n"
				       "    delay: 20ms\n"
				       "    window: 2s\n"
				       "    expect: [vmm-error, guest-dead]\n"
				       "    if-available: true\n"
				       "    timeout: 3s\n"
				       "    settle: 0\n");
	const struct campaign_shot *shot = c->shots;
	const struct order *order = &shot->order;

	(void)state;
	assert_string_equal(shot->place, "0x80001234+64K");
	assert_int_equal(order->asked, SEA_PRED_GPA | SEA_PRED_VCPU | SEA_PRED_KIND);
	assert_int_equal(order->gpa, 0x80001234);
	assert_int_equal(order->gpa_len, 64 << 10);
	assert_int_equal(order->vcpu, 3);
	assert_int_equal(order->at_most, 5);
	assert_int_equal(order->kinds, SEA_KIND_WRITE | SEA_KIND_PERMISSION);
	assert_int_equal(order->every, 2);
	assert_int_equal(order->after, 7);
	assert_true(order->probability == 0.5);
	assert_int_equal(order->gap_ns, 10 * UTIL_NS_PER_MS);
	assert_int_equal(order->delay_ns, 20 * UTIL_NS_PER_MS);
	assert_int_equal(order->window_ns, 2 * UTIL_NS_PER_S);
	assert_int_equal(order->seed, 9);
	assert_int_equal(shot->expected,
			 OUTCOME_BIT(SHOT_VMM_ERROR) | OUTCOME_BIT(SHOT_GUEST_DEAD));
	assert_true(shot->if_available);
	assert_int_equal(shot->timeout_ns, 3 * UTIL_NS_PER_S);
	assert_int_equal(shot->settle_ns, 0);
	campaign_free(c);
}

/* An address alone is the page that it is in: a guest faults on pages. */
static void one_page(void **state)
{
	struct campaign *c = good(HEAD "shots: [{methods: [guest-sea], places: [0x80001234]}]");

	(void)state;
	assert_string_equal(c->shots[0].place, "0x80001234");
	assert_int_equal(c->shots[0].order.gpa, 0x80001000);
	assert_int_equal(c->shots[0].order.gpa_len, 4096);
	campaign_free(c);
}

static void values_by_name_and_number(void **state)
{
	const struct method *method = method_find("abort-errno");
	char text[512];

	(void)state;
	for (unsigned i = 0; i < METHOD_VALUES_MAX && method->values[i].name; i++) {
		struct campaign *c;

		for (unsigned by_name = 0; by_name < 2; by_name++) {
			snprintf(text, sizeof(text),
				 HEAD "shots: [{methods: [abort-errno], value: %s}]",
				 method->values[i].name);
			if (!by_name)
				snprintf(text, sizeof(text),
					 HEAD "shots: [{methods: [abort-errno], value: %jd}]",
					 (intmax_t)method->values[i].value);
			c = good(text);
			assert_int_equal(c->shots[0].order.value, method->values[i].value);
			campaign_free(c);
		}
	}
}

/* --- layout ----------------------------------------------------------------------------------- */

static const char matrix[] = "name: n\n"
			     "targets: [{vm: a}, {vm: b}]\n"
			     "shots:\n"
			     "  - methods: [guest-sea, abort-errno]\n"
			     "    places: [any, 0x80000000]\n"
			     "    vcpus: [any, 0]\n"
			     "    counts: [1, 2]\n"
			     "    targets: [b]\n"
			     "  - methods: [run-errno]\n";

static char *listed(const struct campaign *c)
{
	char *text;
	size_t len;
	FILE *file = open_memstream(&text, &len);

	assert_non_null(file);
	for (unsigned i = 0; i < c->n_shots; i++) {
		const struct campaign_shot *shot = &c->shots[i];

		fprintf(file, "%u %s %s %s %d %ju\n", shot->order.id, c->targets[shot->target].vm,
			shot->method->name, shot->place, (int)shot->order.vcpu,
			(uintmax_t)shot->order.at_most);
	}
	fclose(file);
	return text;
}

static void layout_order(void **state)
{
	struct campaign *c = good(matrix);
	char *list = listed(c);

	(void)state;
	assert_string_equal(list, "1 b guest-sea any -1 1\n"
				  "2 b guest-sea any -1 2\n"
				  "3 b guest-sea any 0 1\n"
				  "4 b guest-sea any 0 2\n"
				  "5 b guest-sea 0x80000000 -1 1\n"
				  "6 b guest-sea 0x80000000 -1 2\n"
				  "7 b guest-sea 0x80000000 0 1\n"
				  "8 b guest-sea 0x80000000 0 2\n"
				  "9 b abort-errno any -1 1\n"
				  "10 b abort-errno any -1 2\n"
				  "11 b abort-errno any 0 1\n"
				  "12 b abort-errno any 0 2\n"
				  "13 b abort-errno 0x80000000 -1 1\n"
				  "14 b abort-errno 0x80000000 -1 2\n"
				  "15 b abort-errno 0x80000000 0 1\n"
				  "16 b abort-errno 0x80000000 0 2\n"
				  "17 a run-errno any -1 1\n"
				  "18 b run-errno any -1 1\n");
	assert_int_equal(c->budget, 8 * 3 + 2);
	free(list);
	campaign_free(c);
}

static void ids_are_stable(void **state)
{
	struct campaign *one = good(matrix), *two = good(matrix);

	(void)state;
	assert_int_equal(one->n_shots, two->n_shots);
	for (unsigned i = 0; i < one->n_shots; i++) {
		assert_int_equal(one->shots[i].order.id, two->shots[i].order.id);
		assert_int_equal(one->shots[i].order.id, i + 1);
	}
	campaign_free(one);
	campaign_free(two);
}

static void most_shots(void **state)
{
	char text[8192] = "name: n\ntargets: [{vm: a}]\nshots: [{methods: [run-errno], counts: [1";
	size_t used = strlen(text);

	(void)state;
	for (unsigned i = 2; i <= 50; i++)
		used += sprintf(text + used, ", %u", i);
	used += sprintf(text + used, "], vcpus: [0");
	for (unsigned i = 1; i < 200; i++)
		used += sprintf(text + used, ", %u", i);
	strcpy(text + used, "]}]");
	campaign_free(good(text)); /* 10000 */
	strcpy(text + used, ", any]}, {methods: [run-errno]}]");
	bad(text, "f:3:9: 10050 shots, with 0 before them; 10000 are the most, make the matrix "
		  "smaller\n");
	strcpy(text + used, "]}, {methods: [run-errno]}]");
	bad(text, "f:3:1133: 1 shots, with 10000 before them; 10000 are the most, make the matrix "
		  "smaller\n");
}

/* --- mistakes --------------------------------------------------------------------------------- */

static void not_yaml(void **state)
{
	(void)state;
	bad("", "f:1:1: an empty file; seainject(5) has examples\n");
	bad("# nothing\n", "f:1:1: an empty file; seainject(5) has examples\n");
	bad("name: [a\nb: c\n",
	    "f:2:2: not YAML: did not find expected ',' or ']' while parsing a flow sequence that "
	    "begins in line 1; look at blanks (no tabs), colons and quotes\n");
	bad("a:\n\tb: c\n", "f:2:1: not YAML: found character that cannot start any token while "
			    "scanning for the next token that begins in line 2; look at blanks (no "
			    "tabs), colons and quotes\n");
	bad("name: é\nx: \xff\n",
	    "f:2:4: not text: invalid leading UTF-8 octet; write the file in UTF-8\n");
	bad("name: n\n---\nname: m\n",
	    "f:2:1: a second document; a file is one campaign, remove the '---'\n");
	bad("[a]: b\n", "f:1:1: a list as a key; a key is a word with a colon behind it\n");
	bad("{a: b}: c\n", "f:1:1: a mapping as a key; a key is a word with a colon behind it\n");
}

static void not_taken(void **state)
{
	(void)state;
	bad("name: &x n\ntargets: !!seq [{vm: a}]\nshots: *x\n",
	    "f:1:7: anchor 'x'; anchors and aliases are not taken, write it out\n"
	    "f:2:10: tag 'tag:yaml.org,2002:seq'; tags are not taken, remove it\n"
	    "f:3:8: an alias; anchors and aliases are not taken, write it out\n");
	bad("name: n\nname: m\n" SHOTS,
	    "f:2:1: 'name' again, after line 1; remove one of the two\n"
	    "f:3:1: 'name' again, after line 1; remove one of the two\n");
	bad(SHOTS "warm-up: \"1\\0s\"\n", "f:4:10: a character that does not print; remove it\n");
}

static void shapes(void **state)
{
	(void)state;
	bad("- a\n", "f:1:1: a list where a mapping belongs; write 'KEY: VALUE' lines below it\n");
	bad("x\n", "f:1:1: a text where a mapping belongs; write 'KEY: VALUE' lines below it\n");
	bad("{}\n", "f:1:1: an empty mapping; write a key and its value, or remove it\n");
	bad("name:\n  - n\ntargets: {vm: a}\nshots: all\nprobe: []\nstop: {}\nseed:\nwarm-up: ''\n",
	    "f:2:3: a list where a text belongs; write one value, without brackets\n"
	    "f:3:10: a mapping where a list belongs; write [A, B] or a line '- A' for each\n"
	    "f:4:8: a text where a list belongs; write [A, B] or a line '- A' for each\n"
	    "f:5:8: a list where a mapping belongs; write 'KEY: VALUE' lines below it\n"
	    "f:6:7: an empty mapping; write a key and its value, or remove it\n"
	    "f:7:1: no value; write one value, without brackets\n"
	    "f:8:10: an empty text; write a value or remove it\n");
	bad(HEAD "shots:\n  - methods: []\n    places: [a, '', [b]]\n  -\n",
	    "f:4:14: an empty list; write a value or remove it\n"
	    "f:5:14: 'a' is no place; write any, an address like 0x80000000, or an address and a "
	    "size like 0x80000000+64K\n"
	    "f:5:17: an empty text; write a value or remove it\n"
	    "f:5:21: a list where a text belongs; write one value, without brackets\n"
	    "f:6:4: no value; write 'KEY: VALUE' lines below it\n");
}

/* What is wrong in shape does not hide what is wrong in meaning, and is no reason for more. */
static void all_at_once(void **state)
{
	(void)state;
	bad("name: [n]\n"
	    "seed: x\n"
	    "seed: 1\n"
	    "probe: {command: ctl, timeout: never}\n"
	    "targets: [vm-a, {vm: vm-b, prob: {}}, {vm: host}]\n"
	    "shots:\n"
	    "  - methods: guest-sea\n"
	    "    counts: [0]\n"
	    "  - methods: [page-poison, run-erno]\n"
	    "    places: [[0x80000000]]\n"
	    "    every: [2]\n"
	    "  - methods: [abort-retry]\n"
	    "    counts: [100000]\n"
	    "    every: 2x\n"
	    "    expect: [\"trans\\nparent\", \"\\u00e9\\u2028\", {}]\n",
	    "f:1:7: a list where a text belongs; write one value, without brackets\n"
	    "f:2:7: seed: 'x' is not a number between 0 and 9223372036854775807\n"
	    "f:3:1: 'seed' again, after line 2; remove one of the two\n"
	    "f:4:18: a text where a list belongs; write [A, B] or a line '- A' for each\n"
	    "f:4:32: timeout: 'never' is not a duration like 10, 1.5s, 250ms or 2m\n"
	    "f:5:11: a text where a mapping belongs; write 'KEY: VALUE' lines below it\n"
	    "f:5:28: unknown key 'prob'; did you mean 'probe'?\n"
	    "f:5:44: 'host' is what belongs to no VM; write the name of a VM\n"
	    "f:7:14: a text where a list belongs; write [A, B] or a line '- A' for each\n"
	    "f:8:14: '0' is no count; write a number from 1 to 1000000000\n"
	    "f:9:28: unknown method 'run-erno'; did you mean 'run-errno'?\n"
	    "f:10:14: a list where a text belongs; write one value, without brackets\n"
	    "f:11:12: a list where a text belongs; write one value, without brackets\n"
	    "f:14:12: every: '2x' is not a number between 1 and 1000000000\n"
	    "f:15:14: unknown outcome 'trans?parent'; did you mean 'transparent'?\n"
	    "f:15:31: unknown outcome 'é\xe2\x80\xa8'; there are: lost, host-affected, "
	    "not-activated, "
	    "vmm-killed, guest-dead, vmm-error, app-killed, guest-notified, transparent\n"
	    "f:15:47: a mapping where a text belongs; write one value, without brackets\n");
}

static void lengths(void **state)
{
	char text[4096];
	size_t used;

	(void)state;
	used = sprintf(text, "name: ");
	memset(text + used, 'x', 256);
	strcpy(text + used + 256, "\ntargets: [{vm: a}]\nshots: [{methods: [run-errno]}]\n");
	bad(text, "f:1:7: a text of 256 bytes; at most 255 are taken\n");
	used = sprintf(text, HEAD "shots: [{methods: [run-errno], counts: [1");
	for (unsigned i = 2; i <= 65; i++)
		used += sprintf(text + used, ", %u", i);
	strcpy(text + used, "]}]");
	bad(text, "f:3:40: a list of 65 values; at most 64 are taken\n");
}

static void keys(void **state)
{
	(void)state;
	bad(HEAD "shot: [{methods: [run-errno]}]\ncolour: red\n",
	    "f:3:1: unknown key 'shot'; did you mean 'shots'?\n"
	    "f:4:1: unknown key 'colour'; there are: name, unsafe, seed, budget, "
	    "hugetlb-max, dead-man, warm-up, stop, probe, targets, shots\n");
	bad("name: n\nprobe: {comand: [x], timeot: 1}\ntargets: [{vm: a, probes: {command: [x]}}]\n"
	    "stop: {failure: 1}\nshots: [{methods: [run-errno], <<: {every: 2}}]\n",
	    "f:2:9: unknown key 'comand'; did you mean 'command'?\n"
	    "f:2:22: unknown key 'timeot'; did you mean 'timeout'?\n"
	    "f:3:19: unknown key 'probes'; did you mean 'probe'?\n"
	    "f:4:8: unknown key 'failure'; did you mean 'failures'?\n"
	    "f:5:32: unknown key '<<'; there are: methods, places, vcpus, counts, targets, kinds, "
	    "value, every, after, probability, gap, delay, window, expect, if-available, timeout, "
	    "settle\n");
	bad("name: n\nshots: [{methods: [run-errno]}]\n",
	    "f:1:1: no targets; add 'targets: [{vm: NAME}]'\n");
	bad("seed: 1\n", "f:1:1: no name; add 'name: NAME', for the reports\n"
			 "f:1:1: no targets; add 'targets: [{vm: NAME}]'\n"
			 "f:1:1: no shots; add 'shots: [{methods: [...]}]'\n");
}

static void single_values(void **state)
{
	(void)state;
	bad(SHOTS "unsafe: yes\nseed: -1\nbudget: 0\ndead-man: 5 s\nwarm-up: 25h\n",
	    "f:4:9: unsafe: 'yes' is none of: false, true\n"
	    "f:5:7: seed: '-1' is not a number between 0 and 9223372036854775807\n"
	    "f:6:9: budget: '0' is not a number between 1 and 9223372036854775807\n"
	    "f:7:11: dead-man: '5 s' is not a duration like 10, 1.5s, 250ms or 2m\n"
	    "f:8:10: warm-up: '25h' is not between 0 ns and 86400 s\n");
	bad(SHOTS "dead-man: 99ms\nstop: {failures: x, host-affected: flase}\n",
	    "f:4:11: dead-man: '99ms' is not between 100 ms and 60.0 s\n"
	    "f:5:18: failures: 'x' is not a number between 0 and 10000\n"
	    "f:5:36: host-affected: 'flase' is none of: false, true\n");
	bad("name: \"a\\tb\"\ntargets: [{vm: a}]\nshots: [{methods: [run-errno]}]\n",
	    "f:1:7: a name with what is no text; write one line of text\n");
}

static void targets(void **state)
{
	(void)state;
	bad("name: n\n"
	    "targets: [{vm: host}, {vm: a}, {vm: a}, {probe: {command: [x]}}, {vm: \"a\\nb\"}]\n"
	    "shots: [{methods: [run-errno]}]\n",
	    "f:2:16: 'host' is what belongs to no VM; write the name of a VM\n"
	    "f:2:37: 'a' is a target already; remove one of the two\n"
	    "f:2:41: a target without a VM; add 'vm: NAME', its name, UUID or process id\n"
	    "f:2:71: no VM has a name like that; write one line of text\n");
}

static void bad_probes(void **state)
{
	(void)state;
	bad("name: n\nprobe: {timeout: 0}\n"
	    "targets:\n  - vm: a\n    probe:\n      command: [x, \"{VM}\", \"{vm}{name}{ 1 }{}\"]\n"
	    "  - {vm: b, probe: {command: [\"\"], timeout: 2h}}\n"
	    "shots: [{methods: [run-errno]}]\n",
	    "f:2:8: a probe without a command; add 'command: [PROGRAM, ARGUMENT]'\n"
	    "f:2:18: timeout: '0' is not between 1.00 ms and 3600 s\n"
	    "f:6:20: nothing stands for '{VM}'; there are {vm}, {pid} and {uuid}\n"
	    "f:6:28: nothing stands for '{name}'; there are {vm}, {pid} and {uuid}\n"
	    "f:7:31: a command without a name; write the program's\n"
	    "f:7:45: timeout: '2h' is not between 1.00 ms and 3600 s\n");
}

static void matrices(void **state)
{
	(void)state;
	bad(HEAD "shots:\n"
		 "  - methods: [run-erno, guest-sea, guest-sea]\n"
		 "    places: [nowhere, 0x80000000, 0x80000010, 0x10000000000000, 0x80000000+0]\n"
		 "    vcpus: [x, 0, 512, 0x0]\n"
		 "    counts: [0, 2, 0x2, 1000000001]\n"
		 "    targets: [vm-a, vm-b, vm-a, nobody]\n",
	    "f:4:15: unknown method 'run-erno'; did you mean 'run-errno'?\n"
	    "f:4:36: 'guest-sea' is in the list already; remove one of the two\n"
	    "f:5:14: 'nowhere' is no place; write any, an address like 0x80000000, or an address "
	    "and a size like 0x80000000+64K\n"
	    "f:5:35: '0x80000010' is in the list already; remove one of the two\n"
	    "f:5:47: '0x10000000000000' is beyond 52 bits; no guest has such an address\n"
	    "f:5:65: '0x80000000+0' is no place; write any, an address like 0x80000000, or an "
	    "address and a size like 0x80000000+64K\n"
	    "f:6:13: 'x' is no vCPU; write any, or a number from 0 to 511\n"
	    "f:6:19: '512' is no vCPU; write any, or a number from 0 to 511\n"
	    "f:6:24: '0x0' is in the list already; remove one of the two\n"
	    "f:7:14: '0' is no count; write a number from 1 to 1000000000\n"
	    "f:7:20: '0x2' is in the list already; remove one of the two\n"
	    "f:7:25: '1000000001' is no count; write a number from 1 to 1000000000\n"
	    "f:8:21: unknown target 'vm-b'; did you mean 'vm-a'?\n"
	    "f:8:27: 'vm-a' is in the list already; remove one of the two\n"
	    "f:8:33: unknown target 'nobody'; there are: vm-a\n");
	bad(HEAD "shots: [{counts: [1]}]\n",
	    "f:3:9: shots without a method; add 'methods: [...]', of those that seainject list "
	    "names\n");
}

static void groups(void **state)
{
	(void)state;
	bad(HEAD "shots:\n"
		 "  - methods: [guest-sea]\n"
		 "    kinds: [wrte, write, write]\n"
		 "    expect: [lost, guest-notifed, transparent, transparent]\n"
		 "    every: 0\n"
		 "    after: -1\n"
		 "    probability: 1.5\n"
		 "    gap: never\n"
		 "    if-available: maybe\n"
		 "    timeout: 10us\n"
		 "    settle: 2d\n",
	    "f:5:13: unknown kind 'wrte'; did you mean 'write'?\n"
	    "f:5:26: 'write' is in the list already; remove one of the two\n"
	    "f:6:14: 'lost' is never right: nothing can be said of such a shot; remove it\n"
	    "f:6:20: unknown outcome 'guest-notifed'; did you mean 'guest-notified'?\n"
	    "f:6:48: 'transparent' is in the list already; remove one of the two\n"
	    "f:7:12: every: '0' is not a number between 1 and 1000000000\n"
	    "f:8:12: after: '-1' is not a number between 0 and 1000000000\n"
	    "f:9:18: probability: '1.5' is not a number above 0, up to 1, like 0.25\n"
	    "f:10:10: gap: 'never' is not a duration like 10, 1.5s, 250ms or 2m\n"
	    "f:11:19: if-available: 'maybe' is none of: false, true\n"
	    "f:12:14: timeout: '10us' is not between 1.00 ms and 86400 s\n"
	    "f:13:13: settle: '2d' is not a duration like 10, 1.5s, 250ms or 2m\n");
}

static void times(void **state)
{
	(void)state;
	bad(HEAD "shots:\n"
		 "  - {methods: [guest-sea], delay: 10s}\n"
		 "  - {methods: [guest-sea], counts: [11, 12], gap: 1s}\n"
		 "  - {methods: [guest-sea], counts: [3, 4], gap: 1s, window: 2s}\n"
		 "  - {methods: [guest-sea], counts: [3, 4], gap: 1s, delay: 8s}\n",
	    "f:4:35: the delay is not over by the timeout; make one of the two shorter, or the "
	    "other longer\n"
	    "f:5:41: 12 shots 1.00 s apart do not fit into the 10.0 s of their timeout; make the "
	    "gap shorter, or the timeout longer\n"
	    "f:6:40: 4 shots 1.00 s apart do not fit into the 2.00 s of their window; make the gap "
	    "shorter, or the window longer\n"
	    "f:7:40: 4 shots 1.00 s apart do not fit into the 2.00 s of their timeout; make the "
	    "gap shorter, or the timeout longer\n");
}

/* What a method says of itself is what is checked, whatever it is. */
static void method_limits(void **state)
{
	uint64_t most = method_find("abort-retry")->volley_max;
	char text[512], lines[512];

	(void)state;
	assert_true(most > 0);
	snprintf(text, sizeof(text),
		 HEAD "shots:\n  - {methods: [abort-retry], counts: [%ju]}\n"
		      "  - {methods: [abort-retry], counts: [%ju], every: 2}\n",
		 (uintmax_t)most, (uintmax_t)most + 1);
	campaign_free(good(text));
	snprintf(text, sizeof(text), HEAD "shots: [{methods: [abort-retry], counts: [%ju]}]\n",
		 (uintmax_t)most + 1);
	snprintf(lines, sizeof(lines),
		 "f:3:43: %ju times abort-retry, one after the other, would starve the guest; add "
		 "'every: 2' or more, or ask for at most %ju\n",
		 (uintmax_t)most + 1, (uintmax_t)most);
	bad(text, lines);
}

static void method_places(void **state)
{
	(void)state;
	bad(HEAD "shots:\n"
		 "  - methods: [guest-sea, page-poison]\n"
		 "  - methods: [page-poison]\n"
		 "    places: [0x80000000, any]\n"
		 "  - methods: [page-poison]\n"
		 "    places: [0x80000000, 0x80100000+8K]\n"
		 "    counts: [2, 3]\n",
	    "f:4:26: page-poison needs a place; add one like 'places: [0x80000000]'\n"
	    "f:6:26: page-poison needs a place; add one like 'places: [0x80000000]'\n"
	    "f:8:26: page-poison takes a page for each of 3 shots, which are not in it; make it "
	    "larger, or the count smaller\n");
}

static void method_values(void **state)
{
	const struct method *method = method_find("run-errno");
	char lines[512] = "f:3:66: 'EVIL' is no value of run-errno; there are: ";

	(void)state;
	for (unsigned i = 0; i < METHOD_VALUES_MAX && method->values[i].name; i++)
		sprintf(lines + strlen(lines), "%s%s", i ? ", " : "", method->values[i].name);
	strcat(lines, "\n");
	bad(HEAD "shots: [{methods: [run-errno], vcpus: [any], counts: [1], value: EVIL}]\n",
	    lines);
}

static void method_keys(void **state)
{
	(void)state;
	bad(HEAD "shots:\n  - methods: [page-poison]\n    places: [0x80000000]\n    every: 2\n"
		 "    after: 1\n    probability: 1\n    gap: 1ms\n    delay: 1s\n    window: 1s\n",
	    "f:6:5: page-poison acts at once, 'every' is of no use to it; remove it, or give the "
	    "method shots of its own\n"
	    "f:7:5: page-poison acts at once, 'after' is of no use to it; remove it, or give the "
	    "method shots of its own\n"
	    "f:8:5: page-poison acts at once, 'probability' is of no use to it; remove it, or give "
	    "the method shots of its own\n"
	    "f:9:5: page-poison acts at once, 'gap' is of no use to it; remove it, or give the "
	    "method shots of its own\n"
	    "f:10:5: page-poison acts at once, 'delay' is of no use to it; remove it, or give the "
	    "method shots of its own\n"
	    "f:11:5: page-poison acts at once, 'window' is of no use to it; remove it, or give the "
	    "method shots of its own\n");
}

/* order_check() has the words. */
static void method_orders(void **state)
{
	static const char text[] = HEAD "shots:\n"
					"  - methods: [guest-sea, claim-deny, recovery-fail]\n"
					"    places: [0x80000000]\n"
					"    vcpus: [any, 1]\n";
	struct order order = {.asked = SEA_PRED_GPA,
			      .gpa = 0x80000000,
			      .gpa_len = 4096,
			      .vcpu = SEA_RULE_ANY_VCPU,
			      .probability = 1,
			      .every = 1,
			      .at_most = 1};
	char lines[512], claim[160], failure[160];

	(void)state;
	assert_int_equal(order_check(&order, method_find("claim-deny"), claim), -EINVAL);
	order.asked |= SEA_PRED_VCPU;
	order.vcpu = 1;
	assert_int_equal(order_check(&order, method_find("recovery-fail"), failure), -EINVAL);
	snprintf(lines, sizeof(lines), "f:4:26: %s\nf:4:38: %s\n", claim, failure);
	bad(text, lines);
}

static void budgets(void **state)
{
	static const char text[] = HEAD "budget: 111\n"
					"shots:\n"
					"  - {methods: [run-errno], counts: [1, 10, 100]}\n"
					"  - {methods: [guest-sea]}\n";
	char enough[sizeof(text)];

	(void)state;
	bad(text, "f:3:9: the shots are 112 in all, more than this budget; make it larger, or the "
		  "counts smaller\n");
	strcpy(enough, text);
	*strstr(enough, "111\n") = '9';
	campaign_free(good(enough));
}

/* However they were found, they are said in the order of the file, and not more than 20. */
static void many(void **state)
{
	char text[2048] = HEAD "shots:\n", *said, *line;
	size_t used = strlen(text), lines = 0;
	int exit_code;

	(void)state;
	for (unsigned i = 0; i < 12; i++)
		used += sprintf(text + used, "  - {methods: [m], gap: x, hue: 1}\n");
	assert_null(parse_len(text, used, &said, &exit_code));
	assert_int_equal(exit_code, EXIT_USAGE);
	for (line = said; (line = strchr(line, '\n')); line++)
		lines++;
	assert_int_equal(lines, 21);
	assert_memory_equal(said, "f:4:16: unknown method 'm'", 26);
	assert_non_null(strstr(said, "\nf:4:25: gap: 'x'"));
	assert_non_null(strstr(said, "\nf:4:28: unknown key 'hue'"));
	assert_non_null(strstr(said, "\nf:10:25: 16 more mistakes from here on; correct these "
				     "first\n"));
	free(said);
}

/* --- hostile files ---------------------------------------------------------------------------- */

static char *repeated(const char *begin, const char *what, size_t n)
{
	size_t len = strlen(begin), one = strlen(what);
	char *text = malloc(len + n * one + 1);

	assert_non_null(text);
	strcpy(text, begin);
	for (size_t i = 0; i < n; i++)
		memcpy(text + len + i * one, what, one);
	text[len + n * one] = '\0';
	return text;
}

static void too_much(void **state)
{
	static const struct {
		const char *begin, *what;
		size_t n;
		const char *lines;
	} cases[] = {
		{"", "#", (1 << 20) + 1, "f:1:1: more than 1048576 bytes; that is no campaign\n"},
		{"", "[", 500000,
		 "f:1:9: a value in more than 8 others; no key of a campaign is so deep\n"},
		{"", "- ", 500000,
		 "f:1:17: a value in more than 8 others; no key of a campaign is so deep\n"},
		{"", "? ", 500000,
		 "f:1:3: a mapping as a key; a key is a word with a colon behind it\n"},
		{"a: [", "b,", 500000,
		 "f:1:131073: more than 65536 values; make several files of it\n"},
	};

	(void)state;
	for (size_t i = 0; i < UTIL_COUNT(cases); i++) {
		char *text = repeated(cases[i].begin, cases[i].what, cases[i].n);

		bad(text, cases[i].lines);
		free(text);
	}
}

static void too_many_keys(void **state)
{
	char text[1024] = "stop: {";

	(void)state;
	for (unsigned i = 0; i < 65; i++)
		sprintf(text + strlen(text), "\nk%u: v,", i);
	strcat(text, "}\n");
	bad_len(text, strlen(text),
		"f:66:1: a mapping of more than 64 keys; no campaign has one\n");
}

static void marked_as_utf8(void **state)
{
	(void)state;
	campaign_free(good("\xef\xbb\xbf" SHOTS));
	bad("\xef\xbb\xbf" SHOTS "\xff",
	    "f:4:1: not text: invalid leading UTF-8 octet; write the file in UTF-8\n");
}

/* --- files ------------------------------------------------------------------------------------ */

static void files(void **state)
{
	char root[32], path[64], wanted[128], *said;
	struct campaign *c = NULL;
	struct capture err;

	(void)state;
	log_setup("seainject", 0);
	tree_make(root);
	tree_write(root, SHOTS, strlen(SHOTS), "a.yaml");
	snprintf(path, sizeof(path), "%s/a.yaml", root);
	assert_int_equal(campaign_read(&c, path), EXIT_DONE);
	assert_string_equal(c->path, path);
	campaign_free(c);
	snprintf(path, sizeof(path), "%s/b.yaml", root);
	capture_start(&err, STDERR_FILENO);
	assert_int_equal(campaign_read(&c, path), EXIT_ENVIRONMENT);
	said = capture_end(&err);
	snprintf(wanted, sizeof(wanted), "seainject: read %s: ENOENT\n", path);
	assert_string_equal(said, wanted);
	free(said);
	tree_remove(root);
	campaign_free(NULL);
}

/* Those that come with the source are right. */
static void ready_ones(void **state)
{
	static const char *const names[] = {"smoke", "full", "storm"};
	char path[64];

	(void)state;
	for (size_t i = 0; i < UTIL_COUNT(names); i++) {
		struct campaign *c = NULL;

		snprintf(path, sizeof(path), "tests/campaigns/%s.yaml", names[i]);
		assert_int_equal(campaign_read(&c, path), EXIT_DONE);
		assert_string_equal(c->name, names[i]);
		campaign_free(c);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(defaults),
		cmocka_unit_test(default_order),
		cmocka_unit_test(file_values),
		cmocka_unit_test(probes),
		cmocka_unit_test(shot_values),
		cmocka_unit_test(one_page),
		cmocka_unit_test(values_by_name_and_number),
		cmocka_unit_test(layout_order),
		cmocka_unit_test(ids_are_stable),
		cmocka_unit_test(most_shots),
		cmocka_unit_test(not_yaml),
		cmocka_unit_test(not_taken),
		cmocka_unit_test(shapes),
		cmocka_unit_test(all_at_once),
		cmocka_unit_test(lengths),
		cmocka_unit_test(keys),
		cmocka_unit_test(single_values),
		cmocka_unit_test(targets),
		cmocka_unit_test(bad_probes),
		cmocka_unit_test(matrices),
		cmocka_unit_test(groups),
		cmocka_unit_test(times),
		cmocka_unit_test(method_limits),
		cmocka_unit_test(method_places),
		cmocka_unit_test(method_values),
		cmocka_unit_test(method_keys),
		cmocka_unit_test(method_orders),
		cmocka_unit_test(budgets),
		cmocka_unit_test(many),
		cmocka_unit_test(too_much),
		cmocka_unit_test(too_many_keys),
		cmocka_unit_test(marked_as_utf8),
		cmocka_unit_test(files),
		cmocka_unit_test(ready_ones),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
