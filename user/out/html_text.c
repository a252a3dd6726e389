// SPDX-License-Identifier: GPL-2.0-only
/*
 * Text, numbers and times as HTML.
 * Must not: trust a text.
 */
#include <inttypes.h>
#include <string.h>

#include "lib/util.h"
#include "lib/xml.h"
#include "out/html_int.h"

void html_name(FILE *file, const char *name)
{
	fputs("<bdi class=\"vm\">", file);
	xml_text(file, name);
	fputs("</bdi>", file);
}

char *html_ns(char buf[HTML_NS], uint64_t ns)
{
	char text[16], *unit;

	util_format_ns(text, ns);
	unit = strchr(text, ' ');
	*unit++ = '\0';
	snprintf(buf, HTML_NS, "%s\u00a0%s", text, strcmp(unit, "us") ? unit : "µs");
	return buf;
}

void html_duration(FILE *file, uint64_t ns)
{
	char text[HTML_NS];

	fprintf(file, "<data value=\"%" PRIu64 "\" title=\"%" PRIu64 " ns\">%s</data>", ns, ns,
		html_ns(text, ns));
}

void html_time(const struct out *out, uint64_t mono_ns)
{
	char text[36];

	util_rfc3339(text, mono_ns + out->clock_offset_ns);
	/* 2026-11-23T00:13:50.123456789Z: to the microsecond, as the lines of text have it */
	fprintf(out->file, "<time datetime=\"%s\">%.10s\u00a0%.15s</time>", text, text, text + 11);
}
