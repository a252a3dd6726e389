// SPDX-License-Identifier: GPL-2.0-only
/*
 * The registry of methods, out of methods.def, and what can be asked of any of them.
 * Must not: know any single method.
 */
#include "inject/method.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lib/util.h"

const char *const method_families[] = {
	[METHOD_OVERRIDE] = "override",
	[METHOD_POISON] = "poison",
	[METHOD_FIRMWARE] = "firmware",
};

static const struct method *const methods[] = {
#define SEA_METHOD(stem) &method_##stem,
#include "inject/methods.def"
#undef SEA_METHOD
};

static const unsigned target_predicates[SEA_TARGET_ID_MAX] = {
#define SEA_TARGET(stem, id, predicates, help) [id] = (predicates),
#include <sea/targets.def>
#undef SEA_TARGET
};

const struct method *method_at(unsigned i)
{
	return i < UTIL_COUNT(methods) ? methods[i] : NULL;
}

const struct method *method_find(const char *name)
{
	for (unsigned i = 0; i < UTIL_COUNT(methods); i++)
		if (!strcmp(methods[i]->name, name))
			return methods[i];
	return NULL;
}

/* People say where by a guest physical address; what that is for the target is looked up. */
unsigned method_predicates(const struct method *method)
{
	const unsigned translated = SEA_PRED_HVA | SEA_PRED_PFN;
	unsigned has = method->predicates;

	if (method->family == METHOD_OVERRIDE)
		has = target_predicates[method->target];
	return has & translated ? (has & ~translated) | SEA_PRED_VM | SEA_PRED_GPA : has;
}

/* All values are, or would be, numbers of 64 bits: 0x7ff0000000000001 as well as -14. */
static bool is_number(const char *text, int64_t value)
{
	char *end;
	long long number;

	errno = 0;
	number = strtoll(text, &end, 0);
	return *text && !*end && !errno && number == value;
}

int method_value(const struct method *method, const char *text, int64_t *value)
{
	for (unsigned i = 0; i < METHOD_VALUES_MAX && method->values[i].name; i++) {
		const struct method_value *known = &method->values[i];

		if (strcmp(text, known->name) && !is_number(text, known->value))
			continue;
		*value = known->value;
		return 0;
	}
	return -EINVAL;
}

const char *method_dangers(const struct method *method, char text[32])
{
	static const struct {
		unsigned danger;
		const char *name;
	} dangers[] = {{DANGER_GUEST, "guest"}, {DANGER_VMM, "VMM"}, {DANGER_HOST, "host"}};

	*text = '\0';
	for (unsigned i = 0; i < UTIL_COUNT(dangers); i++) {
		if (!(method->danger & dangers[i].danger))
			continue;
		if (*text)
			strcat(text, ", ");
		strcat(text, dangers[i].name);
	}
	return text;
}
