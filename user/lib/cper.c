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

const char *const cper_severities[4] = {"recoverable", "fatal", "corrected", "info"};

const char *const cper_sections[3] = {
	[SEA_SECTION_OTHER] = "other",
	[SEA_SECTION_MEMORY] = "memory",
	[SEA_SECTION_ARM] = "arm-processor",
};

const char *const cper_memory_types[16] = {
	"unknown",
	"no-error",
	"single-bit-ecc",
	"multi-bit-ecc",
	"single-symbol-chipkill-ecc",
	"multi-symbol-chipkill-ecc",
	"master-abort",
	"target-abort",
	"parity",
	"watchdog-timeout",
	"invalid-address",
	"mirror-broken",
	"memory-sparing",
	"scrub-corrected",
	"scrub-uncorrected",
	"map-out",
};

const char *const cper_processor_types[17] = {
	[0] = "cache",
	[1] = "tlb",
	[2] = "cache",
	[3] = "micro-architectural",
	[4] = "tlb",
	[8] = "bus",
	[16] = "micro-architectural",
};

const char *const cper_processor_flags[16] = {
	NULL,
	"first",
	"last",
	"first+last",
	"propagated",
	"first+propagated",
	"last+propagated",
	"first+last+propagated",
	"overflow",
	"first+overflow",
	"last+overflow",
	"first+last+overflow",
	"propagated+overflow",
	"first+propagated+overflow",
	"last+propagated+overflow",
	"first+last+propagated+overflow",
};

const char *cper_severity_name(unsigned severity)
{
	return name_of(cper_severities, UTIL_COUNT(cper_severities), severity);
}

const char *cper_notify_name(unsigned notify)
{
	static const char *const names[] = {
		"polled", "irq",  "local-irq", "sci", "nmi",  "cmci",
		"mce",    "gpio", "sea",       "sei", "gsiv", "sdei",
	};

	return name_of(names, UTIL_COUNT(names), notify);
}
