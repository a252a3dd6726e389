// SPDX-License-Identifier: GPL-2.0-only
/*
 * Numbers and text of others into words: syndromes, the numbers of error records, durations, times,
 * text made printable. Whatever comes, there are words, and they fit.
 */
#include <stdlib.h>
#include <string.h>

#include "lib/cper.h"
#include "lib/esr.h"
#include "lib/util.h"
#include "sea/esr.h"
#include "tests/fuzz/fuzz.h"

static void check_words(const char *words)
{
	FUZZ_CHECK(words && fuzz_is_clean(words, strlen(words), ""));
}

static void syndrome(struct fuzz_input *in)
{
	uint64_t esr = fuzz_take(in, 8);
	struct esr_info info = esr_decode(esr);

	check_words(info.class);
	check_words(info.fault);
	check_words(esr_set_name(info.set));
	FUZZ_CHECK(info.ec == (esr >> 26 & 0x3f));
	FUZZ_CHECK(!esr_is_sea(esr) || SEA_FSC_IS_SEA(esr));
	FUZZ_CHECK(!info.set || info.fsc == 0x10);
}

static void record(struct fuzz_input *in)
{
	uint32_t value = fuzz_take(in, 4);

	check_words(cper_severity_name(value));
	check_words(cper_notify_name(value));
	check_words(util_errno((int)value));
}

/* What is printed is read back, at most half a unit of its third digit away. */
static void duration(struct fuzz_input *in)
{
	uint64_t ns = fuzz_take(in, 8) >> fuzz_take(in, 1) % 64, again;
	char text[16], tight[16], *to = tight, time[36];

	util_format_ns(text, ns);
	FUZZ_CHECK(ns > 999 * UTIL_NS_PER_S || strlen(text) <= 7, "%s", text);
	for (const char *from = text; *from; from++)
		if (*from != ' ')
			*to++ = *from;
	*to = '\0';
	FUZZ_CHECK(!util_parse_duration(tight, &again) || again == 0 || ns > INT64_MAX, "%s",
		   tight);
	if (ns <= INT64_MAX) {
		uint64_t apart = again > ns ? again - ns : ns - again;

		FUZZ_CHECK(apart <= ns / 100 + UTIL_NS_PER_S * (ns > 999 * UTIL_NS_PER_S), "%s",
			   tight);
	}
	util_rfc3339(time, ns);
	FUZZ_CHECK(strlen(time) == 30, "%s", time);
}

static void text(struct fuzz_input *in)
{
	uint64_t low = fuzz_take(in, 2), high = fuzz_take(in, 4), value = 7;
	size_t size = 1 + fuzz_take(in, 1), len = fuzz_left(in), n;
	char *clean = malloc(size), *dirty = fuzz_text(in, len);

	n = util_clean(clean, size, dirty, len);
	FUZZ_CHECK(n < size && n <= len && !clean[n]);
	FUZZ_CHECK(fuzz_is_clean(clean, n, ""));
	FUZZ_CHECK(!fuzz_is_clean(dirty, len, "") || !memcmp(clean, dirty, n));
	if (util_parse_u64(dirty, low, high, &value))
		FUZZ_CHECK(value == 7, "written after an error");
	else
		FUZZ_CHECK(value >= low && value <= high);
	value = 7;
	if (util_parse_duration(dirty, &value))
		FUZZ_CHECK(value == 7, "written after an error");
	free(clean);
	free(dirty);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input in = {data, data + size};

	switch (fuzz_take(&in, 1) % 4) {
	case 0:
		syndrome(&in);
		break;
	case 1:
		record(&in);
		break;
	case 2:
		duration(&in);
		break;
	default:
		text(&in);
	}
	return 0;
}
