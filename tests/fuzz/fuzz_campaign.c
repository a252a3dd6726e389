// SPDX-License-Identifier: GPL-2.0-only
/*
 * Campaign files: whatever the text, there is a campaign within its bounds that can be laid out again, and
 * shown; or lines that say what is wrong, each with a place in the text, in its order.
 */
#include <ctype.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "user/seainject_matrix.c"

#include "inject/campaign.h"
#include "inject/campaign_layout.h"
#include "inject/campaign_mistakes.h"
#include "lib/exit.h"
#include "tests/fuzz/fuzz.h"

/* --- inputs: most texts are not YAML, so words are exchanged rather than bytes ------------------ */

/* clang-format off */
static const char *const words[] = {
	"name", "unsafe", "seed", "budget", "hugetlb-max", "dead-man", "warm-up", "stop", "probe", "targets",
	"shots", "failures", "host-affected", "command", "timeout", "vm", "methods", "places",
	"vcpus", "counts", "kinds", "value", "every", "after", "probability", "gap", "delay",
	"window", "expect", "if-available", "settle", "pfn-hwpoison", "guest-sea", "abort-errno",
	"abort-retry", "claim-deny", "recovery-fail", "run-errno", "page-poison", "einj", "any",
	"0x80000000", "0x80000000+64K", "write", "external", "transparent", "guest-notified",
	"lost", "EFAULT", "-14", "true", "false", "0", "1", "512", "0.5", "1000000000",
	"18446744073709551615", "10ms", "2s", "24h", "{vm}", "{VM}", "''", "[]", "{}", "[", "]",
	"{", "}", ":", ",", "- ", "? ", "&a ", "*a", "!!str ", "---\n", "|\n", "\n", "  ",
	"\"\\0\"", "\xc3\xa9", "#",
};
/* clang-format on */

static size_t replace(uint8_t *data, size_t size, size_t max, size_t at, size_t len, const char *by)
{
	size_t by_len = strlen(by);

	if (size - len + by_len > max)
		return size;
	memmove(data + at + by_len, data + at + len, size - at - len);
	memcpy(data + at, by, by_len);
	return size - len + by_len;
}

/* The word around a byte, or nothing at it, gives way to another word. */
static size_t exchange(uint8_t *data, size_t size, size_t max, unsigned seed)
{
	size_t at = seed % (size + 1), end = at;

	if (seed >> 16 & 1) {
		while (at && !isspace(data[at - 1]) && !strchr("[]{},:", data[at - 1]))
			at--;
		while (end < size && !isspace(data[end]) && !strchr("[]{},:", data[end]))
			end++;
	}
	return replace(data, size, max, at, end - at, words[(seed >> 17) % UTIL_COUNT(words)]);
}

/* The line around a byte once more, or no more. */
static size_t change_line(uint8_t *data, size_t size, size_t max, unsigned seed)
{
	size_t at = seed % (size + 1), end = at;
	char *line;

	while (at && data[at - 1] != '\n')
		at--;
	while (end < size && data[end] != '\n')
		end++;
	end += end < size;
	line = strndup((char *)data + at, end - at);
	FUZZ_CHECK(line);
	size = seed >> 16 & 1 ? replace(data, size, max, at, end - at, "")
			      : replace(data, size, max, end, 0, line);
	free(line);
	return size;
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max, unsigned seed)
{
	switch (seed >> 28 & 3) {
	case 0:
		return LLVMFuzzerMutate(data, size, max);
	case 1:
		return change_line(data, size, max, seed);
	default:
		return exchange(data, size, max, seed);
	}
}

/* --- what must hold --------------------------------------------------------------------------- */

static void check_text(const char *text)
{
	FUZZ_CHECK(*text && fuzz_is_clean(text, strlen(text), ""), "%s", text);
}

static void check_order(const struct campaign_shot *shot, unsigned i)
{
	const struct order *order = &shot->order;
	char why[160];

	FUZZ_CHECK(order->id == i + 1);
	FUZZ_CHECK(!order_check(order, shot->method, why), "%s", why);
	FUZZ_CHECK(order->at_most >= 1 && order->at_most <= 1000000000 && order->every >= 1);
	FUZZ_CHECK(order->probability > 0 && order->probability <= 1);
	FUZZ_CHECK(order->vcpu < SEA_RULE_VCPUS || order->vcpu == SEA_RULE_ANY_VCPU);
	FUZZ_CHECK(!order->tgid && !order->start_ticks && !order->dry_run);
	if (order->asked & SEA_PRED_GPA)
		FUZZ_CHECK(order->gpa_len && order->gpa + order->gpa_len - 1 < 1ULL << 52);
	FUZZ_CHECK(order->delay_ns < shot->timeout_ns);
}

static uint64_t check_shots(const struct campaign *c)
{
	uint64_t asked = 0;

	FUZZ_CHECK(c->n_shots && c->n_shots <= LAYOUT_SHOTS_MAX, "%u", c->n_shots);
	for (unsigned i = 0; i < c->n_shots; i++) {
		const struct campaign_shot *shot = &c->shots[i];

		FUZZ_CHECK(shot->target < c->n_targets && shot->line);
		FUZZ_CHECK(!(shot->expected & OUTCOME_BIT(SHOT_LOST)));
		check_text(shot->place);
		check_order(shot, i);
		asked += shot->order.at_most;
	}
	return asked;
}

static void check_campaign(const struct campaign *c)
{
	check_text(c->name);
	FUZZ_CHECK(c->n_targets);
	for (unsigned i = 0; i < c->n_targets; i++) {
		check_text(c->targets[i].vm);
		FUZZ_CHECK(c->targets[i].line);
		FUZZ_CHECK(!c->targets[i].probe.command ||
			   (*c->targets[i].probe.command[0] && c->targets[i].probe.timeout_ns));
	}
	FUZZ_CHECK(c->dead_man_ns >= 100 * UTIL_NS_PER_MS);
	FUZZ_CHECK(check_shots(c) <= c->budget);
}

static void check_shown(const struct campaign *c)
{
	size_t text_len, json_len;
	char *text, *json;
	FILE *file = open_memstream(&text, &text_len);
	json_error_t error;
	json_t *line;

	FUZZ_CHECK(!matrix_text(file, c));
	fclose(file);
	FUZZ_CHECK(fuzz_is_clean(text, text_len, "\n"), "%s", text);
	file = open_memstream(&json, &json_len);
	FUZZ_CHECK(!matrix_json(file, c));
	fclose(file);
	line = json_loadb(json, json_len, JSON_REJECT_DUPLICATES, &error);
	FUZZ_CHECK(line, "%s", error.text);
	FUZZ_CHECK(json_array_size(json_object_get(line, "shots")) == c->n_shots);
	json_decref(line);
	free(text);
	free(json);
}

/* "fuzz:LINE:COLUMN: words", line by line, in order. libcyaml must not have found what we did not. */
static void check_said(char *said, unsigned lines_in_text)
{
	unsigned line = 0, column = 0, n = 0;

	for (char *at = said, *end; *at; at = end + 1, n++) {
		unsigned at_line, at_column;
		int words_at = 0;

		end = strchr(at, '\n');
		FUZZ_CHECK(end, "half a line: %s", at);
		FUZZ_CHECK(sscanf(at, "fuzz:%u:%u: %n", &at_line, &at_column, &words_at) == 2, "%s",
			   at);
		FUZZ_CHECK(strncmp(at + words_at, "libcyaml:", 9), "%s", at);
		FUZZ_CHECK(at_line && at_column && at_line <= lines_in_text, "%s", at);
		FUZZ_CHECK(at_line > line || (at_line == line && at_column >= column),
			   "not in order: %s", said);
		line = at_line;
		column = at_column;
		for (; at < end; at++)
			FUZZ_CHECK(!iscntrl((unsigned char)*at), "%s", said);
	}
	FUZZ_CHECK(n >= 1 && n <= MISTAKES_MAX + 1, "%u lines", n);
}

/* As libyaml counts: also by CR, NEL, LS and PS. */
static unsigned lines_of(const uint8_t *data, size_t size)
{
	unsigned lines = 2; /* one that has not ended, and the one after it */

	for (size_t i = 0; i < size; i++)
		lines += data[i] == '\n' || data[i] == '\r' || data[i] == 0x85 || data[i] == 0xa8 ||
			 data[i] == 0xa9;
	return lines;
}

static struct campaign *parse(const char *text, size_t size, struct fuzz_said *said)
{
	struct campaign *c = NULL;
	int exit_code;

	fuzz_catch(said);
	exit_code = campaign_parse(&c, "fuzz", text, size);
	fuzz_caught(said);
	FUZZ_CHECK(exit_code == (c ? EXIT_DONE : EXIT_USAGE), "%d: %s", exit_code, said->err);
	FUZZ_CHECK(!said->out_len && !c == !!said->err_len, "%s", said->err);
	return c;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input in = {data, data + size};
	char *text = fuzz_text(&in, size);
	struct fuzz_said said;
	struct campaign *c = parse(text, size, &said);

	if (c) {
		check_campaign(c);
		check_shown(c);
	} else {
		check_said(said.err, lines_of(data, size));
	}
	campaign_free(c);
	fuzz_drop(&said);
	free(text);
	return 0;
}
