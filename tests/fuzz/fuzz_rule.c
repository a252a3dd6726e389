// SPDX-License-Identifier: GPL-2.0-only
/*
 * Injection rules and calls, any of them: what sea/rule.h, which the BPF programs run, says of them is
 * what a restatement says that goes about it another way: bit by bit, in wider numbers, by words.
 *
 * An input is a rule and then calls, with the number of the match.
 */
#include <stdbool.h>
#include <string.h>

#include <sea/rule.h>

#include "lib/esr.h"
#include "tests/fuzz/fuzz.h"

/* --- the same, said otherwise ----------------------------------------------------------------- */

static bool is_within(uint64_t value, uint64_t first, uint64_t last)
{
	return first <= last && value - first <= last - first;
}

/* Of a group of kinds: nothing is asked, or one of those that are is there. */
static bool group_agrees(uint32_t asked, uint32_t has, unsigned from, unsigned to)
{
	bool any = true;

	for (unsigned bit = from; bit < to; bit++)
		any = any && !(asked >> bit & 1);
	for (unsigned bit = from; bit < to; bit++)
		any = any || (asked >> bit & has >> bit & 1);
	return any;
}

static bool is_theirs(const struct sea_rule *rule, const struct sea_call *call)
{
	if (rule->vcpu != 0xffffffff && rule->vcpu != call->vcpu)
		return false;
	return is_within(call->addr, rule->first, rule->last) &&
	       group_agrees(rule->kinds, call->kinds, 0, 3) &&
	       group_agrees(rule->kinds, call->kinds, 3, 8);
}

static uint64_t times(uint64_t a, uint64_t b)
{
	uint64_t product = 0;

	for (unsigned bit = 0; bit < 64; bit++)
		product += b >> bit & 1 ? a << bit : 0;
	return product;
}

/* Java's SplittableRandom.mix64(), which is written out with as many words. */
static uint64_t mix64(uint64_t z)
{
	z ^= z >> 30;
	z = times(z, 0xbf58476d1ce4e5b9);
	z ^= z >> 27;
	z = times(z, 0x94d049bb133111eb);
	z ^= z >> 31;
	return z;
}

static bool is_drawn(const struct sea_rule *rule, uint32_t vcpu, uint64_t k)
{
	uint64_t stream = rule->id;

	stream = (stream << 32) + vcpu;
	return rule->threshold == UINT64_MAX ||
	       mix64(mix64(rule->seed ^ stream) + k) < rule->threshold;
}

/* k is after + 1 + i * every for some i. */
static bool is_in_turn(const struct sea_rule *rule, uint64_t k)
{
	__int128 beyond = (__int128)k - rule->after - 1;

	return beyond >= 0 && beyond % rule->every == 0;
}

static uint32_t kinds_by_words(uint64_t esr)
{
	static const struct {
		const char *begins;
		uint32_t kind;
	} words[] = {
		{"translation", 1 << 3},    {"access flag", 1 << 4},   {"permission", 1 << 5},
		{"external abort", 1 << 6}, {"parity or ECC", 1 << 6},
	};
	struct esr_info info = esr_decode(esr);
	uint32_t access = info.ec == 0x20 ? 1 << 2 : info.wnr ? 1 << 1 : 1 << 0;

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (!strncmp(info.fault, words[i].begins, strlen(words[i].begins)))
			return access | words[i].kind;
	return access | 1 << 7;
}

/* --- one input -------------------------------------------------------------------------------- */

static void take_rule(struct fuzz_input *in, struct sea_rule *rule)
{
	*rule = (struct sea_rule){
		.id = fuzz_take(in, 4),
		.vcpu = fuzz_take(in, 1) & 1 ? SEA_RULE_ANY_VCPU : fuzz_take(in, 4),
		.first = fuzz_take(in, 8),
		.last = fuzz_take(in, 8),
		.seed = fuzz_take(in, 8),
		.threshold = fuzz_take(in, 1) & 1 ? UINT64_MAX : fuzz_take(in, 8),
		.after = fuzz_take(in, fuzz_take(in, 1) % 9),
		.every = fuzz_take(in, fuzz_take(in, 1) % 9),
		.kinds = fuzz_take(in, 2),
	};
	if (!rule->every) /* order_check() lets no such rule by */
		rule->every = 1;
}

/* Aborts as KVM has them: of a guest, so from a lower exception level. */
static void check_kinds(uint64_t esr)
{
	uint64_t lower = (esr & ~(0x3fULL << 26)) | (esr >> 32 & 1 ? 0x20ULL : 0x24ULL) << 26;

	FUZZ_CHECK(sea_rule_kinds(lower) == kinds_by_words(lower), "0x%lx: 0x%x, not 0x%x", lower,
		   sea_rule_kinds(lower), kinds_by_words(lower));
}

static void check_call(struct fuzz_input *in, const struct sea_rule *rule)
{
	uint64_t esr = fuzz_take(in, 8), k = fuzz_take(in, 8);
	struct sea_call call = {
		.vcpu = fuzz_take(in, 1) & 1 ? rule->vcpu : fuzz_take(in, 4),
		.kinds = sea_rule_kinds(esr),
		/* near the ends of the range, or anywhere */
		.addr = (fuzz_take(in, 1) & 1 ? rule->last : rule->first) +
			(int8_t)fuzz_take(in, 1),
	};

	if (fuzz_take(in, 1) & 1)
		call.addr = fuzz_take(in, 8);
	check_kinds(esr);
	FUZZ_CHECK(!!sea_rule_matches(rule, &call) == is_theirs(rule, &call));
	FUZZ_CHECK(!!sea_rule_chooses(rule, call.vcpu, k) ==
		   (is_in_turn(rule, k) && is_drawn(rule, call.vcpu, k)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input in = {data, data + size};
	struct sea_rule rule;

	take_rule(&in, &rule);
	do
		check_call(&in, &rule);
	while (fuzz_left(&in));
	return 0;
}
