// SPDX-License-Identifier: GPL-2.0-only
/*
 * einj: the platform's firmware is asked, by ACPI's EINJ table, for an uncorrectable error in the memory
 * behind a guest physical address.
 * Source: Documentation/firmware-guide/acpi/apei/einj.rst, drivers/acpi/apei/einj-core.c (einj.c to 6.8).
 */
#include "inject/host.h"
#include "inject/method.h"
#include "inject/pages.h"
#include "lib/privilege.h"
#include "lib/util.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define EINJ      "/sys/kernel/debug/apei/einj/"
#define TABLE     "/sys/firmware/acpi/tables/EINJ"
#define TYPE      0x10 /* memory, uncorrectable, non-fatal (ACPI 6.5, table 18.30) */
#define FLAG_ADDR 0x2  /* the memory address is valid (table 18.32) */

enum { CONSUME = 1, TRIGGER = 0 }; /* what goes into notrigger */

/* Whether a line of available_error_type begins with our type: "0x00000010\tMemory Uncorrectable ...". */
static bool has_type(const char *text)
{
	for (; text; text = strchr(text, '\n')) {
		text += *text == '\n';
		if (!strncmp(text, "0x", 2) && strtoul(text, NULL, 16) == TYPE)
			return true;
	}
	return false;
}

static int check_types(char why[160])
{
	char *text;
	int err = host_read(EINJ "available_error_type", &text);

	if (err) {
		snprintf(why, 160, EINJ ": %s (%s)", util_errno(err),
			 err == -ENOENT ? "modprobe einj; CONFIG_ACPI_APEI_EINJ, debugfs"
					: "lockdown closes debugfs");
		return err;
	}
	if (!has_type(text)) {
		err = -EOPNOTSUPP;
		snprintf(why, 160,
			 "EINJ of this platform offers no uncorrectable memory error (0x%x)", TYPE);
	}
	free(text);
	return err;
}

static int check(char why[160])
{
	int err;

	if (privilege_missing(PRIVILEGE(CAP_SYS_ADMIN))) {
		snprintf(why, 160, "EPERM (debugfs is for root)");
		return -EPERM;
	}
	if (host_has(TABLE) == -ENOENT) {
		snprintf(why, 160, "this platform's firmware has no EINJ table (%s)", TABLE);
		return -ENODEV;
	}
	err = check_types(why);
	if (!err && host_has(EINJ "param1")) {
		err = -EOPNOTSUPP;
		snprintf(why, 160,
			 "EINJ of this platform cannot be told an address (no " EINJ "param1)");
	}
	return err;
}

static void probe(const struct method *method, struct method_state *state)
{
	(void)method;
	state->available = !check(state->why);
	if (state->available)
		snprintf(state->mechanism, sizeof(state->mechanism), "ACPI EINJ, error type 0x%x",
			 TYPE);
}

/* The last write is the shot. */
static int hit(const struct order *order, const struct place *place, bool *harmed, char why[160])
{
	const uint64_t page_size = sysconf(_SC_PAGESIZE);
	const struct {
		const char *file;
		uint64_t value;
	} writes[] = {
		{EINJ "error_type", TYPE},        {EINJ "flags", FLAG_ADDR},
		{EINJ "param1", place->pa},       {EINJ "param2", ~(page_size - 1)},
		{EINJ "notrigger", order->value}, {EINJ "error_inject", 1},
	};

	for (unsigned i = 0; i < UTIL_COUNT(writes); i++) {
		int err = host_write(writes[i].file, writes[i].value);

		if (!err)
			continue;
		/* Who answers the last one with an error may have begun with it. */
		*harmed = i == UTIL_COUNT(writes) - 1;
		snprintf(why, 160, "%s: %s (0x%llx was written)", writes[i].file, util_errno(err),
			 (unsigned long long)writes[i].value);
		return err;
	}
	return 0;
}

static int fire(const struct method *method, struct injector *injector, const struct order *order,
		char why[160])
{
	static const struct pages_shot shot = {.what = JOURNAL_ERROR, .hit = hit};
	int err = check(why);

	return err ? err : pages_fire(method, injector, order, &shot, why);
}

const struct method method_einj = {
	.name = "einj",
	.family = METHOD_FIRMWARE,
	.does = "The firmware is asked by ACPI's EINJ table for an uncorrectable, non-fatal error "
		"in the memory behind a guest physical address. `consume` leaves it there for the "
		"guest to meet; `trigger` makes the host meet it at once.",
	.needs = "Firmware with an EINJ table that offers it, the module einj, debugfs, "
		 "CAP_SYS_ADMIN.",
	.undo = "Nothing takes it back: the error is in memory until it is overwritten, or until "
		"somebody met it and the kernel took the page away, for good. The journal keeps "
		"it for `seainject undo --list`.",
	.note = "It was not run on hardware: no machine at hand has the table; what is written "
		"into the kernel's files was tested on a tree made for that. A real failure: "
		"afterwards the kernel gives no poisoned page back in this boot.",
	.danger = DANGER_GUEST | DANGER_VMM | DANGER_HOST,
	.expected = OUTCOME_BIT(SHOT_GUEST_NOTIFIED) | OUTCOME_BIT(SHOT_APP_KILLED) |
		    OUTCOME_BIT(SHOT_TRANSPARENT),
	.predicates = SEA_PRED_VM | SEA_PRED_GPA,
	.needs_place = true,
	.values = {{"consume", CONSUME}, {"trigger", TRIGGER}},
	.probe = probe,
	.fire = fire,
};
