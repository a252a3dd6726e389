// SPDX-License-Identifier: GPL-2.0-only
/*
 * Words for shots.
 * Must not: lay out a line; judge.
 */
#include "out/campaign_words.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "lib/util.h"

/* Places come from a file, names from other processes. */
static void clean(char *to, size_t size, const char *text)
{
	util_clean(to, size, text, strlen(text));
}

char *campaign_words_name(const char *name, char buf[CAMPAIGN_WORDS_NAME])
{
	clean(buf, CAMPAIGN_WORDS_NAME, name);
	return buf;
}

char *campaign_words_what(const struct shot_result *shot, unsigned same_before,
			  char buf[CAMPAIGN_WORDS_WHAT])
{
	char place[80], value[32] = "", again[16] = "";

	clean(place, sizeof(place), shot->place);
	if (shot->value)
		clean(value, sizeof(value), shot->value);
	if (same_before)
		snprintf(again, sizeof(again), " (%u)", same_before + 1);
	snprintf(buf, CAMPAIGN_WORDS_WHAT, "%.32s%s%s %s x%" PRIu64 "%s", shot->method,
		 *value ? " " : "", value, place, shot->wanted, again);
	return buf;
}

static size_t list(unsigned expected, char *buf)
{
	size_t len = 0;

	for (int o = 0; o < SHOT_MAX; o++)
		if (expected & OUTCOME_BIT(o))
			len += sprintf(buf + len, "%s%s", len ? " or " : "", shot_outcomes[o]);
	return len;
}

char *campaign_words_became(const struct shot_result *shot, char buf[CAMPAIGN_WORDS_BECAME])
{
	size_t len;

	*buf = '\0';
	if (!result_has_outcome(shot))
		return buf;
	len = sprintf(buf, "%s", shot_outcomes[shot->outcome]);
	if (!(shot->expected & OUTCOME_BIT(shot->outcome))) {
		len += sprintf(buf + len, ", expected ");
		len += list(shot->expected, buf + len);
	}
	if (shot->fired != shot->wanted && shot->outcome != SHOT_NOT_ACTIVATED)
		sprintf(buf + len, ", %" PRIu64 " of %" PRIu64 " shots", shot->fired, shot->wanted);
	return buf;
}

const char *campaign_words_style(enum verdict verdict)
{
	static const char *const styles[VERDICT_MAX] = {
		[VERDICT_FAIL] = "\033[1;31m",      [VERDICT_PASS] = "\033[32m",
		[VERDICT_UNAVAILABLE] = "\033[33m", [VERDICT_DRY] = "\033[36m",
		[VERDICT_SKIPPED] = "\033[33m",
	};

	return styles[verdict];
}
