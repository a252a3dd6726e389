// SPDX-License-Identifier: GPL-2.0-only
/*
 * vm.c - builds one VM on /dev/kvm: boot slot with the guest's image, page table and mailboxes,
 * RAM slot, vCPUs. It must not run a vCPU (vcpu.c) nor look at single pages (page.c).
 */
#include "vm.h"

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "compat.h"
#include "guest.h"
#include "vcpu.h"

enum { SLOT_BOOT, SLOT_RAM };

int vm_add_slot(struct vm *vm, unsigned int slot, uint64_t gpa, size_t size, const void *hva)
{
	struct kvm_userspace_memory_region region = {
		.slot = slot,
		.guest_phys_addr = gpa,
		.memory_size = size,
		.userspace_addr = (uintptr_t)hva,
	};

	return ioctl(vm->fd, KVM_SET_USER_MEMORY_REGION, &region) ? -errno : 0;
}

static int open_kvm(struct vm *vm)
{
	int version, size;

	vm->kvm_fd = open("/dev/kvm", O_RDWR | O_CLOEXEC);
	if (vm->kvm_fd < 0) {
		int error = errno;

		warnx("open /dev/kvm: %s (%s)", strerror(error),
		      error == ENOENT ? "the kernel has no KVM, or did not start in EL2"
				      : "run as root or as a member of group kvm");
		return -error;
	}
	version = ioctl(vm->kvm_fd, KVM_GET_API_VERSION, 0);
	size = ioctl(vm->kvm_fd, KVM_GET_VCPU_MMAP_SIZE, 0);
	if (version != KVM_API_VERSION || size <= 0) {
		warnx("/dev/kvm: API version %d, expected %d", version, KVM_API_VERSION);
		return -ENODEV;
	}
	vm->run_size = size;
	return 0;
}

/* Type 0 asks for 40 bits of guest physical address, which not every CPU has; we need 32. */
static int create_vm(struct vm *vm)
{
	int limit = ioctl(vm->kvm_fd, KVM_CHECK_EXTENSION, KVM_CAP_ARM_VM_IPA_SIZE);
	unsigned long type = limit > 0 && limit < 40 ? KVM_VM_TYPE_ARM_IPA_SIZE(limit) : 0;

	vm->fd = ioctl(vm->kvm_fd, KVM_CREATE_VM, type);
	if (vm->fd >= 0)
		return 0;
	warn("KVM_CREATE_VM");
	return -ENODEV;
}

static int enable_sea_exit(struct vm *vm)
{
	struct kvm_enable_cap cap = {.cap = KVM_CAP_ARM_SEA_TO_USER};

	if (ioctl(vm->fd, KVM_CHECK_EXTENSION, KVM_CAP_ARM_SEA_TO_USER) <= 0) {
		warnx("--sea-exit: this kernel has no KVM_CAP_ARM_SEA_TO_USER "
		      "(Linux 6.19 and later, on a CPU with RAS, have it)");
		return -ENOTSUP;
	}
	if (!ioctl(vm->fd, KVM_ENABLE_CAP, &cap))
		return 0;
	warn("--sea-exit: KVM_ENABLE_CAP");
	return -ENOTSUP;
}

/* Where a transparent huge page can begin: with pages of 4 KiB every 2 MiB. */
static char *map_aligned(size_t size, size_t page_size)
{
	size_t huge = page_size / sizeof(uint64_t) * page_size;
	char *map =
		mmap(NULL, size + huge, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	size_t before;

	if (map == MAP_FAILED)
		return map;
	before = -(uintptr_t)map & (huge - 1);
	if (before)
		munmap(map, before);
	if (before < huge)
		munmap(map + before + size, huge - before);
	return map + before;
}

static char *map_memfd(size_t size)
{
	char *map = MAP_FAILED;
	int fd = memfd_create("vmtest-guest-ram", MFD_CLOEXEC), error;

	if (fd < 0)
		return map;
	if (!ftruncate(fd, size))
		map = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	error = errno;
	close(fd);
	errno = error;
	return map;
}

static char *map_backing(size_t size, size_t page_size, enum vm_backing backing)
{
	int flags = MAP_PRIVATE | MAP_ANONYMOUS | (backing == VM_HUGETLB ? MAP_HUGETLB : 0);

	switch (backing) {
	case VM_MEMFD:
		return map_memfd(size);
	case VM_THP:
		return map_aligned(size, page_size);
	case VM_ANON:
	case VM_HUGETLB:
		break;
	}
	return mmap(NULL, size, PROT_READ | PROT_WRITE, flags, -1, 0);
}

static int map_memory(size_t size, size_t page_size, enum vm_backing backing, char **out)
{
	/* An error must cost one page, not a huge one, unless that is what is wanted. */
	int advice = backing == VM_THP ? MADV_HUGEPAGE : MADV_NOHUGEPAGE;
	char *map = map_backing(size, page_size, backing);

	if (map == MAP_FAILED) {
		int error = errno;

		warn("guest memory of %zu bytes%s", size,
		     backing == VM_HUGETLB ? " (see /proc/sys/vm/nr_hugepages)" : "");
		return -error;
	}
	/* EINVAL: a kernel without huge pages. */
	if (backing != VM_HUGETLB && madvise(map, size, advice) && errno != EINVAL)
		warn("madvise(%s): going on",
		     backing == VM_THP ? "MADV_HUGEPAGE" : "MADV_NOHUGEPAGE");
	*out = map;
	return 0;
}

static void fill_boot(struct vm *vm)
{
	uint64_t *pgd = (uint64_t *)(vm->boot + GUEST_PGD_OFFSET);
	struct guest_mailbox *mailbox;
	uint64_t gib;
	unsigned int i;

	_Static_assert(GUEST_MAILBOX_OFFSET + VM_MAX_VCPUS * GUEST_MAILBOX_SIZE <= GUEST_BOOT_SIZE,
		       "the boot slot has no room for all mailboxes");
	memcpy(vm->boot, guest_image, guest_image_end - guest_image);
	for (gib = 0; gib < 4; gib++)
		pgd[gib] = gib << 30 | (gib ? GUEST_PTE_NORMAL : GUEST_PTE_DEVICE);
	for (i = 0; i < vm->config.vcpus; i++) {
		mailbox = (void *)(vm->boot + GUEST_MAILBOX_OFFSET + i * GUEST_MAILBOX_SIZE);
		mailbox->flags = vm->config.mask_serror ? GUEST_FLAG_MASK_SERROR : 0;
	}
}

static int add_memory(struct vm *vm)
{
	int error;

	error = map_memory(GUEST_BOOT_SIZE, vm->page_size, VM_ANON, &vm->boot);
	if (!error)
		error = map_memory(vm->config.mem, vm->page_size, vm->config.backing, &vm->ram);
	if (error)
		return error;
	fill_boot(vm);
	error = vm_add_slot(vm, SLOT_BOOT, GUEST_BOOT_GPA, GUEST_BOOT_SIZE, vm->boot);
	if (!error)
		error = vm_add_slot(vm, SLOT_RAM, GUEST_RAM_GPA, vm->config.mem, vm->ram);
	if (error)
		warnx("KVM_SET_USER_MEMORY_REGION: %s", strerror(-error));
	return error;
}

static int build(struct vm *vm)
{
	unsigned int i;
	int error;

	error = open_kvm(vm);
	if (!error)
		error = create_vm(vm);
	if (!error && vm->config.sea_exit)
		error = enable_sea_exit(vm);
	if (!error)
		error = add_memory(vm);
	for (i = 0; !error && i < vm->config.vcpus; i++)
		error = vcpu_new(vm, i, &vm->vcpus[i]);
	return error;
}

int vm_new(const struct vm_config *config, struct vm **vmp)
{
	struct vm *vm = calloc(1, sizeof(*vm));
	int error;

	if (!vm) {
		warnx("out of memory");
		return -ENOMEM;
	}
	vm->config = *config;
	vm->kvm_fd = vm->fd = -1;
	vm->page_size = sysconf(_SC_PAGESIZE);
	pthread_mutex_init(&vm->hole_lock, NULL);
	error = build(vm);
	if (error) {
		vm_free(vm);
		return error;
	}
	*vmp = vm;
	return 0;
}

/* Returns when every vCPU stands at its doorbell for the first time. */
int vm_start(struct vm *vm)
{
	unsigned int i;
	int error = 0;

	for (i = 0; !error && i < vm->config.vcpus; i++)
		error = vcpu_start(vm->vcpus[i]);
	for (i = 0; !error && i < vm->config.vcpus; i++)
		error = vcpu_wait_ready(vm->vcpus[i]);
	return error;
}

void vm_free(struct vm *vm)
{
	unsigned int i;

	if (!vm)
		return;
	for (i = 0; i < VM_MAX_VCPUS; i++)
		vcpu_free(vm->vcpus[i]);
	if (vm->hole)
		munmap(vm->hole, GUEST_HOLE_SIZE);
	if (vm->ram)
		munmap(vm->ram, vm->config.mem);
	if (vm->boot)
		munmap(vm->boot, GUEST_BOOT_SIZE);
	if (vm->fd >= 0)
		close(vm->fd);
	if (vm->kvm_fd >= 0)
		close(vm->kvm_fd);
	pthread_mutex_destroy(&vm->hole_lock);
	free(vm);
}
