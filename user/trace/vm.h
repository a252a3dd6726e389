/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Who a VM is: from a process and a kvm pointer to an identity with a name.
 * Layer: trace. Must not know: marks, incidents, output, libvirt. Reads /proc, prints nothing.
 *
 * A VM is tgid + start time + kvm pointer: one process may run several, a process id comes again.
 * What a scan found has no kvm pointer yet; the first mark that names one completes it.
 *
 * Names, in this order: the VMM's own option (QEMU, kvmtool, crosvm `-name`/`--name`, Firecracker
 * `--id`, cloud-hypervisor `--api-socket`), the machine.slice scope, /run/libvirt/qemu/NAME.pid,
 * else `pid:N`. Two VMs that live never share a name: the next ones are `name#2`, `name#3`. One that
 * is started again has its plain name back.
 *
 * One thread at a time.
 */
#ifndef TRACE_VM_H
#define TRACE_VM_H

#include <stdbool.h>
#include <stdint.h>

/* So many VMs that are gone are remembered. */
#define VMTAB_GONE_MAX 1024
/* A process younger than this is looked at again by each scan: it may be on its way to be a VMM. */
#define VMTAB_YOUNG_SECONDS 60
/* An older one is looked at again about so often: pooled VMMs are old before they have a VM. */
#define VMTAB_AGAIN_SECONDS 60
/* For so long vmtab_get() trusts that a process id is still the same process. */
#define VMTAB_TRUST_NS 100000000ULL

struct vm {
	uint32_t id;   /* dense from 0: an index. Goes to another VM when this one is recycled */
	uint32_t tgid; /* initial pid namespace */
	uint64_t start_ticks; /* field 22 of /proc/PID/stat; 0: it was gone when first heard of */
	uint64_t kvm;         /* struct kvm *; 0 until a mark names it */
	char name[64];        /* printable, UTF-8 cut at a character, unique among the living */
	char comm[16];        /* "" when it was gone */
	char uuid[40];        /* as its VMM was told; "": not said */
	bool named;           /* false: name is only `pid:N` (in metrics: "unnamed") */
	bool gone;            /* the process has ended, or holds no VM any more */
};

struct vmtab;

/*
 * A table over the processes of proc_root; NULL means "/proc". The machine's root is proc_root's
 * parent (for /run/libvirt), so that a test's tree has it beside. NULL: no memory.
 */
struct vmtab *vmtab_new(const char *proc_root);

/* Frees the VMs too, held or not. Accepts NULL. */
void vmtab_free(struct vmtab *t);

/*
 * Finds or creates a VM. kvm 0: any VM of that process, the first one seen. A process that is gone
 * already gives the VM of that process that was seen before (its name still known), else a new
 * one that is gone, `pid:N`. A reused pid marks the old process's VMs gone and gives a new VM.
 * NULL only without memory. The pointer stays valid as long as the VM is not gone, or is held.
 */
struct vm *vmtab_get(struct vmtab *t, uint32_t tgid, uint64_t kvm);

/*
 * A VM as somebody else knew it: a copy with an id of this table's, /proc not looked at. `known` is
 * an earlier answer to be brought up to date, or NULL. NULL without memory.
 */
struct vm *vmtab_told(struct vmtab *t, struct vm *known, const struct vm *told);

/* The same without looking at /proc or creating: a live VM first, else the last gone, or NULL. */
struct vm *vmtab_find(const struct vmtab *t, uint32_t tgid);
struct vm *vmtab_find_kvm(const struct vmtab *t, uint64_t kvm);

/*
 * The VM of the process that a thread (or process) id belongs to. Creates it when that process
 * holds a VM that no scan has seen yet; NULL when it holds none.
 */
struct vm *vmtab_owner(struct vmtab *t, uint32_t tid_or_tgid);

/* The process a thread id belongs to (Tgid of /proc/TID/status); 0 when there is no such thread. */
uint32_t vmtab_tgid(const struct vmtab *t, uint32_t tid);

/* Which vCPU this thread of a process runs, going by its name ("CPU 0/KVM"); -1: not known. */
int vmtab_vcpu(const struct vmtab *t, uint32_t tgid, uint32_t tid);

/*
 * Finds every process that holds an `anon_inode:kvm-vm` descriptor, so that a VM to which nothing
 * happened shows too, and marks those gone that have vanished. Costs one small read per process;
 * descriptors are listed again while a process is young or a VMM, else once in a while: one that
 * turns VMM late is seen within one and a half VMTAB_AGAIN_SECONDS, or at its first mark.
 * Returns the number of live VMs, or -errno when proc_root cannot be read.
 */
int vmtab_scan(struct vmtab *t);

/* Next in order of appearance; NULL starts, NULL ends. No scan or get that creates in between. */
struct vm *vmtab_each(const struct vmtab *t, const struct vm *after);

/* A VM that is held is never recycled, even above VMTAB_GONE_MAX. Returns vm; put accepts NULL. */
struct vm *vm_hold(struct vm *vm);
void vm_put(struct vm *vm);

/* How long vmtab_get() trusts a process id; 0: looks each time. For tests. */
void vmtab_set_trust(struct vmtab *t, uint64_t ns);

#endif
