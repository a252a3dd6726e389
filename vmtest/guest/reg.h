/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * reg.h - core registers of a vCPU, read and written from outside the guest.
 */
#ifndef VMTEST_GUEST_REG_H
#define VMTEST_GUEST_REG_H

#include <errno.h>
#include <linux/kvm.h>
#include <stdint.h>
#include <sys/ioctl.h>

#define REG_CORE(field) \
	(KVM_REG_ARM64 | KVM_REG_SIZE_U64 | KVM_REG_ARM_CORE | KVM_REG_ARM_CORE_REG(field))
#define REG_PC REG_CORE(regs.pc)
#define REG_X0 REG_CORE(regs.regs[0])

static inline int reg_set(int fd, uint64_t id, uint64_t value)
{
	struct kvm_one_reg reg = {.id = id, .addr = (uintptr_t)&value};

	return ioctl(fd, KVM_SET_ONE_REG, &reg) ? -errno : 0;
}

static inline int reg_get(int fd, uint64_t id, uint64_t *value)
{
	struct kvm_one_reg reg = {.id = id, .addr = (uintptr_t)value};

	return ioctl(fd, KVM_GET_ONE_REG, &reg) ? -errno : 0;
}

#endif
