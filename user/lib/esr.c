/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Decoding of exception syndromes (esr.h).
 */
#include "lib/esr.h"

#include "lib/util.h"

#include <sea/esr.h>

#define EC_IABT_LOW 0x20
#define EC_IABT_CUR 0x21
#define EC_DABT_LOW 0x24
#define EC_DABT_CUR 0x25

/* Arm ARM D24.2.40, table of EC; those that a KVM host or its guest can meet. */
static const char *const classes[0x40] = {
	[0x00] = "unknown reason",
	[0x01] = "WFI or WFE",
	[0x07] = "SIMD or FP access",
	[0x0e] = "illegal execution state",
	[0x11] = "SVC, AArch32",
	[0x12] = "HVC, AArch32",
	[0x13] = "SMC, AArch32",
	[0x15] = "SVC",
	[0x16] = "HVC",
	[0x17] = "SMC",
	[0x18] = "system register access",
	[0x19] = "SVE access",
	[0x1a] = "ERET",
	[0x1c] = "pointer authentication",
	[EC_IABT_LOW] = "instruction abort, lower EL",
	[EC_IABT_CUR] = "instruction abort, current EL",
	[0x22] = "PC alignment",
	[EC_DABT_LOW] = "data abort, lower EL",
	[EC_DABT_CUR] = "data abort, current EL",
	[0x26] = "SP alignment",
	[0x2c] = "floating point",
	[0x2f] = "SError",
	[0x30] = "breakpoint, lower EL",
	[0x31] = "breakpoint, current EL",
	[0x32] = "software step, lower EL",
	[0x33] = "software step, current EL",
	[0x34] = "watchpoint, lower EL",
	[0x35] = "watchpoint, current EL",
	[0x3c] = "BRK",
};

/* Arm ARM D24.2.40, DFSC; an instruction abort's IFSC is a subset. */
static const char *const faults[0x40] = {
	[0x00] = "address size, level 0",
	[0x01] = "address size, level 1",
	[0x02] = "address size, level 2",
	[0x03] = "address size, level 3",
	[0x04] = "translation, level 0",
	[0x05] = "translation, level 1",
	[0x06] = "translation, level 2",
	[0x07] = "translation, level 3",
	[0x08] = "access flag, level 0",
	[0x09] = "access flag, level 1",
	[0x0a] = "access flag, level 2",
	[0x0b] = "access flag, level 3",
	[0x0c] = "permission, level 0",
	[0x0d] = "permission, level 1",
	[0x0e] = "permission, level 2",
	[0x0f] = "permission, level 3",
	[ESR_FSC_EXTABT] = "external abort",
	[0x11] = "tag check",
	[0x13] = "external abort, level -1 walk",
	[0x14] = "external abort, level 0 walk",
	[0x15] = "external abort, level 1 walk",
	[0x16] = "external abort, level 2 walk",
	[0x17] = "external abort, level 3 walk",
	[0x18] = "parity or ECC",
	[0x1b] = "parity or ECC, level -1 walk",
	[0x1c] = "parity or ECC, level 0 walk",
	[0x1d] = "parity or ECC, level 1 walk",
	[0x1e] = "parity or ECC, level 2 walk",
	[0x1f] = "parity or ECC, level 3 walk",
	[0x21] = "alignment",
	[0x29] = "address size, level -1",
	[0x2b] = "translation, level -1",
	[0x30] = "TLB conflict",
	[0x31] = "unsupported atomic update",
	[0x34] = "lockdown",
	[0x35] = "unsupported exclusive or atomic access",
};

static unsigned field(uint64_t value, unsigned high, unsigned low)
{
	return (value >> low) & ((1u << (high - low + 1)) - 1);
}

static bool is_data_abort(unsigned ec)
{
	return ec == EC_DABT_LOW || ec == EC_DABT_CUR;
}

static bool is_abort(unsigned ec)
{
	return is_data_abort(ec) || ec == EC_IABT_LOW || ec == EC_IABT_CUR;
}

struct esr_info esr_decode(uint64_t esr)
{
	struct esr_info info = {.ec = field(esr, 31, 26), .fault = ""};

	info.class = classes[info.ec] ? classes[info.ec] : "unknown class";
	if (!is_abort(info.ec))
		return info;
	info.fsc = field(esr, 5, 0);
	info.fault = faults[info.fsc] ? faults[info.fsc] : "reserved fault";
	info.ea = field(esr, 9, 9);
	info.s1ptw = field(esr, 7, 7);
	info.wnr = is_data_abort(info.ec) && field(esr, 6, 6);
	info.isv = info.ec == EC_DABT_LOW && field(esr, 24, 24);
	if (info.fsc == ESR_FSC_EXTABT) {
		info.fnv = field(esr, 10, 10);
		info.set = field(esr, 12, 11);
	}
	return info;
}

bool esr_is_sea(uint64_t esr)
{
	return is_abort(field(esr, 31, 26)) && SEA_FSC_IS_SEA(esr);
}

const char *esr_set_name(unsigned set)
{
	static const char *const names[] = {"recoverable", "reserved", "uncontainable",
					    "restartable"};

	return set < UTIL_COUNT(names) ? names[set] : "reserved";
}
