// SPDX-License-Identifier: GPL-2.0-only
/*
 * Capabilities (privilege.h), by libcap.
 */
#include "lib/privilege.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/capability.h>
#include <sys/prctl.h>

static uint64_t read_set(cap_t caps, cap_flag_t flag)
{
	uint64_t set = 0;

	for (cap_value_t cap = 0; cap < cap_max_bits(); cap++) {
		cap_flag_value_t value;

		if (!cap_get_flag(caps, cap, flag, &value) && value == CAP_SET)
			set |= PRIVILEGE(cap);
	}
	return set;
}

uint64_t privilege_held(void)
{
	cap_t caps = cap_get_proc();
	uint64_t held = caps ? read_set(caps, CAP_EFFECTIVE) : 0;

	cap_free(caps);
	return held;
}

uint64_t privilege_missing(uint64_t needed)
{
	uint64_t held = privilege_held();

	if (held & PRIVILEGE(CAP_SYS_ADMIN))
		held |= PRIVILEGE(CAP_BPF) | PRIVILEGE(CAP_PERFMON);
	return needed & ~held;
}

const char *privilege_names(uint64_t set, char text[PRIVILEGE_TEXT])
{
	size_t len = 0;

	text[0] = '\0';
	for (cap_value_t cap = 0; cap < cap_max_bits(); cap++) {
		char *name = set & PRIVILEGE(cap) ? cap_to_name(cap) : NULL;

		if (name && len + strlen(name) + sizeof(", ") <= PRIVILEGE_TEXT)
			len += sprintf(text + len, "%s%s", len ? ", " : "", name);
		cap_free(name);
	}
	for (char *c = text; *c; c++)
		*c = toupper((unsigned char)*c);
	return text;
}

/* Those that the kernel does not know are not there to be given up. */
static int shrink_bounds(uint64_t keep)
{
	if (!(privilege_held() & PRIVILEGE(CAP_SETPCAP)))
		return 0;
	for (cap_value_t cap = 0; cap < cap_max_bits(); cap++)
		if (!(keep & PRIVILEGE(cap)) && cap_drop_bound(cap))
			return -errno;
	return 0;
}

/* Inheritable ones go whole, and with these the ambient: capabilities(7). */
static int shrink_sets(uint64_t keep)
{
	cap_t caps = cap_get_proc();
	int err = caps ? 0 : -errno;

	if (!err && cap_clear_flag(caps, CAP_INHERITABLE))
		err = -errno;
	for (cap_value_t cap = 0; !err && cap < cap_max_bits(); cap++)
		if (!(keep & PRIVILEGE(cap)) &&
		    (cap_set_flag(caps, CAP_PERMITTED, 1, &cap, CAP_CLEAR) ||
		     cap_set_flag(caps, CAP_EFFECTIVE, 1, &cap, CAP_CLEAR)))
			err = -errno;
	if (!err && cap_set_proc(caps))
		err = -errno;
	cap_free(caps);
	return err;
}

int privilege_keep(uint64_t keep, bool heirs)
{
	int err = heirs ? 0 : shrink_bounds(keep);

	if (!err)
		err = shrink_sets(keep);
	if (!err && !heirs && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		err = -errno;
	return err;
}

/* An exec by another user than root keeps ambient capabilities, and file ones that are inherited. */
int privilege_disinherit(void)
{
	return shrink_sets(UINT64_MAX);
}
