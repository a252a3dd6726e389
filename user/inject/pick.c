// SPDX-License-Identifier: GPL-2.0-only
/*
 * A text against names, UUIDs and process ids.
 * Must not: choose among several.
 */
#include "inject/pick.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "lib/util.h"

#define WHY 160

/* "vm-a", and "vm-a#2", which is how the table calls the second one of that name. */
static bool is_called(const struct vm *vm, const char *text)
{
	size_t len = strlen(text);

	if (strncmp(vm->name, text, len))
		return false;
	if (!vm->name[len])
		return true;
	return vm->name[len] == '#' && vm->name[len + 1] &&
	       !vm->name[len + 1 + strspn(vm->name + len + 1, "0123456789")];
}

static bool is_meant(const struct vm *vm, const char *text)
{
	uint64_t tgid;

	if (vm->gone)
		return false;
	if (vm->named && is_called(vm, text))
		return true;
	if (*vm->uuid && !strcasecmp(vm->uuid, text))
		return true;
	return !util_parse_u64(text, 1, UINT32_MAX, &tgid) && tgid == vm->tgid;
}

static void __attribute__((format(printf, 2, 3))) say(char why[WHY], const char *format, ...)
{
	size_t len = strlen(why);
	va_list args;

	va_start(args, format);
	vsnprintf(why + len, WHY - len, format, args);
	va_end(args);
}

static void list(char why[WHY], const struct vm *vm)
{
	say(why, "%s%s (process %" PRIu32 ")", *why ? ", " : "", vm->name, vm->tgid);
}

static void list_all(const struct vmtab *vms, char why[WHY])
{
	for (struct vm *vm = vmtab_each(vms, NULL); vm; vm = vmtab_each(vms, vm))
		if (!vm->gone)
			list(why, vm);
	if (!*why)
		say(why, "none runs");
}

int pick_vm(const struct vmtab *vms, const char *text, struct vm **out, char why[WHY])
{
	struct vm *found = NULL;
	bool several = false;

	*why = '\0';
	for (struct vm *vm = vmtab_each(vms, NULL); vm; vm = vmtab_each(vms, vm)) {
		if (!is_meant(vm, text) || (found && vm->tgid == found->tgid))
			continue;
		several |= found != NULL;
		found = found ? found : vm;
		list(why, vm);
	}
	if (several)
		return -ENOTUNIQ;
	if (found) {
		*out = found;
		return 0;
	}
	list_all(vms, why);
	return -ENOENT;
}
