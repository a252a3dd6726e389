/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * compat.h - the kernel's interface where it is newer than the headers we build against (6.1 and
 * later). Each piece names the kernel that brought it; whether the running kernel has it is asked
 * at run time, never here.
 */
#ifndef VMTEST_GUEST_COMPAT_H
#define VMTEST_GUEST_COMPAT_H

#include <linux/kvm.h>
#include <sys/mman.h>

/* Linux 6.19: an external abort that the host does not claim leaves to the VMM. */
#ifndef KVM_CAP_ARM_SEA_TO_USER
#define KVM_CAP_ARM_SEA_TO_USER 245
#endif
#ifndef KVM_EXIT_ARM_SEA
#define KVM_EXIT_ARM_SEA 41
#endif
#ifndef KVM_EXIT_ARM_SEA_FLAG_GPA_VALID
#define KVM_EXIT_ARM_SEA_FLAG_GPA_VALID (1ULL << 0)
#endif

/* kvm_run's `arm_sea`: it begins where the union of the exits begins. */
struct compat_arm_sea {
	__u64 flags;
	__u64 esr;
	__u64 gva;
	__u64 gpa;
};

static inline const struct compat_arm_sea *compat_arm_sea(const struct kvm_run *run)
{
	return (const void *)&run->hw;
}

/* Linux 5.14: make pages present and writable, with an errno where a store would get SIGBUS. */
#ifndef MADV_POPULATE_WRITE
#define MADV_POPULATE_WRITE 23
#endif

#endif
