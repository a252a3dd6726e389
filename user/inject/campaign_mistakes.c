// SPDX-License-Identifier: GPL-2.0-only
/*
 * Mistakes of a file in its order (campaign_mistakes.h).
 */
#include "inject/campaign_mistakes.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "lib/log.h"
#include "lib/near.h"
#include "lib/util.h"

static bool is_before(struct spot a, struct spot b)
{
	return a.line < b.line || (a.line == b.line && a.column < b.column);
}

void mistakes_add(struct mistakes *m, struct spot at, const char *fmt, ...)
{
	unsigned kept = UTIL_MIN(m->n, MISTAKES_MAX), i = kept;
	va_list args;

	m->n++;
	while (i && is_before(at, m->first[i - 1].at))
		i--;
	if (i == MISTAKES_MAX)
		return;
	if (kept == MISTAKES_MAX)
		kept--;
	memmove(&m->first[i + 1], &m->first[i], (kept - i) * sizeof(m->first[0]));
	m->first[i].at = at;
	va_start(args, fmt);
	vsnprintf(m->first[i].text, sizeof(m->first[i].text), fmt, args);
	va_end(args);
}

void mistakes_unknown(struct mistakes *m, struct spot at, const char *what, const char *text,
		      const char *const *words)
{
	const char *nearest = near_word(text, words);
	char quote[MISTAKE_QUOTE], all[256] = "";

	mistakes_quote(quote, text);
	if (nearest) {
		mistakes_add(m, at, "unknown %s %s; did you mean '%s'?", what, quote, nearest);
		return;
	}
	for (size_t used = 0; *words && used < sizeof(all); words++)
		used += snprintf(all + used, sizeof(all) - used, "%s%s", used ? ", " : "", *words);
	mistakes_add(m, at, "unknown %s %s; there are: %s", what, quote, all);
}

void mistakes_print(const struct mistakes *m, const char *file)
{
	const struct mistake *last = &m->first[MISTAKES_MAX - 1];

	for (unsigned i = 0; i < m->n && i < MISTAKES_MAX; i++)
		log_at(file, m->first[i].at.line, m->first[i].at.column, "%s", m->first[i].text);
	if (m->n > MISTAKES_MAX)
		log_at(file, last->at.line, last->at.column,
		       "%u more mistakes from here on; correct these first", m->n - MISTAKES_MAX);
}

const char *mistakes_quote(char buf[MISTAKE_QUOTE], const char *text)
{
	char clean[MISTAKE_QUOTE - sizeof("''...") + 1];
	size_t len = strlen(text);
	size_t used = util_clean(clean, sizeof(clean), text, len);

	snprintf(buf, MISTAKE_QUOTE, "'%s%s'", clean, used < len ? "..." : "");
	return buf;
}
