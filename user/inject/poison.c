// SPDX-License-Identifier: GPL-2.0-only
/*
 * memory_failure() and unpoison_memory() by the files that lead there (poison.h). What they answer is not
 * taken for what they did: a frame's flags are looked at.
 */
#include "inject/poison.h"

#include "inject/host.h"
#include "inject/place.h"
#include "lib/privilege.h"
#include "lib/util.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#define UNPOISON "/sys/kernel/debug/hwpoison/unpoison-pfn"
#define PANIC    "/proc/sys/vm/panic_on_unrecoverable_memory_failure"

static const char *const files[POISON_WAYS] = {
	[POISON_OFFLINE] = "/sys/devices/system/memory/hard_offline_page",
	[POISON_INJECT] = "/sys/kernel/debug/hwpoison/corrupt-pfn",
};

const char *const poison_ways[POISON_WAYS] = {
	[POISON_OFFLINE] = "hard_offline_page",
	[POISON_INJECT] = "hwpoison-inject",
};

static const char *what_helps(enum poison_way way, int err)
{
	if (err != -ENOENT)
		return "it needs CAP_SYS_ADMIN; lockdown closes debugfs";
	return way == POISON_INJECT ? "modprobe hwpoison-inject; CONFIG_HWPOISON_INJECT, debugfs"
				    : "CONFIG_MEMORY_FAILURE, CONFIG_MEMORY_HOTPLUG";
}

int poison_has(enum poison_way way, char why[160])
{
	int err = host_has(files[way]);

	if (privilege_missing(PRIVILEGE(CAP_SYS_ADMIN))) {
		snprintf(why, 160, "EPERM (the kernel wants CAP_SYS_ADMIN for it: run as root)");
		return -EPERM;
	}
	if (host_number(PANIC) > 0) {
		snprintf(why, 160,
			 "this host is set to panic when a page cannot be taken away (sysctl "
			 "vm.panic_on_unrecoverable_memory_failure=0)");
		return -EBUSY;
	}
	if (err)
		snprintf(why, 160, "%s: %s (%s)", files[way], util_errno(err),
			 what_helps(way, err));
	return err;
}

int poison_is(uint64_t pfn)
{
	char root[PATH_MAX];
	struct place place;
	int err = place_frame(host_path(root, "/proc"), pfn, &place);

	return err ? err : place.poisoned;
}

int poison_frame(enum poison_way way, uint64_t pfn, bool *poisoned, char why[160])
{
	uint64_t page_size = sysconf(_SC_PAGESIZE);
	int err, is;

	*poisoned = false;
	err = poison_has(way, why);
	if (err)
		return err;
	err = host_write(files[way], way == POISON_OFFLINE ? pfn * page_size : pfn);
	is = poison_is(pfn);
	*poisoned = is != 0; /* who cannot look has to expect it */
	if (!err && is == 1)
		return 0;
	if (!err)
		err = is < 0 ? is : -EIO;
	snprintf(why, 160, "frame 0x%llx by %s: %s (%s)", (unsigned long long)pfn, poison_ways[way],
		 util_errno(err),
		 is == 1  ? "marked as poisoned, but the kernel could not take it away"
		 : is < 0 ? "its flags cannot be read"
			  : "the kernel left it as it was");
	return err;
}

static const char *why_kept(int err)
{
	switch (err) {
	case -ENOENT:
		return "modprobe hwpoison-inject, then undo again";
	case -EPERM:
		return "it needs CAP_SYS_ADMIN; lockdown closes debugfs";
	case -EOPNOTSUPP:
		return "the kernel gives no page back after a real memory failure in this boot";
	case -EBUSY:
		return "somebody still has the page: undo again when the VM has ended";
	}
	return "the kernel keeps it";
}

int poison_undo(uint64_t pfn, char why[160])
{
	int err, is = poison_is(pfn);

	if (!is)
		return 0;
	err = host_write(UNPOISON, pfn);
	if (!poison_is(pfn))
		return 0;
	if (!err) /* up to 5.15 it answers 0 to whatever it did */
		err = -EBUSY;
	snprintf(why, 160, "%s (%s)", util_errno(err), why_kept(err));
	return err;
}
