/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Names of a firmware error record's numbers (cper.h).
 */
#include "lib/cper.h"

#include "lib/util.h"

#include <sea/mark.h>

static const char *name_of(const char *const *names, size_t count, unsigned value)
{
	return value < count ? names[value] : "unknown";
}

const char *cper_severity_name(unsigned severity)
{
	static const char *const names[] = {"recoverable", "fatal", "corrected", "info"};

	return name_of(names, UTIL_COUNT(names), severity);
}

const char *cper_notify_name(unsigned notify)
{
	static const char *const names[] = {
		"polled", "irq",  "local-irq", "sci", "nmi",  "cmci",
		"mce",    "gpio", "sea",       "sei", "gsiv", "sdei",
	};

	return name_of(names, UTIL_COUNT(names), notify);
}

const char *cper_section_name(unsigned kind)
{
	static const char *const names[] = {
		[SEA_SECTION_OTHER] = "other",
		[SEA_SECTION_MEMORY] = "memory",
		[SEA_SECTION_ARM] = "arm",
	};

	return name_of(names, UTIL_COUNT(names), kind);
}
