/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * vm.h - one virtual machine: its KVM descriptor, its memory slots and its vCPUs.
 */
#ifndef VMTEST_GUEST_VM_H
#define VMTEST_GUEST_VM_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define VM_MAX_VCPUS 8

struct vcpu;

/* What guest RAM is made of. */
enum vm_backing {
	VM_ANON,    /* small pages */
	VM_MEMFD,   /* likewise, shared memory with a descriptor */
	VM_THP,     /* anonymous, huge pages where the kernel gives some */
	VM_HUGETLB, /* huge pages out of the pool of /proc/sys/vm/nr_hugepages */
};

struct vm_config {
	const char *name;
	unsigned int vcpus;
	size_t mem; /* bytes of guest RAM */
	enum vm_backing backing;
	bool sea_exit;
	bool mask_serror;
	uint64_t hole_pa;
};

struct vm {
	struct vm_config config;
	int kvm_fd;
	int fd;
	size_t run_size;
	size_t page_size; /* the host's */
	char *boot;
	char *ram;
	pthread_mutex_t hole_lock; /* guards the mapping and the slot, made at the first use */
	char *hole;
	_Atomic uint64_t hole_next; /* loads handed out so far: each gets an address of its own */
	_Atomic uint64_t sigbus_ao;
	struct vcpu *vcpus[VM_MAX_VCPUS];
};

/* Both say on stderr what failed; -ENOTSUP means that this kernel cannot do what was asked. */
int vm_new(const struct vm_config *config, struct vm **vmp);
int vm_start(struct vm *vm);
void vm_free(struct vm *vm);

int vm_add_slot(struct vm *vm, unsigned int slot, uint64_t gpa, size_t size, const void *hva);

#endif
