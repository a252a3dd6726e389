/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a VM is called: the rules of vm.h, each a function of its own.
 * Layer: trace, behind vm.h. Must not know: the table of VMs, that names are made unique there.
 *
 * Each rule answers whether it found a name and then wrote it to `name`: printable UTF-8, cut at a
 * character. Otherwise `name` is left alone.
 */
#ifndef TRACE_VM_NAME_H
#define TRACE_VM_NAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define VM_NAME_SIZE 64

/* The VMM's own option; args as in /proc/PID/cmdline: each ended by a NUL, one more behind len. */
bool vm_name_of_args(char name[VM_NAME_SIZE], const char *args, size_t len);

/* machine.slice/machine-qemu\x2d1\x2dNAME.scope somewhere in the text of /proc/PID/cgroup. */
bool vm_name_of_cgroup(char name[VM_NAME_SIZE], const char *cgroup);

/* The NAME.pid in `dir` that holds pid. */
bool vm_name_of_pidfile(char name[VM_NAME_SIZE], const char *dir, uint32_t pid);

/* The UUID that the VMM was told: QEMU's -uuid, cloud-hypervisor's --platform uuid=; else "". */
#define VM_UUID_SIZE 40
void vm_uuid(char uuid[VM_UUID_SIZE], const char *proc_root, uint32_t pid);

/* The vCPU that a thread of this name runs, as the VMMs call theirs; -1: none. */
int vm_vcpu_of_comm(const char *comm);

/* All rules in their order; false: none found one and name is `pid:N`. */
bool vm_name(char name[VM_NAME_SIZE], const char *proc_root, uint32_t pid);

#endif
