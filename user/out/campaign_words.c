// SPDX-License-Identifier: GPL-2.0-only
/*
 * Words for shots, and lines for words.
 * Must not: judge.
 */
#include "out/campaign_words.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "lib/util.h"
#include "out/out_text.h"

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

char *campaign_words_what(const struct result_key *key, char buf[CAMPAIGN_WORDS_WHAT])
{
	char method[32], place[80], value[32], again[16] = "";

	clean(method, sizeof(method), key->method);
	clean(place, sizeof(place), key->place);
	clean(value, sizeof(value), key->value);
	if (key->same_before)
		snprintf(again, sizeof(again), " (%u)", key->same_before + 1);
	snprintf(buf, CAMPAIGN_WORDS_WHAT, "%s%s%s %s x%" PRIu64 "%s", method, *value ? " " : "",
		 value, place, key->wanted, again);
	return buf;
}

char *campaign_words_shot(const struct shot_result *shot, char buf[CAMPAIGN_WORDS_WHAT])
{
	const struct campaign_result alone = {.shots = shot, .n_shots = 1};
	struct result_key key = result_key(&alone, 0);

	return campaign_words_what(&key, buf);
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

#define COLUMNS_MIN 40u

unsigned campaign_words_columns(const struct out *out)
{
	return UTIL_MAX(out->columns, COLUMNS_MIN) - 1;
}

void campaign_words_wrap(const struct out *out, const char *prefix, unsigned indent,
			 const char *text)
{
	unsigned columns = campaign_words_columns(out) - indent - strlen(prefix);

	for (;;) {
		size_t bytes = out_wrap(text, columns);

		fprintf(out->file, "%.*s\n", (int)bytes, text);
		text += bytes + strspn(text + bytes, " ");
		if (!*text)
			return;
		fprintf(out->file, "%s%*s", prefix, (int)indent, "");
	}
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
