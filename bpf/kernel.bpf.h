/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The kernel structs and fields we read, and nothing else: our whole kernel dependency on one
 * page. CO-RE finds where they really are; only names and types must match the running kernel.
 * Must not know: marks, maps.
 */
#ifndef SEA_KERNEL_BPF_H
#define SEA_KERNEL_BPF_H

#include <sea/types.h>
#include <stdbool.h>

/* arch/arm64/include/uapi/asm/ptrace.h: user ABI; what a kprobe's context is, too */
struct user_pt_regs {
	__u64 regs[31];
	__u64 sp;
	__u64 pc;
	__u64 pstate;
};

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct kvm_memslots;
struct mm_struct;
struct seq_file;

/* arch/arm64/include/asm/kvm_host.h, include/linux/kvm_host.h */
struct kvm {
	struct mm_struct *mm; /* whose addresses the slots have */
	struct kvm_memslots *memslots[1];
	int userspace_pid;
};

struct kvm_vcpu_fault_info {
	__u64 esr_el2; /* u32 in 5.10 */
	__u64 far_el2;
	__u64 hpfar_el2;
};

struct kvm_cpu_context {
	struct user_pt_regs regs;
};

struct kvm_vcpu_arch {
	struct kvm_cpu_context ctxt;
	struct kvm_vcpu_fault_info fault;
};

struct kvm_vcpu {
	struct kvm *kvm;
	int vcpu_id;
	struct kvm_vcpu_arch arch;
};

/* include/linux/rbtree_types.h */
struct rb_node {
	struct rb_node *rb_right;
	struct rb_node *rb_left;
};

struct rb_root {
	struct rb_node *rb_node;
};

/* include/linux/kvm_host.h */
struct kvm_memory_slot {
	struct rb_node gfn_node[2]; /* since 5.17 */
	__u64 base_gfn;
	unsigned long npages;
	unsigned long userspace_addr;
	__u32 flags;
	short id;
};

struct kvm_memslots {
	__u64 generation;
	struct rb_root gfn_tree; /* since 5.17 */
	int node_idx;            /* likewise: which of a slot's two nodes is this table's */
};

struct kvm_gfn_range {
	struct kvm_memory_slot *slot;
	__u64 start;
	__u64 end;
};

/* arch/arm64/kvm/mmu.c, from 7.1 */
struct kvm_s2_fault_desc {
	struct kvm_vcpu *vcpu;
	__u64 fault_ipa;
};

/* include/linux/fdtable.h */
struct fdtable {
	unsigned int max_fds;
	struct file **fd; /* of a vCPU's descriptor the private_data is its struct kvm_vcpu */
};

struct files_struct {
	struct fdtable *fdt;
};

/* include/linux/sched.h, include/linux/signal_types.h */
struct task_struct {
	struct mm_struct *mm;
	int pid;
	int tgid;
	int exit_code;
	struct task_struct *group_leader;
	__u64 start_boottime;
	struct files_struct *files;
};

/* include/linux/fs.h, include/linux/dcache.h */
struct super_block {
	unsigned long s_magic;
};

struct inode {
	struct super_block *i_sb;
};

struct qstr {
	const unsigned char *name;
};

struct dentry {
	struct qstr d_name;
};

struct path {
	struct dentry *dentry;
};

struct file {
	struct path f_path;
	struct inode *f_inode;
	void *private_data;
};

/* include/linux/bpf.h, kernel/bpf/task_iter.c: what an iterator's program is called with */
struct bpf_iter_meta {
	struct seq_file *seq;
};

struct bpf_iter__task_file {
	struct bpf_iter_meta *meta;
	struct task_struct *task;
	__u32 fd;
	struct file *file;
};

struct sigaction {
	void (*sa_handler)(int);
};

struct k_sigaction {
	struct sigaction sa;
};

/* include/acpi/ghes.h, include/acpi/actbl1.h */
struct acpi_hest_header {
	__u16 source_id;
};

struct acpi_hest_notify {
	__u8 type;
};

struct acpi_hest_generic {
	struct acpi_hest_header header;
	struct acpi_hest_notify notify;
};

struct ghes {
	struct acpi_hest_generic *generic;
};

/* mm/memory-failure.c: the numbers are relocated, never trusted */
enum mf_result {
	MF_IGNORED = 0,
	MF_FAILED = 1,
	MF_DELAYED = 2,
	MF_RECOVERED = 3,
};

/* include/linux/mm.h; likewise */
enum mf_flags {
	MF_COUNT_INCREASED = 1 << 0,
};

#pragma clang attribute pop

/*
 * What follows is laid down by ACPI, UEFI or the kernel's user ABI: fixed, hence not relocated.
 */

/* include/uapi/asm-generic/siginfo.h; a SIGBUS as arm64 lays it out */
struct sea_siginfo {
	__s32 si_signo;
	__s32 si_errno;
	__s32 si_code;
	__u32 pad;
	__u64 si_addr;
};

/* include/uapi/linux/kvm.h; struct kvm_vcpu_events has 64 bytes on arm64 */
#define SEA_KVM_RUN             0xae80
#define SEA_KVM_SET_VCPU_EVENTS 0x4040aea0

/* include/uapi/asm-generic/param.h: USER_HZ, of the times in /proc */
#define SEA_NS_PER_TICK 10000000

/* arch/arm64/include/uapi/asm/kvm.h: struct kvm_vcpu_events, its first 16 bytes */
struct sea_vcpu_events {
	__u8 serror_pending;
	__u8 serror_has_esr;
	__u8 ext_dabt_pending;
	__u8 pad[5];
	__u64 serror_esr;
};

/* ACPI 6.5 table 18.12: Generic Error Status Block */
struct sea_acpi_status {
	__u32 block_status;
	__u32 raw_data_offset;
	__u32 raw_data_length;
	__u32 data_length;
	__u32 error_severity;
};

/* ACPI 6.5 table 18.13: Generic Error Data Entry; revision 0x300 appends an 8-byte time stamp */
struct sea_acpi_data {
	__u8 section_type[16];
	__u32 error_severity;
	__u16 revision;
	__u8 validation_bits;
	__u8 flags;
	__u32 error_data_length;
	__u8 fru_id[16];
	__u8 fru_text[20];
};

#define SEA_ACPI_REVISION_3     0x300
#define SEA_ACPI_TIMESTAMP_SIZE 8

/* UEFI 2.10 N.2.5: Memory Error Section; of older revisions the end is missing, and not valid */
struct sea_cper_memory {
	__u64 validation_bits;
	__u64 error_status;
	__u64 physical_addr;
	__u64 physical_addr_mask;
	__u16 node, card, module, bank, device, row, column, bit_position;
	__u64 requestor_id, responder_id, target_id;
	__u8 error_type;
	__u8 extended;
	__u16 rank;
	__u16 card_handle, module_handle;
};

/* UEFI 2.10 N.2.4.4: ARM Processor Error Section, N.2.4.4.1 its error information */
struct sea_cper_arm {
	__u32 validation_bits;
	__u16 err_info_num;
	__u16 context_info_num;
	__u32 section_length;
	__u8 affinity_level;
	__u8 reserved[3];
	__u64 mpidr;
	__u64 midr;
	__u32 running_state;
	__u32 psci_state;
};

struct sea_cper_arm_info {
	__u8 version;
	__u8 length;
	__u16 validation_bits;
	__u8 type;
	__u16 multiple_error; /* not aligned */
	__u8 flags;
	__u64 error_info;
	__u64 virt_fault_addr;
	__u64 physical_fault_addr;
} __attribute__((packed));

#endif
